"""Timers whose state is gone are forgotten before they would have been due, and nobody can tell."""

from pathlib import Path

import pytest

from contract.gov_platform import AskReceipts
from contract.tax import CancelDeclaration
from liantiao.serving.live import run_of
from sim.calendar import DAY_MS, HOUR_MS
from sim.runs import world as worlds
from sim.runs.run import Run
from sim.runs.scale import Handling
from sim.runs.snapshot import dump, load
from sim.runs.state_digest import state_digest
from tests.sim.runs.bridge import at_rest, played
from tests.sim.runs.runs import PACKAGE_SEATS, START_MS, a_case_outside_xiamen, a_run, declaration, package


@pytest.mark.parametrize("after", [0, 25])
def test_a_run_that_forgets_tells_the_same_story(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    patient, forgetful = a_run({}), a_run({})
    for run in (patient, forgetful):
        run.begin(1, 30, at_arrival=False)
    patient.advance(START_MS + 4 * DAY_MS)
    monkeypatch.setattr(worlds, "FORGETS_AFTER", after)
    for world in forgetful.worlds.values():
        world.forgets_after = after
    forgetful.advance(START_MS + 4 * DAY_MS)
    assert lying(forgetful) < lying(patient)
    for run in (patient, forgetful):
        run.advance(START_MS + 40 * DAY_MS)
    assert forgetful.written == patient.written


def test_a_run_that_forgets_is_replayed_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "FORGETS_AFTER", 10)
    bridge = played(tmp_path, 3)
    for side in (bridge.a, bridge.b):
        side.hand_over()
        again, replayed = side.again()
        assert (replayed.divergence, replayed.missing) == ("", [])
        again = at_rest(again)
        again.advance(side.run.now_ms)
        assert state_digest(again) == state_digest(at_rest(side.run))


def test_a_snapshot_keeps_when_to_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run({})
    run.begin(1, 30, at_arrival=False)
    run.advance(START_MS + 4 * DAY_MS)
    run.written.clear()
    for world in run.worlds.values():
        world.forgets_after = 77
    again = run_of(run.plan, package())
    load(again, dump(run))
    assert {world.forgets_after for world in again.worlds.values()} == {77}
    assert [world.posts for world in again.worlds.values()] == [world.posts for world in run.worlds.values()]
    assert state_digest(again) == state_digest(run)


@pytest.mark.parametrize(("handling", "pause_ms"), [(Handling.REAL, 1_000), (Handling.INSTANT, 0)])
def test_what_is_made_and_withdrawn_again_and_again_does_not_pile_up(
    handling: Handling, pause_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "FORGETS_AFTER", 20)
    run = a_run(handling=handling)
    run.advance(START_MS + 10 * HOUR_MS)  # after hours: what is given to a desk waits for the morning
    number = a_case_outside_xiamen(run)
    for _ in range(300):
        run.hear("hub", "tax", declaration(run, number), number, "", "")
        run.advance(run.now_ms + pause_ms)
        run.hear("hub", "tax", CancelDeclaration("重新核价"), number, "", "")
        run.advance(run.now_ms + pause_ms)
    assert lying(run) <= 50


def lying(run: Run) -> int:
    """How many entries lie in the clocks of a run."""
    return sum(len(each) for world in run.worlds.values() for each in world.clock.due.values())


PEOPLE_ELSEWHERE = {**PACKAGE_SEATS, "buyer": "", "seller": "", "clerk": ""}


def test_a_case_that_goes_on_is_not_let_go_though_it_rested_whenever_that_was_looked_at() -> None:
    run = a_run(PEOPLE_ELSEWHERE)
    number = a_case_outside_xiamen(run)
    run.begin(number, number, at_arrival=False)
    world = run.world(run.book.region(number))
    days = world.quiet_ms // DAY_MS
    for day in range(1, 5 * days, days // 2):
        run.advance(START_MS + day * DAY_MS)
        run.hear("buyer", "gov_platform", AskReceipts("buyer"), number)
        assert run.holds(number)
        assert world.rests(world.cases[number])
    run.advance(run.now_ms + (2 * days + 1) * DAY_MS)
    assert not run.holds(number)
    assert number in world.closed
