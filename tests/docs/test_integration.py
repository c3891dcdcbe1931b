"""`docs/integration.md` does what it says: its commands are run, as they stand, against a real server."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liantiao.sandbox_client import ROOT, SandboxRun, SandboxServer

TEXT = (ROOT / "docs" / "integration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh ?([\w-]*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


TWO_WAYS_ON = re.findall(r"^```python\n(def test_two_ways_on\(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands(*sorts: str) -> list[str]:
    return [text for sort, text in BLOCKS if sort in sorts]


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """A shell in which `liantiao` is this repository's."""
    program = tmp_path / "bin" / "liantiao"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m liantiao "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "no_proxy": "*", **more}


def shell(text: str, known: dict[str, str]) -> str:
    """Run commands one after the other; the first that fails (a `grep` that finds nothing too) fails the test."""
    ran = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", text], env=known, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-4_000:] + ran.stderr[-4_000:]
    return ran.stdout


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return str(door.getsockname()[1])


def test_one_case_with_curl_alone(sandbox_server: SandboxServer, tmp_path: Path) -> None:
    port = sandbox_server.url.rpartition(":")[2]
    known = environment(tmp_path, LIANTIAO_TOKEN=sandbox_server.token, PORT=port)
    has_faults = "/runs/{run}/faults" in sandbox_server.control("GET", "/control/openapi.json")["paths"]
    sorts = ("", "faults") if has_faults else ("",)
    said = shell("\n".join(commands(*sorts)), known)
    assert "清分入库" in said
    assert "用电过户" in said


def test_the_example_of_going_back_to_a_snapshot(sandbox: SandboxRun) -> None:
    (example,) = TWO_WAYS_ON
    known: dict[str, Callable[[SandboxRun], None]] = {}
    exec(example, known)  # type: ignore[arg-type]
    known["test_two_ways_on"](sandbox)


@contextmanager
def serving(command: str, known: dict[str, str]) -> Iterator[None]:
    """A `liantiao serve` of the document, from the moment it says where it is."""
    text = command.replace("liantiao serve", "exec liantiao serve")
    process = subprocess.Popen(["bash", "-euc", text], env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().decode().startswith("联调沙箱")
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_the_first_terminal(tmp_path: Path) -> None:
    known = environment(tmp_path, LIANTIAO_TOKEN="t", PORT=free_port(), DATA=str(tmp_path / "data"))
    (command,) = commands("server")
    with serving(command, known):
        told = shell('curl -sS "http://127.0.0.1:$PORT/runs" -H "Authorization: Bearer t"', known)
    assert '"name":"demo"' in told


@pytest.mark.slow
def test_two_terminals_with_fewer_cases(tmp_path: Path) -> None:
    known = environment(
        tmp_path, LIANTIAO_TOKEN="t", PORT=free_port(), PORT2=free_port(), DATA=str(tmp_path / "data"), CASES="5"
    )
    sandbox, reference, play = commands("two-terminals")
    with serving(sandbox, known), serving(reference, known):
        asked = 'until curl -sS "http://127.0.0.1:$PORT/runs/demo" -H "Authorization: Bearer t" | grep -q "$PORT2"; do :; done'
        shell(asked, known)
        told = shell(play, known)
    assert '"stop":"over"' in told, told
    assert '"cases_finished":5' in told
