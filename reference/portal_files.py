"""What the portal knows of an application, and how it ends one that waits too long for its people."""

from dataclasses import dataclass
from typing import Any

from contract.portal import NO_APPLICATION, RECEIPT_CODE_DIFFERS, ProgressShown, QueryProgress
from contract.records import BUYER, SELLER, Application
from sim.calendar import DAY_MS
from sim.dossier import Person
from sim.message import Message, timer
from sim.party import File, Party
from sim.posts import Post, Refusal, later
from sim.table import Part

PEOPLE_TERM_MS = 15 * DAY_MS
"""How long an application waits for one of its parties before it lapses: chosen, as long as the platform's signing."""


@timer("portal.party_overdue", "当事人逾期未办")
class PartyOverdue(Message):
    """The party waited for has not come in time."""


PARTY_OVERDUE = PartyOverdue()


class PortalFile(File):
    """One application as the portal keeps it. None marks what has been asked for and has not come."""

    __slots__ = (
        "acceptance_no", "application", "authorisation", "contract_no", "correction", "fields", "identified", "missing",
        "outcome", "receipt_code", "seal_no", "seller_authorisation", "turned_away",
    )  # fmt: skip

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.application: Application
        self.authorisation = self.seller_authorisation = self.receipt_code = self.seal_no = self.acceptance_no = ""
        self.correction = self.outcome = self.turned_away = ""
        self.identified: dict[str, set[str]] = {BUYER: set(), SELLER: set()}
        self.missing: tuple[str, ...] | None = None
        self.fields: tuple[str, ...] | None = None
        self.contract_no: str | None = None

    def people(self, role: str) -> tuple[Person, ...]:
        """Everybody who applies on one side."""
        return self.application.buyers if role == BUYER else self.application.sellers

    @property
    def at_window(self) -> bool:
        """Whether both parties stand before a clerk."""
        return self.application.channel == "window"

    def await_party(self) -> Post:
        """The end of a wait that began just now."""
        return later(PEOPLE_TERM_MS, PARTY_OVERDUE)

    @property
    def applied(self) -> bool:
        """Whether anybody has applied."""
        return self.states[0] is not self.part.starts[0]

    @property
    def stage(self) -> str:
        """Where the application stands, in words for its applicants."""
        return self.state("main").title


@dataclass(slots=True)
class Kept:
    """What the portal keeps of an application that is over, for those who ask after it."""

    receipt_code: str
    acceptance_no: str
    outcome: str
    stage: str = "办件结束"
    applied: bool = True


def keep(file: PortalFile) -> Kept | None:
    """What is kept of an application when it is let go; nothing where nobody could ask after it."""
    return Kept(file.receipt_code, file.acceptance_no, file.outcome) if file.receipt_code else None


def show_progress(of: PortalFile | Kept, heard: QueryProgress) -> ProgressShown | Refusal:
    """Who does not know the receipt code is told nothing; before there is one, nobody can ask."""
    if not of.applied:
        return Refusal(NO_APPLICATION)
    if not of.receipt_code or heard.receipt_code != of.receipt_code:
        return Refusal(RECEIPT_CODE_DIFFERS)
    return ProgressShown(of.stage, of.acceptance_no, of.outcome)
