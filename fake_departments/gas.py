"""The gas company: a safety inspection at the home comes before the transfer; results lie ready for the batch poll."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

from contract import gas
from contract.errors import ARREARS, NAME_DIFFERS
from contract.gas import INSPECTION_FAILED, REASONS, TRANSFER_LIMITED, Attach, Cancel, Push
from fake_departments import account_transfer as transfer
from sim.dossier import ITEMS
from sim.durations import Duration
from sim.message import Error, Message, timer
from sim.party import Party
from sim.posts import Post, Posts, working
from sim.table import Part, Role, State, Track, row


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a transfer takes with its inspection, how often it is rejected, how long a cancellation takes."""

    gas: Duration
    gas_rejected: float
    cancellation: Duration
    rejected_again: float = 1.0
    gas_unanswered: float = 0.0


UNASKED = State("unasked", "未受理", end=True)
AWAITING_FILES = State("awaiting_files", "已受理待附件")
INSPECTING = State("inspecting", "入户安检中")
HANDLING = State("handling", "办理中")
TRANSFERRED = State("transferred", "已过户", end=True)
RETURNED = State("returned", "已退回", end=True)
CANCELLED = State("cancelled", "已撤销", end=True)


@timer("gas.files_overdue", "附件逾期未到", item="gas")
class FilesOverdue(Message):
    """The attachment has not come in a working day."""


@timer("gas.inspection_passed", "安检合格", item="gas")
class InspectionPassed(Message):
    """The inspector has been to the home and found it safe."""


@timer("gas.inspection_failed", "安检不合格", item="gas")
class InspectionFailed(Message):
    """The inspector found a fault, or nobody at home."""


@timer("gas.completed", "用气过户办结", item="gas")
class Completed(Message):
    """The work is done."""


@timer("gas.rejected", "用气过户退回", item="gas")
class Rejected(Message):
    """The work has come upon a reason to reject."""


PASSED, FAILED = InspectionPassed(), InspectionFailed()
CAUSES = (ARREARS, INSPECTION_FAILED, *REASONS)  # arrears and unsafe pipes are the commonest


class GasFile(transfer.TransferFile):
    """One gas account and the inspection of its home."""

    __slots__ = ("desk_ms",)
    contract: ClassVar[ModuleType] = gas
    bit = ITEMS.index("gas")
    prefix = "YQ"
    digits = 10
    luck = b"gas.reject"
    name_differs = NAME_DIFFERS
    seen_early = frozenset({ARREARS, TRANSFER_LIMITED})
    files_overdue = FilesOverdue()
    completed = Completed()
    rejected = Rejected()

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.desk_ms = 0

    def causes(self) -> tuple[Error, ...]:
        """Any of them."""
        return CAUSES

    def share(self) -> float:
        """The package's figure."""
        settings: Settings = self.settings
        return settings.gas_rejected

    def handling_ms(self) -> int:
        """One to five working days, inspection included."""
        settings: Settings = self.settings
        return settings.gas.at(self.draw(b"gas.handling", self.attempt))

    def begin(self) -> list[Post]:
        """Send the inspector, or forget about it."""
        settings: Settings = self.settings
        return [] if self.draw(b"gas.unanswered", self.attempt) < settings.gas_unanswered else [self.start()]

    def start(self) -> Post:
        """Send the inspector: the appointment takes three fifths of the time, the desk the rest."""
        self.reason = self.verdict()
        whole_ms = self.handling_ms()
        inspection_ms = whole_ms * 3 // 5
        self.desk_ms = whole_ms - inspection_ms
        return working(inspection_ms, FAILED if self.reason is INSPECTION_FAILED else PASSED)


def to_the_desk(file: GasFile, heard: InspectionPassed) -> Posts:
    """A safe home: now the account itself."""
    return [working(file.desk_ms, file.rejected if file.reason else file.completed)]


# fmt: off
UNDER_WAY = (AWAITING_FILES, INSPECTING, HANDLING)
TRACK = Track("gas", "用气过户", UNASKED, [
    row((UNASKED, RETURNED, CANCELLED),  Push,             AWAITING_FILES, transfer.accept),
    row(UNDER_WAY,                       Push,             None,           transfer.accept_again),
    row(TRANSFERRED,                     Push,             None,           transfer.already_done),
    row(AWAITING_FILES,                  Attach,           INSPECTING,     transfer.take_files),
    row(AWAITING_FILES,                  FilesOverdue,     INSPECTING,     transfer.go_without_files),
    row((INSPECTING, HANDLING, TRANSFERRED, RETURNED, CANCELLED), Attach, None, transfer.keep_files),
    row(INSPECTING,                      InspectionPassed, HANDLING,       to_the_desk),
    row(INSPECTING,                      InspectionFailed, RETURNED,       transfer.reject),
    row(HANDLING,                        Completed,        TRANSFERRED,    transfer.complete),
    row(HANDLING,                        Rejected,         RETURNED,       transfer.reject),
    row(UNDER_WAY,                       Cancel,           CANCELLED,      transfer.cancel),
    row((RETURNED, CANCELLED),           Cancel,           None,           transfer.confirm_cancelled),
    row(TRANSFERRED,                     Cancel,           None,           transfer.too_late),
])
# fmt: on

ROLE = Role(
    "gas",
    "燃气公司",
    (Part(GasFile, [TRACK]),),
    Settings,
    {gas.Precheck: transfer.precheck, gas.QueryStatus: transfer.query_status},
)
