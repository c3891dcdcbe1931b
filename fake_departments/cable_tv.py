"""The cable-TV network: a household's terminals go over together; results lie ready for the batch poll."""

from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

from contract import cable_tv
from contract.cable_tv import (
    NO_USER_AT_ADDRESS,
    OWNER_ID_DIFFERS,
    REASONS,
    SECOND_SETS,
    SUSPENDED_FOR_ARREARS,
    Attach,
    Cancel,
    Push,
)
from contract.records import Transfer
from fake_departments import account_transfer as transfer
from sim.calendar import MINUTE_MS
from sim.dossier import ITEMS
from sim.durations import Duration
from sim.message import Error, Message, timer
from sim.posts import Post, later
from sim.table import Part, Role, State, Track, row


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a transfer takes, how often it is rejected, how long a cancellation takes."""

    cable_tv: Duration
    cable_tv_rejected: float
    cancellation: Duration
    rejected_again: float = 1.0


UNASKED = State("unasked", "未受理", end=True)
AWAITING_FILES = State("awaiting_files", "已受理待附件")
HANDLING = State("handling", "办理中")
TRANSFERRED = State("transferred", "已过户", end=True)
RETURNED = State("returned", "已退回", end=True)
CANCELLED = State("cancelled", "已撤销", end=True)


@timer("cable_tv.files_overdue", "附件逾期未到", item="cable_tv")
class FilesOverdue(Message):
    """The attachment has not come in a working day."""


@timer("cable_tv.completed", "广电过户办结", item="cable_tv")
class Completed(Message):
    """The work is done."""


@timer("cable_tv.rejected", "广电过户退回", item="cable_tv")
class Rejected(Message):
    """The work has come upon a reason to reject."""


ONE_SET, TWO_SETS = 0.60, 0.90
"""Six households in ten have one terminal, three have two, one has three (our own figures)."""
CAUSES = REASONS
ONE_SET_CAUSES = tuple(reason for reason in REASONS if reason is not SECOND_SETS)
SEEN_AT_ONCE_MS = MINUTE_MS
"""A suspended account is turned back by the machine; no clerk looks at it."""


class CableTvFile(transfer.TransferFile):
    """One household's customer number and the terminals that hang on it."""

    __slots__ = ()
    contract: ClassVar[ModuleType] = cable_tv
    bit = ITEMS.index("cable_tv")
    prefix = "GD"
    digits = 16
    luck = b"cable_tv.reject"
    name_differs = OWNER_ID_DIFFERS
    seen_early = frozenset({SUSPENDED_FOR_ARREARS})
    files_overdue = FilesOverdue()
    completed = Completed()
    rejected = Rejected()

    @property
    def household(self) -> float:
        """One draw for the household's size and for how long its transfer takes: more terminals, more time."""
        return self.draw(b"cable_tv.household")

    @property
    def terminals(self) -> int:
        """How many terminals hang on the account."""
        u = self.household
        return 1 if u < ONE_SET else 2 if u < TWO_SETS else 3

    def mismatch(self, asked: Transfer) -> Error | None:
        """The network knows its users by address too."""
        return super().mismatch(asked) or (None if asked.unit_code == self.dossier.unit_code else NO_USER_AT_ADDRESS)

    def causes(self) -> tuple[Error, ...]:
        """Only who has a second set can have forgotten it."""
        return ONE_SET_CAUSES if self.terminals == 1 else CAUSES

    def share(self) -> float:
        """The package's figure."""
        settings: Settings = self.settings
        return settings.cable_tv_rejected

    def handling_ms(self) -> int:
        """One to three working days, the longer the more terminals there are to bind anew."""
        settings: Settings = self.settings
        return settings.cable_tv.at(self.household)

    def start(self) -> Post:
        """As everywhere, except that a suspended account comes back at once."""
        usual = super().start()
        return later(SEEN_AT_ONCE_MS, self.rejected) if self.reason is SUSPENDED_FOR_ARREARS else usual


# fmt: off
TRACK = Track("cable_tv", "广电过户", UNASKED, [
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
    "cable_tv",
    "广电网络公司",
    (Part(CableTvFile, [TRACK]),),
    Settings,
    {cable_tv.Precheck: transfer.precheck, cable_tv.QueryStatus: transfer.query_status},
)
