"""What the channel knows of an order, its clearing day, its line in the daily file and its money's way back."""

from collections.abc import Iterable
from typing import Any

from contract.unionpay import CardReturned, CreateOrder, ReconciliationEntry, Refund
from sim.calendar import DAY_MS, HOUR_MS
from sim.days import UTC8_MS, compact_day
from sim.party import File, Party
from sim.posts import Asked, Post, hold, send
from sim.table import Part

DAY_ROLL_MS = HOUR_MS
"""The clearing day ends an hour before midnight, at 23:00."""


class OrderFile(File):
    """One order: what it is for, when it was debited, which legs are written off or rejected, who waits for a refund.

    A leg that has to be asked again apart has a file of this sort too, under a number of its own.
    """

    __slots__ = (
        "asked_again", "asker", "attempt", "debited_ms", "failed", "leg", "order", "refund", "rejected", "repeats", "why", "written",
    )  # fmt: skip

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.order: CreateOrder
        self.refund: Refund
        self.asker: Asked
        self.leg: Any = None
        self.attempt = self.debited_ms = self.repeats = 0
        self.written: set[str] = set()
        self.rejected: set[str] = set()
        self.asked_again: set[str] = set()
        self.failed, self.why = False, ""

    @property
    def answered(self) -> set[str]:
        """The numbers a department has taken or rejected."""
        return self.written | self.rejected

    def legs(self, written: bool) -> tuple[str, ...]:
        """The numbers that have been written off, or those that have not."""
        return tuple([charge.number for charge in self.order.charges if (charge.number in self.written) is written])

    def amount_of(self, numbers: Iterable[str]) -> int:
        """What some of the order's numbers come to."""
        return sum([charge.amount_fen for charge in self.order.charges if charge.number in numbers])


def settle_date(ms: int) -> str:
    """The clearing day of an instant: what is paid after 23:00 belongs to the next one."""
    return compact_day(ms + DAY_ROLL_MS)


def entry(file: OrderFile, ms: int, amount_fen: int, numbers: tuple[str, ...]) -> Post:
    """A line of the file of the clearing day of `ms`, ready when that day is over."""
    closes_ms = ms + DAY_MS - (ms + UTC8_MS + DAY_ROLL_MS) % DAY_MS
    entry = ReconciliationEntry(file.order.order_no, settle_date(ms), amount_fen, numbers)
    return hold("tax_hub", entry, max(0, closes_ms - file.now_ms))


def give_back(file: OrderFile, why: str) -> Post:
    """The whole payment goes back to the card."""
    return send(file.order.payer, CardReturned(file.order.order_no, file.order.amount_fen, why))
