"""What a journal's write-ahead log holds goes into its database beside the writing, which would wait for the disk meanwhile.

SQLite's own checkpoint is part of a COMMIT now and then, and whoever waits for that COMMIT waits some thirty milliseconds
longer. Here a second connection on a thread of its own does nearly all of it; the writer only brings over the few pages that
came meanwhile, after which SQLite begins the log again from its start (https://www.sqlite.org/wal.html, "Avoiding
Excessively Large WAL Files").
"""

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

EVERY_ROWS = 4_000
"""Some eight megabytes of log."""
MOST_ROWS = 40_000
"""As much may come while a checkpoint is under way; then the writer waits for it, lest the log grow for ever."""
BESIDE = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
"""The one thread that brings logs over, for all files of the process."""
_BRING_OVER = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpoints:
    """The checkpoints of one file. Its methods are for whoever has the writer's connection at that moment.

    One that fails is tried again: the rows are safe in the log, and a disk that is full fails the next writing by name.
    """

    def __init__(self, path: Path, writer: sqlite3.Connection) -> None:
        self._writer = writer
        self._writer.execute("PRAGMA wal_autocheckpoint = 0")
        self._beside = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._rows = 0
        self._under_way: Future[None] | None = None

    def written(self, rows: int) -> None:
        """So many rows have been committed: begin a checkpoint, or end the one that was begun."""
        self._rows += rows
        if self._under_way is None:
            if self._rows >= EVERY_ROWS:
                self._rows = 0
                self._under_way = BESIDE.submit(_bring_over, self._beside)
        elif self._under_way.done() or self._rows >= MOST_ROWS:
            self._under_way.result()
            self._under_way = None
            _bring_over(self._writer)

    def close(self) -> None:
        """Wait for what is under way; SQLite brings over the rest when the last connection is closed."""
        if self._under_way is not None:
            self._under_way.result()
        self._beside.close()


def _bring_over(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        connection.execute(_BRING_OVER).fetchone()
