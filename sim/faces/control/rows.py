"""Journal rows as the control API shows them: codes as stored, and beside them what people call them."""

import json
from typing import Any

from sim.faces.glossary import Glossary, beijing
from sim.faces.masked import masked_value, shown_body
from sim.journal.record import Record
from sim.message import Shape
from sim.runs.troubles import title_of_trouble


def message_id(record: Record) -> str:
    """The number a message is known by; one that could not be read has none, and goes by its row."""
    return f"{record.region}-{record.id}" if record.id else f"seq-{record.seq}"


def shown_row(record: Record, words: Glossary, *, masked: bool = True) -> dict[str, Any]:
    """One row, whole."""
    operation = words.operation(record.kind)
    ref = record.ref
    if masked and ref and operation is not None:
        ref = masked_value(operation.ref, ref)
    told = record._asdict() | {
        "message_id": message_id(record), "t": beijing(record.t_ms), "title": words.kind(record.kind),
        "from": words.seat(record.sender), "to": words.seat(record.receiver), "ref": ref,
        "outcome_title": words.outcome(record.kind, record.outcome), "why": why(record),
        "state_from_title": words.state(record.receiver, record.track, record.state_from),
        "state_to_title": words.state(record.receiver, record.track, record.state_to),
        "body": shown_body(record.body, masked=masked), "reply_body": shown_body(record.reply_body, masked=masked),
        "answered": _answered(record, masked=masked),
    }  # fmt: skip
    told["raw"] = None if masked or record.raw is None else record.raw.decode("utf-8", "replace")
    return told


def _answered(record: Record, *, masked: bool) -> Any:
    """What the face kept of an exchange; what went over the wire says everything, so it is shown unmasked or not at
    all, and of what failed only what it is called: the rest is the peer's own words."""
    kept = None if record.answered is None else json.loads(record.answered)
    if kept and masked:
        kept.pop("sent", None)
        if "trouble" in kept:
            kept["trouble"] = title_of_trouble(kept["trouble"])
    return kept


def why(record: Record) -> str:
    """Why a message was refused, as its sender was told."""
    if record.outcome == "ok":
        return ""
    if record.answered:
        told = json.loads(record.answered).get("detail")
        if told:
            return str(told)
    if record.reply_body:
        return str(json.loads(record.reply_body).get("detail", ""))
    return ""


def is_timer(record: Record, words: Glossary) -> bool:
    """Whether a row is something a party told itself."""
    operation = words.operation(record.kind)
    return record.sender == record.receiver or (operation is not None and operation.shape is Shape.TIMER)


def yuan(fen: int) -> str:
    """1,234.56 元."""
    return f"{fen / 100:,.2f} 元"
