"""Several journals of one play read as one: every exchange once, from the journal of whoever witnessed it, in order of time."""

from collections.abc import Callable, Collection, Iterator, Sequence
from heapq import merge
from itertools import count
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from sim.journal.record import Record
from sim.journal.retention import Dropped
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads

APART: Final = 1 << 40
"""By so much the message numbers of each further journal are raised, so that they are not taken for those of another."""
NUMBERS: Final = ("id", "cause", "answers", "part_of")
LOT: Final = 10_000
Taken = tuple[int, Record]
"""(the instant by which a row is put in order, the row)."""


class Kept(NamedTuple):
    """A journal beside a sandbox's, and the seats of the process that wrote it."""

    reads: JournalReads
    seats: Collection[str]


class Together(NamedTuple):
    """A sandbox's journal and those of the processes beside it: they alone have anything of their cases."""

    sandbox: JournalReads
    beside: Sequence[Kept] = ()


class JoinedReads:
    """Reads the journals of one or several sandboxes, each with the processes beside it, in one pass; no more of them is held than
    a page each.

    A message is witnessed by the process of the seat that `witness` names. What never arrived is witnessed by the sandbox, which
    let it be lost. Rows of one journal stay in their order. `records` raises JournalError.
    """

    def __init__(self, sandboxes: Sequence[Together], witness: Callable[[Record], str]) -> None:
        self.sandboxes, self.witness = sandboxes, witness

    @property
    def journals(self) -> list[JournalReads]:
        """All of them, each once, each sandbox's before those beside it."""
        return [reads for each in self.sandboxes for reads in (each.sandbox, *(kept.reads for kept in each.beside))]

    def records(self) -> Iterator[Record]:
        """All rows, numbered anew from 1, with nothing of how they came over the wire."""
        apart = count(0, APART)
        streams: list[Iterator[Taken]] = []
        for each in self.sandboxes:
            streams.append(_in_time(_raised(self._of_sandbox(each), next(apart))))
            streams += [_in_time(_raised(self._of(kept), next(apart))) for kept in each.beside]
        for seq, (_, row) in enumerate(merge(*streams, key=itemgetter(0)), 1):
            yield row._replace(seq=seq, source="", raw=None)

    @property
    def dropped(self) -> Dropped:
        """What retention has let go of in any of them; from where on they are whole is told of the latest."""
        each = [reads.dropped for reads in self.journals]
        return Dropped(
            sum(one.rows for one in each), max(one.before_seq for one in each), max(one.before_ms for one in each)
        )

    def _of_sandbox(self, together: Together) -> Iterator[Record]:
        elsewhere = frozenset[str]().union(*(kept.seats for kept in together.beside))
        witness = self.witness
        for row in together.sandbox.records():
            if witness(row) not in elsewhere or row.outcome.startswith("fault:"):
                yield row

    def _of(self, kept: Kept) -> Iterator[Record]:
        seats, witness = frozenset(kept.seats), self.witness
        return (row for row in kept.reads.records() if witness(row) in seats)


def _raised(rows: Iterator[Record], apart: int) -> Iterator[Record]:
    """Rows with message numbers that no other journal has."""
    if not apart:
        yield from rows
    else:
        for row in rows:
            named = {name: value + apart for name in NUMBERS if (value := getattr(row, name))}
            yield row._replace(**named)


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
