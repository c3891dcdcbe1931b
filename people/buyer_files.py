"""What the buyers remember and have in mind, and the times and habits they live by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from contract.records import BUYER
from people.applicant import AFTER_PAYING, ApplicantFile, ApplicantSettings
from sim.calendar import MINUTE_MS
from sim.durations import Duration
from sim.message import Message, timer
from sim.party import Party
from sim.posts import NOTHING, Post, later
from sim.table import Part

SOON_MS = 5 * MINUTE_MS
"""How soon after paying a buyer thinks better of it; later the home would be recorded and nothing could be undone."""
BEFORE_TAX, AFTER_BILL, AFTER_PAYMENT = "买卖双方协商解除合同", "税费超出预期，不再购买", "缴款后反悔，双方协商解除合同"


@timer("buyer.change_mind", "决定撤回")
class ChangeMind(Message):
    """The sale is off."""


@timer("buyer.want_receipts", "去申请票据")
class WantReceipts(Message):
    """The buyer sits down to ask for the receipts."""


@timer("buyer.see_whether_settled", "看对方是否缴清")
class SeeWhetherSettled(Message):
    """Receipts can be had when all is paid: who shares the bill looks first."""


CHANGE_MIND, WANT_RECEIPTS, SEE_WHETHER_SETTLED = ChangeMind(), WantReceipts(), SeeWhetherSettled()


@dataclass(frozen=True, slots=True)
class Settings(ApplicantSettings):
    """The buyers' times and habits, by their names in package.toml."""

    form_filling: Duration
    correction_by_applicant: Duration
    receipt_request: Duration
    rating_delay: Duration
    withdrawal_delay: Duration
    withdrawn_before_tax: float
    withdrawn_after_bill: float
    withdrawn_after_payment: float
    receipt_requested: float
    rating_given: float
    bad_rating: float
    pays_unasked: float = field(default=0.0, kw_only=True)
    """How often someone tries to pay right after applying."""
    looks_unasked: float = field(default=0.0, kw_only=True)
    """How often someone looks at “我的办件” a day after applying, unasked."""
    asks_receipts_early: float = field(default=0.0, kw_only=True)
    """How often receipts are asked for before anything is paid."""
    asks_for_sellers: float = field(default=0.0, kw_only=True)
    """How often the buyers ask for the sellers' receipts before they ask for their own."""


class BuyerFile(ApplicantFile):
    """The buyers' side. `withdraws` is why, and thereby when, they will withdraw; mostly they will not."""

    __slots__ = ("asks", "case_code", "receipts", "wants_receipts", "withdraws")
    role, prefix = BUYER, b"buyer."

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.case_code = self.withdraws = ""
        self.wants_receipts = False
        self.asks = 0
        self.receipts: tuple[str, ...] = ()

    def thinks_of_bill(self, delay_ms: int) -> Sequence[Post]:
        """Some withdraw when they would have paid."""
        return [later(delay_ms, CHANGE_MIND)] if self.withdraws == AFTER_BILL else NOTHING

    def is_told(self) -> Sequence[Post]:
        """Some ask for the receipts first."""
        settings: Settings = self.settings
        if self.wants_receipts or self.luck(b"asks_receipts_early") >= settings.asks_receipts_early:
            return NOTHING
        self.wants_receipts = True
        return [later(0, WANT_RECEIPTS)]

    def has_paid(self, settled: bool) -> Sequence[Post]:
        """Most want their receipts, and a few their money back."""
        posts: list[Post] = []
        if self.outcome:
            return posts
        if settled and self.withdraws == AFTER_PAYMENT:
            posts.append(later(SOON_MS, CHANGE_MIND))
        settings: Settings = self.settings
        if not self.wants_receipts and self.luck(b"receipt_requested") < settings.receipt_requested:
            self.wants_receipts = True
            first = SEE_WHETHER_SETTLED if self.dossier.separate_payers else WANT_RECEIPTS
            posts.append(later(settings.receipt_request.at(self.luck(b"receipt_request")), first))
        return posts

    def has_looked(self) -> Sequence[Post]:
        """Who waits for the seller's payment asks for the receipts once it is there."""
        waits = self.wants_receipts and self.dossier.separate_payers and self.state("receipts").name == "no_receipts"
        return [later(0, WANT_RECEIPTS)] if waits and self.stage in AFTER_PAYING else NOTHING
