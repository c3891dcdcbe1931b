"""What the server's journal is made of: one record per exchange, and what people did to the run."""

from typing import NamedTuple

from sim.plain import PlainError

SOURCE_INSIDE, SOURCE_IN, SOURCE_OUT = "", "in", "out"
"""Where a record's message came from: made inside, heard from outside, or a peer's answer to our call."""
SOURCE_REPORTED = "reported"
"""Nobody heard it: those who are judged say that it happened (被测方自报)."""


class JournalError(PlainError):
    """The journal cannot be written or read; the message is for people and names the file."""


class Record(NamedTuple):
    """One exchange. Columns up to `amount_fen` mean what `sim.journal.parquet.SCHEMA` says; times are Unix ms.

    `body` and `reply_body` are JSON text as heard and as answered. `raw` holds the bytes of the wire, only where `body`
    does not say the same. `answered` is JSON text: what the face kept of its answer (HTTP status and so on).
    """

    seq: int
    region: str = ""
    id: int = 0
    cause: int = 0
    answers: int = 0
    t_ms: int = 0
    asked_ms: int = 0
    started_ms: int | None = None
    case_no: int = 0
    item: str = ""
    sender: str = ""
    receiver: str = ""
    kind: str = ""
    attempt: int = 1
    part_of: int = 0
    outcome: str = "ok"
    reply: str = ""
    registry: str = ""
    track: str = ""
    state_from: str = ""
    state_to: str = ""
    ref: str | None = None
    amount_fen: int = 0
    source: str = SOURCE_INSIDE
    answered: str | None = None
    body: str | None = None
    reply_body: str | None = None
    raw: bytes | None = None


class Command(NamedTuple):
    """What a person or the control API did; `args` is JSON text."""

    seq: int
    t_ms: int
    name: str
    args: str = "{}"
