"""The shared process of putting a utility account into the new owner's name; each company adds its own rules."""

from abc import ABC, abstractmethod
from types import ModuleType
from typing import Any, ClassVar

from contract import cable_tv, gas, housing_fund, power, water
from contract.errors import ACCOUNT_UNKNOWN, ALREADY_DONE
from contract.records import Transfer
from sim.durations import OFFICE_DAY_MS
from sim.message import Error, Message
from sim.party import File, Party
from sim.posts import Post, Posts, hold, refuse, reply, working
from sim.table import Part

DONE, REJECTED, CANCELLED = 3, 4, 5
IN_PROGRESS = (2, "", "")
COMPLETED = (DONE, "", "")
WITHDRAWN = (CANCELLED, "cancelled", "已撤销")
Outcome = tuple[int, str, str]
"""(status, reason code, reason), as results and single answers carry them."""

FILES_AWAITED_MS = OFFICE_DAY_MS
"""How long an accepted transfer waits for its attachment before a clerk fetches the certificate from the library."""

Precheck = power.Precheck | water.Precheck | gas.Precheck | cable_tv.Precheck
Push = power.Push | water.Push | gas.Push | cable_tv.Push
Attach = power.Attach | water.Attach | gas.Attach | cable_tv.Attach
Cancel = power.Cancel | water.Cancel | gas.Cancel | cable_tv.Cancel | housing_fund.Cancel
QueryStatus = (
    power.QueryStatus | water.QueryStatus | gas.QueryStatus | cable_tv.QueryStatus | housing_fund.QueryStatus
)  # fmt: skip


class PushedFile(File, ABC):
    """One item of a case at the department that carries it out: its numbers, who pushed it, and what became of it.

    A department says by class variables which contract it speaks, which item it serves, how many digits an account has
    and which draw its rejections hang on.
    """

    __slots__ = ("accept_no", "account", "asker", "attempt", "corrected", "outcomes", "reason")

    contract: ClassVar[ModuleType]
    bit: ClassVar[int]
    digits: ClassVar[int]
    luck: ClassVar[bytes]

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.accept_no = self.account = self.asker = ""
        self.attempt = 0
        self.corrected = False
        self.reason: Error | None = None
        self.outcomes: dict[str, Outcome] = {}

    @abstractmethod
    def share(self) -> float:
        """How many first attempts are rejected."""

    @abstractmethod
    def causes(self) -> tuple[Error, ...]:
        """What this item can be rejected for, by luck."""

    def read(self, account: str) -> str:
        """The account number as the department writes it."""
        return account

    def unknown(self, account: str) -> str:
        """Why there is no such account, or "". One typed wrongly is cured by the push after the first refused one."""
        known, typed = self.read(account), self.dossier.accounts[self.bit]
        wrong = self.dossier.account_wrong >> self.bit & 1
        if known and known == typed and (not wrong or self.corrected):
            return ""
        if len(known) != self.digits or not (known.isascii() and known.isdecimal()):
            return f"号码应为{self.digits}位数字，前导零不可省略"
        if not wrong:
            return "户号不属于本办件所填"
        return "" if self.corrected else "户号查无此户"

    def take_in(self, account: str, prefix: str) -> str:
        """Begin a new attempt for whoever is pushing it; returns its acceptance number."""
        self.attempt += 1
        self.account, self.asker = self.read(account), self.sender
        self.accept_no = f"{prefix}{self.case.number:09d}{self.attempt}"
        self.enter("accept_no", self.accept_no)
        return self.accept_no

    def drawn(self, attempt: int) -> Error | None:
        """What luck holds against an attempt. What was put right is seldom wrong again: shares multiply."""
        share, u = (
            self.share() ** attempt * self.settings.rejected_again ** (attempt - 1),
            self.draw(self.luck, attempt),
        )
        if u >= share:
            return None
        causes = self.causes()
        arranged = self.arranged_reason(self.luck.decode())
        return next(
            (each for each in self.contract.REASONS if each.code == arranged), causes[int(u / share * len(causes))]
        )

    def give_back(self) -> Outcome:
        """Record that this attempt is rejected for the reason found."""
        assert self.reason is not None
        outcome = self.outcomes[self.accept_no] = (REJECTED, self.reason.code, self.reason.title)
        return outcome


class TransferFile(PushedFile):
    """One account's transfer into the new owner's name. Timers are a company's own."""

    __slots__ = ("files", "transfer")

    prefix: ClassVar[str]
    """How the company's acceptance numbers begin."""
    name_differs: ClassVar[Error]
    seen_early: ClassVar[frozenset[Error]]
    """What the company's books show already before the transfer: arrears and limits."""
    files_overdue: ClassVar[Message]
    completed: ClassVar[Message]
    rejected: ClassVar[Message]

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.transfer: Transfer | None = None
        self.files: tuple[str, ...] = ()

    def acceptance_ms(self) -> int:
        """How long the acceptance number takes to be told; mostly it is told at once."""
        return 0

    @abstractmethod
    def handling_ms(self) -> int:
        """Office time from complete papers to the result."""

    def is_owner(self, name: str) -> bool:
        """Whether the account runs in one of the sellers' names, as far as `name` tells."""
        return any(seller.name in name for seller in self.dossier.sellers)

    def mismatch(self, transfer: Transfer) -> Error | None:
        """What in the pushed facts contradicts the company's books."""
        return None if self.is_owner(transfer.old_owner_name) else self.name_differs

    def verdict(self) -> Error | None:
        """Why this attempt will be rejected, if it will."""
        assert self.transfer is not None
        return self.mismatch(self.transfer) or self.drawn(self.attempt)

    def start(self) -> Post:
        """Begin the work; how it will end is settled with it."""
        self.reason = self.verdict()
        return working(self.handling_ms(), self.rejected if self.reason else self.completed)

    def begin(self) -> list[Post]:
        """What the company does when the papers are complete."""
        return [self.start()]

    def deliver(self, result: Message) -> Post:
        """Results lie ready for the batch poll of whoever pushed."""
        return hold(self.asker, result)


# ---- queries ------------------------------------------------------------------------------------------------------
def precheck(file: TransferFile, heard: Precheck) -> Message:
    """FJ-57: does the account exist, in this name, free of arrears and limits?"""
    said: type[power.Prechecked] = file.contract.Prechecked
    if not heard.authorisation:
        return said(heard.account, False, "未取得授权，不予核验")
    reason = file.unknown(heard.account)
    if not reason and not file.is_owner(heard.owner_name):
        reason = file.name_differs.title
    drawn = file.drawn(file.attempt + 1)
    if not reason and drawn is not None and drawn in file.seen_early:
        reason = drawn.title
    return said(heard.account, not reason, reason)


def query_status(file: PushedFile, heard: QueryStatus) -> Message:
    """A single result from the records, as often as it is asked for."""
    outcome = file.outcomes.get(heard.accept_no, IN_PROGRESS)
    said: type[power.Status] = file.contract.Status
    return said(heard.accept_no, *outcome)


# ---- actions ------------------------------------------------------------------------------------------------------
def accept(file: TransferFile, heard: Push) -> Posts:
    """Take a transfer in if there is such an account; the attachment follows by itself."""
    why = file.unknown(heard.account)
    if why:
        file.corrected = True
        return refuse(ACCOUNT_UNKNOWN, why)
    file.transfer, file.files = heard.transfer, ()
    return [
        reply(file.contract.PushAccepted(file.take_in(heard.account, file.prefix)), file.acceptance_ms()),
        working(FILES_AWAITED_MS, file.files_overdue),
    ]


def accept_again(file: PushedFile, heard: Push | housing_fund.Push) -> Posts:
    """The same push once more answers the same acceptance number; there is one work order for an account."""
    if file.read(heard.account) != file.account:
        return refuse(file.contract.ACCOUNT_UNKNOWN, "本办件已受理另一户号")
    return [reply(file.contract.PushAccepted(file.accept_no))]


def already_done(file: TransferFile, heard: Push) -> Posts:
    """The account runs in the new owner's name already."""
    return refuse(ALREADY_DONE, f"已由受理编号{file.accept_no}办结")


def take_files(file: TransferFile, heard: Attach) -> Posts:
    """The papers are complete: begin."""
    said = keep_files(file, heard)
    return [*said, *file.begin()] if isinstance(said, list) else said


def keep_files(file: TransferFile, heard: Attach) -> Posts:
    """File an attachment that comes late or twice; one for an attempt that is over finds no acceptance."""
    if heard.accept_no != file.accept_no:
        return refuse(file.contract.UNKNOWN_ACCEPTANCE, f"当前受理编号为{file.accept_no}")
    file.files = heard.files
    return [reply(file.contract.Attached(heard.accept_no))]


def go_without_files(file: TransferFile, heard: Message) -> Posts:
    """No attachment came: a clerk has taken the certificate from the licence library, a day lost."""
    return file.begin()


def complete(file: TransferFile, heard: Message) -> Posts:
    """The account runs in the new owner's name."""
    file.outcomes[file.accept_no] = COMPLETED
    return [file.deliver(file.contract.Result(file.accept_no, *COMPLETED))]


def reject(file: TransferFile, heard: Message) -> Posts:
    """Back with the reason; it can be pushed again once that is put right."""
    return [file.deliver(file.contract.Result(file.accept_no, *file.give_back()))]


def cancel(file: PushedFile, heard: Cancel) -> Posts:
    """Stop the attempt under way."""
    if heard.accept_no == file.accept_no:
        file.outcomes[file.accept_no] = WITHDRAWN
    return confirm_cancelled(file, heard)


def confirm_cancelled(file: PushedFile, heard: Cancel) -> Posts:
    """Nothing is under way under this number any more; an attempt before the present one was closed long ago."""
    if heard.accept_no != file.accept_no:
        return refuse(file.contract.TOO_LATE, f"该受理编号已退回，当前受理编号为{file.accept_no}")
    took = file.settings.cancellation.at(file.draw(file.luck + b".cancel", file.attempt))
    return [reply(file.contract.Cancelled(file.accept_no), took)]


def too_late(file: PushedFile, heard: Cancel) -> Posts:
    """What is done is not undone by cancelling."""
    return refuse(file.contract.TOO_LATE)
