"""One journal out of two: what the sandbox and our own reference each witnessed of the same play over HTTP."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from liantiao.keeper import directory
from sim.journal.record import Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.message import Shape

REPLIES: Final = frozenset(name for name, kind in directory().kinds.items() if kind.op.shape is Shape.REPLY)
APART: Final = 1 << 40
"""By so much the reference's message numbers are raised, so that they are not taken for the sandbox's."""


def merge(ours: Path, theirs: Path, seats: Collection[str], into: Path) -> None:
    """Write a new journal in which every exchange stands once, in order of time; `seats` are those of `theirs`.

    A message is witnessed by whoever heard it; a late answer, which ends a call instead of being heard, by who gave it.
    What never arrived is witnessed by the sandbox, which let it be lost.
    """
    rows = [row for row in _records(ours) if witness(row) not in seats or row.outcome.startswith("fault:")]
    rows += [_apart(row) for row in _records(theirs) if witness(row) in seats]
    rows.sort(key=lambda row: (row.t_ms, row.id >= APART, row.seq))
    file = JournalFile(into)
    try:
        for seq, row in enumerate(rows, 1):
            file.append(row._replace(seq=seq, source="", raw=None))
        file.flush()
    finally:
        file.close()


def _records(path: Path) -> Iterator[Record]:
    reads = JournalReads(path)
    try:
        yield from reads.records()
    finally:
        reads.close()


def witness(row: Record) -> str:
    """The seat by which a message is witnessed."""
    return row.sender if row.kind in REPLIES else row.receiver


def _apart(row: Record) -> Record:
    raised = {name: value + APART for name in ("id", "cause", "answers", "part_of") if (value := getattr(row, name))}
    return row._replace(**raised)
