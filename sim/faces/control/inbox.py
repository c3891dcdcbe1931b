"""Inboxes: a remote seat without an address reads here what our parties said to it, and answers here.

What is in an inbox is the journal's, so it is there after a restart too; what waits for an answer is still on its way out.
"""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Query

from sim.crossing import Call
from sim.faces.answers import read_entries
from sim.faces.bodies import BodyError, body_of
from sim.faces.control.clock import clock
from sim.faces.control.errors import Refusal
from sim.faces.control.rows import message_id
from sim.faces.control.run_rules import bad_request, fault, nearest
from sim.faces.control.shapes import InboxAnswer
from sim.faces.error_list import errors_of
from sim.faces.glossary import Glossary, beijing
from sim.faces.hosted import Hosted
from sim.faces.masked import masked_value, shown_body
from sim.faces.refusals import Problem, listed, of_body
from sim.journal.record import Record
from sim.message import Operation, Shape
from sim.runs.caller import Came


def add_inbox(router: APIRouter, Named: Any, words: Glossary) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/inbox")
    async def inbox(
        found: Named, seat: str | None = None, case_no: int | None = None, awaited: bool = False, after_seq: int = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 200, masked: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        seats = _seats(found, seat)
        await found.host.file.durable()
        told = [
            _open(region, call, words, masked)
            for region, world in found.run.worlds.items() for call in world.border.calls.values()
            if (call.route.receiver.seat in seats or _is_by_hand(found, call, seat)) and case_no in (None, call.case.number)
        ]  # fmt: skip
        last = after_seq
        if not awaited:
            for each in seats:
                rows = await asyncio.to_thread(
                    found.reads.find, receiver=each, case_no=case_no, after_seq=after_seq, limit=limit
                )
                told += [_said(row, words, masked) for row in rows if row.source != "in" and row.sender != each]
                last = max([last, *(row.seq for row in rows)])
        told.sort(key=lambda each: (each["t_ms"], each["seq"] or 0))
        return {"seats": seats, "now_ms": found.run.now_ms, "last_seq": last, "messages": told[:limit]}

    @router.post("/runs/{run}/inbox/{message_id}/answer")
    async def answer(found: Named, message_id: str, said: InboxAnswer) -> dict[str, Any]:
        call = _call(found, message_id)
        if call is None:
            detail = f"报文 {message_id} 没有在等答复：它不存在、已答复，或本来不等答复"
            raise Refusal(
                Problem(404, "no_open_call", "没有这个待答复的请求", detail, "查 /inbox?awaited=1 中的报文号")
            )
        found.host.late_answer(message_id, _came(call, said, words))
        await found.host.file.durable()
        return {"answered": message_id, "title": call.route.op.title, "clock": clock(found)}


def _is_by_hand(found: Hosted, call: Call, seat: str | None) -> bool:
    """Whether people do at a real system what this call asks for."""
    return call.route.op.name in found.run.plan.by_hand and seat in (None, call.route.receiver.seat)


def _seats(found: Hosted, seat: str | None) -> list[str]:
    """The seats whose inboxes are read. Raises Refusal for one that has none."""
    mine = [each for each in found.run.plan.remote if not found.host.addresses.get(each)]
    if seat in found.run.plan.remote and seat not in mine and found.run.plan.by_hand:
        return []
    if seat is None:
        return mine
    if seat in mine:
        return [seat]
    addressed = seat in found.run.plan.remote
    detail = (
        f"席位“{seat}”{'有地址，报文直接发往那里' if addressed else '不由外部接入'}；有收件箱的席位：{listed(mine)}"
    )
    near = nearest(seat, mine)
    step = f"改查 seat={near or mine[0]}" if mine else f"以 --real {seat}= 建批次"
    raise Refusal(Problem(404, "no_inbox", "这个席位没有收件箱", detail, step, more={"nearest": near}))


def _told(message: str, seq: int | None, region: str, case_no: int, t_ms: int, sender: str, seat: str, kind: str, body: Any,
          words: Glossary, *, awaited: bool, **more: Any) -> dict[str, Any]:  # fmt: skip
    return {
        "message_id": message, "seq": seq, "region": region, "case_no": case_no or None, "t_ms": t_ms, "t": beijing(t_ms),
        "from": sender, "from_title": words.seat(sender), "seat": seat, "kind": kind, "title": words.kind(kind),
        "body": body, "awaits_answer": awaited, **more,
    }  # fmt: skip


def _open(region: str, call: Call, words: Glossary, masked: bool) -> dict[str, Any]:
    """A call that waits for its answer."""
    route, operation = call.route, call.route.op
    body = json.loads(body_of(type(call.body)).dump(call.body))
    return _told(
        f"{region}-{call.id}", None, region, call.case.number, call.asked_ms, route.sender.seat, route.receiver.seat,
        operation.name, masked_value("", body) if masked else body, words, awaited=True,
        answer_kinds=_answers_to(operation, words), refusals=[error.code for error in errors_of(operation)],
    )  # fmt: skip


def _said(row: Record, words: Glossary, masked: bool) -> dict[str, Any]:
    """A message that was said, and waits for nothing (any more)."""
    return _told(
        message_id(row), row.seq, row.region, row.case_no, row.t_ms, row.sender, row.receiver, row.kind,
        shown_body(row.body, masked=masked), words, awaited=False, outcome=row.outcome, reply=row.reply or None,
        answers=f"{row.region}-{row.answers}" if row.answers else None,
    )  # fmt: skip


def _call(found: Hosted, message: str) -> Call | None:
    region, _, number = message.rpartition("-")
    world = found.run.worlds.get(region)
    if world is None or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return world.border.calls.get(int(number))


def _answers_to(operation: Operation, words: Glossary) -> list[str]:
    """The kinds of answers of the system that is asked."""
    seat = operation.name.partition(".")[0]
    return [
        name for name, kind in words.directory.kinds.items()
        if kind.op.shape is Shape.REPLY and name.partition(".")[0] == seat
    ]  # fmt: skip


def _came(call: Call, said: InboxAnswer, words: Glossary) -> Came:
    """What was said, as if a peer had said it. Raises Refusal."""
    operation = call.route.op
    if said.refuse is not None:
        codes = [error.code for error in errors_of(operation)]
        if said.refuse.error not in codes:
            message = f"“{operation.title}”没有退回代码“{said.refuse.error}”"
            near = nearest(said.refuse.error, codes)
            raise Refusal(
                bad_request([fault("refuse.error", "error_unknown", message, f"可用：{listed(codes)}", near)])
            )
        return Came("refused", error=said.refuse.error, detail=said.refuse.detail)
    if not said.kind and not operation.answers.awaited:
        return Came("ok")
    if words.directory.doors[call.route.receiver.seat].by_kind[type(call.body)].fetches:
        return read_entries(words.directory, json.dumps(said.body, ensure_ascii=False).encode())
    kinds = _answers_to(operation, words)
    kind = words.directory.kinds.get(said.kind)
    if kind is None or kind.op.shape is not Shape.REPLY:
        message = f"没有答复种类“{said.kind}”" if kind is None else f"“{kind.op.title}”不是答复"
        raise Refusal(
            bad_request([fault("kind", "kind_unknown", message, f"可用：{listed(kinds)}", nearest(said.kind, kinds))])
        )
    try:
        return Came("ok", said=body_of(kind).parse(json.dumps(said.body, ensure_ascii=False).encode()))
    except BodyError as error:
        raise Refusal(of_body(kind.op, error)) from None
