"""What a journal file writes in one go."""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from sim.journal.record import Command, Record

GROUP = 1_000
"""Rows written in one go at most, so that the loop is not held up for longer than some five milliseconds."""
PUT_RECORD = f"INSERT INTO journal VALUES ({', '.join('?' * len(Record._fields))})"
PUT_COMMAND = f"INSERT INTO commands VALUES ({', '.join('?' * len(Command._fields))})"


class Group(NamedTuple):
    """What is written together: records, and commands and metadata as (seq, statement, parameters)."""

    records: list[Record]
    others: list[tuple[int, str, Sequence[Any]]]
    last_seq: int

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.records) + len(self.others)

    def put(self, database: sqlite3.Connection) -> None:
        """Begin a transaction and put it in; the COMMIT is the caller's."""
        execute = database.execute
        execute("BEGIN IMMEDIATE")
        if self.records:
            database.executemany(PUT_RECORD, map(tuple, self.records))  # plain tuples are bound faster
        for _, statement, parameters in self.others:
            execute(statement, parameters)
