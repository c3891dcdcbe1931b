"""Timers whose state is gone are forgotten before they would have been due, and nobody can tell."""

from pathlib import Path

import pytest

from contract.tax import CancelDeclaration
from sim.calendar import DAY_MS
from sim.journal.record import Record
from sim.runs import world as worlds
from sim.runs.run import Run
from sim.runs.state_digest import state_digest
from tests.sim.runs.runs import START_MS, a_case_outside_xiamen, a_run, declaration
from tests.sim.runs.test_replay import at_rest, played


def told(run: Run) -> list[tuple[object, ...]]:
    """What the run has written, less the message ids."""
    return [
        (each.t_ms, each.case_no, each.kind, each.receiver, each.outcome)
        for each in run.written
        if isinstance(each, Record)
    ]


@pytest.mark.parametrize("crowded", [0, 25])
def test_a_run_that_forgets_tells_the_same_story(crowded: int, monkeypatch: pytest.MonkeyPatch) -> None:
    patient, forgetful = a_run({}), a_run({})
    for run in (patient, forgetful):
        run.begin(1, 30, at_arrival=False)
    patient.advance(START_MS + 4 * DAY_MS)
    monkeypatch.setattr(worlds, "CROWDED", crowded)
    for world in forgetful.worlds.values():
        world.crowded = crowded
    forgetful.advance(START_MS + 4 * DAY_MS)
    assert lying(forgetful) < lying(patient)
    for run in (patient, forgetful):
        run.advance(START_MS + 40 * DAY_MS)
    assert told(forgetful) == told(patient)


def test_a_run_that_forgets_is_replayed_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "CROWDED", 10)
    bridge = played(tmp_path, 3)
    for side in (bridge.a, bridge.b):
        side.hand_over()
        again, replayed = side.again()
        assert (replayed.divergence, replayed.missing) == ("", [])
        again = at_rest(again)
        again.advance(side.run.now_ms)
        assert state_digest(again) == state_digest(at_rest(side.run))


def test_what_is_made_and_withdrawn_again_and_again_does_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "CROWDED", 20)
    run = a_run()
    number = a_case_outside_xiamen(run)
    for _ in range(300):
        run.hear("hub", "tax", declaration(run, number), number, "", "")
        run.advance(run.now_ms + 1_000)
        run.hear("hub", "tax", CancelDeclaration("重新核价"), number, "", "")
        run.advance(run.now_ms + 1_000)
    assert lying(run) <= 50


def lying(run: Run) -> int:
    """How many entries lie in the clocks of a run."""
    return sum(len(each) for world in run.worlds.values() for each in world.clock.due.values())
