"""Answers as they come back over HTTP, from a peer's response or in a call of their own."""

import json
from collections.abc import Mapping
from typing import Any

from sim.crossing import Fetched
from sim.faces.bodies import BodyError, body_of
from sim.faces.dialects.wires import JSON, suits
from sim.faces.doors import Directory
from sim.faces.error_list import errors_of
from sim.message import Operation, Shape
from sim.runs.caller import Came

PENDING = "answer_pending"
STANDS = b"x-follower-stands"
"""Header of an answer by which who follows our clock says how it stands there (`sim.runs.follower.Stands`)."""
AFTER = b"x-answer-after"
"""Header of an answer that is given while time stands still: in how many milliseconds of sandbox time it is heard."""
MOST_DIGITS = 11
"""Of that: three years."""
REFUSING = (400, 409, 422)
"""Statuses that say no to the message itself, so that it is not sent again; others say that it did not arrive."""


def read_response(
    directory: Directory, operation: Operation, status: int, headers: Mapping[bytes, bytes], raw: bytes
) -> Came:
    """What a peer's response to one of our messages means. `headers` are looked up by lower-case names."""
    if status in (200, 201, 202, 204):
        return _read_ok(directory, operation, status, headers, raw)
    told = _object(raw)
    code = str(told.get("error", ""))
    if code == PENDING:
        return Came("pending")
    if code and (status in REFUSING or code in {error.code for error in errors_of(operation)}):
        detail = str(told.get("detail") or told.get("title") or code)
        return Came("refused", error=code, detail=detail, raw=raw, after_ms=after(headers))
    return Came("failed", error=f"http_{status}", raw=raw[:65_536])


def _read_ok(
    directory: Directory, operation: Operation, status: int, headers: Mapping[bytes, bytes], raw: bytes
) -> Came:
    said_type = headers.get(b"content-type", b"").decode("latin-1")
    if raw and not suits(JSON, said_type):
        return Came("failed", error="wrong_content_type", detail=f"“{said_type[:60]}”，应为 JSON", raw=raw[:65_536])
    if status == 202 and operation.answers.awaited:
        return Came("pending")
    if b"x-kind" in headers or operation.answers.awaited:
        came = read_answer(directory, headers, raw)
        return came or Came("failed", error="malformed_answer", raw=raw[:65_536])
    if raw and "json" in said_type and not _object(raw):
        return Came("failed", error="malformed_answer", raw=raw[:65_536])
    return Came("ok")


def read_answer(directory: Directory, headers: Mapping[bytes, bytes], raw: bytes) -> Came | None:
    """The answer in a body whose kind `X-Kind` names; None when it is no answer that anybody here knows."""
    name = headers.get(b"x-kind", b"").decode("latin-1")
    if name == "refused":
        told = _object(raw)
        detail = str(told.get("detail", ""))
        return Came("refused", error=str(told.get("error", "")), detail=detail, after_ms=after(headers))
    kind = directory.kinds.get(name)
    if kind is None or kind.op.shape is not Shape.REPLY:
        return None
    try:
        return Came("ok", said=body_of(kind).parse(raw), after_ms=after(headers))
    except BodyError:
        return None


def after(headers: Mapping[bytes, bytes]) -> int:
    """How much later than now an answer is to be heard, as a peer whose clock moves with ours may say; else 0."""
    said = headers.get(AFTER, b"")
    return int(said) if said.isdigit() and len(said) <= MOST_DIGITS else 0


def read_entries(directory: Directory, raw: bytes) -> Came:
    """What a batch poll brought; an entry may say in how many milliseconds it is to be heard, as an answer may."""
    entries: list[Fetched] = []
    try:
        for each in _object(raw)["entries"]:
            kind = directory.kinds[each["kind"]]
            body = json.dumps(each["body"], ensure_ascii=False).encode()
            after_ms = int(each.get("after_ms", 0))
            if not 0 <= after_ms < 10**MOST_DIGITS:
                raise ValueError(after_ms)
            entries.append(Fetched(int(each["case_no"]), body_of(kind).parse(body), after_ms))
    except (AttributeError, KeyError, TypeError, ValueError):
        return Came("failed", error="malformed_answer", raw=raw[:65_536])
    return Came("ok", entries=tuple(entries))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
