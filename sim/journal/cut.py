"""A journal cut back to an earlier row: what came after goes, at once or not at all, and is kept in a file beside it."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim.disk import sync_folder
from sim.journal.record import Command
from sim.journal.retention import PUT_META
from sim.journal.sqlite_file import as_meta, newest_seq, open_for_writing, trouble

RESTORED = "restored"
"""The command that says in the journal that it was cut."""
KEPT_ASIDE = 3
"""So many files of rows that were cut off are kept; of older ones only the numbers are."""


class Cut(NamedTuple):
    """What was cut off: everything after `seq` and before `at`, the number of the command that says so."""

    seq: int
    at: int
    rows: int
    commands: int
    kept_in: str


def cut_after(
    path: Path, seq: int, t_ms: int, aside: Path, said: dict[str, Any], meta: Callable[[int], dict[str, Any]]
) -> Cut:
    """Take everything after `seq` out of a journal that nobody has open for writing, into a file of the folder `aside`.

    A command `restored` at `t_ms` takes its place, with `said` and what was cut; its number, and all after it, are higher
    than any before. `meta(rows cut)` is the metadata set together with it. Raises JournalError, and the journal is then as it was.
    """
    database = open_for_writing(path)
    try:
        at = newest_seq(database) + 1
        target = aside / f"{at:012d}.db"
        rows, commands = _copy(database, seq, target)
        cut = Cut(seq, at, rows, commands, f"{aside.name}/{target.name}")
        args = {**said, "seq": seq, "rows": rows, "commands": commands}
        database.execute("BEGIN IMMEDIATE")
        for table in ("journal", "commands"):
            database.execute(f"DELETE FROM {table} WHERE seq > ?", (seq,))
        database.execute(
            "INSERT INTO commands VALUES (?, ?, ?, ?)",
            Command(at, t_ms, RESTORED, json.dumps(args, ensure_ascii=False)),
        )
        for key, value in meta(rows).items():
            database.execute(PUT_META, (key, as_meta(value)))
        database.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise trouble("恢复", path, error) from error
    finally:
        database.close()
    for old in sorted(aside.glob("*.db"))[:-KEPT_ASIDE]:
        old.unlink()
    return cut


def _copy(database: sqlite3.Connection, seq: int, target: Path) -> tuple[int, int]:
    """Copy what comes after `seq` into a journal of its own, on disk when this returns; how many rows and commands."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    target.unlink(missing_ok=True)  # of a cut that did not come to its end
    open_for_writing(target).close()
    database.execute("ATTACH ? AS aside", (str(target),))
    try:
        database.execute("PRAGMA aside.synchronous = FULL")
        database.execute("BEGIN IMMEDIATE")
        counts = [
            database.execute(f"INSERT INTO aside.{table} SELECT * FROM main.{table} WHERE seq > ?", (seq,)).rowcount
            for table in ("journal", "commands")
        ]
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
        database.execute("DETACH aside")
    sync_folder(target.parent)
    return counts[0], counts[1]


def void(commands: list[Command]) -> list[tuple[int, int]]:
    """Between which numbers (neither included) nothing holds any more, for the journal was cut back to before."""
    return [(int(json.loads(each.args)["seq"]), each.seq) for each in commands if each.name == RESTORED]
