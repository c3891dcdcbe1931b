"""Questions to a run's journal in SQLite, on a connection of their own: they never hold up the writer."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from functools import partial
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import quote

from sim.journal.record import Command, JournalError, Record
from sim.journal.retention import Dropped
from sim.journal.sqlite_file import COLUMNS, check_version, trouble

PAGE = 5_000
"""Rows fetched at a time where many are read, so that no reader keeps the log of the writer from being folded in."""
LAST = 2**63 - 1


_RECORD = partial(tuple.__new__, Record)
"""A record of a row; `Record._make` without its check of the length."""


class Untouched(NamedTuple):
    """A message that was taken, and after which whoever took it has said nothing of the case."""

    case_no: int
    receiver: str
    kind: str
    sender: str
    region: str
    id: int
    t_ms: int


class JournalReads:
    """Reads one journal file, while it is being written or afterwards; sees what is on disk.

    May be used from several threads, one question at a time. Questions that cannot use the case number or the id look
    at every row (about half a second per million): ask them off the event loop. All raise JournalError.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, Lock()
        try:
            uri = f"file:{quote(str(path.absolute()))}?mode=ro"
            self._database = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise trouble("打开", path, error) from error
        try:
            if not check_version(self._database, path):
                raise JournalError(f"报文日志 {path} 是空的。")
        except sqlite3.Error as error:
            self._database.close()
            raise trouble("打开", path, error) from error
        except JournalError:
            self._database.close()
            raise

    def close(self) -> None:
        """Ask no more."""
        with self._lock:
            self._database.close()

    # ---- records --------------------------------------------------------------------------------------------------
    def find(
        self, *, case_no: int | None = None, seat: str | None = None, kind: str | None = None, outcome: str | None = None,
        region: str | None = None, after_seq: int = 0, limit: int = 200, newest: bool = False,
        before_seq: int = LAST, receiver: str | None = None,
    ) -> list[Record]:  # fmt: skip
        """Records between `after_seq` and `before_seq` in order of seq, at most `limit`: the first of them, or the last with `newest`.

        `seat` is the sender or the receiver. `kind` may be a glob (`tax.*`). `outcome` is exact, or what stands before
        the colon (`refused`, `fault`).
        """
        asked: list[tuple[str, tuple[Any, ...]]] = [("seq > ? AND seq < ?", (after_seq, before_seq))]
        if case_no is not None:
            asked.append(("case_no = ?", (case_no,)))
        if receiver is not None:
            asked.append(("receiver = ?", (receiver,)))
        if region is not None:
            asked.append(("region = ?", (region,)))
        if seat is not None:
            asked.append(("(sender = ? OR receiver = ?)", (seat, seat)))
        if kind is not None:
            asked.append(("kind GLOB ?" if set(kind) & set("*?[") else "kind = ?", (kind,)))
        if outcome == "ok":
            asked.append(("outcome = 'ok'", ()))
        elif outcome is not None:  # named so that the index of what is not ok can be used
            asked.append(("outcome != 'ok' AND (outcome = ? OR substr(outcome, 1, ?) = ?)",
                          (outcome, len(outcome) + 1, f"{outcome}:")))  # fmt: skip
        where = " AND ".join(condition for condition, _ in asked)
        values = [value for _, given in asked for value in given]
        order = "DESC" if newest else "ASC"
        found = self._records(f"WHERE {where} ORDER BY seq {order} LIMIT ?", *values, limit)
        return found[::-1] if newest else found

    def of_case(self, case_no: int) -> list[Record]:
        """Everything about a case, in order."""
        return self._records("WHERE case_no = ? ORDER BY seq", case_no)

    def untouched(self, seats: Collection[str], case_no: int | None = None) -> list[Untouched]:
        """What was said to seats outside, of a case or of all, after which they have said nothing of the case that was taken;
        the first of each kind. What they have answered is left out."""
        marks, of_case = ", ".join("?" * len(seats)), "" if case_no is None else "AND case_no = ?"
        given = (*seats, *(() if case_no is None else (case_no,)))
        sql = f"""
            WITH spoke AS (
                SELECT case_no AS no, sender AS who, max(seq) AS last FROM journal
                WHERE source = 'in' AND outcome = 'ok' AND sender IN ({marks}) {of_case} GROUP BY 1, 2
            )
            SELECT case_no, receiver, kind, sender, region, id, t_ms, min(seq)
            FROM journal LEFT JOIN spoke ON no = case_no AND who = receiver
            WHERE seq > ifnull(last, 0) AND case_no > 0 AND source != 'in' AND outcome = 'ok' AND reply = ''
                AND receiver IN ({marks}) AND sender != receiver {of_case}
            GROUP BY case_no, receiver, kind ORDER BY min(seq)"""
        return [Untouched(*row[:-1]) for row in self._ask(sql, *given, *given)]

    def record(self, seq: int) -> Record | None:
        """The record of that seq."""
        found = self._records("WHERE seq = ?", seq)
        return found[0] if found else None

    def by_id(self, region: str, id_: int) -> Record | None:
        """The first record of that id, which is the region's own."""
        found = self._records("WHERE id = ? AND region = ? ORDER BY seq LIMIT 1", id_, region)
        return found[0] if found else None

    def counts(self, after_seq: int = 0) -> Counter[tuple[str, str]]:
        """How many records there are of each (kind, outcome); whoever asks again asks for the new ones and adds."""
        sql = "SELECT kind, outcome, count(*) FROM journal WHERE seq > ? GROUP BY kind, outcome"
        return Counter({(kind, outcome): n for kind, outcome, n in self._ask(sql, after_seq)})

    def case_numbers(self) -> list[int]:
        """The cases that it speaks of, ascending."""
        return [number for (number,) in self._ask("SELECT DISTINCT case_no FROM journal WHERE case_no > 0 ORDER BY 1")]

    def last_seq(self) -> int:
        """The newest record's seq, 0 when there is none."""
        return int(self._ask("SELECT ifnull(max(seq), 0) FROM journal")[0][0])

    # ---- streams --------------------------------------------------------------------------------------------------
    def records(self, after_seq: int = 0) -> Iterator[Record]:
        """All records after `after_seq`, in order, fetched in pages."""
        while page := self._records("WHERE seq > ? ORDER BY seq LIMIT ?", after_seq, PAGE):
            yield from page
            after_seq = page[-1].seq

    def inputs(self, after_seq: int = 0) -> Iterator[Record | Command]:
        """What came from outside after `after_seq`: commands, and records that have a source, in order of seq."""
        full = True
        while full:
            page, commands = self._input_page(after_seq)
            full = len(page) == PAGE
            after_seq = page[-1].seq if full else LAST
            found: list[Record | Command] = [*page, *commands]
            if commands:
                found.sort(key=itemgetter(0))
            yield from found

    def _input_page(self, after_seq: int) -> tuple[list[Record], list[Command]]:
        """The next records that have a source, and the commands among them; both as of one moment."""
        with self._lock:
            try:
                self._database.execute("BEGIN")
                try:
                    sql = f"SELECT {COLUMNS} FROM journal WHERE seq > ? AND source != '' ORDER BY seq LIMIT ?"
                    page = list(map(_RECORD, self._database.execute(sql, (after_seq, PAGE))))
                    until = page[-1].seq if len(page) == PAGE else LAST
                    sql = "SELECT seq, t_ms, name, args FROM commands WHERE seq > ? AND seq <= ? ORDER BY seq"
                    return page, list(map(Command._make, self._database.execute(sql, (after_seq, until))))
                finally:
                    self._database.execute("COMMIT")
            except sqlite3.Error as error:
                raise trouble("读取", self.path, error) from error

    def commands(self, after_seq: int = 0) -> list[Command]:
        """What people and the control API did, in order."""
        return list(map(Command._make, self._ask("SELECT * FROM commands WHERE seq > ? ORDER BY seq", after_seq)))

    # ---- the run --------------------------------------------------------------------------------------------------
    def meta(self) -> dict[str, Any]:
        """The run's metadata."""
        return {key: json.loads(value) for key, value in self._ask("SELECT key, value FROM meta ORDER BY key")}

    @property
    def dropped(self) -> Dropped:
        """What retention has let go of, as far as it is on disk; what is `held` only the writer knows."""
        said = self.meta()
        return Dropped(*(said.get(f"dropped_{name}", 0) for name in Dropped._fields[:3]))

    def _records(self, rest: str, *values: Any) -> list[Record]:
        return list(map(_RECORD, self._ask(f"SELECT {COLUMNS} FROM journal {rest}", *values)))

    def _ask(self, sql: str, *values: Any) -> list[Any]:
        with self._lock:
            try:
                return self._database.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise trouble("读取", self.path, error) from error
