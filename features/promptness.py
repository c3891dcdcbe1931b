"""What a system says as soon as it has heard or done something, in every case: the next in line waits for it."""

from dataclasses import dataclass
from typing import Final

from features.evidence import Check, Seen, UnseenError
from sim.calendar import MINUTE_MS
from sim.journal.record import Record

PROMPTLY_MS: Final = 10 * MINUTE_MS
"""No document says how soon: chosen, and the same in every case."""
_REPORTS: Final = frozenset({"gov_platform.report_main", "gov_platform.report_package"})
_PROGRESS: Final = frozenset({"gov_platform.progress"})


@dataclass(frozen=True, slots=True)
class Duty:
    """Whoever has heard or said `cause` says one of `said` to `to`, where the case has come past `after`."""

    seat: str
    cause: str
    said: frozenset[str]
    to: str
    after: str = ""


def _at_each_stage(cause: str) -> tuple[Duty, ...]:
    return tuple(Duty("registry", cause, _PROGRESS, platform) for platform in ("gov_platform", "city_platform"))


DUTIES: Final = (
    Duty("registry", "registry.receive", frozenset({"clerk.task"}), "clerk"),
    Duty("registry", "registry.receive_at_window", frozenset({"clerk.task"}), "clerk"),
    Duty("registry", "registry.accept", frozenset({"portal.accepted"}), "portal"),
    *_at_each_stage("registry.accept"),
    *_at_each_stage("registry.decline"),
    *_at_each_stage("hub.charges_ready"),
    *_at_each_stage("hub.payment_settled"),
    *_at_each_stage("registry.record"),
    Duty("registry", "registry.record", frozenset({"data_exchange.receive"}), "data_exchange"),
    *_at_each_stage("portal.closed"),
    Duty("registry", "portal.closed", _REPORTS, "city_platform", after="portal.accepted"),
    Duty(
        "registry", "portal.closed", frozenset({"gov_platform.open_review"}), "city_platform", after="registry.record"
    ),
    Duty("portal", "portal.closed", frozenset({"person.case_over"}), "buyer"),
    Duty("portal", "portal.closed", frozenset({"person.case_over"}), "seller"),
)


def said_ms(row: Record) -> int:
    """When a message was sent, however long it was on its way."""
    return row.asked_ms or row.t_ms


def prompt(seen: Seen) -> Check:
    """Each of the duties, the first time that its cause occurs; what was lost on the way was said all the same."""
    late = [
        (duty, cause) for duty in DUTIES if (cause := _cause(seen, duty)) is not None and not _done(seen, duty, cause)
    ]
    told = "；".join(
        f"“{seen.title(duty.cause)}”之后没有随即向 {duty.to} 发出“{seen.title(min(duty.said))}”" for duty, _ in late
    )
    return seen.awaited(not late, "上一环节一到就办下一环节", told or "都随即办了", [cause for _, cause in late])


def _cause(seen: Seen, duty: Duty) -> Record | None:
    """The first time that the seat took it in or said it; none where what it ought to say next cannot be seen."""
    try:
        seen.messages(duty.said, receiver=duty.to)
    except UnseenError:
        return None
    heard = {row.kind for row in seen.rows if row.outcome == "ok"}
    if duty.after and duty.after not in heard:
        return None
    causes = (
        row for row in seen.rows
        if row.kind == duty.cause and (row.sender == duty.seat or (row.receiver == duty.seat and row.outcome == "ok"))
    )  # fmt: skip
    return next(causes, None)


def _done(seen: Seen, duty: Duty, cause: Record) -> bool:
    begun_ms = cause.t_ms if cause.receiver == duty.seat else said_ms(cause)
    return any(
        row.kind in duty.said and row.receiver == duty.to and row.sender == duty.seat
        and begun_ms <= said_ms(row) <= begun_ms + PROMPTLY_MS
        for row in seen.rows
    )  # fmt: skip
