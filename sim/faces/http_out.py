"""The out-face: what our parties say to remote seats, over pooled connections, signed, with what came back made plain."""

import json
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from sim.clock import Stopwatch, wall_ms
from sim.faces.acting import after_fault, distorted, spoilt, staleness_ms
from sim.faces.answers import STANDS, read_entries, read_response
from sim.faces.bodies import body_of
from sim.faces.doors import Directory, Door
from sim.faces.hosted import Runs
from sim.faces.http_client import MOST_ANSWER_BYTES, MOST_BATCH_BYTES, Answer, CallFailedError, HttpClient
from sim.faces.signatures import sign
from sim.faces.spoken_out import call_spoken, tell_late_spoken
from sim.faces.traces import traceparent
from sim.faults import Strike
from sim.message import Message, Refused
from sim.runs.caller import Came
from sim.runs.exchanges import Going, Heard
from sim.runs.follower import Stands
from sim.runs.host import RunHost
from sim.runs.troubles import told_of

ANSWER_WITHIN_S = 10.0
"""How long a remote seat may take to answer (domain: UnionPay's back notice waits 10 s)."""
MOST_RAW = 65_536
"""So many bytes of a peer's answer are kept with the attempt."""
STANDING_WITHIN_S = 60.0
"""The same where time stands still until it has answered: there a slow machine must not be taken for a silent system."""
FOLLOW_WITHIN_S = 120.0
"""How long a follower may take to move its clock by one step of ours."""
NO_ANSWER = Came("ok")


class HttpOut:
    """Calls remote seats for all runs of a server. `token` is what followers and we know each other by."""

    def __init__(self, directory: Directory, runs: Runs, token: str) -> None:
        self.directory, self.runs, self.token = directory, runs, token
        self.within_s, self.client = ANSWER_WITHIN_S, HttpClient()
        self._nonces = count(wall_ms())

    async def close(self) -> None:
        """Let go of all connections."""
        await self.client.close()

    # ---- saying -----------------------------------------------------------------------------------------------------
    async def call(self, host: RunHost, going: Going) -> Came:
        """Say one message to the remote seat it is for."""
        call = going.call
        route, kind = call.route, type(call.body)
        seat = route.receiver.seat
        door = self.directory.doors[seat].by_kind[kind]
        base = host.address(seat, call.case.number)
        if kind.op.name in host.run.plan.by_hand:
            return Came("pending")
        if not base:
            return Came("pending") if kind.op.answers.awaited or door.fetches else NO_ANSWER
        speech = self.runs[host.run.plan.name].speeches.get(seat)
        if speech is not None and speech.says(call.body):
            return await call_spoken(self, host, going, speech, base)
        path, body = target_of(door, call.body, call.case.number)
        headers = {
            "X-Sender": route.sender.seat, "X-Case-No": str(call.case.number), "X-Message-Id": going.message_id,
            "X-Attempt": str(call.attempt), "X-Asked-At": str(call.asked_ms), "X-Sandbox-Time": str(host.run.now_ms),
            "traceparent": traceparent(host.run.plan.name, call.case.number, going.message_id, call.attempt),
        }  # fmt: skip
        strike, watch = call.strike, Stopwatch()
        body = distorted(body, strike)
        most = MOST_BATCH_BYTES if door.fetches else MOST_ANSWER_BYTES
        status, answered, raw = await self._say(
            host, route.sender.seat, door.method, base + path, body, headers, strike, most
        )
        _hear_stands(host, base, answered)
        if status == 0:
            came = Came("failed", error=raw.decode(), detail=answered.get(b"location", b"").decode("latin-1"))
        elif door.fetches and status == 200:
            came = read_entries(self.directory, raw)
        else:
            came = read_response(self.directory, kind.op, status, answered, raw)
        kept = None if status == 0 or came.said is not None or came.entries is not None else raw[:MOST_RAW]
        return after_fault(replace(came, raw=kept, status=status, took_ms=max(1, watch.ms)), strike)

    async def tell_late(self, host: RunHost, heard: Heard) -> str:
        """Say an answer whose request is no longer open, to whoever asked; returns what failed, or ""."""
        base, answer = host.address(heard.open.sender, heard.open.case_no), heard.open.answer
        if not base or answer is None:
            return ""
        body, kind = answer_body(answer)
        number = quote(heard.open.theirs or heard.message_id, safe="")
        headers = {"X-Kind": kind, "X-Message-Id": heard.message_id, "X-Sandbox-Time": str(host.run.now_ms)}
        if heard.open.after_ms:
            headers["X-Answer-After"] = str(heard.open.after_ms)
        receiver = heard.open.route.receiver.seat
        speech = self.runs[host.run.plan.name].speeches.get(heard.open.sender)
        if speech is not None and speech.says(answer):
            return await tell_late_spoken(self, host, heard, speech, base, heard.open.theirs or heard.message_id)
        status, answered, raw = await self._say(host, receiver, "POST", f"{base}/answers/{number}", body, headers)
        _hear_stands(host, base, answered)
        if status in (200, 404):
            return ""
        return f"http_{status}" if status else raw.decode()

    async def _say(
        self,
        host: RunHost,
        sender: str,
        method: str,
        url: str,
        body: bytes,
        headers: dict[str, str],
        strike: Strike | None = None,
        most: int = MOST_ANSWER_BYTES,
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """(status, headers by lower-case name, body); status 0 and what failed when nothing came back."""
        target = url[url.index("/", url.index("//") + 2) :]
        keys = self.runs[host.run.plan.name].keys
        nonce = f"{next(self._nonces):x}"
        signed: dict[str, str] = {}
        if not keys.all_open:
            key = keys.of(sender)
            signed = spoilt(sign(key, method, target, body, wall_ms() - staleness_ms(strike), nonce), key, strike)
        sent = {"Content-Type": "application/json", **headers, **signed}
        stands_still = host.run.plan.led or host.follower.is_at(url)
        try:
            told = await self.client.ask(
                method, url, body, sent, STANDING_WITHIN_S if stands_still else self.within_s, most
            )
        except CallFailedError as error:
            return 0, {}, error.why.encode()
        return (0, told.headers, b"redirected") if 300 <= told.status < 400 else told

    # ---- following --------------------------------------------------------------------------------------------------
    async def follow(self, host: RunHost, to_ms: int, *, ahead: bool) -> Stands:
        """Have the follower of a run move its clock; returns how things stand there then. Raises OSError when it cannot."""
        url = f"{host.follower.address}/clock/advance"
        asked: dict[str, Any] = {"to_ms": to_ms}
        if host.follower.stops:
            over = host.run.over_beside(host.follower.over)
            asked |= {"until_said": ahead, "lying": sorted(host.run.lies_ready()), "over": over}
        try:
            answer = await self.control("POST", url, asked)
            told = json.loads(answer.raw)
            if answer.status != 200:
                raise OSError(f"{url} 答复 {answer.status}：{told}")
            host.follower.over.update(asked.get("over", ()))
            due = told["next_due_ms"]
            return Stands(int(told.get("heard", 0)), 0, None if due is None else int(due))
        except CallFailedError as error:
            if error.why == "timeout":
                raise OSError(f"{url} 在 {FOLLOW_WITHIN_S:.0f} 秒内没有答复") from None
            raise OSError(f"{url} 不能用：{told_of(error.why)[0]}") from None
        except (KeyError, TypeError, ValueError) as error:
            raise OSError(f"{url} 不能用：{type(error).__name__} {error}") from None

    async def control(self, method: str, url: str, body: Any = None) -> Answer:
        """One call to the control API of a server beside ours, which may answer at length. Raises CallFailedError."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        said = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        return await self.client.ask(method, url, said, headers, FOLLOW_WITHIN_S, MOST_BATCH_BYTES)


def _hear_stands(host: RunHost, base: str, answered: dict[bytes, bytes]) -> None:
    """How things stand at the follower, if it was one of its seats that answered."""
    stands = Stands.from_header(answered.get(STANDS, b"")) if host.follower.is_at(base) else None
    if stands is not None:
        host.follower.told(stands)


def answer_body(answer: Message) -> tuple[bytes, str]:
    """An answer in a call of its own: body and `X-Kind`."""
    if isinstance(answer, Refused):
        told = {"error": answer.error, "detail": answer.detail}
        return json.dumps(told, ensure_ascii=False).encode(), "refused"
    return body_of(type(answer)).dump(answer), answer.op.name


def target_of(door: Door, message: Message, case_no: int) -> tuple[str, bytes]:
    """Path and body of a call; what a GET says beyond its path goes into the query string."""
    path = door.fill(message, case_no)
    if door.method != "GET":
        return path, door.body.dump(message)
    rest = {name: getattr(message, name) for name in door.body.hints if name not in door.parameters}
    return (f"{path}?{urlencode(rest)}" if rest else path), b""
