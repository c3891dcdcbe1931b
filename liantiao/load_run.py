"""A load run: sandbox, reference and Locust as processes of this machine, from the first case to the verdict."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final

from liantiao.compose import REFERENCE_SEATS
from liantiao.sandbox_client import ROOT, SandboxRun, SandboxServer
from loadtests.coordinator import Coordinator
from loadtests.settings import OPTIONS, Settings, field_of, variable_of
from sim.clock import Stopwatch

RUN: Final = "load"
PEOPLE: Final = ("buyer", "seller", "clerk")
LOCUSTFILE: Final = ROOT / "loadtests" / "locustfile.py"
LOOK_S: Final = 1.0
STOP_S: Final = 20.0
ROWS_A_CASE: Final = 300
"""More than any case writes: nothing of a load's journal may be let go before it is judged."""
LEAST_ROWS: Final = 2_000_000


class LoadError(Exception):
    """What was asked for cannot be loaded; the message says what, where and what would do."""


@dataclass(frozen=True)
class LoadPlan:
    """What is loaded, and how."""

    settings: Settings
    workers: int
    package: str
    seed: int
    handling: str
    out: Path
    real: Mapping[str, str] = field(default_factory=dict)
    """Seats of real systems with their addresses; none: the reference is started."""
    dialects: Mapping[str, str] = field(default_factory=dict)
    dialect_files: Mapping[str, str] = field(default_factory=dict)
    faults: str = ""
    stock: int = 0
    """How many cases the reference holds from the beginning."""
    port: int = 0
    """Where the sandbox listens: real systems must know it beforehand."""
    reference_faults: tuple[Mapping[str, Any], ...] = ()
    """Faults at the reference's own doors, as `POST …/faults` takes them: how a slow or failing implementation is rehearsed."""


Told = Callable[[str, int, int], None]


@dataclass
class Parts:
    """The processes of a load, while it goes on."""

    sandbox: SandboxServer
    run: SandboxRun
    reference: SandboxServer | None


@contextmanager
def served(plan: LoadPlan) -> Iterator[Parts]:
    """The sandbox with its run, and the reference if no real system is named."""
    rows = max(LEAST_ROWS, plan.settings.cases * ROWS_A_CASE)
    with ExitStack() as stack:
        sandbox = stack.enter_context(
            SandboxServer(plan.out / "sandbox", "--keep-rows", str(rows), "--port", str(plan.port))
        )
        seats = dict(plan.real) or dict.fromkeys(REFERENCE_SEATS, "")
        run = sandbox.create(
            RUN, package=plan.package, seed=plan.seed, cases=max(plan.settings.last, 100), handling=plan.handling,
            office_hours=False, remote={**seats, **dict.fromkeys(PEOPLE, "")}, faults=plan.faults,
            dialects=dict(plan.dialects), dialect_files=dict(plan.dialect_files),
        )  # fmt: skip
        reference = None if plan.real else stack.enter_context(reference_of(plan, run, rows))
        for fault in plan.reference_faults:
            assert reference is not None
            reference.control("POST", f"/runs/{RUN}/faults", dict(fault))
        yield Parts(sandbox, run, reference)


def reference_of(plan: LoadPlan, run: SandboxRun, rows: int = LEAST_ROWS) -> SandboxServer:
    """Our reference, in the package's seats of a run; started again in the same folder, it goes on where it was."""
    joins = ("--seats", "reference", "--sandbox", run.base_url, "--keep-rows", str(rows), "--stock", str(plan.stock))
    return SandboxServer(plan.out / "reference", *joins, token=run.server.token)


class Locust:
    """Locust as one process, or as a master with workers on loopback."""

    def __init__(self, settings: Settings, workers: int, out: Path) -> None:
        self.settings, self.result = settings, Path(settings.result)
        self._logs: list[IO[bytes]] = []
        self._out = out
        environment = {**os.environ, **_variables(settings), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        self._environment = environment
        self.workers: list[subprocess.Popen[bytes]] = []
        if workers == 1:
            self.main = self._start("locust")
            return
        port = _free_port()
        self.main = self._start(
            "master", "--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", str(port),
            "--expect-workers", str(workers),
        )  # fmt: skip
        joins = ("--worker", "--master-host", "127.0.0.1", "--master-port", str(port))
        self.workers = [self._start(f"worker-{n}", *joins) for n in range(1, workers + 1)]

    def _start(self, name: str, *more: str) -> "subprocess.Popen[bytes]":
        log = (self._out / f"{name}.log").open("wb")
        self._logs.append(log)
        headless = () if "--worker" in more else ("--headless", "--only-summary", "--exit-code-on-error", "0")
        command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *headless, *more]
        return subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def is_over(self, within_s: float) -> bool:
        """Wait a little; whether Locust has ended."""
        try:
            self.main.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End all processes; the main one leaves what it has measured."""
        for process in (self.main, *self.workers):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in self._logs:
            log.close()

    def told(self) -> dict[str, Any]:
        """What was measured; nothing, and incomplete, when Locust left nothing."""
        if not self.result.is_file():
            said = (self._out / ("master.log" if self.workers else "locust.log")).read_text(errors="replace")
            return nothing_measured(self.settings, f"Locust 没有留下结果：{said[-300:].strip() or '还没有启动完'}")
        found: dict[str, Any] = json.loads(self.result.read_text(encoding="utf-8"))
        return found


def nothing_measured(settings: Settings, why: str) -> dict[str, Any]:
    """What is told of a load that ended before anything was measured."""
    told = Coordinator(settings, None).result()
    return {**told, "over": why, "complete": False, "begun_ms": told["ended_ms"]}


def _variables(settings: Settings) -> dict[str, str]:
    return {variable_of(name): str(getattr(settings, field_of(name))) for name, _, _ in OPTIONS}


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def play(
    plan: LoadPlan, parts: Parts, tell: Told, each_second: Callable[[Locust], None] = lambda locust: None
) -> dict[str, Any]:
    """Load what is served until all cases are over or somebody interrupts; returns what Locust measured."""
    settings = replace(
        plan.settings, run_url=parts.run.base_url, token=parts.sandbox.token, result=str(plan.out / "locust.json")
    )
    locust, watch, interrupted = Locust(settings, plan.workers, plan.out), Stopwatch(), False
    try:
        while not locust.is_over(LOOK_S):
            each_second(locust)
            about = parts.run.control("GET", "")
            tell("负载", min(about["cases_ended"], settings.cases), settings.cases)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        locust.stop()
    told = locust.told()
    told["seconds_in_all"] = round(watch.seconds, 1)
    if interrupted:
        told["over"], told["complete"] = "被人中断（Ctrl-C）", False
    return told
