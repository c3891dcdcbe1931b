"""The server's journal file: what is said to be durable is there, in order, and a disk that fails is heard."""

import asyncio
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path
from threading import Event

import pytest
import uvloop

from sim.journal.group import GROUP, Group
from sim.journal.record import Command, JournalError, Record
from sim.journal.sqlite import COMPANY, DISK, GATHER_MS, JournalFile, gathering_s
from sim.journal.sqlite_reads import JournalReads
from tests.sim.journal.records import a_record, written

ROOT = Path(__file__).parents[3]
LOOP_GRAIN_S = 0.0015
"""uvloop's clock counts milliseconds."""


def seqs_in(path: Path) -> list[int]:
    reads = JournalReads(path)
    found = [record.seq for record in reads.records()]
    reads.close()
    return found


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    plain, full = (
        a_record(1),
        Record(2, "xiamen", body="{}", raw=b"\xff\0", started_ms=7, source="in", answered='{"s":1}'),
    )
    reads = JournalReads(written(tmp_path / "run.sqlite", plain, full))
    assert list(reads.records()) == [plain, full]
    assert type(next(reads.records())) is Record


@pytest.mark.parametrize("lines", [1, 23, 111, 400, 977])
def test_what_was_durable_when_the_process_was_killed_is_there(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "run.sqlite"
    for _ in range(2):  # the second time after a recovery
        program = [sys.executable, "-m", "tests.sim.journal.durable_writer", str(path)]
        with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = list(islice(writer.stdout, lines))
            writer.kill()
            said += writer.stdout.readlines()
        durable = [int(line) for line in said if line.endswith("\n")]
        assert len(durable) >= lines
        kept = seqs_in(path)
        assert kept == list(range(1, kept[-1] + 1))
        assert set(durable) <= set(kept)
        reads = JournalReads(path)
        assert all(reads.record(seq) == a_record(seq) for seq in durable)
        reads.close()


def test_groups_gather_while_the_disk_is_busy_and_land_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, landed = tmp_path / "run.sqlite", []
    disk_is_free, again = Event(), Event()

    async def main() -> list[int]:
        file, groups, put = JournalFile(path), list[int](), Group.put
        monkeypatch.setattr(Group, "put", lambda group, at: (groups.append(group.size), put(group, at))[1])  # type: ignore[func-returns-value]
        DISK.submit(disk_is_free.wait)
        waiting = []
        for seq in range(1, 11):
            file.append(a_record(seq))
            waiting.append(file.durable())
            waiting[-1].add_done_callback(lambda _, seq=seq: landed.append((seq, file.durable_seq)))
            if seq == 3:
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        DISK.submit(again.wait)
        assert groups == [3]
        assert (file.pending, file.last_seq, file.durable_seq) == (10, 10, 0)
        assert not any(future.done() for future in waiting)
        disk_is_free.set()
        await waiting[0]
        assert not waiting[3].done()
        assert seqs_in(path) == [1, 2, 3]
        again.set()
        await asyncio.gather(*waiting)
        assert (file.pending, file.durable_seq) == (0, 10)
        await file.durable()  # there is nothing to wait for
        file.close()
        return groups

    try:
        assert asyncio.run(main()) == [3, 7]
    finally:
        disk_is_free.set()
        again.set()
    assert landed == [(seq, 3 if seq <= 3 else 10) for seq in range(1, 11)]
    assert seqs_in(path) == list(range(1, 11))


@pytest.mark.parametrize("company", range(COMPANY + 2))
def test_where_several_waited_the_next_group_gathers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, company: int
) -> None:
    monkeypatch.setattr("sim.journal.sqlite.GATHER_MS", (3_600_000, 3_600_000))

    async def main() -> None:
        file = JournalFile(tmp_path / "run.sqlite")
        file.append(a_record(1))
        gone = [file.durable() for _ in range(COMPANY)]
        waiting = [file.durable() for _ in range(company)]
        for each in gone:
            each.cancel()
        await asyncio.gather(*waiting)
        while file.pending:
            await asyncio.sleep(0)
        file.append(a_record(2))
        last = file.durable()
        if company < COMPANY:
            await asyncio.wait_for(last, 60)
        for _ in range(3):
            await asyncio.sleep(0)
        assert (file._turn is not None, file._flying) == (company >= COMPANY, None)
        file.flush()  # waits for nobody, and nobody begins after it
        assert (file.durable_seq, file._turn) == (2, None)
        await asyncio.wait_for(last, 60)
        file.append(a_record(3))
        await asyncio.wait_for(file.durable(), 60)
        file.close()

    asyncio.run(main())
    assert seqs_in(tmp_path / "run.sqlite") == [1, 2, 3]


def test_the_more_waited_the_longer_it_gathers() -> None:
    least, most = GATHER_MS
    assert {gathering_s(company) for company in range(COMPANY)} == {0.0}
    assert [gathering_s(company) for company in (COMPANY, least + 1, most, 10 * most)] == [
        least / 1_000, (least + 1) / 1_000, most / 1_000, most / 1_000,
    ]  # fmt: skip


@pytest.mark.parametrize("company", [COMPANY, 2 * GATHER_MS[0]])
@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_group_begins_when_it_has_gathered(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new_loop: Callable[[], asyncio.AbstractEventLoop],
    company: int,
) -> None:
    async def main() -> list[float]:
        file, begun = JournalFile(tmp_path / "run.sqlite"), list[float]()
        put = Group.put
        monkeypatch.setattr(Group, "put", lambda *args: (begun.append(file._begun_s), put(*args))[1])  # type: ignore[func-returns-value]
        for seq in range(1, 6):
            file.append(a_record(seq))
            await asyncio.wait_for(asyncio.gather(*(file.durable() for _ in range(company))), 60)
            assert file._next_s == begun[-1] + gathering_s(company)
        file.close()
        return begun

    with asyncio.Runner(loop_factory=new_loop) as runner:
        begun = runner.run(main())
    assert len(begun) == 5
    assert all(later - earlier > gathering_s(company) - LOOP_GRAIN_S for earlier, later in pairwise(begun))


def test_a_group_is_bounded_and_cut_in_order(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    last = 2 * GROUP + 10

    async def main() -> None:
        file = JournalFile(path)
        file.extend([a_record(seq) for seq in range(1, GROUP + 1)])
        file.put_meta("so_far", GROUP)
        file.extend([a_record(seq) for seq in range(GROUP + 1, last)])
        file.append_command(Command(last, 5, "advance", '{"ms":1}'))
        first, goal = file._take(), file.durable()
        assert [len(first.records), len(first.others), first.last_seq] == [GROUP, 1, GROUP]
        file._records, file._others = first.records + file._records, first.others + file._others
        await goal
        file.close()

    asyncio.run(main())
    reads = JournalReads(path)
    assert seqs_in(path) == list(range(1, last))
    assert reads.meta() == {"so_far": GROUP}
    assert [command.seq for command in reads.commands()] == [last]


def test_a_waiter_that_gives_up_disturbs_nobody(tmp_path: Path) -> None:
    async def main() -> None:
        file = JournalFile(tmp_path / "run.sqlite")
        file.append(a_record(1))
        patient, impatient = file.durable(), file.durable()
        impatient.cancel()
        await patient
        assert impatient.cancelled()
        file.close()

    asyncio.run(main())


def test_several_files_share_the_disk_thread(tmp_path: Path) -> None:
    async def main() -> None:
        files = [JournalFile(tmp_path / f"{n}.sqlite") for n in range(3)]
        for seq in range(1, 50):
            for file in files:
                file.append(a_record(seq))
            await asyncio.gather(*(file.durable() for file in files))
        for file in files:
            file.close()

    asyncio.run(main())
    assert [len(seqs_in(tmp_path / f"{n}.sqlite")) for n in range(3)] == [49] * 3


def test_closing_writes_what_is_under_way_and_what_has_gathered(tmp_path: Path) -> None:
    async def main() -> None:
        file = JournalFile(tmp_path / "run.sqlite")
        file.append(a_record(1))
        await asyncio.sleep(0)
        assert file._flying
        file.append(a_record(2))
        waiting = file.durable()
        file.close()
        await waiting
        with pytest.raises(JournalError, match="已关闭"):
            file.append(a_record(3))
        file.close()

    asyncio.run(main())
    assert not list(tmp_path.glob("*-wal"))
    assert seqs_in(tmp_path / "run.sqlite") == [1, 2]


def test_numbers_ascend_over_records_commands_and_reopening(tmp_path: Path) -> None:
    file = JournalFile(written(tmp_path / "run.sqlite", a_record(3), Command(5, 1, "begin")))
    assert (file.last_seq, file.durable_seq) == (5, 5)
    for refused in (lambda: file.append(a_record(5)), lambda: file.extend([a_record(4)]),
                    lambda: file.append_command(Command(5, 1, "again"))):  # fmt: skip
        with pytest.raises(JournalError, match="递增"):
            refused()
    file.append(a_record(6))
    file.close()
    assert seqs_in(tmp_path / "run.sqlite") == [3, 6]


# ---- what fails -------------------------------------------------------------------------------------------------------
async def fails(file: JournalFile, words: str) -> None:
    """The next row cannot be written, and everybody hears it."""
    told: list[JournalError] = []
    file.on_broken = told.append
    file.append(a_record(file.last_seq + 1, body='"' + "x" * 200_000 + '"'))
    early, late = file.durable(), file.durable()
    for future in (early, late):
        with pytest.raises(JournalError, match=words) as caught:
            await asyncio.wait_for(future, 60)
        assert str(file.path) in str(caught.value)
    assert file.broken is told[0]
    assert len(told) == 1
    assert file.pending == 0
    with pytest.raises(JournalError, match=words):
        file.append(a_record(99))
    with pytest.raises(JournalError, match=words):
        await file.durable()
    file.close()


def run_failing(path: Path, pragma: str, words: str) -> None:
    async def main() -> None:
        file = JournalFile(path)
        file.append(a_record(1))
        await file.durable()
        file._database.execute(pragma)
        await fails(file, words)

    asyncio.run(main())
    assert seqs_in(path) == [1]


def test_a_full_disk_is_heard(tmp_path: Path) -> None:
    run_failing(tmp_path / "run.sqlite", "PRAGMA max_page_count = 1", "写入失败：磁盘已满")


def test_a_file_that_has_become_read_only_is_heard(tmp_path: Path) -> None:
    run_failing(tmp_path / "run.sqlite", "PRAGMA query_only = 1", "写入失败：文件只读")


def test_a_disk_that_fails_the_commit_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"

    async def main() -> None:
        file = JournalFile(path)
        file.append(a_record(1))
        await file.durable()
        was = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, was[1]))
        try:
            await fails(file, "写入失败：磁盘")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, was)

    asyncio.run(main())
    assert seqs_in(path) == [1]


def test_a_file_that_somebody_else_writes_to_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"

    async def main() -> None:
        file = JournalFile(path)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await fails(file, "写入失败：正被其他程序锁定")
        other.close()

    asyncio.run(main())


def test_text_that_cannot_be_stored_is_heard(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "run.sqlite")
    file.append(a_record(1, body='"\ud800"'))
    with pytest.raises(JournalError, match="写入失败"):
        file.flush()
    with pytest.raises(JournalError, match="写入失败"):
        file.flush()
    file.close()
    assert seqs_in(tmp_path / "run.sqlite") == []


def test_files_that_are_no_journals_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("不是数据库" * 1_000, encoding="utf-8")
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE journal (a)")
    other.close()
    newer = sqlite3.connect(written(tmp_path / "newer", a_record(1)))
    newer.execute("PRAGMA user_version = 9")
    newer.close()
    for name, words in {
        "text": "不是报文日志文件",
        "other": "格式版本",
        "newer": "格式版本是 9",
        "no/where": "不能打开",
    }.items():
        for opening in (JournalFile, JournalReads):
            with pytest.raises(JournalError, match=words):
                opening(tmp_path / name)
    (tmp_path / "empty").touch()
    with pytest.raises(JournalError, match="是空的"):
        JournalReads(tmp_path / "empty")
