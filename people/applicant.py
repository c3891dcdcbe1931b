"""What buyers and sellers have in common: what they remember, signing, and logging in once more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from contract.gov_platform import Sign
from contract.people import LoginFailed, SignInvited
from contract.portal import LoginAgain
from contract.records import Charge
from sim.durations import Duration
from sim.message import Message, Refused, timer
from sim.party import File, Party
from sim.posts import NOTHING, Post, Posts, later, send
from sim.table import Part

MOST_LOGINS = 5
"""After so many failures nobody tries again: chosen."""
AFTER_PAYING = ("paid", "recorded", "closed")
"""Stages of a case that “我的办件” shows when nothing is left to pay."""


@dataclass(frozen=True, slots=True)
class ApplicantSettings:
    """What takes buyers and sellers their time, and how they pay."""

    signing_human: Duration
    citizen_pay: Duration
    payment_retry: Duration
    bill_validity: Duration
    never_pays: float
    paid_twice: float
    payment_left: float = field(default=0.0, kw_only=True)
    """How often the app is left before the password is given; the payer comes back after `payment_retry`."""
    looks_while_paying: float = field(default=0.0, kw_only=True)
    """How often the page is opened again, after `payment_retry`, while a payment is on its way."""
    looks_after_paying: float = field(default=0.0, kw_only=True)
    """How often the page is opened again, after `payment_retry`, when all is paid."""
    refreshes: float = field(default=0.0, kw_only=True)
    """How often the page is called up ten times at once."""
    chooses_nothing: float = field(default=0.0, kw_only=True)
    """How often payment is first begun with nothing ticked."""


class ApplicantFile(File):
    """One side of a sale. `outcome` is how the application ended, as far as this side has been told."""

    __slots__ = (
        "card_returned_fen", "charges", "failures", "logins", "orders", "outcome", "paid", "signing", "stage", "tabs", "text",
        "turned_away", "withdrawn",
    )  # fmt: skip
    role: ClassVar[str] = ""
    prefix: ClassVar[bytes] = b""

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.outcome = self.turned_away = self.text = self.stage = ""
        self.signing = self.withdrawn = False
        self.charges: tuple[Charge, ...] = ()
        self.orders: tuple[str, ...] = ()
        self.paid: tuple[str, ...] = ()
        self.failures = self.logins = self.card_returned_fen = 0
        self.tabs = 1

    def luck(self, what: bytes, n: int = 0) -> float:
        """A draw of this side's own."""
        return self.draw(self.prefix + what, n)

    def thinks_of_bill(self, delay_ms: int) -> Sequence[Post]:
        """What this side does, after a while, instead of paying."""
        return NOTHING

    def is_told(self) -> Sequence[Post]:
        """What this side does at once when told what to pay, besides paying later."""
        return NOTHING

    @property
    def unwilling(self) -> bool:
        """Whether this side will never pay."""
        settings: ApplicantSettings = self.settings
        return self.luck(b"never_pays") < settings.never_pays

    def has_paid(self, settled: bool) -> Sequence[Post]:
        """What this side does once it has paid."""
        return NOTHING

    def has_looked(self) -> Sequence[Post]:
        """What this side does when “我的办件” shows how far the case is."""
        return NOTHING


@timer("applicant.log_in_again", "重新登录认证")
class LogInAgain(Message):
    """The face is tried once more."""


@timer("applicant.sign_now", "签署")
class SignNow(Message):
    """The papers have been read."""


LOG_IN_AGAIN, SIGN_NOW = LogInAgain(), SignNow()


def login_failed(file: ApplicantFile, heard: LoginFailed) -> Posts:
    if file.outcome:
        return NOTHING
    file.logins += 1
    if file.logins >= MOST_LOGINS:
        return NOTHING
    settings: ApplicantSettings = file.settings
    return [later(settings.signing_human.at(file.luck(b"log_in_again", file.logins)), LOG_IN_AGAIN)]


def log_in(file: ApplicantFile, heard: LogInAgain) -> Posts:
    return [send("portal", LoginAgain(file.role))]


def sign_invited(file: ApplicantFile, heard: SignInvited) -> Posts:
    if file.outcome or file.signing:
        return NOTHING
    file.signing = True
    settings: ApplicantSettings = file.settings
    return [later(settings.signing_human.at(file.luck(b"signing")), SIGN_NOW)]


def sign(file: ApplicantFile, heard: SignNow) -> Posts:
    return [send("gov_platform", Sign(file.role))]


def turned_away(file: ApplicantFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return NOTHING
