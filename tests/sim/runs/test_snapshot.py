"""A snapshot of a run in which all seats are ours, the reference's with their made kinds included, is the same run."""

from json import dumps, loads

from liantiao.serving.live import run_of
from sim.calendar import DAY_MS
from sim.circumstances import Circumstances
from sim.runs.plan import Pace, RunPlan
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


def test_cases_for_which_something_was_arranged_are_kept_and_read_back() -> None:
    arranged = {
        2: Circumstances(
            {"power_rejected": 1.0},
            {"price_fen": 123_456_700, "copies": 2},
            {"power.reject": "arrears"},
        )
    }
    plan = RunPlan("demo", "fujian-2024-55", 7, 40, START_MS, Pace.STEPPED, arranged=arranged)
    run = run_of(plan, package())
    run.begin(1, 3, at_arrival=False)
    run.advance(START_MS + 2 * DAY_MS)
    run.written.clear()
    again = run_of(RunPlan.from_json(loads(dumps(plan.as_json()))), package())
    load(again, dump(run))
    assert state_digest(again) == state_digest(run)
    world, case = again.case(2)
    settings = {at.party.seat: at.file.settings for at in case.standings()}
    assert case.dossier.price_fen == 123_456_700
    assert settings["buyer"] == arranged[2].settings(world.seats["buyer"].settings)
