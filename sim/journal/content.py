"""What a journal says, as one hash: the same for the same rows however the file that holds them is laid out."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sim.journal.sqlite_reads import JournalReads


def content_sha256(reads: JournalReads) -> str:
    """The hash of every row, command and metadata value, in order."""
    seen = sha256()
    for part in _parts(reads):
        seen.update(json.dumps(part, ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode() + b"\n")
    return seen.hexdigest()


def _parts(reads: JournalReads) -> Iterator[Any]:
    yield from reads.records()
    yield from reads.commands()
    yield from sorted(reads.meta().items())
