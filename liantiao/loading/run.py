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
from liantiao.loading.processes import watched
from liantiao.loading.real import missing_of
from liantiao.sandbox_client import ROOT, SandboxRun, SandboxServer
from loadtests.coordinator import Coordinator
from loadtests.settings import OPTIONS, Settings, field_of, variable_of
from sim.clock import Stopwatch
from sim.plain import PlainError
from sim.runs.scale import Handling

RUN: Final = "load"
PEOPLE: Final = ("buyer", "seller", "clerk")
LOCUSTFILE: Final = ROOT / "loadtests" / "locustfile.py"
LOOK_S: Final = 1.0
STOP_S: Final = 20.0
ROWS_A_CASE: Final = 300
"""More than any case writes: nothing of a load's journal may be let go before it is judged."""
LEAST_ROWS: Final = 2_000_000
FEW_CASES: Final = 1_000
MANY_CASES_TERM_FACTOR: Final = 4
"""With more cases than a few, the time in which people who never act are waited for at the end counts for little, and a halt of
seconds, which makes everybody late if terms are short, must be expected."""
INTERRUPTED: Final = "被人中断（Ctrl-C 或 kill）"
"""Why a load is over that somebody ended by hand."""


class LoadError(PlainError):
    """What was asked for cannot be loaded; the message says what, where and what would do."""


def usual_term_factor(handling: Handling, cases: int) -> int:
    """How many times as long shortened terms run in a load of so many cases, unless told otherwise."""
    return MANY_CASES_TERM_FACTOR if handling is Handling.INSTANT and cases > FEW_CASES else 1


@dataclass(frozen=True)
class LoadPlan:
    """What is loaded, and how."""

    settings: Settings
    workers: int
    package: str
    seed: int
    handling: Handling
    out: Path
    real: Mapping[str, str] = field(default_factory=dict)
    """Seats of real systems with their addresses; none: the reference is started."""
    dialects: Mapping[str, str] = field(default_factory=dict)
    dialect_files: Mapping[str, str] = field(default_factory=dict)
    faults: str = ""
    stock: int = 0
    """How many cases the reference holds from the beginning."""
    port: int = 0
    """Where the sandbox listens: real systems must know it beforehand; of several, the first, and each further one a port higher."""
    sandboxes: int = 1
    """How many processes the fake departments are spread over, by case number (`sim.runs.shares`)."""
    token: str = ""
    """Of the sandbox's control API, for real systems that join by themselves; "" is one that nobody can guess."""
    reference_faults: tuple[Mapping[str, Any], ...] = ()
    """Faults at the reference's own doors, as `POST …/faults` takes them: how a slow or failing implementation is rehearsed."""
    terms: int = 0
    """How many times as long shortened terms run; 0 for what is usual in a load of so many cases."""

    @property
    def term_factor(self) -> int:
        """How many times as long shortened terms run (`sim.runs.scale`)."""
        return self.terms or usual_term_factor(self.handling, self.settings.cases)


Told = Callable[[str, int, int], None]


@dataclass
class Parts:
    """The processes of a load, while it goes on: a sandbox with its run, the reference beside it, and further ones like these that
    share the cases."""

    sandbox: SandboxServer
    run: SandboxRun
    reference: SandboxServer | None
    further: list["Parts"] = field(default_factory=list)

    @property
    def each(self) -> list["Parts"]:
        """Every sandbox with what is beside it; case number n is at the one whose place is n's remainder."""
        return [self, *self.further]

    @property
    def pids(self) -> dict[str, int]:
        """Their numbers, by what people call them."""
        named = {}
        for n, each in enumerate(self.each, 1):
            mark = f" {n}" if self.further else ""
            named[f"沙箱{mark}"] = each.sandbox.pid
            if each.reference is not None:
                named[f"参照系统{mark}"] = each.reference.pid
        return named

    def about(self) -> list[dict[str, Any]]:
        """What every run tells of itself."""
        return [each.run.control("GET", "") for each in self.each]


def _nobody(sentence: str) -> None:
    """Nobody listens."""


@contextmanager
def served(plan: LoadPlan, say: Callable[[str], None] = _nobody) -> Iterator[Parts]:
    """The sandboxes with their runs, and the reference if no real system is named; one that is must be there. Raises LoadError."""
    with ExitStack() as stack:
        parts = _one(plan, 0, stack)
        shared = replace(plan, token=parts.sandbox.token)
        parts.further += [_one(shared, share, stack) for share in range(1, plan.sandboxes)]
        for each in parts.each:
            if missing := missing_of(each.run, plan.real, say):
                raise LoadError(missing)
        yield parts


def _one(plan: LoadPlan, share: int, stack: ExitStack) -> Parts:
    """One sandbox with its run, and the reference beside it; with several, of the cases that are its share."""
    rows = max(LEAST_ROWS, plan.settings.cases * ROWS_A_CASE)
    port = plan.port and plan.port + share
    options = (*_keeping(rows), "--port", str(port))
    sandbox = stack.enter_context(SandboxServer(folder_of(plan, "sandbox", share), *options, token=plan.token))
    seats = dict(plan.real) or dict.fromkeys(REFERENCE_SEATS, "")
    run = sandbox.create(
        RUN, package=plan.package, seed=plan.seed, cases=max(plan.settings.last, 100), handling=plan.handling,
        term_factor=plan.term_factor, office_hours=False, remote={**seats, **dict.fromkeys(PEOPLE, "")}, faults=plan.faults,
        dialects=dict(plan.dialects), dialect_files=dict(plan.dialect_files), share=share, among=plan.sandboxes,
    )  # fmt: skip
    if plan.real:
        return Parts(sandbox, run, None)
    reference = stack.enter_context(reference_of(plan, run, rows, share))
    for fault in plan.reference_faults:
        reference.control("POST", f"/runs/{RUN}/faults", dict(fault))
    return Parts(sandbox, run, reference)


def _keeping(rows: int) -> tuple[str, ...]:
    """A load's rows are all there when it is judged; and no snapshot of ours is taken while it is measured, as a restart is rare."""
    return "--keep-rows", str(rows), "--snapshot-rows", str(rows)


def folder_of(plan: LoadPlan, process: str, share: int) -> Path:
    """Where a process keeps what is its own."""
    return plan.out / (f"{process}-{share + 1}" if plan.sandboxes > 1 else process)


def reference_of(plan: LoadPlan, run: SandboxRun, rows: int = LEAST_ROWS, share: int = 0) -> SandboxServer:
    """Our reference, in the package's seats of a run; started again in the same folder, it goes on where it was, once it has
    replayed all of its rows."""
    joins = ("--seats", "reference", "--sandbox", run.base_url, *_keeping(rows), "--stock", str(plan.stock))
    return SandboxServer(folder_of(plan, "reference", share), *joins, token=run.server.token)


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

    @property
    def pids(self) -> dict[str, int]:
        """The numbers of its processes, by what people call them."""
        workers = {f"Locust 工作进程 {n}": each.pid for n, each in enumerate(self.workers, 1)}
        return {"Locust 主进程" if workers else "Locust": self.main.pid} | workers

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
    urls = ",".join(each.run.base_url for each in parts.each)
    settings = replace(
        plan.settings, run_url=urls, token=parts.sandbox.token, result=str((plan.out / "locust.json").absolute())
    )
    locust, watch, interrupted = Locust(settings, plan.workers, plan.out), Stopwatch(), False
    with watched(lambda: parts.pids | locust.pids) as processes:
        try:
            while not locust.is_over(LOOK_S):
                each_second(locust)
                ended = sum(about["cases_ended"] for about in parts.about())
                tell("负载", min(ended, settings.cases), settings.cases)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            locust.stop()
    told = locust.told()
    told["seconds_in_all"] = round(watch.seconds, 1)
    told["processes"] = processes.as_json()
    if interrupted:
        told["over"], told["complete"] = INTERRUPTED, False
    return told
