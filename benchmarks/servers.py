"""Servers to be measured, each a process of its own on one core."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

TOKEN = "benchmark"


@contextmanager
def process(command: list[str], core: int | None, port: int, ready: str = "/") -> Iterator[subprocess.Popen[bytes]]:
    """A server process held to one core, until it answers on its port; killed in the end."""
    pinned = ["taskset", "-c", str(core), *command] if core is not None else command
    server = subprocess.Popen(pinned, stdout=subprocess.DEVNULL, start_new_session=True,
                              env=os.environ | {"PYTHONPATH": os.getcwd()})  # fmt: skip
    try:
        _await(f"http://127.0.0.1:{port}{ready}", server)
        yield server
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # with what it started itself
        server.wait()


def _await(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                raise RuntimeError(f"{server.args} ended with {server.wait(timeout=0.05)}") from None
    raise RuntimeError(f"{url} does not answer")


@contextmanager
def sandbox(port: int, core: int | None, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`liantiao serve` with these options, its data in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as data:
        main = "from liantiao.cli import main; main()"
        serve = ["serve", "--port", str(port), "--data", data, "--token", TOKEN, *options]
        with process([sys.executable, "-c", main, *serve], core, port) as server:
            yield server


def control(port: int, method: str, path: str, body: Any = None) -> Any:
    """A call to the control API."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers, method=method)
    with urllib.request.urlopen(call, timeout=600) as response:
        return json.loads(response.read())


def cpu_ms(server: "subprocess.Popen[bytes]") -> float:
    """Processor time of a process so far, in milliseconds."""
    with open(f"/proc/{server.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / os.sysconf("SC_CLK_TCK")
