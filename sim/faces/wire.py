"""Bytes in and out of an ASGI connection, within limits."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES: Final = 1 << 20
"""A body may have so many bytes."""
MOST_HEADER_BYTES: Final = 16 << 10
"""All headers together may have so many bytes."""
SLOWEST_S: Final = 10.0
"""How long a client may take to send its body."""
JSON: Final = (b"content-type", b"application/json; charset=utf-8")


class WireError(Exception):
    """A request that is not read to its end: status, code, title and next step."""

    def __init__(self, status: int, error: str, title: str, next_step: str) -> None:
        super().__init__(title)
        self.status, self.error, self.title, self.next_step = status, error, title, next_step


TOO_LARGE = (413, "body_too_large", f"报文超过 {MOST_BYTES >> 20} MiB", "拆分后重新提交")
TOO_SLOW = (408, "too_slow", f"报文在 {SLOWEST_S:.0f} 秒内没有收完", "检查网络后重新提交")
HEADERS_TOO_LARGE = (431, "headers_too_large", f"请求头超过 {MOST_HEADER_BYTES >> 10} KiB", "减少请求头")
GONE = (400, "client_gone", "对方中途断开", "重新提交")


async def read_body(receive: Receive) -> bytes:
    """The whole body. Raises WireError when it is too large, too slow, or never ends."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > MOST_BYTES:
            raise WireError(*TOO_LARGE)
        return body
    try:
        async with asyncio.timeout(SLOWEST_S):
            return await _read_on(receive, body)
    except TimeoutError:
        raise WireError(*TOO_SLOW) from None


async def _read_on(receive: Receive, first: bytes) -> bytes:
    parts, size = [first], len(first)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise WireError(*GONE)
        part: bytes = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise WireError(*TOO_LARGE)
        if not message.get("more_body"):
            return b"".join(parts)


def check_headers(headers: list[tuple[bytes, bytes]]) -> None:
    """Raise WireError when the headers are too large."""
    size = 0
    for name, value in headers:
        size += len(name) + len(value)
    if size > MOST_HEADER_BYTES:
        raise WireError(*HEADERS_TOO_LARGE)


async def respond(send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Send a whole JSON answer."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [JSON, length, *headers]})
    await send({"type": "http.response.body", "body": body})
