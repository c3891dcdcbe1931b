"""The sellers, as one party: they confirm and sign what the buyers applied for, and pay their own taxes when they pay apart."""

from dataclasses import dataclass, field

from contract.gov_platform import Sign
from contract.people import CaseOver, JoinInvited, LoginFailed, SignInvited
from contract.portal import Join, LoginAgain
from contract.records import SELLER
from people.applicant import (
    ApplicantFile,
    ApplicantSettings,
    LogInAgain,
    SignNow,
    log_in,
    login_failed,
    sign,
    sign_invited,
    turned_away,
)
from people.paying import PAY, STOP_PAYING
from sim.message import Message, refused, timer
from sim.posts import NOTHING, Posts, later, send
from sim.table import Part, Role, State, Track, row


@dataclass(frozen=True, slots=True)
class Settings(ApplicantSettings):
    """The sellers' times and habits, by their names in package.toml."""

    signing_abandoned: float
    seller_absent: float = 0.0
    seller_never_pays: float = field(default=0.0, kw_only=True)
    """How often the sellers alone never pay."""


class SellerFile(ApplicantFile):
    """The sellers' side."""

    __slots__ = ()
    role, prefix = SELLER, b"seller."

    @property
    def unwilling(self) -> bool:
        """Whether the sellers will never pay, be it that nobody would."""
        settings: Settings = self.settings
        return super().unwilling or self.luck(b"seller_never_pays") < settings.seller_never_pays


@timer("seller.confirm_now", "卖方确认")
class ConfirmNow(Message):
    """The sellers have read what they are to confirm."""


CONFIRM_NOW = ConfirmNow()


def invited(file: SellerFile, heard: JoinInvited) -> Posts:
    if file.outcome:
        return NOTHING
    settings: Settings = file.settings
    if file.draw(b"seller.absent") < settings.seller_absent:
        return NOTHING
    return [later(settings.signing_human.at(file.draw(b"seller.confirming")), CONFIRM_NOW)]


def confirm(file: SellerFile, heard: ConfirmNow) -> Posts:
    return [send("portal", Join(f"SQS{file.case.number}"))]


def asked_to_sign(file: SellerFile, heard: SignInvited) -> Posts:
    settings: Settings = file.settings
    if file.draw(b"seller.signing_abandoned") < settings.signing_abandoned:
        return NOTHING
    return sign_invited(file, heard)


def over(file: SellerFile, heard: CaseOver) -> Posts:
    file.outcome = heard.outcome
    return NOTHING if file.state("pay").end else [later(0, STOP_PAYING)]


APART = State("apart", "未参与", end=True)
TAKING_PART = State("taking_part", "办理中")
OVER = State("over", "办件结束", end=True)
ANY = (TAKING_PART, OVER)

# fmt: off
DEAL = Track("deal", "卖方办理", APART, [
    # while the sellers are   we hear              it becomes    and we
    row((APART, TAKING_PART), JoinInvited,         TAKING_PART,  invited),
    row((APART, TAKING_PART), LoginFailed,         TAKING_PART,  login_failed),
    row((APART, TAKING_PART), SignInvited,         TAKING_PART,  asked_to_sign),
    row(TAKING_PART,          ConfirmNow,          None,         confirm),
    row(TAKING_PART,          LogInAgain,          None,         log_in),
    row(TAKING_PART,          SignNow,             None,         sign),
    row((APART, TAKING_PART, OVER), CaseOver,      OVER,         over),
    row(OVER,                 JoinInvited,         None,         invited),
    row(OVER,                 LoginFailed,         None,         login_failed),
    row(OVER,                 SignInvited,         None,         sign_invited),
    row(ANY,                  refused(Join),       None,         turned_away),
    row(ANY,                  refused(LoginAgain), None,         turned_away),
    row(ANY,                  refused(Sign),       None,         turned_away),
])
# fmt: on

ROLE = Role("seller", "卖方", (Part(SellerFile, [DEAL, PAY]),), Settings)
