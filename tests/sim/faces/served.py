"""A sandbox server as a process of its own, for tests that speak with it over HTTP."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from liantiao.directory import directory

TOKEN = "a-token-of-tests"
DIRECTORY = directory()


class Served:
    """Where a server is, and its process."""

    def __init__(self, address: str, process: "subprocess.Popen[str]") -> None:
        self.address, self.process = address, process
        self.host, self.port = str(urlsplit(address).hostname), int(urlsplit(address).port or 0)

    def ask(
        self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own: (status, headers by lower-case name, body)."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the control API, which must be granted."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        status, _, raw = self.ask(method, path, None if body is None else json.dumps(body).encode(), headers)
        assert status in (200, 201), raw.decode()
        return json.loads(raw)

    def run_for(self, seat: str, **more: Any) -> str:
        """A run in which everybody but `seat` is elsewhere, so that anybody may speak to it."""
        remote = {each: "" for each in DIRECTORY.seats if each != seat}
        name = seat.replace("_", "-")
        how = {"pace": "stepped", "start_ms": 1_709_600_400_000, "handling": "instant", "office_hours": False} | more
        self.control("POST", "/runs", {"name": name, "cases": 300, "remote": remote} | how)
        return name


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """A server, stopped at the end."""
    command = [
        sys.executable,
        "-m",
        "liantiao",
        "serve",
        "--port",
        "0",
        "--data",
        str(folder),
        "--pace",
        "stepped",
        *options,
    ]
    environment = os.environ | {"LIANTIAO_TOKEN": TOKEN}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=(folder.parent / "stderr").open("w"), text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("联调沙箱 "), (folder.parent / "stderr").read_text()
            yield Served(line.split()[1], process)
        finally:
            process.terminate()
            process.wait(30)
