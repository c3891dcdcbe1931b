"""One journal out of several: what the sandbox and our own reference each witnessed of every run of a play over HTTP."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from liantiao.keeper import directory
from sim.journal.record import Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.message import Shape

REPLIES: Final = frozenset(name for name, kind in directory().kinds.items() if kind.op.shape is Shape.REPLY)
APART: Final = 1 << 40
"""By so much the message numbers of each further journal are raised, so that none is taken for another's."""


def merge(ours: Sequence[Path], theirs: Sequence[Path], seats: Collection[str], into: Path) -> None:
    """Write a new journal in which every exchange stands once, in order of time; `seats` are those of `theirs`.

    A message is witnessed by whoever heard it; a late answer, which ends a call instead of being heard, by who gave it.
    What never arrived is witnessed by the sandbox, which let it be lost.
    """
    here = [[row for row in _records(path) if witness(row) not in seats or is_lost(row)] for path in ours]
    there = [[row for row in _records(path) if witness(row) in seats] for path in theirs]
    rows = [_apart(row, n) for n, journal in enumerate((*here, *there)) for row in journal]
    rows.sort(key=lambda row: (row.t_ms, row.id // APART, row.seq))
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


def is_lost(row: Record) -> bool:
    """Whether a message never arrived."""
    return row.outcome.startswith("fault:")


def _apart(row: Record, n: int) -> Record:
    raised = {
        name: value + n * APART for name in ("id", "cause", "answers", "part_of") if (value := getattr(row, name))
    }
    return row._replace(**raised)
