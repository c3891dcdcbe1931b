"""The outbox of a run: what it owes remote seats, where that stands, and how somebody sends it once more by hand."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sim.crossing import Call
from sim.journal.record import Record
from sim.message import Message
from sim.route import Trip
from sim.runs.exchanges import Going
from sim.runs.kept import parts_of
from sim.runs.run import Run
from sim.runs.world import LiveSandbox

WAITING, IN_FLIGHT, HANDED_OUT, BETWEEN, GIVEN_UP = "waiting", "in_flight", "taken", "between_attempts", "given_up"
STATES = {
    WAITING: "排队待发",
    IN_FLIGHT: "已发出，等应答",
    HANDED_OUT: "对方已收，等结果",
    BETWEEN: "未送达，等下次重发",
    GIVEN_UP: "重发次数用尽",
}
"""Where a message stands that has not been answered, and what people see."""
Parse = Callable[[str, bytes], Message]


class Owed(NamedTuple):
    """One message of the outbox."""

    message_id: str
    state: str
    call: Call
    next_ms: int | None = None


class StillUnderWayError(Exception):
    """What is on its way cannot be sent once more."""


class NotSentError(LookupError):
    """This run has sent nothing under this number."""


def owed(run: Run, held: Mapping[str, str]) -> Iterator[Owed]:
    """Everything remote seats have not answered; `held` says of what has left a border whether it waits or is in flight."""
    for region, world in run.worlds.items():
        border = world.border
        for id_, call in border.calls.items():
            message_id = f"{region}-{id_}"
            yield Owed(message_id, held.get(message_id, HANDED_OUT), call)
        for id_, (due_ms, call) in border.again.items():
            yield Owed(f"{region}-{id_}", BETWEEN, call, due_ms)
        for id_, call in border.given_up.items():
            yield Owed(f"{region}-{id_}", GIVEN_UP, call)


def resend(run: Run, message_id: str, row: Record | None, parse: Parse) -> None:
    """Say a message once more, now. `row` is its row in the journal; `parse` reads a kept body of a kind.

    Raises StillUnderWayError, NotSentError.
    """
    region, number = parts_of(message_id)
    world = run.worlds.get(region)
    if world is None:
        raise NotSentError(message_id)
    if number in world.border.calls:
        raise StillUnderWayError(message_id)
    kept: dict[str, Any] = {"region": region, "id": number}
    if _known(world, number) is None:
        if row is None or row.body is None or row.receiver not in run.plan.remote:
            raise NotSentError(message_id)
        kept |= {
            "sender": row.sender, "receiver": row.receiver, "kind": row.kind, "case_no": row.case_no, "cause": row.cause,
            "attempt": row.attempt, "asked_ms": row.asked_ms, "body": row.body,
        }  # fmt: skip
    resend_kept(run, kept, parse)


def resend_kept(run: Run, kept: dict[str, Any], parse: Parse) -> None:
    """Say once more what a command `resend` of the journal names; a replay does it again so."""
    world, id_ = run.worlds[kept["region"]], kept["id"]
    call = _known(world, id_)
    if call is None:
        body = parse(kept["kind"], kept["body"].encode())
        case = run.case(kept["case_no"])[1] if kept["case_no"] else world.border.nobody
        route = world.route(world.seats[kept["sender"]], kept["receiver"], type(body))
        trip = Trip(kept["attempt"])
        call = Call((0, 0, id_, route, None, None, body, None, kept["cause"], kept["asked_ms"], 0, trip), case)
    run.resend(Going(kept["region"], call), kept)


def _known(world: LiveSandbox, id_: int) -> Call | None:
    """The call of this id, if it was given up or waits for its next attempt."""
    between = world.border.again.get(id_)
    return world.border.given_up.get(id_) if between is None else between[1]
