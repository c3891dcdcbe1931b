"""A program that writes a journal and prints every seq once it is durable, until it is killed."""

import asyncio
import sys
from itertools import count
from pathlib import Path

from sim.journal.sqlite import JournalFile
from tests.sim.journal.records import a_record

TOGETHER = 8


async def main(path: Path) -> None:
    """Several tasks append and wait, as requests do."""
    file = JournalFile(path)
    seqs = count(file.last_seq + 1)

    async def task() -> None:
        while True:
            seq = next(seqs)
            file.append(a_record(seq))
            await file.durable()
            sys.stdout.write(f"{seq}\n")
            sys.stdout.flush()

    await asyncio.gather(*(task() for _ in range(TOGETHER)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
