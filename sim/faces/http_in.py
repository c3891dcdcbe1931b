"""The in-face: a request at a seat's door becomes a message of a run, and what came of it an answer.

It translates and decides nothing: which seat may say what is the departments' business, how it is found the runtime's.
"""

from dataclasses import replace
from typing import Any

from sim.clock import Stopwatch, wall_ms
from sim.crossing import Sending
from sim.faces import refusals
from sim.faces.acting import Struck, act_out
from sim.faces.answers import AFTER, STANDS, read_answer
from sim.faces.asked import parameters, segments
from sim.faces.bodies import BodyError, FieldError, body_of
from sim.faces.case_numbers import case_of, is_ours, unbound
from sim.faces.control.errors import unknown_run
from sim.faces.dialects.hearing import recognised
from sim.faces.doors import CASE, Directory, Door
from sim.faces.hosted import Hosted, Runs
from sim.faces.internal_error import internal_error
from sim.faces.refusals import Problem
from sim.faces.senders import busy, seat_is_ours, sender_unclear
from sim.faces.signatures import SignatureError, signature_headers, verify
from sim.faces.spoken_in import hear_spoken, tell_spoken
from sim.faces.tally import Tally
from sim.faces.wire import Receive, Scope, Send, WireError, check_head, read_body, respond
from sim.faults import Effect
from sim.journal.record import JournalError
from sim.message import Refused, refused
from sim.runs.busy import BusyError
from sim.runs.carried import LATER
from sim.runs.closest import closest
from sim.runs.exchanges import CaseUnknownError, Heard, SeatAbsentError
from sim.runs.follower import MOST_DIGITS

Told = tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]
"""(HTTP status, body, headers)."""
PREFIX = "/runs/"
LATE = Problem(504, "answer_pending", "尚未办出结果", "结果出来后另行送达", "按报文号查询，或等候回调")
ANSWERS = "/answers/"
"""Below a seat's address: where an answer is said whose request is no longer open, by the request's message number."""
ACKNOWLEDGED = b'{"outcome":"ok"}'
CARRIED_LATER = b'{"outcome":"later"}'
"""What goes to another remote seat is ours to say again, for it did not arrive there at once."""


class Faces:
    """All doors of all seats of all runs, as one ASGI application below `/runs/<run>/<seat>/`."""

    def __init__(self, directory: Directory, runs: Runs) -> None:
        self.directory, self.runs = directory, runs
        self.tally = Tally()

    def serves(self, path: str) -> bool:
        """Whether a path leads to a seat, so that this application answers it."""
        if not path.startswith(PREFIX):
            return False
        parts = path.split("/", 4)
        return len(parts) == 5 and parts[3] in self.directory.doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        watch = Stopwatch()
        _, _, run, seat, rest = scope["path"].split("/", 4)
        told = await self._told(scope, receive, run, seat, "/" + rest)
        if "spoken" in scope:
            await tell_spoken(self, scope, receive, send, told, watch.seconds)
        elif isinstance(told, Struck):
            self.tally.count(seat, scope["operation"], 0, f"fault:{told.strike.name}", watch.seconds)
            host = self.runs[run].host
            waits = host.is_live or not host.follower
            await act_out(told.strike, told.told, scope, receive, send, live=host.is_live, waits=waits)
        elif isinstance(told, Problem):
            self.tally.count(seat, scope.get("operation", ""), told.status, told.error, watch.seconds)
            hosted = self.runs.get(run)
            if hosted is None:
                await refuse(send, told)
            else:
                await refuse(send, told.citing(hosted.clauses), _time(hosted))
        else:
            self.tally.count(seat, scope["operation"], told[0], "ok" if told[0] == 200 else LATE.error, watch.seconds)
            await respond(send, *told)

    async def _told(self, scope: Scope, receive: Receive, run: str, seat: str, path: str) -> "Problem | Told | Struck":
        hosted = None
        try:
            check_head(scope)
            raw = await read_body(receive, scope["headers"])
            hosted = self.runs.get(run)
            if hosted is None:
                return unknown_run(run, self.runs).problem
            return await self._hear(scope, hosted, seat, path, raw)
        except WireError as error:
            return Problem(error.status, error.error, error.title, next_step=error.next_step, closes=error.closes)
        except BusyError as error:
            return busy(error)
        except JournalError as error:
            return Problem(503, "journal_broken", "报文日志不能写入", str(error), "检查磁盘后重启服务")
        except Exception as error:
            return internal_error(hosted, scope, error)

    async def _hear(self, scope: Scope, hosted: Hosted, seat: str, path: str, raw: bytes) -> "Problem | Told | Struck":
        parts = segments(scope, path)
        if path.startswith(ANSWERS):
            scope["operation"] = "answers"
            return await self._late_answer(scope, hosted, path.removeprefix(ANSWERS), raw)
        doors = self.directory.doors[seat]
        if hosted.speeches and (spoken := recognised(hosted, scope, seat, doors, parts or path[1:].split("/"), raw)):
            _reach(hosted, dict(scope["headers"]))
            return await hear_spoken(self, scope, hosted, spoken, raw)
        method: str = scope["method"]
        found = doors.match(method, path) if parts is None else doors.match_parts(method, parts)
        if found is None:
            return refusals.unmatched(doors, seat, method, path)
        door, routed = found
        scope["operation"] = door.kind.op.name
        headers = dict(scope["headers"])
        _reach(hosted, headers)
        try:
            sender = self._sender(scope, hosted, seat, door, headers, raw)
        except SignatureError as error:
            return Problem(401, error.code, "签名不符", str(error), error.next_step, more={"steps": _steps(error)})
        if isinstance(sender, Problem):
            return sender
        try:
            case_no = _case_no(door, routed, headers, hosted.numbers)
            fields = {name: value for name, value in routed.items() if name != CASE} if routed else routed
            if scope["query_string"]:
                fields = parameters(door, scope["query_string"], fields)
            body = door.body.parse(raw, fields)
            if door.fetches:
                return await self._fetch(hosted, sender, seat, door)
            if case_no is None and (door.kind.op.by == CASE or door.kind.op.opens):
                raise BodyError(door.kind.op.name, [_case_missing()])
            theirs = headers.get(b"x-message-id", b"")[:100].decode("latin-1")
            text, sending = "" if routed else raw.decode(), _sending(headers)
            heard = await hosted.host.hear(sender, seat, body, case_no, theirs, text, sending=sending)
        except BodyError as error:
            code = refusals.code_of_body(door.kind.op, error)
            hosted.host.note_malformed(sender, seat, door.kind, _malformed_case(routed, headers), raw, code)
            await hosted.host.file.durable()
            return refusals.of_body(door.kind.op, error)
        except CaseUnknownError as error:
            hosted.host.note_malformed(sender, seat, door.kind, _malformed_case(routed, headers), raw, "case_unknown")
            await hosted.host.file.durable()
            return Problem(
                404, "case_unknown", "没有这个办件", str(error), "核对办件号", basis=refusals.basis_of(door.kind.op)
            )
        except SeatAbsentError as error:
            return Problem(404, "seat_absent", "办件所在地区没有这个席位", str(error), "改用该地区的席位")
        told = self._answer(hosted, door, heard)
        return told if heard.open.strike is None else Struck(heard.open.strike, told)

    async def _late_answer(self, scope: Scope, hosted: Hosted, message_id: str, raw: bytes) -> "Problem | Told":
        target = scope["raw_path"].decode("latin-1")
        try:
            signer = verify(
                scope["method"], target, signature_headers(scope["headers"]), raw, hosted.keys, wall_ms(), hosted.nonces
            )
        except SignatureError as error:
            return Problem(401, error.code, "签名不符", str(error), error.next_step, more={"steps": _steps(error)})
        _reach(hosted, dict(scope["headers"]))
        came = read_answer(self.directory, dict(scope["headers"]), raw)
        if came is None or not hosted.host.late_answer(message_id, came, signer):
            return Problem(
                404, "no_open_call", "没有这个待答复的请求", f"报文号 {message_id} 没有在等答复", "核对报文号"
            )
        await hosted.host.file.durable()
        return 200, ACKNOWLEDGED, _time(hosted)

    def _answer(self, hosted: Hosted, door: Door, heard: Heard) -> "Problem | Told":
        answer, operation = heard.open.answer, door.kind.op
        head = ((b"x-message-id", heard.message_id.encode()), *_time(hosted))
        if isinstance(answer, Refused):
            problem = refusals.of_refusal(operation, answer)
            return replace(problem, more={"message_id": heard.message_id}, headers=_after(head[:1], heard))
        if answer is not None:
            return 200, body_of(type(answer)).dump(answer), (*_after(head, heard), (b"x-kind", answer.op.name.encode()))
        if heard.outcome == LATER:
            return 202, CARRIED_LATER, head
        if heard.outcome != "ok":
            code = "" if heard.outcome.startswith("fault") else heard.outcome.partition(":")[2]
            detail = closest(hosted.run, heard) or f"{self._title(heard)}不接收“{operation.title}”"
            return refusals.of_refusal(operation, refused(door.kind)(code, detail))
        if operation.answers.awaited:
            status = LATE.status if hosted.host.is_live else 202
            return status, replace(LATE, more={"message_id": heard.message_id}).as_json(), head
        return 200, ACKNOWLEDGED, head

    def _title(self, heard: Heard) -> str:
        return self.directory.doors[heard.open.route.receiver.seat].role.title

    async def _fetch(self, hosted: Hosted, sender: str, seat: str, door: Door) -> "Problem | Told | Struck":
        message_id, entries, strike = await hosted.host.collect(sender, seat, door.kind)
        shown = [
            b'{"case_no":%d,"kind":"%s","body":%s%s}'
            % (number, body.op.name.encode(), body_of(type(body)).dump(body), _when(ms))
            for number, body, ms in entries
        ]
        head = ((b"x-message-id", message_id.encode()), *_time(hosted))
        told: Told = (200, b'{"entries":[' + b",".join(shown) + b"]}", head)
        if strike is None:
            return told
        if strike.effect is Effect.BUSINESS:
            no = refused(door.kind)(strike.error, "本批次设定的业务退回")
            return Struck(strike, refusals.of_refusal(door.kind.op, no))
        return Struck(strike, told)

    def _sender(
        self, scope: Scope, hosted: Hosted, seat: str, door: Door, headers: dict[bytes, bytes], raw: bytes
    ) -> "str | Problem":
        """The remote seat that speaks: by its key, by `X-Sender`, or because only one can say this."""
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        signer = verify(
            scope["method"], target, signature_headers(scope["headers"]), raw, hosted.keys, wall_ms(), hosted.nonces
        )
        named = signer or headers.get(b"x-sender", b"").decode("latin-1")
        remote = hosted.run.plan.remote
        if named:
            return named if named in remote else seat_is_ours(named, hosted, self.directory)
        may = [each for each in self.directory.senders(door.kind) if each in remote]
        return may[0] if len(may) == 1 else sender_unclear(may, door)


Headers = tuple[tuple[bytes, bytes], ...]


def _when(after_ms: int) -> bytes:
    return b',"after_ms":%d' % after_ms if after_ms else b""


def _after(head: Headers, heard: Heard) -> Headers:
    return (*head, (AFTER, b"%d" % heard.open.after_ms)) if heard.open.after_ms else head


def _reach(hosted: Hosted, headers: dict[bytes, bytes]) -> None:
    """Where our clock follows that of whoever speaks, or they were let go ahead of it, be as late as they are."""
    said = headers.get(b"x-sandbox-time", b"")
    if said.isdigit() and len(said) <= MOST_DIGITS:
        hosted.host.reach(int(said))


# ---- reading --------------------------------------------------------------------------------------------------------
def _case_no(door: Door, routed: dict[str, str], headers: dict[bytes, bytes], bound: dict[str, int]) -> int | None:
    """The case a request is about: in its path, or in `X-Case-No`. Raises BodyError for a number that is of no case."""
    text = routed.get(CASE) if door.names_case else headers.get(b"x-case-no", b"").decode("latin-1")
    if not text:
        return None
    case_no = case_of(text, bound)
    if case_no is None:
        where = "路径" if door.names_case else "请求头 X-Case-No"
        raise BodyError(door.kind.op.name, [FieldError(CASE, "bad_shape", unbound(where, text))])
    return case_no


def _sending(headers: dict[bytes, bytes]) -> Sending:
    """What the sender may say of this sending; else it is the first, and meant for now."""
    attempt, asked = headers.get(b"x-attempt", b""), headers.get(b"x-asked-at", b"")
    return Sending(
        max(1, int(attempt)) if attempt.isdigit() and len(attempt) <= 3 else 1,
        int(asked) if asked.isdigit() and len(asked) <= 15 else 0,
    )


def _malformed_case(routed: dict[str, str], headers: dict[bytes, bytes]) -> int:
    text = routed.get(CASE) or headers.get(b"x-case-no", b"").decode("latin-1")
    return int(text) if is_ours(text) else 0


def _case_missing() -> FieldError:
    return FieldError(CASE, "missing", "缺少办件号：请在请求头 X-Case-No 中给出")


# ---- saying no -------------------------------------------------------------------------------------------------------
def _time(hosted: Hosted) -> tuple[tuple[bytes, bytes], ...]:
    """The run's time, told with everything we say; who follows a clock says too how it stands here."""
    time = (b"x-sandbox-time", b"%d" % hosted.run.now_ms)
    return (time, (STANDS, hosted.host.stands().as_header())) if hosted.run.plan.led else (time,)


async def refuse(send: Send, problem: Problem, head: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Send a refusal."""
    extra = (*head, *problem.headers)
    if problem.status == 503:
        extra = (*extra, (b"retry-after", b"1"))
    if problem.status == 405:
        extra = (*extra, (b"allow", ", ".join(problem.more["allow"]).encode()))
    if problem.closes:
        extra = (*extra, (b"connection", b"close"))
    await respond(send, problem.status, problem.as_json(), extra)


def _steps(error: SignatureError) -> list[Any]:
    return [list(step) for step in error.steps]
