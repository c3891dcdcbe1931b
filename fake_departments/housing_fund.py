"""The housing provident fund: a person decides within three working days whether savings may be drawn for a home."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

from contract import housing_fund
from contract.housing_fund import (
    ACCOUNT_FROZEN,
    ACCOUNT_UNKNOWN,
    ALREADY_WITHDRAWN,
    AMOUNT_TOO_HIGH,
    BANK_NAME_DIFFERS,
    ELSEWHERE,
    LOAN_OPEN,
    NOT_OWN_PURCHASE,
    PERIOD_OVER,
    TITLE_NOT_FOUND,
    TRADED_OFTEN,
    Cancel,
    Push,
    PushAccepted,
    Result,
)
from contract.records import Withdrawal
from fake_departments import account_transfer as transfer
from sim.calendar import DAY_MS
from sim.dossier import ITEMS, OTHER_CITY_FUND, OWN_CITY_FUND, PROVINCIAL_FUND
from sim.durations import Duration
from sim.message import Error, Message, timer
from sim.party import Party
from sim.posts import Posts, hold, refuse, reply, working
from sim.table import Part, Role, State, Track, row


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a decision takes, how often it is a no, how long a cancellation takes."""

    housing_fund: Duration
    housing_fund_rejected: float
    cancellation: Duration
    rejected_again: float = 1.0


UNASKED = State("unasked", "未受理", end=True)
DECIDING = State("deciding", "审核中")
INQUIRING = State("inquiring", "异地中心协查中")
PAID = State("paid", "已提取", end=True)
RETURNED = State("returned", "已退回", end=True)
CANCELLED = State("cancelled", "已撤销", end=True)


@timer("housing_fund.inquire", "转异地中心协查", item="housing_fund")
class Inquire(Message):
    """The savings lie with another city's centre, which is asked."""


@timer("housing_fund.pay_out", "同意提取并划款", item="housing_fund")
class PayOut(Message):
    """The decision is yes."""


@timer("housing_fund.rejected", "不予提取", item="housing_fund")
class Rejected(Message):
    """The decision is no, or the papers go back to be put right."""


INQUIRE, PAY_OUT, REJECTED = Inquire(), PayOut(), Rejected()
CENTRES = {OWN_CITY_FUND: "GJ", OTHER_CITY_FUND: "YD", PROVINCIAL_FUND: "SZ"}
"""How acceptance numbers begin at the city's own centre, by way of another city's and at the provincial one."""
PERIOD_MS, OFTEN_MS = 365 * DAY_MS, 730 * DAY_MS
"""A withdrawal is asked for within a year of the purchase; two sales within two years are frequent; our own figures."""
LASTING = (NOT_OWN_PURCHASE, PERIOD_OVER, ELSEWHERE, TRADED_OFTEN)
"""Facts that no resubmission changes."""


class FundFile(transfer.PushedFile):
    """One person's withdrawal for one home."""

    __slots__ = ("application",)
    contract: ClassVar[ModuleType] = housing_fund
    bit = ITEMS.index("housing_fund")
    digits = 12
    luck = b"housing_fund.reject"

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.application: Withdrawal | None = None

    @property
    def withdrawn(self) -> dict[str, Any]:
        """Who draws for which home, by acceptance number: one ledger of the party, kept beyond its cases (限提取一次)."""
        return self.party.ledgers.setdefault("withdrawn", {})

    def share(self) -> float:
        """The package's figure."""
        settings: Settings = self.settings
        return settings.housing_fund_rejected

    def causes(self) -> tuple[Error, ...]:
        """What the case's facts leave open to be wrong; frozen accounts are the commonest."""
        dossier = self.dossier
        found = [ACCOUNT_FROZEN, ACCOUNT_FROZEN, LOAN_OPEN, BANK_NAME_DIFFERS, TITLE_NOT_FOUND]
        if dossier.loan:
            found.append(AMOUNT_TOO_HIGH)  # more than what is paid so far
        if dossier.net_signed:
            found.append(PERIOD_OVER)  # the contract is older than the application
        if dossier.fund_centre == OTHER_CITY_FUND:
            found.append(ELSEWHERE)
        if len(dossier.buyers) > 1:
            found.append(NOT_OWN_PURCHASE)  # bought together, but not with the spouse
        if dossier.arrival_ms - dossier.acquired_ms < OFTEN_MS:
            found.append(TRADED_OFTEN)
        return tuple(found)

    def deciding_ms(self) -> int:
        """Office time until the decision, inquiries included."""
        settings: Settings = self.settings
        return settings.housing_fund.at(self.draw(b"housing_fund.deciding", self.attempt))

    def verdict(self, asked: Withdrawal) -> Error | None:
        """What the conditions say, and then luck."""
        first = self.drawn(1) if self.attempt > 1 else None
        return self.unmet(asked) or (first if first in LASTING else self.drawn(self.attempt))

    def unmet(self, asked: Withdrawal) -> Error | None:
        """The first of the conditions that what was pushed does not meet."""
        dossier = self.dossier
        if all(buyer.id_no != asked.person.id_no for buyer in dossier.buyers):
            return NOT_OWN_PURCHASE
        if not 0 < asked.asked_fen <= min(asked.price_fen, dossier.price_fen):
            return AMOUNT_TOO_HIGH
        if asked.unit_code != dossier.unit_code or not asked.title_no or not 0 < asked.recorded_ms <= self.now_ms:
            return TITLE_NOT_FOUND
        if self.now_ms - asked.recorded_ms > PERIOD_MS:
            return PERIOD_OVER
        return None if asked.bank_account_name == asked.person.name else BANK_NAME_DIFFERS

    def give_way(self) -> None:
        """What is not paid out does not count as the one withdrawal for this home."""
        if self.application is not None:
            self.withdrawn.pop(home_and_person(self.application), None)


def home_and_person(asked: Withdrawal) -> str:
    """The key under which one withdrawal is allowed once."""
    return asked.unit_code + asked.person.id_no


# ---- actions ------------------------------------------------------------------------------------------------------
def accept(file: FundFile, heard: Push) -> Posts:
    """Take a withdrawal in at the centre where the savings lie, once for this home and person."""
    asked = heard.withdrawal
    why = file.unknown(heard.account)
    if not why and asked.centre != file.dossier.fund_centre:
        why = "该中心未建户"
    if why:
        file.corrected = True
        return refuse(ACCOUNT_UNKNOWN, why)
    key = home_and_person(asked)
    if key in file.withdrawn:
        return refuse(ALREADY_WITHDRAWN, f"已由受理编号{file.withdrawn[key]}受理")
    file.application, file.withdrawn[key] = asked, file.take_in(heard.account, CENTRES[asked.centre])
    file.reason = file.verdict(asked)
    if asked.centre == OTHER_CITY_FUND:
        return [reply(PushAccepted(file.accept_no)), working(file.deciding_ms() // 2, INQUIRE)]
    return [reply(PushAccepted(file.accept_no)), working(file.deciding_ms(), REJECTED if file.reason else PAY_OUT)]


def inquire(file: FundFile, heard: Inquire) -> Posts:
    """The other centre has the second half of the time."""
    whole_ms = file.deciding_ms()
    return [working(whole_ms - whole_ms // 2, REJECTED if file.reason else PAY_OUT)]


def already_withdrawn(file: FundFile, heard: Push) -> Posts:
    """The same home is good for one withdrawal."""
    return refuse(ALREADY_WITHDRAWN, f"已由受理编号{file.accept_no}提取")


def pay_out(file: FundFile, heard: PayOut) -> Posts:
    """The money is on its way; what was asked for was found lawful, so it is what is paid."""
    assert file.application is not None
    file.outcomes[file.accept_no] = transfer.COMPLETED
    return [hold(file.asker, Result(file.accept_no, *transfer.COMPLETED, file.application.asked_fen))]


def reject(file: FundFile, heard: Rejected) -> Posts:
    """Back with the reason: material can be put right and pushed again, facts cannot."""
    file.give_way()
    return [hold(file.asker, Result(file.accept_no, *file.give_back(), 0))]


def cancel(file: FundFile, heard: Cancel) -> Posts:
    """Stop the attempt under way; the home is free for another."""
    if heard.accept_no == file.accept_no:
        file.give_way()
    return transfer.cancel(file, heard)


# fmt: off
TRACK = Track("housing_fund", "公积金提取", UNASKED, [
    row((UNASKED, RETURNED, CANCELLED),  Push,     DECIDING,  accept),
    row((DECIDING, INQUIRING),           Push,     None,      transfer.accept_again),
    row(PAID,                            Push,     None,      already_withdrawn),
    row(DECIDING,                        Inquire,  INQUIRING, inquire),
    row((DECIDING, INQUIRING),           PayOut,   PAID,      pay_out),
    row((DECIDING, INQUIRING),           Rejected, RETURNED,  reject),
    row((DECIDING, INQUIRING),           Cancel,   CANCELLED, cancel),
    row((RETURNED, CANCELLED),           Cancel,   None,      transfer.confirm_cancelled),
    row(PAID,                            Cancel,   None,      transfer.too_late),
])
# fmt: on

ROLE = Role(
    "housing_fund",
    "住房公积金中心",
    (Part(FundFile, [TRACK]),),
    Settings,
    {housing_fund.QueryStatus: transfer.query_status},
)
