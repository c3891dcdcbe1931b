"""Which process witnesses a message, where several play one run over HTTP, and their journals joined by it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from liantiao.keeper import directory
from sim.journal.joined import JoinedReads, Kept
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from sim.message import Shape

REPLIES: Final = frozenset(name for name, kind in directory().kinds.items() if kind.op.shape is Shape.REPLY)


def witness(row: Record) -> str:
    """The seat by which a message is witnessed: whoever heard it; of a late answer, which ends a call instead of being heard,
    who gave it."""
    return row.sender if row.kind in REPLIES else row.receiver


@contextmanager
def joined(sandbox: Path, beside: Mapping[Path, Collection[str]]) -> Iterator[JoinedReads]:
    """A sandbox's journal joined with those beside it, each with the seats of its process. Raises JournalError."""
    with ExitStack() as opened:

        def reads(path: Path) -> JournalReads:
            found = JournalReads(path)
            opened.callback(found.close)
            return found

        yield JoinedReads(reads(sandbox), [Kept(reads(path), seats) for path, seats in beside.items()], witness)
