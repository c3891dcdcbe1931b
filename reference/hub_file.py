"""What the provincial service knows of a case: its charges, orders, joins and linked items; and its settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contract.hub import PushCharges
from contract.records import BUYER, Charge
from sim.durations import Duration
from sim.message import Message, timer
from sim.package.places import Region
from sim.party import File, Party
from sim.table import Part


@dataclass(frozen=True, slots=True)
class Settings:
    """The term of payment by its name in package.toml, and the region served."""

    bill_validity: Duration
    region: Region


@timer("hub.all_paid", "全部缴清")
class AllPaid(Message):
    """Nothing is left to pay."""


@timer("hub.orders_done", "在途订单已有结果")
class OrdersDone(Message):
    """No order is in flight any more: what is to be given back is known."""


@timer("hub.reconciliation_difference", "与缴款通道不符", ref="order_no", amount="difference_fen", inventory=("FJ-29",))
class ReconciliationDifference(Message):
    """What the channel says of an order is not what the hub knows of it: by how much, and where it was seen."""

    order_no: str
    difference_fen: int
    where: str


ALL_PAID, ORDERS_DONE = AllPaid(), OrdersDone()

ASKED, OPEN, PAID, CLOSED = range(4)
"""An order: sent to the channel, payable, its payment known, or closed without one."""


class Order:
    """One order at the channel, and what is known of it."""

    __slots__ = (
        "amount_fen", "checks", "in_doubt", "numbers", "opened_ms", "order_no", "payer", "status", "tn", "written",
    )  # fmt: skip

    def __init__(self, order_no: str, payer: str, numbers: tuple[str, ...], amount_fen: int) -> None:
        self.order_no, self.payer, self.numbers, self.amount_fen = order_no, payer, numbers, amount_fen
        self.status, self.checks, self.in_doubt = ASKED, 0, False
        self.written: tuple[str, ...] = ()
        self.tn, self.opened_ms = "", 0


class Awaited:
    """A join: the numbers still to be answered for, and how many were refused (a refusal names no number)."""

    __slots__ = ("numbers", "refusals")

    def __init__(self, numbers: Iterable[str]) -> None:
        self.numbers, self.refusals = set(numbers), 0

    @property
    def over(self) -> bool:
        """Whether everything asked has been answered."""
        return len(self.numbers) <= self.refusals


class Linked:
    """One linked item: its acceptance number, and what the department last said of it."""

    __slots__ = ("accept_no", "attached", "early", "outcome")

    def __init__(self) -> None:
        self.accept_no, self.attached = "", False
        self.early: Any = None
        self.outcome = (0, "", "")


class HubFile(File):
    """One case at the hub. Money in fen."""

    __slots__ = (
        "back", "bill_ms", "bills", "charges", "differences", "due", "ending", "fee_known", "fee_ms", "linked", "orders", "paid",
        "pushed", "receipts", "receipts_again", "receipts_asked", "receipts_for", "receipts_to_come", "refunded",
        "renewing", "returned_fen", "returning", "shown", "tax_known", "waits_for_orders", "why",
    )  # fmt: skip

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.pushed: PushCharges
        self.charges: tuple[Charge, ...] = ()
        self.tax_known = self.fee_known = self.renewing = False
        self.due = self.returning = self.waits_for_orders = False
        self.ending = self.why = ""
        self.bills: dict[str, tuple[str, tuple[Charge, ...]]] = {}
        self.bill_ms: dict[str, int] = {}
        self.shown: dict[str, frozenset[str]] = {}
        self.orders: dict[str, Order] = {}
        self.paid: dict[str, str] = {}
        self.refunded: dict[str, int] = {}
        self.back = Awaited(())
        self.fee_ms = self.returned_fen = self.differences = 0
        self.receipts: dict[str, str] = {}
        self.receipts_again = False
        self.receipts_asked = 0
        self.receipts_for: list[str] = []
        self.receipts_to_come = Awaited(())
        self.linked: dict[str, Linked] = {}

    def unpaid_of(self, payer: str) -> tuple[Charge, ...]:
        """What this payer still has to pay: a buyer pays for both, unless the two pay apart."""
        if not self.dossier.separate_payers:
            return tuple([c for c in self.charges if c.number not in self.paid]) if payer == BUYER else ()
        return tuple([c for c in self.charges if c.payer == payer and c.number not in self.paid])

    @property
    def all_paid(self) -> bool:
        """Whether every number is written off."""
        return len(self.paid) == len(self.charges)

    @property
    def open_orders(self) -> list[Order]:
        """Orders whose outcome is not known yet."""
        return [order for order in self.orders.values() if order.status in (ASKED, OPEN)]

    def amount_of(self, numbers: Iterable[str]) -> int:
        """What some numbers come to."""
        return sum([charge.amount_fen for charge in self.charges if charge.number in numbers])
