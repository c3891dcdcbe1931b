"""A remote seat says something in its dialect at the door of one of ours: recognised, read, and heard like anything else.

A partner's system knows none of our headers, so a request is recognised by its method and path: those of the dialects of
the run's remote seats come before those of our contract. `X-Sender`, where it is given, says whose dialect it is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.faces.bodies import BodyError, body_of
from sim.faces.case_numbers import RULE, case_of, unbound
from sim.faces.dialects import envelopes
from sim.faces.dialects.dialect import Dialect, Spelling
from sim.faces.dialects.errors import UnsayableError
from sim.faces.dialects.speech import Heard, Speech
from sim.faces.doors import CASE, SeatDoors
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem, listed
from sim.faces.wire import Scope
from sim.message import Message


class Said(NamedTuple):
    """What a request in a dialect says."""

    body: Message
    case_no: int | None
    theirs: str


@dataclass(frozen=True, slots=True)
class _Match:
    spelling: Spelling
    parameters: dict[str, str]


def recognised(hosted: Hosted, scope: Scope, seat: str, doors: SeatDoors, parts: list[str], raw: bytes) -> Heard | None:
    """The request as one of a dialect, by the decoded segments of its path below the seat.

    None when it is none, and is to be read as our contract has it.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    named = headers.get("x-sender", "")
    speeches = {id(each.dialect): each for each in hosted.speeches.values() if named in ("", each.seat)}
    for speech in speeches.values():
        at = _matches(speech.dialect, seat, scope["method"], parts)
        if not at:
            continue
        try:
            query = envelopes.query_of(scope["query_string"])
        except UnsayableError:
            query = {}
        manner = speech.dialect.manner(seat)
        for match in at:
            came = envelopes.Came(match.parameters, query, headers, raw)
            if len(at) == 1 or _is_this(match.spelling, manner, came):
                return Heard(speech, seat, match.spelling, doors.by_kind[match.spelling.kind], came)
    return None


def _matches(dialect: Dialect, seat: str, method: str, parts: list[str]) -> list[_Match]:
    found = []
    for each in dialect.heard_at.get(seat, ()):
        if each.method == method and len(each.parts) == len(parts):
            parameters: dict[str, str] = {}
            for mine, theirs in zip(each.parts, parts, strict=True):
                if mine.startswith("{") and theirs:
                    parameters[mine[1:-1]] = theirs
                elif mine != theirs:
                    break
            else:
                found.append(_Match(each, parameters))
    return found


def _is_this(spelling: Spelling, manner: Any, came: envelopes.Came) -> bool:
    try:
        whole = envelopes.tree_of_request(spelling, manner, came)
    except UnsayableError:
        return False
    return envelopes.suits_constants(spelling, manner, whole)


def sender_of(hosted: Hosted, heard: Heard) -> str | Problem:
    """Which of the seats that speak this dialect it is: by `X-Sender`, as the file says, or because only one can say it."""
    directory, kind = heard.speech.dialect.directory, heard.spelling.kind
    speaks = [seat for seat, each in hosted.speeches.items() if each.dialect is heard.speech.dialect]
    named = heard.came.headers.get("x-sender") or heard.spelling.sender
    may = [seat for seat in ([named] if named else directory.senders(kind)) if seat in speaks]
    if len(may) == 1:
        return may[0]
    detail = f"“{kind.op.title}”可由 {listed(may)} 发送，请求与接口适配都没有说明是谁" if may else (
        f"说这种接口的席位 {listed(speaks)} 都不能发送“{kind.op.title}”"
    )  # fmt: skip
    step = f'在接口适配的 operations."{kind.op.name}" 写明 sender，或带请求头 X-Sender'
    return Problem(403, "sender_unclear", "发送方不明", detail, step)


def read(heard: Heard, bound: Mapping[str, int]) -> Said | Problem:
    """What it says, or what is wrong with it. Raises BodyError for a body that is none of ours once it is translated."""
    try:
        opened = heard.open()
    except UnsayableError as error:
        if error.code == "bad_signature":
            return Problem(401, error.code, "签名不符", error.detail, "核对密钥与签名方法")
        title = f"报文不合要求：{heard.spelling.kind.op.title}"
        return Problem(400, "bad_body", title, error.detail, "对照接口适配文件核对字段、取值与单位")
    door, case_no = heard.door, case_of(opened.case_no, bound) if opened.case_no else None
    if opened.case_no and case_no is None:
        return Problem(400, "bad_body", "办件号读不懂", unbound("报文", opened.case_no), RULE)
    if case_no is None and not door.fetches and (door.kind.op.by == CASE or door.kind.op.opens):
        where = heard.manner.places.case
        return Problem(400, "bad_body", "缺少办件号", f"接口适配说办件号在 {where.where}:{where.name}", "补上办件号")
    text = json.dumps(opened.values, ensure_ascii=False, default=str).encode()
    body = body_of(door.kind).parse(text if opened.values else b"")
    return Said(body, case_no, opened.theirs[:100])


def speeches_of(dialects: dict[str, Dialect]) -> dict[str, Speech]:
    """The speech of every seat that has a dialect."""
    return {seat: Speech(dialect, seat) for seat, dialect in dialects.items()}


__all__ = ["BodyError", "Said", "read", "recognised", "sender_of", "speeches_of"]
