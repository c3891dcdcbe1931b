"""Bytes in and out of an ASGI connection, within limits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from itertools import chain
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

MOST_BYTES: Final = 1 << 20
"""A body may have so many bytes."""
MOST_HEADER_BYTES: Final = 16 << 10
"""All headers together may have so many bytes."""
MOST_HEADERS: Final = 100
"""There may be so many headers."""
MOST_ADDRESS_BYTES: Final = 8 << 10
"""Path and query may have so many bytes."""
MOST_READ_BYTES: Final = 16 << 20
"""Of a body that is too large, so many bytes are read before it is refused."""
SLOWEST_S: Final = 10.0
"""How long a client may take to send its body."""
JSON: Final = (b"content-type", b"application/json; charset=utf-8")


class WireError(Exception):
    """A request that is not read to its end: status, code, title and next step; `closes` says that the connection ends."""

    def __init__(self, status: int, error: str, title: str, next_step: str) -> None:
        super().__init__(title)
        self.status, self.error, self.title, self.next_step = status, error, title, next_step
        self.closes = status != NO_CLOSE


NO_CLOSE: Final = 431
TOO_LARGE = (413, "body_too_large", f"报文超过 {MOST_BYTES >> 20} MiB", "拆分后重新提交")
TOO_SLOW = (408, "too_slow", f"报文在 {SLOWEST_S:.0f} 秒内没有收完", "检查网络后重新提交")
HEADERS_TOO_LARGE = (
    431,
    "headers_too_large",
    f"请求头超过 {MOST_HEADER_BYTES >> 10} KiB 或 {MOST_HEADERS} 个",
    "减少请求头",
)
ADDRESS_TOO_LONG = (414, "uri_too_long", f"路径与查询超过 {MOST_ADDRESS_BYTES >> 10} KiB", "缩短路径与查询")
GONE = (400, "client_gone", "对方中途断开", "重新提交")


async def read_body(receive: Receive, headers: Headers = ()) -> bytes:
    """The whole body. Raises WireError when it is too large, too slow, or cut off.

    What is too large is still read up to MOST_READ_BYTES, so that the caller hears the answer and no broken pipe.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        if len(body) > MOST_BYTES:
            raise WireError(*TOO_LARGE)
        return body
    if message["type"] == "http.disconnect":
        raise WireError(*GONE)
    if _announced(headers) > MOST_READ_BYTES:
        raise WireError(*TOO_LARGE)
    try:
        async with asyncio.timeout(SLOWEST_S):
            return await _read_on(receive, body)
    except TimeoutError:
        raise WireError(*TOO_SLOW) from None


async def _read_on(receive: Receive, first: bytes) -> bytes:
    parts, size, more = [first], len(first), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise WireError(*GONE)
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > MOST_READ_BYTES:
            raise WireError(*TOO_LARGE)
        if size <= MOST_BYTES:
            parts.append(part)
        more = bool(message.get("more_body"))
    if size > MOST_BYTES:
        raise WireError(*TOO_LARGE)
    return b"".join(parts)


def _announced(headers: Headers) -> int:
    length = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(length) if length.isdigit() and len(length) < 20 else 0


def check_head(scope: Scope) -> None:
    """Raise WireError when the address or the headers are too large."""
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(map(len, chain.from_iterable(headers))) > MOST_HEADER_BYTES:
        raise WireError(*HEADERS_TOO_LARGE)
    if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_ADDRESS_BYTES:
        raise WireError(*ADDRESS_TOO_LONG)


async def respond(send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Send a whole answer, of JSON unless its first header says what it is."""
    length = (b"content-length", str(len(body)).encode())
    said = [] if headers and headers[0][0] == JSON[0] else [JSON]
    await send({"type": "http.response.start", "status": status, "headers": [*said, length, *headers]})
    await send({"type": "http.response.body", "body": body})
