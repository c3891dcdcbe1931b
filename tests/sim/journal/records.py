"""Records for the tests of the server's journal, and what puts them into a file."""

from pathlib import Path

from sim.journal.record import Command, Record
from sim.journal.sqlite import JournalFile

T_MS = 1_700_000_000_000


def a_record(seq: int, **changes: object) -> Record:
    """A record told from others by its seq in every number; about case `seq % 5`."""
    record = Record(
        seq, "fuzhou", seq * 10, seq * 10 - 1, 0, T_MS + seq, T_MS + seq - 50, None, seq % 5, "water", "registry", "water",
        "water.push", 1, 0, "ok", "water.accepted", "350102", "main", "idle", "busy", str(seq), seq * 100, "", None,
        f'{{"n":{seq}}}', '{"好":true}', None,
    )  # fmt: skip
    return record._replace(**changes)  # type: ignore[arg-type]


def written(path: Path, *entries: Record | Command) -> Path:
    """A closed file with these entries."""
    file = JournalFile(path)
    for entry in entries:
        if isinstance(entry, Record):
            file.append(entry)
        else:
            file.append_command(entry)
    file.close()
    return path
