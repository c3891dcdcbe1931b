"""A real server, on a real socket, and a peer that answers as it is told, both on the test's own event loop."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn

from liantiao.serving.server import First, Server
from sim.faces.control.shapes import NewRun
from sim.faces.protocol import GuardedProtocol

TOKEN = "t"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
START_MS = 1_732_066_200_000  # 2024-11-20 09:30


class Served:
    """A server and a client of its control API."""

    def __init__(self, server: Server, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session
        self.url = server.address
        self.port = int(server.address.rpartition(":")[2])

    @property
    def run(self) -> Any:
        return self.server.keeper.runs["demo"].run

    @property
    def host(self) -> Any:
        return self.server.keeper.runs["demo"].host

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer of `/runs/demo<path>`."""
        url = f"{self.url}/runs/demo{path}"
        async with self.session.request(method, url, json=body, headers=HEADERS) as response:
            return response.status, json.loads(await response.read())

    async def ok(self, method: str, path: str, body: Any = None) -> Any:
        status, told = await self.ask(method, path, body)
        assert status in (200, 201), told
        return told

    async def rows(self, query: str = "") -> list[dict[str, Any]]:
        rows = (await self.ok("GET", f"/journal?limit=1000&masked=0&{query}"))["rows"]
        for row in rows:
            row["answered"] = row["answered"] or {}
        return rows


@asynccontextmanager
async def served(folder: Path, sandbox: str = "", seats: tuple[str, ...] = (), **plan: Any) -> AsyncIterator[Served]:
    """A server of its own with a stepped run `demo`, or the one that takes `seats` in a sandbox elsewhere."""
    door = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    new = NewRun(**{"name": "demo", "pace": "stepped", "start_ms": START_MS, "cases": 200, **plan})
    server = Server(folder, TOKEN, address, First(new, seats, (sandbox,) if sandbox else ()))
    config = uvicorn.Config(
        server.app, log_level="warning", access_log=False, http=GuardedProtocol, timeout_graceful_shutdown=1
    )
    listening = uvicorn.Server(config)
    listening.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    task = asyncio.create_task(listening.serve(sockets=[door]))
    async with aiohttp.ClientSession() as session:
        yield_to = Served(server, session)
        while not listening.started:
            assert not task.done(), task.exception()
            await asyncio.sleep(0.01)
        try:
            yield yield_to
        finally:
            listening.should_exit = True
            await task


Answering = Callable[[int, "Said"], bytes | str]


class Said:
    """One request a peer got."""

    def __init__(self, line: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, _ = line.split(" ", 2)
        self.headers, self.body = headers, body


class Peer:
    """A small HTTP server that keeps what it gets. `answer(n, said)` gives the bytes of the n-th answer, from 1, or what to
    do instead: "hang", "reset", or "wait" until told to go on and then say yes."""

    def __init__(self, answer: Answering) -> None:
        self.answer, self.got = answer, list[Said]()
        self.came, self.go_on = asyncio.Event(), asyncio.Event()
        self._more = asyncio.Condition()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
            said = Said(head[0], headers, await reader.readexactly(int(headers.get("content-length", 0))))
            self.got.append(said)
            what = self.answer(len(self.got), said)
            self.came.set()
            async with self._more:
                self._more.notify_all()
            if what == "hang":
                await reader.read()
            elif what == "wait":
                await self.go_on.wait()
                writer.write(http(200))
            elif what == "reset":
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
            else:
                assert isinstance(what, bytes)
                writer.write(what)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def has(self, n: int) -> None:
        """Wait until it got so many."""
        async with self._more:
            await asyncio.wait_for(self._more.wait_for(lambda: len(self.got) >= n), 60)


@asynccontextmanager
async def peer(answer: Answering) -> AsyncIterator[tuple[Peer, str]]:
    """A peer and its address."""
    one = Peer(answer)
    server = await asyncio.start_server(one._serve, "127.0.0.1", 0)
    try:
        yield one, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def http(status: int, body: bytes = b"{}") -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
