"""The write-ahead log is brought over beside the writing and stays short."""

import sqlite3
from pathlib import Path

from sim.journal.checkpoints import EVERY_ROWS, MOST_ROWS
from sim.journal.sqlite import JournalFile
from tests.sim.journal.records import a_record


def log_bytes(path: Path) -> int:
    """The length of a file's write-ahead log."""
    return path.with_name(f"{path.name}-wal").stat().st_size


def write(file: JournalFile, first: int, count: int) -> None:
    """So many records, in groups of five hundred that are on disk when this returns."""
    for seq in range(first, first + count):
        file.append(a_record(seq, body="x" * 300))
        if seq % 500 == 0:
            file.flush()
    file.flush()


def test_the_log_is_used_again_from_its_start(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "run.sqlite")
    write(file, 1, MOST_ROWS + 2 * EVERY_ROWS)
    once = log_bytes(file.path)
    write(file, file.last_seq + 1, 2 * (MOST_ROWS + 2 * EVERY_ROWS))
    assert log_bytes(file.path) <= 2 * once
    file.close()
    assert not file.path.with_name(f"{file.path.name}-wal").exists()


def test_a_reader_that_holds_the_log_back_fails_nothing(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "run.sqlite")
    write(file, 1, 1_000)
    reader = sqlite3.connect(file.path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1_000,)
    write(file, 1_001, 3 * EVERY_ROWS)
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1_000,)
    reader.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1_000 + 3 * EVERY_ROWS,)
    reader.close()
    file.close()
