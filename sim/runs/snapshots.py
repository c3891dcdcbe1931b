"""When snapshots of a run are taken: every so many rows, at the end, and when somebody asks.

A process of its own, forked from the server, spells out and writes a snapshot, while the server goes on: it has the state of
the moment of the fork, whatever happens after. The file gets its name only when all rows behind it are on disk.

Writing one takes the longer the more cases are kept, however few rows have come since: of ten thousand cases some seconds, in
which the server shares its processors and copies every page it touches. So the next one waits for a multiple of that, too.
"""

import asyncio
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.clock import pause
from sim.runs.snapshot import SnapshotError, dump
from sim.runs.snapshot_files import Snapshot, SnapshotFiles

if TYPE_CHECKING:
    from sim.runs.host import RunHost

EVERY_ROWS = 50_000
"""What a restart replays at most, where a snapshot takes next to no time: some 75 µs of processor time a row."""
RESTS = 20
"""So many times as long as the last one took passes before the next begins by itself."""
MOST_LOTS = 10
"""But no more than so many times the usual rows are left to a restart."""
WRITTEN = b"!"
NICENESS = 10
"""Of the process that writes: on a machine with one free core it must not take half of it from those who wait for answers."""
SNAPSHOT_SEQ = "snapshot_seq"
"""Metadata of the journal: up to here rows from outside may have been let go of."""


class Snapshots:
    """Takes the snapshots of one run."""

    def __init__(self, host: "RunHost", files: SnapshotFiles, code: str, every_rows: int = EVERY_ROWS) -> None:
        self.host, self.files, self.code, self.every_rows = host, files, code, every_rows
        self._taking = asyncio.Lock()
        self._begun_seq = host.file.snapshot_seq
        self._rests_until_s = 0.0
        """When the next may begin, in the event loop's time."""
        self._stopped = False

    def when_due(self) -> None:
        """Begin one, if enough has been written since the last, and that is long enough ago for what it took."""
        since = self.host.file.last_seq - self._begun_seq
        if since < self.every_rows or self._stopped or self._taking.locked():
            return
        if self._rest_s <= 0 or since >= MOST_LOTS * self.every_rows:
            self._begun_seq = self.host.file.last_seq
            self.host.supervise(self._take_and_look_again())

    @property
    def _rest_s(self) -> float:
        """How long it is until the next may begin by itself."""
        return self._rests_until_s - _now_s()

    async def _take_and_look_again(self) -> None:
        """Take one; when the next may begin, see whether it is due: the rows that came meanwhile may have been the last."""
        await self.take()
        while (rest_s := self._rest_s) > 0:
            await pause(rest_s * 1_000)
        self.when_due()

    async def take(self, name: str = "") -> Snapshot:
        """Take one now; it is on disk when this returns. Raises SnapshotError, JournalError."""
        async with self._taking:
            if self._stopped:
                raise SnapshotError("批次正在恢复或关闭，不再取快照")
            self.host.flush()
            run, seq = self.host.run, self.host.file.last_seq
            self._begun_seq = seq
            path = self.files.folder / f"{Snapshot(seq, 0, '', '', name).file_name}.tmp"
            began_s = _now_s()
            try:
                if not await _forked(lambda: self.files.write(seq, run.now_ms, self.code, dump(run), name)):
                    raise SnapshotError(f"快照 {path} 没有写成")
            finally:
                ended_s = _now_s()
                self._rests_until_s = ended_s + RESTS * (ended_s - began_s)
            await self.host.file.durable()
            return self._keep(seq, path)

    async def stop(self) -> None:
        """Take no more, once the one that is being taken is there: the run is about to go back."""
        async with self._taking:
            self._stopped = True

    async def delete(self, gone: Snapshot) -> None:
        """Take one away; a restart that would need it gets another one first. Raises SnapshotError, JournalError."""
        needed = self.host.file.snapshot_seq
        if gone.seq >= needed and not any(each.seq >= needed for each in self.files.known() if each != gone):
            await self.take()
        self.files.forget(gone)

    def take_last(self) -> None:
        """Take one here and now, when the run has been closed and its rows are on disk."""
        run, seq = self.host.run, self.host.file.last_seq
        if seq > self.host.file.snapshot_seq:
            self._keep(seq, self.files.write(seq, run.now_ms, self.code, dump(run))[1])

    def _keep(self, seq: int, path: Path) -> Snapshot:
        self.files.keep(path)
        self.host.file.snapshot_seq = max(seq, self.host.file.snapshot_seq)
        self.host.file.put_meta(SNAPSHOT_SEQ, self.host.file.snapshot_seq)
        return next(each for each in self.files.known() if each.file_name == path.with_suffix("").name)


def _now_s() -> float:
    """The event loop's time."""
    return asyncio.get_running_loop().time()


async def _forked(work: Callable[[], Any]) -> bool:
    """Do something in a process of its own that has everything as it is now; whether it was done."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_child(work, write)
    os.close(write)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(read, ended.set)
    try:
        await ended.wait()
        return os.read(read, 1) == WRITTEN
    finally:
        loop.remove_reader(read)
        os.close(read)
        os.waitpid(pid, 0)


def _be_child(work: Callable[[], Any], write: int) -> None:
    """The child holds no door open and runs nothing of the server's: it works, says so, and is gone."""
    try:
        gc.disable()
        os.nice(NICENESS)
        os.closerange(3, write)
        os.closerange(write + 1, os.sysconf("SC_OPEN_MAX"))
        work()
        os.write(write, WRITTEN)
    finally:
        os._exit(0)
