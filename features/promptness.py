"""What a system says as soon as it has heard or done something, in every case: the next in line waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from features.evidence import Check, Seen, UnseenError
from features.seat_names import SEAT_NAMES
from sim.calendar import MINUTE_MS
from sim.journal.record import SOURCE_REPORTED, Record
from sim.judge import ORDER_TOLERANCE_MS

PROMPTLY_MS: Final = 10 * MINUTE_MS
"""No document says how soon: chosen, and the same in every case."""
_REPORTS: Final = ("gov_platform.report_main", "gov_platform.report_package")
_CROSSED: Final = frozenset({"registry.withdraw", "registry.refuse_registration", "hub.cancel_charges"})
"""What stops a case that is still being handled; whoever hears of its charges after that may leave them be."""
_LEFT_BE: Final = ("awaiting_payment", "paid")


@dataclass(frozen=True, slots=True)
class Duty:
    """Whoever has heard or said `cause` says one of `said` to `to`, of this stage if one is named.

    `after` is what must have happened for it to be owed at all.
    """

    seat: str
    cause: str
    said: tuple[str, ...]
    to: str
    stage: str = ""
    after: str = ""


STAGES: Final = (
    ("registry.accept", "accepted"), ("registry.decline", "closed"), ("hub.charges_ready", "awaiting_payment"),
    ("hub.payment_settled", "paid"), ("registry.record", "recorded"), ("portal.closed", "closed"),
)  # fmt: skip
"""What takes the registry to a stage, of which both platforms are to be told."""
DUTIES: Final = (
    Duty("registry", "registry.receive", ("clerk.task",), "clerk"),
    Duty("registry", "registry.receive_at_window", ("clerk.task",), "clerk"),
    Duty("registry", "registry.accept", ("portal.accepted",), "portal"),
    Duty("registry", "registry.record", ("data_exchange.receive",), "data_exchange"),
    *(
        Duty("registry", cause, ("gov_platform.progress",), platform, stage)
        for cause, stage in STAGES
        for platform in ("gov_platform", "city_platform")
    ),
    Duty("registry", "portal.closed", _REPORTS, "city_platform", "done", after="portal.accepted"),
    Duty("registry", "portal.closed", ("gov_platform.open_review",), "city_platform", after="registry.record"),
    Duty("portal", "portal.closed", ("person.case_over",), "buyer"),
    Duty("portal", "portal.closed", ("person.case_over",), "seller"),
)


def said_ms(seen: Seen, row: Record) -> int:
    """When a message was sent; by what its sender says only where faults were arranged that can have held it up."""
    return row.asked_ms if row.asked_ms and seen.played.circumstances.faults else row.t_ms


def window(seen: Seen, seat: str, causes: Sequence[Record], limit_ms: int) -> tuple[int, int]:
    """Within which times a seat says what follows from the first of these, that it heard or said: Unix ms, both included.

    A seat beyond the wire may act before it answers, and once more before a repetition that it answers in time; two things
    that it says itself may come in either order.
    """
    first = causes[0]
    if first.sender == seat:
        return said_ms(seen, first) - limit_ms, said_ms(seen, first) + limit_ms
    heard = next(row for row in causes if row.outcome == "ok")
    begun_ms = (
        min(row.asked_ms or row.t_ms for row in causes) - ORDER_TOLERANCE_MS if seat in seen.remote else heard.t_ms
    )
    return begun_ms, heard.t_ms + limit_ms


def prompt(seen: Seen) -> Check:
    """Each of the duties, the first time that its cause occurs; what was lost on the way was said all the same."""
    late = [duty for duty in DUTIES if _is_late(seen, duty)]
    told = "；".join(
        f"{SEAT_NAMES[duty.seat]}在“{seen.title(duty.cause)}”前后10分钟内没有向{SEAT_NAMES[duty.to]}发出"
        + "或".join(f"“{seen.title(kind)}”" for kind in duty.said)
        for duty in late
    )
    causes = [row for duty in late for row in _causes(seen, duty)[:1]]
    return seen.awaited(not late, "上一环节一到，十分钟内办下一环节", told or "都随即办了", causes)


def _is_late(seen: Seen, duty: Duty) -> bool:
    causes = _causes(seen, duty)
    if not causes:
        return False
    begun_ms, end_ms = window(seen, duty.seat, causes, PROMPTLY_MS)
    crossed = duty.stage in _LEFT_BE and any(row.kind in _CROSSED and row.t_ms <= end_ms for row in seen.rows)
    if crossed or seen.now_ms < end_ms:
        return False
    return not any(
        row.kind in duty.said and row.receiver == duty.to and row.sender == duty.seat
        and begun_ms <= said_ms(seen, row) <= end_ms
        and (not duty.stage or not row.body or seen.body(row).get("stage") == duty.stage)
        for row in seen.rows
    )  # fmt: skip


def _causes(seen: Seen, duty: Duty) -> list[Record]:
    """The tries by which the seat came to hear or to say it; none where it did not, or where nobody can see what it owes."""
    try:
        for kind in duty.said:
            seen.messages(frozenset({kind}), receiver=duty.to)
    except UnseenError:
        return []
    known = [row for row in seen.rows if row.kind == duty.cause and row.source != SOURCE_REPORTED]
    if duty.after and not any(row.kind == duty.after and row.outcome == "ok" for row in seen.rows):
        return []
    own = [row for row in known if row.sender == duty.seat]
    heard = [
        row for row in known if row.receiver == duty.seat and (row.outcome == "ok" or row.outcome.startswith("fault"))
    ]
    return own or (heard if any(row.outcome == "ok" for row in heard) else [])
