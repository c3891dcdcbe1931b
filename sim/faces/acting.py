"""Faults acted out where only a wire can show them; the core has decided by its seeded draw what is struck, and how.

| effect | what a remote seat sees of a message to it | what it sees of its own message to us |
|---|---|---|
| `lost` | nothing | no answer, or a reset where its clock follows ours; it was not heard |
| `never` | the message, and then again: its answer is thrown away | the same; it was heard |
| `outage`, `refused`, `http_error` | nothing | 503; the error named, with 503; the status chosen |
| `reset` | nothing | the connection is reset; it was not heard |
| `malformed` | half a body, or a body of the wrong type | its message is heard; the answer breaks off or is no object |
| `late`, `slow` | the message, later | the answer, later, on a live clock |
| `duplicated` | the message twice | its message is heard twice |
| `wrong_amount` | another amount | - |
| `bad_signature`, `stale` | the signature of something else; a timestamp beyond the skew | - |
| `business` | - | a refusal like any other |
"""

import asyncio
import socket
import struct
from dataclasses import replace
from typing import Any, Final, NamedTuple

from sim.calendar import HOUR_MS, MINUTE_MS
from sim.clock import pause
from sim.faces.keys import Key, Scheme
from sim.faces.refusals import Problem
from sim.faces.signatures import SKEW_MS
from sim.faces.wire import Receive, Scope, Send, respond
from sim.faults import Effect, Strike
from sim.runs.caller import Came

MOST_SLOW_MS: Final = 2 * MINUTE_MS
"""An answer is held back at most so long."""
SILENT_S: Final = 120.0
"""How long a client is left without an answer before the connection is closed."""
UNDONE: Final = frozenset({Effect.BAD_SIGNATURE, Effect.STALE, Effect.MALFORMED, Effect.NEVER})
Told = tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]
TRANSPORT: Final = "liantiao.transport"
"""The ASGI extension under which `sim.faces.protocol` hands on the connection itself."""


class Struck(NamedTuple):
    """What a request would have been answered, and the fault that struck it."""

    strike: Strike
    told: "Problem | Told"


# ---- what we say ----------------------------------------------------------------------------------------------------
def distorted(body: bytes, strike: Strike | None) -> bytes:
    """The bytes that go out: broken off somewhere, or JSON of another type, if the message is to be malformed."""
    if strike is None or strike.effect is not Effect.MALFORMED or not body:
        return body
    return _broken(body, strike.u)


def _broken(body: bytes, u: float) -> bytes:
    if u < 0.5:
        return body[: max(1, int(len(body) * u * 2))]
    return b"[" + body + b"]"


def staleness_ms(strike: Strike | None) -> int:
    """How old the timestamp of a message is made: beyond what receivers allow, by up to an hour."""
    if strike is None or strike.effect is not Effect.STALE:
        return 0
    return SKEW_MS + MINUTE_MS + int(strike.u * HOUR_MS)


def spoilt(headers: dict[str, str], key: Key, strike: Strike | None) -> dict[str, str]:
    """The headers of a signed message, with the signature of another text if it is to be a bad one."""
    if strike is None or strike.effect is not Effect.BAD_SIGNATURE or key.scheme is Scheme.OPEN:
        return headers
    return {**headers, "X-Signature": key.sign(f"fault {strike.name} {strike.u}".encode())}


def after_fault(came: Came, strike: Strike | None) -> Came:
    """What came back for a message that a fault spoilt: unless the peer took it all the same, it was not said."""
    if strike is None or strike.effect not in UNDONE or (came.how == "ok" and strike.effect is not Effect.NEVER):
        return came
    return replace(came, how="failed", said=None, entries=None, error=strike.name)


# ---- what is said to us -----------------------------------------------------------------------------------------------
async def act_out(
    strike: Strike, told: "Problem | Told", scope: Scope, receive: Receive, send: Send, *, live: bool, waits: bool = True
) -> None:  # fmt: skip
    """Answer a request as the fault that struck it has it; `told` is what it would have been answered.

    Without `waits` who asked is not left without an answer but cut off: time stands still until they have given up.
    """
    effect, mark = strike.effect, (b"x-fault", strike.name.encode())
    if effect in (Effect.LOST, Effect.NEVER):
        if waits:
            await _leave_waiting(receive)
        await _reset(scope, receive)
    elif effect is Effect.RESET:
        await _reset(scope, receive)
    elif effect is Effect.OUTAGE:
        problem = Problem(503, "outage", "接口停机（技术故障）", "本批次设定的故障：停机", "稍后重发")
        await respond(send, 503, problem.as_json(), (mark, (b"retry-after", b"60")))
    elif effect is Effect.REFUSED:
        problem = Problem(503, strike.error, "接口报错（技术故障）", "没有进入业务", "稍后重发")
        await respond(send, 503, problem.as_json(), (mark,))
    elif effect is Effect.HTTP_ERROR:
        problem = Problem(strike.status, f"http_{strike.status}", "接口报错（技术故障）", "没有进入业务", "稍后重发")
        await respond(send, strike.status, problem.as_json(), (mark,))
    else:
        if effect in (Effect.SLOW, Effect.LATE) and live:
            await pause(min(strike.delay_ms, MOST_SLOW_MS))
        status, body, headers = (told.status, told.as_json(), ()) if isinstance(told, Problem) else told
        if effect is Effect.MALFORMED:
            body = _broken(body, strike.u)
        await respond(send, status, body, (*headers, mark))


async def _leave_waiting(receive: Receive) -> None:
    """Until the client gives up, or nobody could still be waiting."""
    try:
        async with asyncio.timeout(SILENT_S):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass


async def _reset(scope: Scope, receive: Receive) -> None:
    """Break the connection off, so that the client sees a reset and not an end."""
    transport: Any = scope.get("extensions", {}).get(TRANSPORT, {}).get("transport")
    if transport is None:
        raise ConnectionResetError("fault: the connection is reset")
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:  # who has given up is gone already
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _leave_waiting(receive)  # until the server, too, knows that nobody is there to be answered
