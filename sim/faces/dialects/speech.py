"""A remote seat that speaks a dialect: what we say to it and what it answers, what it says to us and what we answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.crossing import Fetched
from sim.faces.answers import PENDING, REFUSING, after
from sim.faces.bodies import BodyError, body_of
from sim.faces.dialects import envelopes, manners, wires
from sim.faces.dialects.dialect import Dialect, Spelling
from sim.faces.dialects.envelopes import Letter, Opened
from sim.faces.dialects.errors import UnsayableError
from sim.faces.dialects.manners import Manner
from sim.faces.dialects.paths import MISSING, take
from sim.faces.dialects.wires import Tree
from sim.faces.doors import Door
from sim.faces.refusals import Problem
from sim.message import Message
from sim.runs.caller import Came

MOST_RAW: Final = 65_536
Answer = tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]
Headers = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a poll brought about one case."""

    case_no: int
    kind: str
    body: Tree


class Speech:
    """One remote seat's way to speak."""

    def __init__(self, dialect: Dialect, seat: str) -> None:
        self.dialect, self.seat = dialect, seat

    # ---- what we say ------------------------------------------------------------------------------------------------
    def says(self, message: Message) -> bool:
        """Whether a message to this seat is said in the dialect; if not, it is said as our contract has it."""
        return self.dialect.knows(message.op.name)

    def letter(self, message: Message, case_no: int, message_id: str) -> Letter:
        """A message to this seat as it goes over the wire. Raises UnsayableError."""
        kind = type(message)
        values = json.loads(body_of(kind).dump(message))
        spelling, manner = self.dialect.spelling(kind), self.dialect.manner(self.seat)
        return envelopes.seal(self.dialect, spelling, manner, values, case_no, message_id)

    def came(self, door: Door | None, status: int, headers: Headers, raw: bytes) -> Came:
        """What this seat's answer to a message of ours means; a late answer of ours has no door and awaits nothing."""
        try:
            return self._came(door, status, headers, raw)
        except UnsayableError as error:
            code = "malformed_answer" if error.code == "malformed" else error.code
            return Came(
                "failed", error=code if status < 300 else f"http_{status}", detail=error.detail, raw=raw[:MOST_RAW]
            )

    def _came(self, door: Door | None, status: int, headers: Headers, raw: bytes) -> Came:
        manner = self.dialect.manner(self.seat)
        answering, form = manner.answering, manner.format
        said_type = headers.get(b"content-type", b"").decode("latin-1")
        if raw and not wires.suits(form.body, said_type):
            raise UnsayableError("wrong_content_type", f"应答的内容类型是“{said_type[:60]}”，应为 {form.body.upper()}")
        whole = wires.read(form.body, form.encoding, raw) if raw else {}
        data = envelopes.data_of_answer(manner, whole)
        message = _text_at(whole, answering.message)
        awaiting = door if door is not None and (door.kind.op.answers.awaited or door.fetches) else None
        if not answering.code:
            return self._by_status(awaiting, status, data, message, after(headers))
        code = _text_at(whole, answering.code)
        if answering.pending is not MISSING and code == str(answering.pending):
            return Came("pending")
        if code in map(str, answering.success):
            if status >= 300:
                raise UnsayableError(f"http_{status}", message)
            return self._heard(awaiting, data, after(headers)) if awaiting else Came("ok")
        if code in answering.again:
            raise UnsayableError("asked_again", f"对方以代码 {code} 要求重发：{message}")
        return self._refused(manner, code, message, status, after(headers))

    def _by_status(self, awaiting: Door | None, status: int, data: Tree, message: str, after_ms: int) -> Came:
        if status < 300:
            if awaiting and not data:
                return Came("pending")
            return self._heard(awaiting, data, after_ms) if awaiting else Came("ok")
        unlisted = self.dialect.manner(self.seat).answering.unlisted
        if status in REFUSING and unlisted:
            return Came("refused", error=unlisted, detail=message or unlisted, after_ms=after_ms)
        raise UnsayableError(f"http_{status}", message)

    def _refused(self, manner: Manner, code: str, message: str, status: int, after_ms: int) -> Came:
        theirs = {str(value): ours for ours, value in manner.answering.refusals.items()}
        error = theirs.get(code) or manner.answering.unlisted
        if code and error:
            return Came("refused", error=error, detail=message or code, after_ms=after_ms)
        if status >= 300:
            raise UnsayableError(f"http_{status}", message)
        shown = f"代码“{code[:40]}”" if code else "没有结果代码的应答"
        raise UnsayableError("unknown_code", f"{shown}不在接口适配的成功、重发、退回代码之内：{message[:200]}")

    def _heard(self, door: Door, data: Tree, after_ms: int) -> Came:
        directory = self.dialect.directory
        if door.fetches:
            return Came("ok", entries=tuple(self._entries(door, data)))
        kind = directory.replies[door.kind]
        return Came("ok", said=self.message(kind, data), after_ms=after_ms)

    def _entries(self, door: Door, data: Tree) -> list[Fetched]:
        spelling, kinds = self.dialect.spelling(door.kind), self.dialect.directory.kinds
        names, theirs = spelling.entries, {str(v): k for k, v in self.dialect.kinds_of_entries(spelling).items()}
        found = []
        listed = data.get(names["list"]) or []
        for each in listed if isinstance(listed, list) else [listed]:
            said = str(each.get(names["kind"])) if isinstance(each, dict) else ""
            kind, number = kinds.get(theirs.get(said, said)), str(each.get(names["case"])) if said else ""
            if kind is None or not (number.isascii() and number.isdigit() and len(number) <= 9):
                raise UnsayableError(
                    "malformed_answer", f"列表中有一条的种类“{said[:40]}”或办件号“{number[:20]}”读不懂"
                )
            body = each.get(names["body"], {}) if names["body"] else each
            found.append(Fetched(int(number), self.message(kind, body if isinstance(body, dict) else {})))
        return found

    def message(self, kind: type[Message], data: Tree) -> Message:
        """A message of theirs. Raises UnsayableError."""
        values = self.dialect.fields(kind, self.dialect.manner(self.seat).textual).decode(data)
        try:
            return body_of(kind).parse(json.dumps(values, ensure_ascii=False, default=str).encode())
        except BodyError as error:
            raise UnsayableError("malformed_answer", str(error)) from None


# ---- what it says to us ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Heard:
    """A request of this seat to one of ours, recognised by its method and path."""

    speech: Speech
    seat: str
    spelling: Spelling
    door: Door
    came: envelopes.Came

    @property
    def manner(self) -> Manner:
        """How calls to the seat that hears it are."""
        return self.speech.dialect.manner(self.seat)

    def open(self) -> Opened:
        """What it says. Raises UnsayableError."""
        return envelopes.open_letter(self.speech.dialect, self.spelling, self.manner, self.came)

    def shown(self, told: "Problem | Answer") -> Answer:
        """Our answer, as the dialect has it."""
        form = self.manner.format
        kept: tuple[tuple[bytes, bytes], ...]
        try:
            if isinstance(told, Problem):
                status, body, kept = self._no(told)
            else:
                status, body, kept = self._yes(*told)
        except UnsayableError as error:
            problem = Problem(406, "cannot_encode", "应答不能按接口适配表达", error.detail, "核对接口适配文件")
            status, body, kept = 406, problem.as_json(), ()
        head = (b"content-type", wires.content_type(form.body, form.encoding).encode())
        return status, body, (head, *(pair for pair in kept if pair[0] != b"content-type"))

    def _no(self, problem: Problem) -> Answer:
        answering = self.manner.answering
        code = answering.refusals.get(problem.error, MISSING)
        if problem.error == PENDING and answering.pending is not MISSING:
            return 200, self._sealed(answering.pending, problem.title, None), problem.headers
        if code is MISSING:
            code = problem.error if answering.other is MISSING else answering.other
        words = "；".join(
            filter(None, (f"{problem.title}：{problem.detail}" if problem.detail else problem.title, problem.next_step))
        )
        status = 200 if answering.http == manners.ALWAYS_200 and problem.status < 500 else problem.status
        return status, self._sealed(code, words, None), problem.headers

    def _yes(self, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> Answer:
        told: dict[str, Any] = json.loads(body)
        named, answering = dict(headers), self.manner.answering
        if told.get("error") == PENDING and status != 200:
            code = answering.pending
            return (status if code is MISSING else 200), self._sealed(code, str(told["title"]), None), headers
        dialect = self.speech.dialect
        data: Tree | None = None
        if b"x-kind" in named:
            kind = dialect.directory.kinds[named[b"x-kind"].decode()]
            data = dialect.fields(kind, self.manner.textual).encode(told)
        elif self.door.fetches:
            data = {self.spelling.entries["list"]: [self._entry(each) for each in told["entries"]]}
        success = answering.success[0] if answering.success else MISSING
        return status, self._sealed(success, "成功", data), headers

    def _entry(self, each: dict[str, Any]) -> Tree:
        names, dialect = self.spelling.entries, self.speech.dialect
        kind = dialect.directory.kinds[each["kind"]]
        body = dialect.fields(kind, self.manner.textual).encode(each["body"])
        kinds = dialect.kinds_of_entries(self.spelling)
        head = {names["case"]: str(each["case_no"]), names["kind"]: kinds.get(each["kind"], each["kind"])}
        return head | ({names["body"]: body} if names["body"] else body)

    def _sealed(self, code: Any, message: str, data: Tree | None) -> bytes:
        return envelopes.seal_answer(self.speech.dialect, self.manner, code, message, data)


def _text_at(whole: Tree, steps: Any) -> str:
    found = take(whole, steps) if steps else MISSING
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
