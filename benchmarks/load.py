"""A load generator that costs little: prebuilt requests over kept connections, one after the other on each."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter


@dataclass
class Answers:
    """What came back: answers by status, and the seconds each took."""

    statuses: dict[int, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    last: bytes = b""

    def quantile_ms(self, q: float) -> float:
        """The q-th quantile of the times, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))] * 1_000 if ordered else 0.0


class Connection(asyncio.Protocol):
    """One kept connection. It asks for the next request when the answer to the last is complete."""

    def __init__(self, source: Iterator[tuple[float, bytes]], answers: Answers) -> None:
        self.source, self.answers = source, answers
        self.transport: asyncio.Transport
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self.source, None)
        if request is None:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        due, raw = request
        now = perf_counter()
        if due > now:
            asyncio.get_running_loop().call_later(due - now, self._send, due, raw)
        else:
            self._send(due or now, raw)

    def _send(self, due: float, raw: bytes) -> None:
        self.sent_at = due
        self.transport.write(raw)

    def data_received(self, data: bytes) -> None:
        """Count an answer once its body is complete."""
        self.buffer = self.buffer + data if self.buffer else data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length: ")
        if at >= 0:
            length = int(head[at + 16 :].partition(b"\r\n")[0])
            if len(self.buffer) < end + 4 + length:
                return
        elif b"transfer-encoding: chunked" in head and not self.buffer.endswith(b"0\r\n\r\n"):
            return
        status = int(self.buffer[9:12])
        self.answers.statuses[status] = self.answers.statuses.get(status, 0) + 1
        self.answers.seconds.append(perf_counter() - self.sent_at)
        if status >= 300 or not self.answers.last:
            self.answers.last = self.buffer
        self.buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """A connection that breaks counts as an answer of status 0."""
        if not self.done.done():
            self.answers.statuses[0] = self.answers.statuses.get(0, 0) + 1
            self.done.set_result(None)


async def fire(port: int, requests: Iterable[bytes], connections: int, per_second: float = 0) -> tuple[float, Answers]:
    """Send all requests, as fast as they are answered or at a steady rate; (seconds, answers).

    At a steady rate a time counts from when the request was due, so that a stall is not hidden by what waits for it.
    """
    answers = Answers()
    start = perf_counter()
    gap = 1 / per_second if per_second else 0.0
    source = ((start + at * gap if gap else 0.0, raw) for at, raw in enumerate(requests))
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Connection(source, answers), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    return perf_counter() - start, answers


def request(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of one HTTP/1.1 request."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    head += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
