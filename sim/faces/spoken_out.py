"""The out-face for seats that speak a dialect: a message of ours said in it, and what came back read by it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sim.clock import Stopwatch
from sim.faces.acting import after_fault, distorted
from sim.faces.dialects.envelopes import Letter
from sim.faces.dialects.errors import UnsayableError
from sim.faces.dialects.speech import MOST_RAW, Speech
from sim.runs.caller import Came
from sim.runs.exchanges import Going, Heard
from sim.runs.host import RunHost

if TYPE_CHECKING:
    from sim.faces.http_out import HttpOut

NOBODY_WAITS: Final = 404
"""The status after which a late answer is not told again, though it was not taken."""


async def call_spoken(out: "HttpOut", host: RunHost, going: Going, speech: Speech, base: str) -> Came:
    """Say one message to a seat in its dialect."""
    call = going.call
    door = out.directory.doors[speech.seat].by_kind[type(call.body)]
    try:
        letter = speech.letter(call.body, call.case.number, going.message_id)
    except UnsayableError as error:
        return Came("failed", error=error.code, detail=error.detail, took_ms=1)
    headers = {
        "X-Sender": call.route.sender.seat, "X-Attempt": str(call.attempt), "X-Sandbox-Time": str(host.run.now_ms), **letter.headers,
    }  # fmt: skip
    strike, watch = call.strike, Stopwatch()
    body = distorted(letter.body, strike)
    status, answered, raw = await out._say(
        host, call.route.sender.seat, letter.method, base + letter.target, body, headers, strike
    )
    if status == 0:
        came, kept = Came("failed", error=raw.decode(), detail=answered.get(b"location", b"").decode("latin-1")), None
    else:
        came, kept = speech.came(door, status, answered, raw), raw[:MOST_RAW]
    came = replace(came, raw=kept, status=status, took_ms=max(1, watch.ms), sent=sent_text(speech, letter, body))
    return after_fault(came, strike)


async def tell_late_spoken(out: "HttpOut", host: RunHost, heard: Heard, speech: Speech, base: str, number: str) -> str:
    """Say an answer whose request is no longer open; returns what failed, or ""."""
    answer = heard.open.answer
    assert answer is not None
    try:
        letter = speech.letter(answer, heard.open.case_no, number)
    except UnsayableError as error:
        return error.code
    headers = {"X-Sandbox-Time": str(host.run.now_ms), **letter.headers}
    receiver = heard.open.route.receiver.seat
    status, answered, raw = await out._say(host, receiver, letter.method, base + letter.target, letter.body, headers)
    if status == 0:
        return raw.decode()
    if status == NOBODY_WAITS or (status < 300 and not raw):
        return ""
    came = speech.came(None, status, answered, raw)
    if came.how in ("ok", "pending"):
        return ""
    return came.error if came.how == "failed" else f"refused_{came.error}"


def sent_text(speech: Speech, letter: Letter, body: bytes) -> str:
    """What went over the wire, as the journal keeps it: encoded as its content type says, these are its very bytes."""
    encoding = speech.dialect.manner(speech.seat).format.encoding
    head = f"{letter.method} {letter.target}\n{letter.headers.get('Content-Type', '')}\n\n"
    return head + body.decode(encoding, "backslashreplace")
