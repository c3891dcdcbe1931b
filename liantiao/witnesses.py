"""Which process witnesses a message, where several play one run over HTTP, and their journals joined by it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from liantiao.directory import directory
from sim.journal.joined import JoinedReads, Kept, Together
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from sim.message import Shape

REPLIES: Final = frozenset(name for name, kind in directory().kinds.items() if kind.op.shape is Shape.REPLY)


def witness(row: Record) -> str:
    """The seat by which a message is witnessed: whoever heard it; of a late answer, which ends a call instead of being heard,
    who gave it."""
    return row.sender if row.kind in REPLIES else row.receiver


class Journals(NamedTuple):
    """Where a sandbox's journal lies and those beside it, each with the seats of its process."""

    sandbox: Path
    beside: Mapping[Path, Collection[str]] = MappingProxyType({})


@contextmanager
def joined(*sandboxes: Journals) -> Iterator[JoinedReads]:
    """The journals of one or several sandboxes as one. Raises JournalError."""
    with ExitStack() as opened:

        def reads(path: Path) -> JournalReads:
            found = JournalReads(path)
            opened.callback(found.close)
            return found

        together = [
            Together(reads(each.sandbox), [Kept(reads(path), seats) for path, seats in each.beside.items()])
            for each in sandboxes
        ]
        yield JoinedReads(together, witness)
