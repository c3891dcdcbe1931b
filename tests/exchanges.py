"""What the cases of a run came to, read off its journals: exchanges, states and amounts, whoever's process kept them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from liantiao.witnesses import witness
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads

Exchange = tuple[str, str, str, str, str]
"""(sender, receiver, kind, outcome, kind of the direct answer)."""


@dataclass
class Course:
    """One case: how often each exchange took place, where each seat's tracks stood last, and the fen that each kind moved."""

    exchanges: Counter[Exchange] = field(default_factory=Counter)
    states: dict[tuple[str, str, str], str] = field(default_factory=dict)
    amounts: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def courses(records: Iterable[Record]) -> dict[int, Course]:
    """Each case's course. Rows of no case are left out: they are the envelopes of polls, which run while anything is open
    anywhere, and how long a case stays open is no message."""
    found: dict[int, Course] = defaultdict(Course)
    for row in records:
        if row.case_no:
            course = found[row.case_no]
            course.exchanges[row.sender, row.receiver, row.kind, row.outcome, row.reply] += 1
            if row.amount_fen and row.outcome == "ok":
                course.amounts[row.sender, row.receiver, row.kind] += row.amount_fen
            if row.track:
                course.states[row.receiver, row.track, row.item] = row.state_to
    return dict(found)


def seen_by(journal: Path, seats: Collection[str], *, but: bool = False) -> list[Record]:
    """The exchanges that a journal is the witness of, where `seats` (or, with `but`, all others) are its own.

    A message is witnessed by whoever heard it; a late answer, which ends a call instead of being heard, by who gave it.
    """
    reads = JournalReads(journal)
    try:
        return [each for each in reads.records() if (witness(each) in seats) is not but]
    finally:
        reads.close()
