"""Observing: staff handle cases in a real system as ever, our departments answer it, and afterwards the journal is judged."""

from pathlib import Path
from typing import Final

from features.accepting import Acceptance, judged_and_written
from features.binding import Bindings
from features.by_hand import work_path
from features.kept import keep_plan
from features.observed import facts_only
from features.observing import report
from features.playing import RUN, Play
from features.reading import Scenario
from features.real import Real, Tell, castable, keep_played
from features.real_run import LOOK_MS, NO_SCENARIO, PlayedReal, absent, run_on
from liantiao.sandbox_client import SandboxRun, SandboxServer
from sim.clock import Stopwatch, let_pass
from sim.package import Package

ENDS: Final = "正在观察：工作人员照常办理，办完后按 Ctrl-C 结束，就看到的判定。"


def accept_observed(
    scenarios: tuple[Scenario, ...], package: Package, seed: int, folder: Path, real: Real, told: Tell
) -> Acceptance:
    """Judge what staff handle as ever: nothing is applied for and nothing arranged, beyond the facts of the cases that the
    system was loaded with. Raises FeatureError, CastingError, and SandboxError where our own part cannot begin."""
    told("选角", 0, len(scenarios))
    play, left = castable(scenarios, package, seed, real)
    play = facts_only(play)
    keep_plan(folder, play, left)
    keep_played(_observed(play, package, folder, real, told), play, folder, real)
    return judged_and_written(folder, package, told)


def _observed(play: Play, package: Package, folder: Path, real: Real, told: Tell) -> PlayedReal:
    journal = folder / "sandbox" / "data" / "runs" / RUN / "journal.db"
    if not play.parts:
        return PlayedReal(journal, {}, NO_SCENARIO)
    place = ("--port", str(real.port), "--host", real.host)
    with SandboxServer(folder / "sandbox", *place, token=real.token) as sandbox:
        run = run_on(sandbox, play, real)
        bindings = Bindings(
            work_path(folder).with_suffix(".csv"), lambda numbers: run.control("POST", "/numbers", {"numbers": numbers}), real.say
        )  # fmt: skip
        bindings.write(play.parts, package)
        why = absent(run, real)
        if why:
            return PlayedReal(journal, {}, why)
        broken = _watch(run, play, bindings, real, told)
        if real.observations is not None:
            report(run, real.observations)
        return PlayedReal(
            journal, run.control("GET", "/verdict"), "", broken, {str(n): each for n, each in bindings.bound.items()}
        )


def _watch(run: SandboxRun, play: Play, bindings: Bindings, real: Real, told: Tell) -> str:
    """Until every case of the work list has ended, whoever observes ends it, or the time they gave is over; nothing of ours
    runs down meanwhile. Returns why it had to end, "" where it did not."""
    cases, watch = sum(len(part.cases) for part in play.parts), Stopwatch()
    real.say(ENDS)
    try:
        while True:
            bindings.look()
            about = run.control("GET", "")
            told("办结", min(about["cases_ended"], cases), cases)
            if about["broken"]:
                return f"联调批次中断：{about['broken']}"
            if about["cases_ended"] >= cases or (real.limit_s is not None and watch.seconds > real.limit_s):
                break
            let_pass(LOOK_MS)
    except KeyboardInterrupt:
        real.say("观察结束，就看到的判定。")
    bindings.look()
    return ""
