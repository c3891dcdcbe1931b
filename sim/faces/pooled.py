"""A pooled HTTP/1.1 client for calls to remote seats: what a call needs and nothing else.

It keeps connections, has a time limit for the whole of a call and limits for what comes back, and speaks TLS. It follows no
redirect, keeps no cookie and unpacks nothing: a seat is reached where its address says, and its answer is kept as it came.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast
from urllib.parse import quote, unquote, urlsplit

import httptools

IDLE_S: Final = 20.0
"""A connection that has been idle for longer is not used again: its peer may be about to close it."""
MOST_IDLE: Final = 128
"""So many idle connections are kept for one peer."""
MOST_BYTES: Final = 16 << 20
"""An answer may have so many bytes, its head included."""
SAFE: Final = "!$%&'()*+,;=:@/-._~"
AGAIN: Final = frozenset({"GET", "PUT", "DELETE"})
"""Methods that are said once more when a kept connection turns out to be closed."""


class UnreachableError(Exception):
    """No connection could be made."""


class BrokenError(Exception):
    """The connection broke, or what came back is no answer."""


class Answer(NamedTuple):
    """What a peer answered; headers by lower-case name."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class Peer:
    """Where an address leads: host and port, the path calls are below, and the connections kept there."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"no HTTP address: {address}")
        self.host, self.tls = parts.hostname, parts.scheme == "https"
        self.port = parts.port or (443 if self.tls else 80)
        self.path = quote(parts.path.rstrip("/"), safe=SAFE)
        name = self.host if ":" not in self.host else f"[{self.host}]"
        self.lines = f"Host: {name.encode('idna').decode()}{f':{parts.port}' if parts.port else ''}\r\n"
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self.lines += f"Authorization: Basic {b64encode(secret.encode()).decode()}\r\n"
        self.idle: list[Connection] = []


class Connection(asyncio.Protocol):
    """One connection, with at most one call on it."""

    def __init__(self, peer: Peer, loop: asyncio.AbstractEventLoop) -> None:
        self.peer, self.loop = peer, loop
        self.parser = httptools.HttpResponseParser(self)
        self.transport: asyncio.Transport
        self.answer: asyncio.Future[Answer] | None = None
        self.idle_since = 0.0
        self._begin()

    def _begin(self) -> None:
        self.size = 0
        self.headers: dict[bytes, bytes] = {}
        self.parts: list[bytes] = []
        self.headed = self.complete = self.stray = self.kept = False

    def say(self, request: bytes, within_s: float) -> "asyncio.Future[Answer]":
        """Send a request; the future fails with TimeoutError or BrokenError."""
        self._begin()
        self.answer = answer = self.loop.create_future()
        self.limit = self.loop.call_later(max(0.0, within_s), self._fail, TimeoutError())
        self.transport.write(request)
        return answer

    def abort(self) -> None:
        """Break it off: nobody waits for what may still come."""
        self._fail(BrokenError())

    # ---- the transport's calls ----------------------------------------------------------------------------------------
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one without being derived from it

    def data_received(self, data: bytes) -> None:
        """A part of an answer has come."""
        self.size += len(data)
        if self.answer is None or self.size > MOST_BYTES:
            self._fail(BrokenError())
            return
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(BrokenError())
            return
        if self.complete:
            self._finish(self.kept and not self.stray)

    def connection_lost(self, error: Exception | None) -> None:
        """The peer has closed, which ends an answer that says no length."""
        unframed = b"content-length" not in self.headers and b"transfer-encoding" not in self.headers
        if self.answer is not None and error is None and self.headed and unframed:
            self._finish(keep=False)
        else:
            self._fail(BrokenError())
        if self in self.peer.idle:
            self.peer.idle.remove(self)

    # ---- the parser's calls -------------------------------------------------------------------------------------------
    def on_message_begin(self) -> None:
        """An answer begins; more than one to a request is one too many."""
        self.stray = self.complete

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """The head is there; only now does the parser know whether the connection is to be kept."""
        self.headed, self.kept = True, self.parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self.parts.append(body)

    def on_message_complete(self) -> None:
        """The answer is there, unless it only says that there will be one."""
        if self.parser.get_status_code() < 200:
            self.headers, self.headed = {}, False
        elif not self.complete:
            self.complete, self.status = True, self.parser.get_status_code()

    # ---- ends -----------------------------------------------------------------------------------------------------------
    def _finish(self, keep: bool) -> None:
        answer, self.answer = self.answer, None
        assert answer is not None
        self.limit.cancel()
        idle = self.peer.idle
        if keep and len(idle) < MOST_IDLE:
            self.idle_since = self.loop.time()
            idle.append(self)
        else:
            self.transport.close()
        if not answer.done():
            status = self.status if self.complete else self.parser.get_status_code()
            answer.set_result(Answer(status, self.headers, b"".join(self.parts)))

    def _fail(self, error: Exception) -> None:
        answer, self.answer = self.answer, None
        self.transport.abort()
        if answer is not None:
            self.limit.cancel()
            if not answer.done():
                answer.set_exception(error)


class Pool:
    """Connections to all peers, for one event loop."""

    def __init__(self) -> None:
        self.peers: dict[str, Peer] = {}
        self._context: ssl.SSLContext | None = None

    def peer(self, address: str) -> Peer:
        """Where an address leads. Raises ValueError if it is none."""
        known = self.peers.get(address)
        if known is None:
            known = self.peers[address] = Peer(address)
            same = (known.host, known.port, known.tls)
            known.idle = next((p.idle for p in self.peers.values() if (p.host, p.port, p.tls) == same), known.idle)
        return known

    async def ask(
        self, peer: Peer, method: str, target: str, headers: Mapping[str, str], body: bytes, within_s: float
    ) -> Answer:
        """Say one thing; `target` is path and query as they go out. Raises TimeoutError, UnreachableError, BrokenError."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        length = f"Content-Length: {len(body)}\r\n" if body or method != "GET" else ""
        request = f"{method} {target} HTTP/1.1\r\n{peer.lines}{lines}{length}\r\n".encode("latin-1") + body
        kept = self._kept(peer, loop)
        if kept is not None:
            try:
                return await self._say(kept, request, within_s)
            except BrokenError:
                if method not in AGAIN or kept.size:
                    raise
        return await self._say(await self._connect(peer, loop, until), request, until - loop.time())

    async def _say(self, connection: Connection, request: bytes, within_s: float) -> Answer:
        try:
            return await connection.say(request, within_s)
        except asyncio.CancelledError:
            connection.abort()
            raise

    def _kept(self, peer: Peer, loop: asyncio.AbstractEventLoop) -> Connection | None:
        """The connection used last, if it may still be good."""
        while peer.idle:
            connection = peer.idle.pop()
            if loop.time() - connection.idle_since <= IDLE_S and not connection.transport.is_closing():
                return connection
            connection.transport.close()
        return None

    async def _connect(self, peer: Peer, loop: asyncio.AbstractEventLoop, until: float) -> Connection:
        more: dict[str, Any] = {"ssl": self._tls(), "server_hostname": peer.host} if peer.tls else {}
        try:
            async with asyncio.timeout(until - loop.time()):
                _, made = await loop.create_connection(lambda: Connection(peer, loop), peer.host, peer.port, **more)
        except TimeoutError:
            raise
        except OSError as error:  # ssl.SSLError and socket.gaierror among them
            raise UnreachableError(str(error)) from None
        return made

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def close(self) -> None:
        """Close what is idle."""
        for peer in self.peers.values():
            while peer.idle:
                peer.idle.pop().transport.close()
