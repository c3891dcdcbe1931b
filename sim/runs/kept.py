"""What the journal keeps of an exchange with a remote seat beside its columns, as JSON text."""

from collections.abc import Callable, Mapping
from json import JSONEncoder, loads
from typing import Any

from sim.crossing import Call, Fetched, Open
from sim.message import Message, Refused

Told = Mapping[str, Any]
"""What a face tells of an exchange: HTTP status, milliseconds taken, why it was refused."""

Entries = list[Fetched]
"""What a poll brought."""
AS_JSON = JSONEncoder(ensure_ascii=False).encode
"""Any value as JSON text, Chinese as it is; `json.dumps` would make a new encoder for each."""
TOLD_WHEN = "told_when"
FACES = ("status", "ms", "after_ms", "sent", "trouble", "next_step")
"""What faces tell."""


def kept_of_heard(heard: Open) -> str | None:
    """Of a message from outside: the sender's own number, the fault that struck it, and why it was refused."""
    kept = {"theirs": heard.theirs} if heard.theirs else {}
    if heard.strike is not None:
        kept |= {"fault": heard.strike.name, "effect": heard.strike.effect.value}
    if isinstance(heard.answer, Refused):
        kept["detail"] = heard.answer.detail
    return AS_JSON(kept) if kept else None


def kept_of_call(region: str, call: Call, told: Told) -> str | None:
    """Of a message to a remote seat: what its face tells, the fault acted out on it, and what it says once more."""
    kept = dict(told)
    if call.strike is not None:
        kept |= {"fault": call.strike.name, "effect": call.strike.effect.value}
    if call.again_of:
        kept["again_of"] = f"{region}-{call.again_of}"
    return AS_JSON(kept) if kept else None


def parts_of(message_id: str) -> tuple[str, int]:
    """The region and the number there of a message's number in the run, such as `fuzhou-17`; ("", 0) for what is none."""
    region, _, number = message_id.rpartition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return "", 0
    return region, int(number)


def after_ms_of(told: Told) -> int:
    """How much later than it came an answer is to be heard."""
    return int(told.get("after_ms", 0))


def kept_of_poll(entries: Entries, encode: Callable[[Message], bytes | str]) -> dict[str, Any]:
    """Of a poll: every entry it brought."""
    return {
        "entries": [
            {"case_no": each.case_no, "kind": each.body.op.name, "body": loads(encode(each.body))}
            | ({"after_ms": each.after_ms} if each.after_ms else {})
            for each in entries
        ]
    }


def kept_of_fetch(entries: Entries) -> str | None:
    """Of a fetch by a remote seat: whether it was told when to hear what it was handed."""
    return AS_JSON({TOLD_WHEN: True}) if any(each.after_ms for each in entries) else None


def read_kept(answered: str | None) -> dict[str, Any]:
    """What was kept."""
    return dict(loads(answered)) if answered else {}


def told_in(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was kept, what the face had told."""
    return {name: kept[name] for name in FACES if name in kept}


def entries_of(kept: Mapping[str, Any], read: Callable[[str, str], Message]) -> Entries:
    """The entries of a poll; `read(kind, text)` reads a body."""
    return [
        Fetched(int(each["case_no"]), read(each["kind"], AS_JSON(each["body"])), int(each.get("after_ms", 0)))
        for each in kept["entries"]
    ]
