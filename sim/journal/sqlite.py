"""The server's journal: one SQLite file per run, written in groups, each of them on disk before anything leaves.

The event loop's thread puts a group into the database once the one before is on disk; only its COMMIT, which waits
for the disk, goes to one thread that serves all files. What comes meanwhile gathers in the next group, and where several
waited for the one before it gathers a little longer: a commit costs both threads a turn.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.journal.checkpoints import Checkpoints
from sim.journal.group import GROUP, PUT_COMMAND, Group
from sim.journal.record import Command, JournalError, Record
from sim.journal.retention import PUT_META, Dropped, Policy, Retention
from sim.journal.sqlite_file import as_meta, newest_seq, open_for_writing, trouble

COMPANY, GATHER_MS = 3, (5, 20)
"""After a group for which so many (COMPANY) waited, the next begins as many milliseconds after that one began, at the earliest, as
waited for it, but no fewer than the first of GATHER_MS and no more than the second."""
UNWRITABLE = (sqlite3.Error, ValueError, OverflowError)
"""What writing may raise: the disk, text that is no Unicode, numbers of more than 64 bits."""
DISK = ThreadPoolExecutor(1, thread_name_prefix="journal")
"""The one thread that waits for the disk, for all files of the process."""


class JournalFile:
    """One run's journal, open for writing. Every method is for the event loop's thread; reading is `JournalReads`' part.

    Raises JournalError when the file cannot be opened. Once writing has failed the journal is `broken` for good:
    waiting futures fail, `append` raises the same JournalError and `on_broken` has been told. Without a running loop
    what was appended waits for `flush`, which also stands between two loops.
    """

    def __init__(
        self, path: Path, *, policy: Policy | None = None, on_broken: Callable[[JournalError], None] | None = None
    ) -> None:
        self.path, self.on_broken = path, on_broken
        self.broken: JournalError | None = None
        self._database = open_for_writing(path)
        self._checkpoints = Checkpoints(path, self._database)
        self._retention = Retention(policy or Policy(), self._database)
        self.last_seq = self.durable_seq = newest_seq(self._database)
        """The seq last appended, and the last one that is on disk."""
        self._records: list[Record] = []
        self._others: list[tuple[int, str, Sequence[Any]]] = []
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._done = 0
        self._flying: tuple[Group, Future[None]] | None = None
        self._closed, self._begun_s, self._next_s = False, 0.0, 0.0
        self._turn: asyncio.Handle | None = None

    # ---- writing --------------------------------------------------------------------------------------------------
    def append(self, record: Record) -> None:
        """Take one record. Raises JournalError if the journal is broken or closed, or `seq` does not ascend."""
        seq = record[0]
        if seq <= self.last_seq or self.broken is not None or self._closed:
            raise self._refusal(seq)
        self._records.append(record)
        self.last_seq = seq
        self._wake()

    def extend(self, records: Sequence[Record]) -> None:
        """Take records whose seqs ascend, as `LiveJournal.drain` gives them. Raises as `append` does."""
        if not records:
            return
        if records[0][0] <= self.last_seq or self.broken is not None or self._closed:
            raise self._refusal(records[0][0])
        self._records += records
        self.last_seq = records[-1][0]
        self._wake()

    def append_command(self, command: Command) -> None:
        """Take a command. Raises as `append` does."""
        if command.seq <= self.last_seq or self.broken is not None or self._closed:
            raise self._refusal(command.seq)
        self.last_seq = command.seq
        self._others.append((command.seq, PUT_COMMAND, command))
        self._wake()

    def put_meta(self, key: str, value: Any) -> None:
        """Set one of the run's metadata (any JSON value), together with what was appended before."""
        if self.broken is not None or self._closed:
            raise self._refusal(self.last_seq)
        self._others.append((self.last_seq, PUT_META, (key, as_meta(value))))
        self._wake()

    def _refusal(self, seq: int) -> JournalError:
        if self.broken is not None:
            return self.broken
        if self._closed:
            return JournalError(f"报文日志 {self.path} 已关闭，不能再写。")
        return JournalError(f"报文日志 {self.path} 的序号必须递增：{seq} 不大于 {self.last_seq}。")

    # ---- waiting --------------------------------------------------------------------------------------------------
    @property
    def pending(self) -> int:
        """How many entries are not on disk yet."""
        return len(self._records) + len(self._others) + (self._flying[0].size if self._flying else 0)

    def durable(self) -> "asyncio.Future[None]":
        """A future that is done when everything appended so far is on disk; it fails with JournalError if that cannot be.

        It belongs to the caller alone and may be cancelled.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.broken is not None:
            future.set_exception(self.broken)
        elif not self.pending:
            future.set_result(None)
        else:
            self._waiting.append((self._done + self.pending, future))
            self._wake()
        return future

    @property
    def dropped(self) -> Dropped:
        """What retention has let go of so far."""
        return self._retention.dropped

    @property
    def snapshot_seq(self) -> int:
        """Of the newest snapshot: what came from outside after it is never let go of."""
        return self._retention.snapshot_seq

    @snapshot_seq.setter
    def snapshot_seq(self, seq: int) -> None:
        self._retention.snapshot_seq = seq

    # ---- groups ---------------------------------------------------------------------------------------------------
    def _wake(self) -> None:
        if self._turn is not None or self._flying is not None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._next_s > loop.time():
            self._turn = loop.call_at(self._next_s, self._begin, loop)
        else:
            self._turn = loop.call_soon(self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Put the next group into the database, if there is one, and have it committed."""
        self._turn = None
        nothing = not (self._records or self._others or self._retention.behind)
        if nothing or self._flying or self._closed or self.broken is not None:
            return
        self._begun_s = loop.time()
        group = self._take()
        try:
            group.put(self._database)
        except UNWRITABLE as error:
            self._break(error)
            return
        landing = DISK.submit(self._commit, len(group.records))
        self._flying = (group, landing)
        landing.add_done_callback(lambda done: _tell(loop, self._landed, done))

    def _landed(self, landing: "Future[None]") -> None:
        """Back on the loop: the group is on disk, or never will be."""
        if self._flying is None or self._flying[1] is not landing:
            return
        self._land()
        self._wake()  # and not at once: whoever has a turn before that is written in the same group

    def _land(self) -> None:
        """Wait for the group under way, if there is one, and tell whoever waits for it."""
        if self._flying is None:
            return
        group, landing = self._flying
        error = landing.exception()
        self._flying = None
        if error is None:
            self._settle(group)
        else:
            self._break(error)

    def _settle(self, group: Group) -> None:
        self._done += group.size
        self.durable_seq = max(self.durable_seq, group.last_seq)
        waiting, company = self._waiting, 0
        while waiting and waiting[0][0] <= self._done:
            future = waiting.popleft()[1]
            if not future.done():
                future.set_result(None)
                company += 1
        self._next_s = self._begun_s + gathering_s(company)

    def _take(self) -> Group:
        records, others = self._records, self._others
        if len(records) <= GROUP:
            self._records, self._others = [], []
            return Group(records, others, self.last_seq)
        last = records[GROUP - 1].seq
        early = [other for other in others if other[0] <= last]
        self._records, self._others = records[GROUP:], others[len(early) :]
        return Group(records[:GROUP], early, last)

    def _commit(self, added: int) -> None:
        """Let go of what is too much and wait for the disk; on the disk's thread, which has the database meanwhile."""
        self._retention.slice(self._database, added)
        self._database.execute("COMMIT")
        self._checkpoints.written(added)

    def _break(self, error: BaseException) -> None:
        """Writing has failed: nothing more is taken, and everybody who waits is told."""
        self.broken = broken = trouble("写入", self.path, error)
        self._records, self._others = [], []
        waiting = [future for _, future in self._waiting if not future.done()]
        self._waiting.clear()
        try:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
        except sqlite3.Error as also:
            broken.add_note(str(trouble("撤销写入", self.path, also)))
        for future in waiting:
            future.set_exception(broken)
        if self.on_broken is not None:
            self.on_broken(broken)

    # ---- at once ----------------------------------------------------------------------------------------------------
    def flush(self) -> None:
        """Write everything appended so far and wait for the disk here and now. Raises JournalError if that cannot be."""
        self._land()
        while (self._records or self._others) and self.broken is None:
            self._write_now()
        if self._turn is not None:  # there is nothing left to begin
            self._turn.cancel()
            self._turn = None
        if self.broken is not None:
            raise self.broken

    def trim(self) -> Dropped:
        """Flush, and let go of all that the policy does not keep, here and now. Raises JournalError."""
        self.flush()
        self._retention.behind = True
        while self._retention.behind:
            self._write_now()
            if self.broken is not None:
                raise self.broken
        return self.dropped

    def _write_now(self) -> None:
        group = self._take()
        try:
            group.put(self._database)
            self._commit(len(group.records))
        except UNWRITABLE as error:
            self._break(error)
        else:
            self._settle(group)

    def close(self) -> None:
        """Flush and close the file; what could not be written raises JournalError."""
        if self._closed:
            return
        try:
            if self.broken is None:
                self.flush()
        finally:
            self._closed = True
            self._checkpoints.close()
            self._database.close()


def gathering_s(company: int) -> float:
    """How long after a group began, in seconds, the next begins at the earliest, when so many waited for that group."""
    least, most = GATHER_MS
    return min(max(least, company), most) / 1_000 if company >= COMPANY else 0.0


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[..., None], *args: Any) -> None:
    """Call on the loop, from the disk's thread; after the loop's end only `flush` and `close` look for what landed."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(what, *args)
