"""The water company: it transfers accounts in office time and calls back with the result; nobody polls it."""

from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

from contract import water
from contract.errors import ARREARS, NAME_DIFFERS
from contract.water import REASONS, USE_CHANGED, Attach, Cancel, Push
from fake_departments import account_transfer as transfer
from sim.calendar import DAY_MS
from sim.dossier import ITEMS
from sim.durations import Duration
from sim.message import Error, Message, timer
from sim.posts import Post, send
from sim.table import Part, Role, State, Track, row

LATE_MS = 15 * DAY_MS
"""An acceptance number that is told when the work is long done: chosen."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a transfer takes, how often it is rejected, how long a cancellation takes."""

    water: Duration
    water_rejected: float
    cancellation: Duration
    rejected_again: float = 1.0
    acceptance_late: float = 0.0


UNASKED = State("unasked", "未受理", end=True)
AWAITING_FILES = State("awaiting_files", "已受理待附件")
HANDLING = State("handling", "办理中")
TRANSFERRED = State("transferred", "已过户", end=True)
RETURNED = State("returned", "已退回", end=True)
CANCELLED = State("cancelled", "已撤销", end=True)


@timer("water.files_overdue", "附件逾期未到", item="water")
class FilesOverdue(Message):
    """The attachment has not come in a working day."""


@timer("water.completed", "用水过户办结", item="water")
class Completed(Message):
    """The work is done."""


@timer("water.rejected", "用水过户退回", item="water")
class Rejected(Message):
    """The work has come upon a reason to reject."""


CAUSES = (ARREARS, *REASONS)  # arrears are the commonest
COMMERCIAL_CAUSES = (USE_CHANGED, ARREARS)


class WaterFile(transfer.TransferFile):
    """One water account: eight digits, of which leading zeros are part."""

    __slots__ = ()
    contract: ClassVar[ModuleType] = water
    bit = ITEMS.index("water")
    prefix = "YS"
    digits = 8
    luck = b"water.reject"
    name_differs = NAME_DIFFERS
    seen_early = frozenset({ARREARS})
    files_overdue = FilesOverdue()
    completed = Completed()
    rejected = Rejected()

    def causes(self) -> tuple[Error, ...]:
        """A new owner of a shop uses water for something else."""
        return CAUSES if self.dossier.residential else COMMERCIAL_CAUSES

    def share(self) -> float:
        """The package's figure."""
        settings: Settings = self.settings
        return settings.water_rejected

    def handling_ms(self) -> int:
        """One to five working days."""
        settings: Settings = self.settings
        return settings.water.at(self.draw(b"water.handling", self.attempt))

    def acceptance_ms(self) -> int:
        """At once, or after everything else."""
        settings: Settings = self.settings
        return LATE_MS if self.draw(b"water.acceptance", self.attempt) < settings.acceptance_late else 0

    def deliver(self, result: Message) -> Post:
        """Call back whoever pushed."""
        return send(self.asker, result)


# fmt: off
TRACK = Track("water", "用水过户", UNASKED, [
    row((UNASKED, RETURNED, CANCELLED),                Push,         AWAITING_FILES, transfer.accept),
    row((AWAITING_FILES, HANDLING),                    Push,         None,           transfer.accept_again),
    row(TRANSFERRED,                                   Push,         None,           transfer.already_done),
    row(AWAITING_FILES,                                Attach,       HANDLING,       transfer.take_files),
    row(AWAITING_FILES,                                FilesOverdue, HANDLING,       transfer.go_without_files),
    row((HANDLING, TRANSFERRED, RETURNED, CANCELLED),  Attach,       None,           transfer.keep_files),
    row(HANDLING,                                      Completed,    TRANSFERRED,    transfer.complete),
    row(HANDLING,                                      Rejected,     RETURNED,       transfer.reject),
    row((AWAITING_FILES, HANDLING),                    Cancel,       CANCELLED,      transfer.cancel),
    row((RETURNED, CANCELLED),                         Cancel,       None,           transfer.confirm_cancelled),
    row(TRANSFERRED,                                   Cancel,       None,           transfer.too_late),
])
# fmt: on

ROLE = Role(
    "water",
    "自来水公司",
    (Part(WaterFile, [TRACK]),),
    Settings,
    {water.Precheck: transfer.precheck, water.QueryStatus: transfer.query_status},
)
