"""The connection's own limits: a client that sends no whole request head in time, or reads no answer, is let go."""

import json
from asyncio import AbstractEventLoop, Transport
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sim.faces.acting import TRANSPORT
from sim.faces.wire import MOST_ADDRESS_BYTES, MOST_HEADER_BYTES, SLOWEST_S

LOOK_EVERY_S: Final = 5.0
MOST_LOOKS: Final = 6
"""An answer of which the client takes nothing at so many looks in a row is given up."""
MUCH_BYTES: Final = 65_536
MOST_HEAD_BYTES: Final = 2 * (MOST_HEADER_BYTES + MOST_ADDRESS_BYTES)


class _OnePacket:
    """A transport on which what is written within one turn of the loop leaves together, with the next, unless it is much.

    uvicorn writes the head and the body of an answer apart. Each would be a packet of its own and wake the other side.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._loop, self._parts, self._bytes = transport, loop, list[bytes](), 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, part: bytes) -> None:
        """Leaves with whatever else is written now; at once when it is much, so that the writer hears when to pause."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(part)
        self._bytes += len(part)
        if self._bytes > MUCH_BYTES:
            self._flush()

    def close(self) -> None:
        """Once everything written has left."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()
        self._bytes = 0


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a time-out for request heads. One timer serves a connection, not each request."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.in_head, self.head_bytes, self.head_since = True, 0, self.loop.time()
        self._unread = self._looks = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Somebody is at the door."""
        super().connection_made(cast(Transport, _OnePacket(transport, self.loop)))
        self.loop.call_later(LOOK_EVERY_S, self._look)

    def on_message_begin(self) -> None:
        """A request begins; it is handed the connection, for faults that reset it."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}
        self.in_head, self.head_bytes, self.head_since = True, 0, self.loop.time()

    def on_headers_complete(self) -> None:
        """The head of a request is there."""
        self.in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Bytes have come; a head that has no end is refused."""
        super().data_received(data)
        if self.in_head and not self.transport.is_closing():
            self.head_bytes += len(data)
            if self.head_bytes > MOST_HEAD_BYTES:
                self._refuse(431, "headers_too_large", "请求头过大", "减少请求头，缩短路径与查询")

    def on_response_complete(self) -> None:
        """An answer has gone; the time for the next head starts with its first byte, keep-alive has limits of its own."""
        super().on_response_complete()
        self.head_since = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP."""
        self._refuse(400, "not_http", "不是有效的 HTTP 请求", "核对请求行、请求头与正文长度")

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        waiting = self.in_head or self.cycle is None
        if waiting and self.loop.time() - self.head_since >= SLOWEST_S:
            self._refuse(408, "too_slow", f"{SLOWEST_S:.0f} 秒内没有收完请求头", "检查网络后重新提交")
            return
        unread = self.transport.get_write_buffer_size()
        self._looks = self._looks + 1 if unread and unread == self._unread else 0
        self._unread = unread
        if self._looks >= MOST_LOOKS:
            self.transport.abort()
            return
        self.loop.call_later(LOOK_EVERY_S, self._look)

    def _refuse(self, status: int, error: str, title: str, next_step: str) -> None:
        told = {"error": error, "title": title, "detail": "", "next_step": next_step, "fields": [], "basis": []}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        head = b"content-type: application/json; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head % len(body) + body)
        self.transport.close()
