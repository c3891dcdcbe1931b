"""The power company: it transfers accounts in office time; results lie ready for the batch poll of who pushed."""

from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

from contract import power
from contract.errors import ARREARS, NAME_DIFFERS
from contract.power import ADDRESS_DIFFERS, NOT_RESIDENTIAL, REASONS, Attach, Cancel, Push
from contract.records import Transfer
from fake_departments import account_transfer as transfer
from sim.dossier import ITEMS
from sim.durations import Duration
from sim.message import Error, Message, timer
from sim.table import Part, Role, State, Track, row


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a transfer takes, how often it is rejected, how long a cancellation takes."""

    power: Duration
    power_rejected: float
    cancellation: Duration
    rejected_again: float = 1.0


UNASKED = State("unasked", "未受理", end=True)
AWAITING_FILES = State("awaiting_files", "已受理待附件")
HANDLING = State("handling", "办理中")
TRANSFERRED = State("transferred", "已过户", end=True)
RETURNED = State("returned", "已退回", end=True)
CANCELLED = State("cancelled", "已撤销", end=True)


@timer("power.files_overdue", "附件逾期未到", item="power")
class FilesOverdue(Message):
    """The attachment has not come in a working day."""


@timer("power.completed", "用电过户办结", item="power")
class Completed(Message):
    """The work is done."""


@timer("power.rejected", "用电过户退回", item="power")
class Rejected(Message):
    """The work has come upon a reason to reject."""


LEGACY_DIGITS, NEW_PREFIX = 10, "350"
CAUSES = (ARREARS, *REASONS)  # arrears are the commonest
COMMERCIAL_CAUSES = (NOT_RESIDENTIAL,)


class PowerFile(transfer.TransferFile):
    """One power account. Numbers of before the change to 13 digits are still known."""

    __slots__ = ()
    contract: ClassVar[ModuleType] = power
    bit = ITEMS.index("power")
    prefix = "YD"
    digits = 13
    luck = b"power.reject"
    name_differs = NAME_DIFFERS
    seen_early = frozenset({ARREARS})
    files_overdue = FilesOverdue()
    completed = Completed()
    rejected = Rejected()

    def read(self, account: str) -> str:
        """The 13 digits; the ten of an old account follow the province's prefix."""
        return NEW_PREFIX + account if len(account) == LEGACY_DIGITS else account

    def mismatch(self, asked: Transfer) -> Error | None:
        """The meter hangs in one home only."""
        return super().mismatch(asked) or (None if asked.unit_code == self.dossier.unit_code else ADDRESS_DIFFERS)

    def causes(self) -> tuple[Error, ...]:
        """What is wrong with a shop's account is that it is one."""
        return CAUSES if self.dossier.residential else COMMERCIAL_CAUSES

    def share(self) -> float:
        """The package's figure."""
        settings: Settings = self.settings
        return settings.power_rejected

    def handling_ms(self) -> int:
        """Half a working day to one."""
        settings: Settings = self.settings
        return settings.power.at(self.draw(b"power.handling", self.attempt))


# fmt: off
TRACK = Track("power", "用电过户", UNASKED, [
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
    "power",
    "电力公司",
    (Part(PowerFile, [TRACK]),),
    Settings,
    {power.Precheck: transfer.precheck, power.QueryStatus: transfer.query_status},
)
