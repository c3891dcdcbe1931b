"""Playing over HTTP: the sandbox in a process of its own, and in the package's seats the reference in another."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from features.playing import HORIZON_MS, RUN, Play
from liantiao.compose import REFERENCE_SEATS
from liantiao.sandbox_client import SandboxRun, SandboxServer
from sim.runs.plan import Pace
from sim.runs.stepping import Stop

TELL_S: Final = 3
"""How often progress is told."""


@dataclass(frozen=True, slots=True)
class PlayedOver:
    """What is left of a play over HTTP: where both journals lie, and what the sandbox tells of the run."""

    ours: Path
    theirs: Path
    about: Mapping[str, Any]


def play_over_http(play: Play, folder: Path, told: Callable[[int], None] = lambda over: None) -> PlayedOver:
    """Play with our reference as a process of its own, whose clock follows ours; both are stopped afterwards."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(SandboxServer(folder / "sandbox"))
        run = created(sandbox, play, dict.fromkeys(REFERENCE_SEATS, ""), pace=Pace.STEPPED)
        joins = ("--seats", "reference", "--sandbox", run.base_url)
        reference = stack.enter_context(SandboxServer(folder / "reference", *joins, token=sandbox.token))
        begin(run, play)
        until_over(run, play, told)
        about = run.control("GET", "/verdict")
    ours, theirs = (server.folder / "runs" / RUN / "journal.db" for server in (sandbox, reference))
    return PlayedOver(ours, theirs, about)


def created(sandbox: SandboxServer, play: Play, remote: Mapping[str, str], **settings: Any) -> SandboxRun:
    """The run of a play on a sandbox."""
    plan = play.plan
    arranged = {str(number): each.as_json() for number, each in plan.arranged.items()}
    return sandbox.create(
        RUN, package=plan.package, seed=plan.seed, cases=plan.cases, start_ms=plan.start_ms, remote=dict(remote),
        arranged=arranged, **settings,
    )  # fmt: skip


def begin(run: SandboxRun, play: Play) -> None:
    """The parties of every scenario apply when their day comes."""
    numbers = [each.number for part in play.parts for each in part.cases]
    run.control("POST", "/cases", {"numbers": numbers, "at_arrival": True})


def until_over(run: SandboxRun, play: Play, told: Callable[[int], None]) -> None:
    """Move the clock until every case has ended, or the horizon is reached."""
    last = max(each.dossier.arrival_ms for part in play.parts for each in part.cases) + HORIZON_MS
    while True:
        clock = run.control("POST", "/clock/advance", {"until_over": True, "limit_s": TELL_S})
        told(clock["cases_finished"])
        if clock["stop"] != Stop.LIMIT or clock["now_ms"] >= last:
            return
