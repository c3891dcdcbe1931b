"""A server without a socket: requests go straight into its application, on an event loop of the test's own."""

import asyncio
import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from liantiao.serving.keeper import Keeping
from liantiao.serving.server import First, Server
from sim.faces.control.shapes import NewRun

TOKEN = "t"


@dataclass(frozen=True)
class Answer:
    """What was answered; status 0 for a connection that was reset."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def told(self) -> Any:
        """The body as JSON."""
        return json.loads(self.raw)

    @property
    def fault(self) -> str:
        """The fault that was acted out on it."""
        return self.headers.get("x-fault", "reset" if not self.status else "")


class InProcess:
    """A server that can be asked, stopped in an orderly way or dropped, and opened again."""

    def __init__(self, folder: Path, first: NewRun, keeping: Keeping | None = None) -> None:
        self.folder, self.first, self.keeping = folder, first, keeping
        self.loop = asyncio.new_event_loop()
        self.server: Server
        self.open()

    def open(self) -> None:
        """Open what is in the folder."""
        self.server = Server(self.folder, TOKEN, "http://127.0.0.1:1", First(self.first), self.keeping)
        self.loop.run_until_complete(self.server.open())

    def stop(self, *, orderly: bool) -> None:
        """Close as at an orderly end, or so that only the journal is left of what was since the last snapshot."""
        if orderly:
            self.loop.run_until_complete(self.server.close())
            return
        for hosted in self.server.keeper.runs.values():
            self.loop.run_until_complete(hosted.host.close())
            hosted.reads.close()
            hosted.host.file.close()
        self.loop.run_until_complete(self.server.out.close())

    def end(self) -> None:
        """Nothing is asked any more."""
        self.stop(orderly=False)
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def durable(self, run: str) -> None:
        """Wait until all that a run has written is on disk."""

        async def wait() -> None:
            await self.server.keeper.runs[run].host.file.durable()

        self.loop.run_until_complete(wait())

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        """One request; `body` is bytes as they are, or a JSON value."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {
            "authorization": f"Bearer {TOKEN}",
            "content-type": "application/json",
            "content-length": str(len(raw)),
        }
        given |= {name.replace("_", "-"): value for name, value in headers.items() if value}
        return self.loop.run_until_complete(self._ask(method, target, raw, given))

    async def _ask(self, method: str, target: str, raw: bytes, headers: dict[str, str]) -> Answer:
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 2), "server": ("127.0.0.1", 1),
        }  # fmt: skip
        coming = [{"type": "http.request", "body": raw, "more_body": False}]
        said: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return coming.pop() if coming else {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            said.append(message)

        try:
            await self.server.app(scope, receive, send)
        except ConnectionResetError:
            return Answer(0, {}, b"")
        found = {name.decode(): value.decode("latin-1") for name, value in said[0]["headers"]}
        return Answer(said[0]["status"], found, b"".join(each.get("body", b"") for each in said[1:]))
