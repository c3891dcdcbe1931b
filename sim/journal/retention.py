"""Retention: how much of a journal is kept, and what was let go. Nothing goes without being counted."""

import json
import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

from sim.journal.sqlite_file import PAGE_BYTES, as_meta

SLICE = 200
"""Rows let go at a time, beside two for each row that came: a bound on how long a commit takes."""
PUT_META = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_DROPPABLE = "(source = '' OR seq <= ?)"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a journal may hold: its newest rows, bytes in use, sandbox time. None is no bound. Commands are always kept."""

    max_rows: int | None = None
    max_bytes: int | None = None
    keep_days_ms: int | None = None
    """Rows are let go once they are older than the newest one by more than this (milliseconds of sandbox time)."""


class Dropped(NamedTuple):
    """What was let go: how many rows, and from which seq and instant (Unix ms) on the journal is whole.

    `held` counts the rows outside the policy that could not go: they came from outside after the newest snapshot, so it
    is time for the next one.
    """

    rows: int = 0
    before_seq: int = 0
    before_ms: int = 0
    held: int = 0


class Retention:
    """Applies a policy to one database, a slice within each transaction of its writer.

    `snapshot_seq`: what came from outside after it is needed for a restart and stays.
    """

    def __init__(self, policy: Policy, connection: sqlite3.Connection) -> None:
        self.policy, self.snapshot_seq = policy, 0
        self.dropped = read_dropped(connection)
        self.rows: int = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
        self.behind = policy != Policy()
        """Whether there may be more to let go at once."""
        self._passed = (0, 0, 0)
        """(snapshot, seq, how many rows up to that seq are too many but had to stay)"""

    def slice(self, connection: sqlite3.Connection, added: int) -> None:
        """Let go of at most SLICE + 2 × `added` of the oldest rows, `added` having been written. Raises sqlite3.Error."""
        self.rows += added
        self.behind = False
        if self.policy == Policy():
            return
        snapshot = self.snapshot_seq
        start, held = self._passed[1:] if self._passed[0] == snapshot else (0, 0)
        excess, bound, most = self._excess(connection) - held, self._bound(connection), SLICE + 2 * added
        oldest = connection.execute(
            f"SELECT seq, t_ms, {_DROPPABLE} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (snapshot, start, most)
        )
        passed = 0
        go: list[tuple[int, int]] = []
        for seq, t_ms, droppable in oldest:
            if passed >= excess and (bound is None or t_ms >= bound):
                break
            passed, start = passed + 1, seq
            if droppable:
                go.append((seq, t_ms))
        oldest.close()
        self.behind = passed == most
        self._passed = (snapshot, start, held + passed - len(go))
        if go:
            self._drop(connection, go, snapshot)
        self.dropped = self.dropped._replace(held=self._passed[2])

    def _excess(self, connection: sqlite3.Connection) -> int:
        """How many rows there are too many."""
        policy, excess = self.policy, 0
        if policy.max_rows is not None:
            excess = max(0, self.rows - policy.max_rows)
        if policy.max_bytes is not None and self.rows:
            used = bytes_in_use(connection)
            if used > policy.max_bytes:
                # A little more than need be, so that the next group does not cross the bound again.
                over = used - policy.max_bytes + max(policy.max_bytes // 64, 4 * PAGE_BYTES)
                excess = max(excess, -(-over * self.rows // used))
        return excess

    def _bound(self, connection: sqlite3.Connection) -> int | None:
        if self.policy.keep_days_ms is None:
            return None
        newest = connection.execute("SELECT t_ms FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return newest[0] - self.policy.keep_days_ms if newest else None

    def _drop(self, connection: sqlite3.Connection, go: list[tuple[int, int]], snapshot: int) -> None:
        """Delete rows, given as (seq, t_ms), which are all that may be dropped from the first to the last of them."""
        first, last = go[0][0], go[-1][0]
        span = (first, last, snapshot)  # not `snapshot_seq`, which the loop may have moved since
        connection.execute(f"DELETE FROM journal WHERE seq BETWEEN ? AND ? AND {_DROPPABLE}", span)
        self.rows -= len(go)
        was, before_ms = self.dropped, max(t_ms for _, t_ms in go) + 1
        self.dropped = Dropped(was.rows + len(go), max(was.before_seq, last + 1), max(was.before_ms, before_ms))
        news = zip(self.dropped._fields[:3], self.dropped[:3], strict=True)
        connection.executemany(PUT_META, [(f"dropped_{name}", as_meta(value)) for name, value in news])


def read_dropped(connection: sqlite3.Connection) -> Dropped:
    """What the file says was let go."""
    rows = connection.execute("SELECT key, value FROM meta WHERE key GLOB 'dropped_*'")
    return Dropped(**{key.removeprefix("dropped_"): json.loads(value) for key, value in rows})


def bytes_in_use(connection: sqlite3.Connection) -> int:
    """Bytes of the database that hold something; what was let go is written over before the file grows."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    used: int = (pages - free) * size
    return used
