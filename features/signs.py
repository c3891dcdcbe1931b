"""Signs: by what the journal shows that something happened in a case which nobody arranged, as far as a real system lets us see."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from json import loads
from typing import Any, Final

from sim.dossier import ITEMS
from sim.journal.record import Record

REJECTED: Final = 4
"""The status of a linked item's result that turns it down."""
BAD_SCORE: Final = 2
"""评价等级 up to this is a bad review."""
PROGRESS, OVER, WITHDRAW = ("gov_platform.progress",), ("person.case_over",), ("portal.withdraw",)
RECORDED: Final = ("registry.record", "data_exchange.receive")
"""Seen where the registry is ours or reports it, and otherwise by what is sent on once it has recorded."""
WITHDRAWN, DECLINED, REFUSED, LAPSED, UNTOLD = "withdrawn", "declined", "refused", "lapsed", "untold"
CHECK: Final = ("gov_platform.verify_identity",)
CERTIFICATES: Final = ("gov_platform.fetch_certificates",)
RATE, RECEIPTS, NOTICE = ("gov_platform.rate",), ("gov_platform.ask_receipts",), ("unionpay.payment_notice",)
ASSESSED, RETURNED = ("tax.assessed", "tax.exempted"), ("tax.returned",)


class Course:
    """What became of one case, by its rows in order."""

    def __init__(self, rows: Sequence[Record]) -> None:
        self.rows = rows
        self.rejections = Counter(row.kind for row in self.heard(_results()) if _body(row).get("status") == REJECTED)
        self.missing = max((len(_reply(row).get("missing", ())) for row in self.heard(CERTIFICATES)), default=0)

    def heard(self, kinds: Collection[str]) -> Iterator[Record]:
        """The rows of these kinds that were taken in."""
        return (row for row in self.rows if row.kind in kinds and row.outcome == "ok")

    def has(self, *kinds: str) -> bool:
        """Whether a message of one of these kinds was taken in."""
        return any(self.heard(kinds))

    def reason(self, item: str) -> str:
        """With which code an item was first turned down, "" where it never was."""
        codes = (str(_body(row).get("reason_code", "")) for row in self.heard((f"{item}.result",))
                 if _body(row).get("status") == REJECTED)  # fmt: skip
        return next(codes, "")

    @property
    def outcome(self) -> str:
        """How it ended, as far as that was seen: "" while it goes on, UNTOLD where it is over and nobody told us how."""
        told = next((str(_body(row).get("outcome", "")) for row in self.heard(OVER)), "")
        if told or self.has(*WITHDRAW):
            return told or WITHDRAWN
        over = any(_body(row).get("stage") == "closed" for row in self.heard(PROGRESS))
        return UNTOLD if over and not self.has(*RECORDED) else ""

    def ended(self, how: str) -> bool | None:
        """Whether it ended so, None where that was not told."""
        return None if self.outcome == UNTOLD else self.outcome == how

    def withdrawn(self, *, assessed: bool, paid: bool) -> bool | None:
        """Whether it was withdrawn when things stood so, None where that was not told."""
        ended = self.ended(WITHDRAWN)
        return ended and (self.has(*ASSESSED), self.has(*NOTICE)) == (assessed, paid)

    def pushed_again(self) -> bool | None:
        """Whether whatever was turned down was sent once more; None where nothing was."""
        turned_down = [kind.partition(".")[0] for kind in self.rejections]
        if not turned_down:
            return None
        return any(sum(1 for _ in self.heard((f"{item}.push",))) > 1 for item in turned_down)

    def returned(self, *, after_assessment: bool) -> bool:
        """Whether the tax bureau sent the declaration back, before it had assessed or afterwards."""
        first = next(self.heard(ASSESSED), None)
        return any((first is not None and row.seq > first.seq) == after_assessment for row in self.heard(RETURNED))


def _body(row: Record) -> dict[str, Any]:
    return loads(row.body) if row.body else {}


def _reply(row: Record) -> dict[str, Any]:
    return loads(row.reply_body) if row.reply_body else {}


def _results() -> tuple[str, ...]:
    return tuple(f"{item}.result" for item in ITEMS)


def _turned_away(course: Course) -> bool:
    return any(row.kind in CHECK and row.outcome.startswith("refused") for row in course.rows)


def _rated_badly(course: Course) -> bool:
    return any(_body(row).get("score", BAD_SCORE + 1) <= BAD_SCORE for row in course.heard(RATE))


def _rated(course: Course) -> bool | None:
    return course.has(*RATE) if course.has("gov_platform.open_review") else None


def _asked_for_receipts(course: Course) -> bool | None:
    return course.has(*RECEIPTS) if course.has(*NOTICE) else None


def _rejected(item: str) -> Callable[[Course], bool]:
    return lambda course: bool(course.rejections[f"{item}.result"])


def _recalled(course: Course) -> bool:
    return course.outcome in ("", "done", "partly_done") and course.has(*(f"{item}.cancel" for item in ITEMS))


SIGNS: Final[dict[str, Callable[[Course], bool | None]]] = {
    "identity_failed": _turned_away,
    "certificate_missing": lambda course: course.missing > 0,
    "three_certificates_missing": lambda course: course.missing >= 3,
    "signing_abandoned": lambda course: course.has("gov_platform.signing_expired"),
    "not_accepted": lambda course: course.ended(DECLINED),
    "review_refused": lambda course: course.ended(REFUSED),
    "never_pays": lambda course: course.ended(LAPSED),
    "withdrawn_before_tax": lambda course: course.withdrawn(assessed=False, paid=False),
    "withdrawn_after_bill": lambda course: course.withdrawn(assessed=True, paid=False),
    "withdrawn_after_payment": lambda course: course.withdrawn(assessed=True, paid=True),
    "tax_returned": lambda course: course.returned(after_assessment=False),
    "tax_reassessed": lambda course: course.returned(after_assessment=True),
    "tax_waived": lambda course: course.has("tax.exempted"),
    "payment_failed": lambda course: course.has("person.payment_failed"),
    "paid_twice": lambda course: course.has("unionpay.card_returned"),
    "receipt_requested": _asked_for_receipts,
    **{f"{item}_rejected": _rejected(item) for item in ITEMS},
    "rejected_again": lambda course: max(course.rejections.values(), default=0) > 1,
    "resubmitted": Course.pushed_again,
    "recalled": _recalled,
    "rating_given": _rated,
    "bad_rating": _rated_badly,
}
"""Of what may happen in a case, by its share's name: whether it did; None where there was no occasion for it, or no sight."""
ENDS: Final = ("not_accepted", "review_refused", "never_pays", "withdrawn_before_tax", "withdrawn_after_bill",
               "withdrawn_after_payment")  # fmt: skip
"""What ends a case before it is recorded."""
