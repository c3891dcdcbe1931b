"""Observations: what a real system did without a message to us, reported by its people and journaled as such (被测方自报)."""

import asyncio
import json
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter

from sim.faces.control.errors import Refusal
from sim.faces.control.run_rules import bad_request, fault, nearest
from sim.faces.control.shapes import Observation, Observations
from sim.faces.glossary import BEIJING, Glossary, beijing
from sim.faces.hosted import Hosted
from sim.faces.refusals import listed
from sim.journal.record import SOURCE_REPORTED, Record
from sim.message import Message
from sim.runs.caller import Came

SAID_SO: Final = "被测方自报"
MOMENT: Final = "%Y-%m-%d %H:%M:%S"


def add_observations(router: APIRouter, Named: Any, words: Glossary) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.post("/runs/{run}/observations", status_code=201)
    async def observe(found: Named, told: Observations) -> dict[str, Any]:
        await found.host.file.durable()
        rows = await asyncio.to_thread(_numbered, found)
        taken, wrong = [], []
        for n, each in enumerate(told.observations):
            read = _read(found, words, each, rows, f"observations.{n}")
            if isinstance(read, dict):
                wrong.append(read)
            else:
                taken.append(read)
        if wrong:
            raise Refusal(bad_request(wrong))
        for sender, seat, kind, case_no, t_ms, each in taken:
            if (waiting := _waiting(found, kind, case_no)) is not None:
                found.host.late_answer(waiting, Came("ok"))  # that is the row; a second one would tell of a second time
                continue
            kept = json.dumps({"source": SAID_SO, "by": each.by, "number": each.number}, ensure_ascii=False)
            found.run.note_observation(sender, seat, kind.op, case_no, t_ms, each.number or None, kept)
        found.host.flush()
        await found.host.file.durable()
        return {"taken": len(taken), "source": SAID_SO}

    @router.get("/runs/{run}/observations")
    async def observations(found: Named) -> dict[str, Any]:
        await found.host.file.durable()
        rows = [
            row for row in await asyncio.to_thread(lambda: list(found.reads.records())) if row.source == SOURCE_REPORTED
        ]
        return {"observations": [_shown(row, words) for row in rows]}


def _waiting(found: Hosted, kind: type[Message], case_no: int) -> str | None:
    """The message that waits for people to have done just this, by hand."""
    if kind.op.name not in found.run.plan.by_hand:
        return None
    calls = (
        (region, call) for region, world in found.run.worlds.items() for call in world.border.calls.values()
    )  # fmt: skip
    return next(
        (f"{region}-{call.id}" for region, call in calls if type(call.body) is kind and call.case.number == case_no),
        None,
    )


def _shown(row: Record, words: Glossary) -> dict[str, Any]:
    kept = json.loads(row.answered or "{}")
    return {"seq": row.seq, "case_no": row.case_no, "number": row.ref or "", "what": words.kind(row.kind), "kind": row.kind,
            "at": beijing(row.t_ms), "by": kept.get("by", ""), "source": SAID_SO}  # fmt: skip


def _numbered(found: Hosted) -> dict[str, int]:
    """The case of every number that the journal has, or that was bound to one."""
    return {row.ref: row.case_no for row in found.reads.records() if row.ref and row.case_no} | found.numbers


def _read(
    found: Hosted, words: Glossary, each: Observation, numbers: dict[str, int], path: str
) -> tuple[str, str, type[Message], int, int, Observation] | dict[str, Any]:
    """Who said what about which case and when, or what is wrong with it."""
    case_no = each.case_no or numbers.get(each.number)
    if case_no is None or case_no not in found.run.book:
        rule = "办件号在本批次之内；只给编号时，它须在报文日志里出现过，或先与办件号一起报一次"
        return fault(f"{path}.case_no", "case_unknown", f"找不到办件（{each.case_no or each.number or '未给'}）", rule)
    kind = _kind(words, each.what)
    if kind is None:
        titles = [known.op.title for known in words.directory.kinds.values()]
        rule = "写报文的中文名称或操作名，见 docs/messages.md"
        return fault(f"{path}.what", "kind_unknown", f"没有报文“{each.what}”", rule, nearest(each.what, titles))
    way = _way(found, words, kind)
    if way is None:
        rule = f"只收真实系统自己做的事；由真实系统接入的席位：{listed(found.run.plan.remote)}"
        return fault(f"{path}.what", "seat_is_ours", f"“{kind.op.title}”在沙箱扮演的席位之间，报文日志里已有", rule)
    t_ms = moment_ms(each.at)
    if t_ms is None:
        return fault(
            f"{path}.at", "bad_moment", f"“{each.at}”不是时刻", "写成 2026-03-02 10:15:00（北京时间），或毫秒数"
        )
    found.host.catch_up()
    if not found.run.plan.start_ms <= t_ms <= found.run.now_ms:
        span = f"{beijing(found.run.plan.start_ms)} 至 {beijing(found.run.now_ms)}"
        return fault(f"{path}.at", "moment_outside", f"“{each.at}”不在本批次的时间之内", f"本批次的时间：{span}")
    return *way, kind, case_no, t_ms, each


def _kind(words: Glossary, what: str) -> type[Message] | None:
    known = words.directory.kinds
    if what in known:
        return known[what]
    return next((kind for kind in known.values() if kind.op.title == what), None)


def _way(found: Hosted, words: Glossary, kind: type[Message]) -> tuple[str, str] | None:
    """The seats that this message runs between, one of which at least is a real system's."""
    known, remote = words.directory, found.run.plan.remote
    senders, hearers = known.ways.get(kind.op.name, ((), ()))
    pairs = [(s, h) for s in senders for h in hearers if s in known.seats and h in known.seats]
    return next((pair for pair in pairs if set(pair) & set(remote)), None)


def moment_ms(text: str) -> int | None:
    """A moment as people or programs write it; None for what is none."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        return int(datetime.strptime(text.strip(), MOMENT).replace(tzinfo=BEIJING).timestamp() * 1_000)
    except ValueError:
        return None
