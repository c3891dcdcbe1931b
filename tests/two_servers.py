"""A sandbox and its reference as two real processes that reach each other over HTTP, as in two terminals."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]
TOKEN = "two-servers"
RUN = "joint"
SEATS = ("portal", "registry", "hub", "local_hub")
LONGEST_S = 1_800


@dataclass(frozen=True, slots=True)
class Server:
    """One process, asked over its control API."""

    address: str
    folder: Path
    pid: int

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the control API answers; a refusal is raised with its text."""
        head = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.address + path, data, head, method=method), timeout=LONGEST_S) as response:
                return json.load(response)
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None


@dataclass(frozen=True, slots=True)
class Two:
    """The two processes, with one run between them."""

    sandbox: Server
    reference: Server

    def about(self) -> dict[str, Any]:
        """What the sandbox tells of the run."""
        told: dict[str, Any] = self.sandbox.ask("GET", f"/runs/{RUN}")
        return told

    def begin(self, first: int, last: int, **more: Any) -> None:
        """People apply in these cases."""
        self.sandbox.ask("POST", f"/runs/{RUN}/cases", {"first": first, "last": last, **more})

    def play(self, first: int, last: int, *, at_arrival: bool = False) -> dict[str, Any]:
        """People apply in these cases, and time passes until all of them have ended."""
        self.begin(first, last, at_arrival=at_arrival)
        self.sandbox.ask("POST", f"/runs/{RUN}/clock/advance", {"until_over": True})
        return self.about()

    def journals(self) -> tuple[Path, Path]:
        """Where the two journals lie: the sandbox's and the reference's."""
        at = Path("runs") / RUN / "journal.db"
        return self.sandbox.folder / at, self.reference.folder / at


@contextmanager
def two_servers(
    folder: Path, *, cores: Sequence[int] | None = None, profile: str = "", root: Path = ROOT, **new: Any
) -> Iterator[Two]:
    """Both processes with a run of these settings (`NewRun`); `cores` pins one to each, `profile` names a folder for
    what each did with its time, `root` holds the code and the scenarios they run."""
    with ExitStack() as stack:
        first = stack.enter_context(_server(folder / "sandbox", (), cores and cores[0], profile, root))
        first.ask("POST", "/runs", {"name": RUN, "remote": dict.fromkeys(SEATS, ""), **new})
        joins = ("--seats", "reference", "--sandbox", f"{first.address}/runs/{RUN}")
        second = stack.enter_context(_server(folder / "reference", joins, cores and cores[-1], profile, root))
        yield Two(first, second)


@contextmanager
def _server(folder: Path, more: Sequence[str], core: int | None, profile: str, root: Path) -> Iterator[Server]:
    watched = ("-m", "cProfile", "-o", str(Path(profile) / f"{folder.name}.prof")) if profile else ()
    pinned = () if core is None else ("taskset", "-c", str(core))
    command = [
        *pinned,
        sys.executable,
        *watched,
        "-m",
        "liantiao",
        "serve",
        "--port",
        "0",
        "--data",
        str(folder),
        *more,
    ]
    surroundings = os.environ | {"LIANTIAO_TOKEN": TOKEN, "PYTHONPATH": str(root), "LIANTIAO_DEBUG": "1"}
    with subprocess.Popen(command, cwd=root, env=surroundings, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http://" in line, f"{' '.join(command)} said {line!r}"
            server = Server(line.split()[-1], folder, process.pid)
            server.ask("GET", "/runs")
            yield server
        finally:
            process.send_signal(signal.SIGINT if profile else signal.SIGTERM)
