"""Retention: a journal stays within its bounds, what a restart needs stays, and what went is counted."""

import asyncio
from pathlib import Path

import pytest

from sim.journal import retention
from sim.journal.record import Command
from sim.journal.retention import Dropped, Policy, bytes_in_use
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from tests.sim.journal.records import T_MS, a_record


def filled(path: Path, policy: Policy, rows: int, inputs_every: int = 0, first: int = 1) -> JournalFile:
    """A file with rows, of which every so many came from outside, all on disk; nothing has been let go of by hand."""
    file = JournalFile(path, policy=policy)
    for seq in range(first, first + rows):
        file.append(a_record(seq, source="in" if inputs_every and seq % inputs_every == 0 else ""))
    file.flush()
    return file


def kept(file: JournalFile) -> list[int]:
    reads = JournalReads(file.path)
    found = [record.seq for record in reads.records()]
    reads.close()
    return found


def test_without_a_policy_everything_is_kept(tmp_path: Path) -> None:
    file = filled(tmp_path / "run.sqlite", Policy(), 50)
    assert file.trim() == Dropped()
    assert len(kept(file)) == 50
    file.close()


def test_the_oldest_rows_go_and_are_counted(tmp_path: Path) -> None:
    file = filled(tmp_path / "run.sqlite", Policy(max_rows=100), 1_000)
    file.append_command(Command(1_001, 7, "advance"))
    assert file.trim() == Dropped(900, 901, T_MS + 901, 0)
    assert kept(file) == list(range(901, 1_001))
    reads = JournalReads(file.path)
    assert reads.dropped == file.dropped
    assert reads.meta() == {"dropped_rows": 900, "dropped_before_seq": 901, "dropped_before_ms": T_MS + 901}
    assert len(reads.commands()) == 1
    reads.close()
    file.close()


def test_what_went_stays_counted_when_the_file_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    filled(path, Policy(max_rows=0), 30).close()
    file = JournalFile(path, policy=Policy(max_rows=0))
    file.trim()
    assert (file.dropped.rows, file.last_seq, kept(file)) == (30, 30, [])
    file.close()
    file = filled(path, Policy(max_rows=5), 10, first=31)
    assert file.trim() == Dropped(35, 36, T_MS + 36)
    file.close()


def test_inputs_after_the_snapshot_stay_until_there_is_a_newer_one(tmp_path: Path) -> None:
    file = filled(tmp_path / "run.sqlite", Policy(max_rows=10), 400, inputs_every=4)
    file.snapshot_seq = 200
    inputs, newest = list(range(204, 391, 4)), list(range(391, 401))
    assert file.trim() == Dropped(390 - len(inputs), 391, T_MS + 391, held=len(inputs))
    assert kept(file) == inputs + newest
    file.append(a_record(401))
    assert file.trim() == Dropped(391 - len(inputs), 392, T_MS + 392, held=len(inputs))
    file.snapshot_seq = 300
    assert file.trim().held == len(inputs) - 25
    file.snapshot_seq = 401
    assert file.trim() == Dropped(391, 392, T_MS + 392)
    assert kept(file) == list(range(392, 402))
    file.close()


def test_rows_go_when_they_are_too_old(tmp_path: Path) -> None:
    file = filled(tmp_path / "run.sqlite", Policy(keep_days_ms=49), 300)
    assert file.trim() == Dropped(250, 251, T_MS + 251)
    assert kept(file) == list(range(251, 301))
    file.close()


def test_bytes_are_bounded_and_the_file_does_not_grow_on(tmp_path: Path) -> None:
    path, bound = tmp_path / "run.sqlite", 300_000
    file = JournalFile(path, policy=Policy(max_bytes=bound))
    sizes = []
    for lot in range(20):
        file.extend([a_record(seq, body='"' + "x" * 500 + '"') for seq in range(lot * 200 + 1, lot * 200 + 201)])
        file.trim()
        assert bytes_in_use(file._database) <= bound
        sizes.append(file._database.execute("PRAGMA page_count").fetchone()[0])
    assert sizes[5] == sizes[-1]
    assert file.dropped.rows + len(kept(file)) == 4_000
    assert len(kept(file)) > 200
    file.close()


def test_a_slice_is_small_and_rides_along_with_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SLICE", 20)
    path = tmp_path / "run.sqlite"
    filled(path, Policy(), 300).close()
    slices: list[int] = []

    async def main() -> None:
        file = JournalFile(path, policy=Policy(max_rows=100))
        slice_ = file._retention.slice

        def watched(connection, added: int) -> None:
            before = file.dropped.rows
            slice_(connection, added)
            slices.append(file.dropped.rows - before)

        monkeypatch.setattr(file._retention, "slice", watched)
        file.append(a_record(301))
        await file.durable()
        while file._flying or file._turn:  # what is left goes while nobody waits
            await asyncio.sleep(0)
        file.append(a_record(302))
        await file.durable()
        file.close()

    asyncio.run(main())
    assert slices[0] == 22
    assert slices[1:-1] == [20] * 8 + [19]
    assert slices[-1] == 1
    reads = JournalReads(path)
    assert [record.seq for record in reads.records()] == list(range(203, 303))
    reads.close()


def test_kept_inputs_are_not_looked_at_again_and_again(tmp_path: Path) -> None:
    file = filled(tmp_path / "run.sqlite", Policy(max_rows=10), 200, inputs_every=1)
    assert file.trim() == Dropped(held=190)
    looked: list[str] = []
    file._database.set_trace_callback(looked.append)
    file.append(a_record(201, source="in"))
    assert file.trim().held == 191
    assert any("seq > 190" in sql for sql in looked)
    file.close()
