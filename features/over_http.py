"""Playing over HTTP: the sandbox in a process of its own, and in the package's seats the reference in another."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from features.dealing import dealt, together
from features.playing import HORIZON_MS, Play
from liantiao.compose import REFERENCE_SEATS
from liantiao.sandbox_client import SandboxRun, SandboxServer
from sim.faces.keys import Scheme
from sim.runs.plan import Pace
from sim.runs.stepping import Stop

TELL_S: Final = 3
"""How often progress is told."""


@dataclass(frozen=True, slots=True)
class PlayedOver:
    """What is left of a play over HTTP: where the journals of each of its runs lie, and what the sandbox tells of them."""

    ours: Sequence[Path]
    theirs: Sequence[Path]
    about: Mapping[str, Any]


def play_over_http(play: Play, folder: Path, told: Callable[[int], None] = lambda over: None) -> PlayedOver:
    """Play with our reference as a process of its own, whose clocks follow ours; both are stopped afterwards.

    The play is dealt into runs that go on side by side (`features.dealing`).
    """
    hands = dealt(play)
    over = dict.fromkeys(range(len(hands)), 0)

    def went_on(n: int, ended: int) -> None:
        over[n] = ended
        told(sum(over.values()))

    with ExitStack() as stack:
        sandbox = stack.enter_context(SandboxServer(folder / "sandbox"))
        remote = dict.fromkeys(REFERENCE_SEATS, "")
        runs = [created(sandbox, hand, remote, pace=Pace.STEPPED, scheme=Scheme.HMAC_SHA256.value) for hand in hands]
        joins = [option for run in runs for option in ("--sandbox", run.base_url)]
        reference = SandboxServer(folder / "reference", "--seats", "reference", *joins, token=sandbox.token)
        stack.enter_context(reference)
        with ThreadPoolExecutor(len(hands)) as side_by_side:
            abouts = list(side_by_side.map(_play_run, runs, hands, [
                lambda ended, n=n: went_on(n, ended) for n in over
            ]))  # fmt: skip
    ours, theirs = (
        [server.folder / "runs" / run.name / "journal.db" for run in runs] for server in (sandbox, reference)
    )
    return PlayedOver(ours, theirs, together(abouts))


def _play_run(run: SandboxRun, play: Play, told: Callable[[int], None]) -> Mapping[str, Any]:
    """Play one run to its end; what the sandbox tells of it then."""
    begin(run, play)
    until_over(run, play, told)
    about: Mapping[str, Any] = run.control("GET", "/verdict")
    return about


def created(sandbox: SandboxServer, play: Play, remote: Mapping[str, str], **settings: Any) -> SandboxRun:
    """The run of a play on a sandbox."""
    plan = play.plan
    arranged = {str(number): each.as_json() for number, each in plan.arranged.items()}
    return sandbox.create(
        plan.name, package=plan.package, seed=plan.seed, cases=plan.cases, remote=dict(remote), arranged=arranged,
        **{"start_ms": plan.start_ms, **settings},
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
