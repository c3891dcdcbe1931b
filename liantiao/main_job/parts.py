"""The parts of the main job, each played as the command of its own would play it. A part returns its exit code."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from features.accepting import accept_over_http
from liantiao.acceptance.command import accepted
from liantiao.loading.command import carry_out
from liantiao.loading.run import INTERRUPTED, LoadPlan
from liantiao.main_job.plan import ACCEPTANCE, LOAD, SIMULATION, Job, Tell
from liantiao.simulating.simulate import simulate
from sim.runs.scale import Handling


def play_acceptance(job: Job, out: Path, tell: Tell) -> int:
    """Every scenario against the reference over HTTP. Raises what acceptance raises."""
    out.mkdir()
    acceptance, _ = accepted(accept_over_http, job.scenarios, job.package, job.seed, out, None, tell)
    return acceptance.exit_code


def play_load(job: Job, out: Path, tell: Tell) -> int:
    """The burst against the reference.

    Raises what a load raises; KeyboardInterrupt too, after the report of a load that somebody interrupted was written.
    """
    out.mkdir()
    plan = LoadPlan(job.load, 1, job.package.id, job.seed, Handling.INSTANT, out)
    record = carry_out(plan, [dict(each) for each in job.slos], tell=tell)
    if record["over"] == INTERRUPTED:
        raise KeyboardInterrupt
    return int(record["exit_code"])


def play_simulation(job: Job, out: Path, tell: Tell) -> int:
    """All cases in virtual time. Raises what a simulation raises."""
    return int(simulate(job.simulation, out, job.workers, tell)["exit_code"])


PLAY: Final[Mapping[str, Callable[[Job, Path, Tell], int]]] = MappingProxyType(
    {ACCEPTANCE: play_acceptance, LOAD: play_load, SIMULATION: play_simulation}
)
