"""A worker's people: what they say waits for a free hand, one call at a time in a lane, counted from when it should have left."""

from typing import Any

from loadtests.crowd import Crowd, people_of
from sim.clock import wall_ms
from sim.runs.caller import Came

ABOUT: dict[str, Any] = {
    "name": "load", "package": "fujian-2024-55", "seed": 7, "cases": 200, "start_ms": 1_772_413_200_000, "factor": 1.0,
    "handling": "instant", "term_factor": 1, "office_hours": False,
}  # fmt: skip


def crowd() -> Crowd:
    return Crowd(ABOUT, {}, ABOUT["start_ms"])


def test_people_have_the_terms_of_the_run_they_are_in() -> None:
    assert people_of(ABOUT | {"term_factor": 4}, {}).plan.term_factor == 4


def test_a_case_begun_late_is_counted_from_when_it_should_have_begun() -> None:
    people = crowd()
    intended = people.now_ms - 5_000
    people.run.pass_to(people.now_ms)
    people.begin(1, intended)
    act = people.acts.get_nowait()
    assert type(act.going.call.body).op.name in ("portal.apply", "clerk.visit")
    assert act.intended_ms == intended - people.ahead_ms
    assert act.intended_ms <= wall_ms() - 5_000
    assert people.open == {1: intended}


def test_a_lane_has_one_call_at_a_time() -> None:
    people = crowd()
    for number in range(1, 30):
        people.begin(number, people.now_ms)
    taken = []
    while not people.acts.empty():
        taken.append(people.acts.get_nowait())
    lanes = [act.lane for act in taken]
    assert len(set(lanes)) == len(lanes) == len(people.lanes)
    for act in taken:
        people.done(act, Came("ok"))
    people.sweep()
    assert not people.newly_ended  # taken, and nothing heard since
    assert len(people.open) == 29


def test_a_call_that_failed_is_said_again_by_its_ladder() -> None:
    people = crowd()
    people.begin(1, people.now_ms)
    act = people.acts.get_nowait()
    people.done(act, Came("failed", error="http_503"))
    assert people.acts.empty()
    people.run.advance(people.run.now_ms + 3_600_000)
    people._gather()
    again = people.acts.get_nowait()
    assert again.going.call.attempt == 2
    assert again.lane == act.lane
