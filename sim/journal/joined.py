"""Several journals of one play read as one: every exchange once, from the journal of whoever witnessed it, in order of time."""

from collections.abc import Callable, Collection, Iterator, Sequence
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from sim.journal.record import Record
from sim.journal.retention import Dropped
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads

APART: Final = 1 << 40
"""By so much the message numbers of each further journal are raised, so that they are not taken for those of another."""
LOT: Final = 10_000
Taken = tuple[int, Record]
"""(the instant by which a row is put in order, the row)."""


class Kept(NamedTuple):
    """A journal beside the first one, and the seats of the process that wrote it."""

    reads: JournalReads
    seats: Collection[str]


class JoinedReads:
    """Reads a sandbox's journal and those of the processes beside it in one pass; no more of them is held than a page each.

    A message is witnessed by the process of the seat that `witness` names. What never arrived is witnessed by the sandbox, which
    let it be lost. Rows of one journal stay in their order. `records` raises JournalError.
    """

    def __init__(self, sandbox: JournalReads, beside: Sequence[Kept], witness: Callable[[Record], str]) -> None:
        self.sandbox, self.beside, self.witness = sandbox, beside, witness

    def records(self) -> Iterator[Record]:
        """All rows, numbered anew from 1, with nothing of how they came over the wire."""
        streams = [_in_time(self._of_the_sandbox())]
        streams += [_in_time(self._of(kept, n * APART)) for n, kept in enumerate(self.beside, 1)]
        for seq, (_, row) in enumerate(merge(*streams, key=itemgetter(0)), 1):
            yield row._replace(seq=seq, source="", raw=None)

    @property
    def dropped(self) -> Dropped:
        """What retention has let go of in any of them; from where on they are whole is told of the latest."""
        each = [self.sandbox.dropped, *(kept.reads.dropped for kept in self.beside)]
        return Dropped(
            sum(one.rows for one in each), max(one.before_seq for one in each), max(one.before_ms for one in each)
        )

    def _of_the_sandbox(self) -> Iterator[Record]:
        elsewhere = frozenset[str]().union(*(kept.seats for kept in self.beside))
        witness = self.witness
        for row in self.sandbox.records():
            if witness(row) not in elsewhere or row.outcome.startswith("fault:"):
                yield row

    def _of(self, kept: Kept, apart: int) -> Iterator[Record]:
        seats, witness = frozenset(kept.seats), self.witness
        for row in kept.reads.records():
            if witness(row) in seats:
                raised = {
                    name: value + apart
                    for name in ("id", "cause", "answers", "part_of")
                    if (value := getattr(row, name))
                }
                yield row._replace(**raised)


def _in_time(rows: Iterator[Record]) -> Iterator[Taken]:
    """Rows with the latest instant so far: what was noted of an earlier one stands where it was noted."""
    latest = 0
    for row in rows:
        latest = max(latest, row.t_ms)
        yield latest, row


def write_joined(joined: JoinedReads, into: Path) -> None:
    """Write them as a new journal. Raises JournalError."""
    file = JournalFile(into)
    try:
        for row in joined.records():
            file.append(row)
            if row.seq % LOT == 0:
                file.flush()
        file.flush()
    finally:
        file.close()
