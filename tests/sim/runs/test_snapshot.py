"""A snapshot of a run in which all seats are ours, the reference's with their made kinds included, is the same run."""

from liantiao.live import run_of
from sim.calendar import DAY_MS
from sim.runs.run import Run
from sim.runs.snapshot import dump, load
from sim.runs.state_digest import state_digest
from tests.sim.runs.runs import START_MS, a_run, package


def test_a_run_in_the_midst_of_its_cases_goes_on_the_same() -> None:
    run = a_run({})
    run.begin(1, 40, at_arrival=False)
    for day in (2, 5, 9, 20):
        run.advance(START_MS + day * DAY_MS)
        run.written = []
        again = restored(run, dump(run))
        assert state_digest(again) == state_digest(run)
        again.advance(START_MS + (day + 1) * DAY_MS)
        run.advance(START_MS + (day + 1) * DAY_MS)
        run.written, again.written = [], []
        assert state_digest(again) == state_digest(run)


def restored(run: Run, raw: bytes) -> Run:
    fresh = run_of(run.plan, package())
    load(fresh, raw)
    return fresh
