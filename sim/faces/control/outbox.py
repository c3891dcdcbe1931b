"""The outbox of a run: what remote seats have not answered yet, and sending once more by hand."""

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Query

from sim.faces.bodies import body_of
from sim.faces.control.errors import Refusal
from sim.faces.control.keeper import Keeper
from sim.faces.refusals import Problem
from sim.message import Message
from sim.package.tables import nearest
from sim.runs.kept import parts_of
from sim.runs.outbox import STATES, NotSentError, Owed, StillUnderWayError, owed, resend


def add_outbox(router: APIRouter, keeper: Keeper, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    def parse(kind: str, raw: bytes) -> Message:
        return body_of(keeper.directory.kinds[kind]).parse(raw)

    @router.get("/runs/{run}/outbox")
    async def outbox(
        found: Named, seat: str | None = None, state: str | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 200,
    ) -> dict[str, Any]:  # fmt: skip
        if state is not None and state not in STATES:
            detail = f"没有状态“{state}”，{nearest(state, STATES)}"
            raise Refusal(Problem(400, "state_unknown", "没有这个状态", detail, "核对 state"))
        counts: Counter[tuple[str, str]] = Counter()
        listed: list[dict[str, Any]] = []
        for each in owed(found.run, found.host.outgoing.held()):
            to = each.call.route.receiver.seat
            counts[to, each.state] += 1
            if seat in (None, to) and state in (None, each.state) and len(listed) < limit:
                listed.append(shown(each))
        seats: dict[str, dict[str, int]] = {}
        for (to, where), n in counts.items():
            seats.setdefault(to, {})[where] = n
        forgotten = sum(world.border.forgotten for world in found.run.worlds.values())
        return {"seats": seats, "states": STATES, "messages": listed, "given_up_not_listed": forgotten}

    @router.post("/runs/{run}/outbox/{message_id}/resend")
    async def send_again(found: Named, message_id: str) -> dict[str, Any]:
        host = found.host
        await host.file.durable()
        host.catch_up()
        row = found.reads.by_id(*parts_of(message_id))
        try:
            resend(found.run, message_id, row, parse)
        except StillUnderWayError:
            detail = f"报文 {message_id} 还没有应答，正在发送或等结果"
            raise Refusal(Problem(409, "still_under_way", "报文在途", detail, "等它有了结果再重发")) from None
        except NotSentError:
            detail = f"本批次没有向真实系统发过报文 {message_id}"
            step = "报文号见 GET …/outbox，或日志中的 region-id"
            raise Refusal(Problem(404, "not_sent", "没有这个报文", detail, step)) from None
        host.flush()
        await host.file.durable()
        return {"resent": message_id}


def shown(each: Owed) -> dict[str, Any]:
    """What people see of a message that is owed."""
    call = each.call
    return {
        "message_id": each.message_id, "state": each.state, "state_title": STATES[each.state], "next_ms": each.next_ms,
        "seat": call.route.receiver.seat, "sender": call.route.sender.seat, "kind": call.route.op.name,
        "title": call.route.op.title, "case_no": call.case.number, "attempt": call.attempt, "asked_ms": call.asked_ms,
    }  # fmt: skip
