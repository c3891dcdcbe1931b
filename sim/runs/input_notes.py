"""What the journal keeps of an input beside its columns, so that a replay can feed it again; all of it as JSON text."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sim.durations import Duration
from sim.faults import Effect, Fault
from sim.message import Message, Refused
from sim.remote import Open

Entries = list[tuple[int, Message]]
"""What a poll brought, by case number."""


def kept_of_hearing(heard: Open) -> str | None:
    """Of a message heard: the sender's own number for it, and why it was refused."""
    kept = {"theirs": heard.theirs} if heard.theirs else {}
    if isinstance(heard.answer, Refused):
        kept["detail"] = heard.answer.detail
    return as_text(kept) if kept else None


def kept_of_poll(entries: Entries, encode: Callable[[Message], bytes | str]) -> str:
    """Of a poll: every entry it brought."""
    shown = [{"case_no": n, "kind": body.op.name, "body": json.loads(encode(body))} for n, body in entries]
    return as_text({"entries": shown})


def read_kept(answered: str | None) -> dict[str, Any]:
    """What was kept."""
    return dict(json.loads(answered)) if answered else {}


def entries_of(kept: Mapping[str, Any], read: Callable[[str, str], Message]) -> Entries:
    """The entries of a poll; `read(kind, text)` reads a body."""
    return [(int(each["case_no"]), read(each["kind"], as_text(each["body"]))) for each in kept["entries"]]


def kept_faults(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Faults with all their values."""
    return [asdict(fault) for fault in faults]


def faults_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """The faults that `kept_faults` wrote."""
    return tuple(_fault(dict(each)) for each in kept)


def _fault(kept: dict[str, Any]) -> Fault:
    for bounds in ("window_ms", "daily_ms"):
        kept[bounds] = kept[bounds] and tuple(kept[bounds])
    if kept["delay"] is not None:
        kept["delay"] = Duration(**{**kept["delay"], "steps": tuple(kept["delay"]["steps"])})
    return Fault(**{**kept, "effect": Effect(kept["effect"])})


def as_text(value: Any) -> str:
    """JSON, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False)
