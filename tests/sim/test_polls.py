"""Polls: what is laid ready is fetched in one batch at set times, and only while something lies there."""

from dataclasses import replace

import pytest

from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS, OfficeHours, WorkingCalendar, parse_day
from sim.clock import LINK_MS
from sim.faults import Effect, Fault
from sim.message import SILENT, Answers, Message, notice, request
from sim.polls import PollPlan
from sim.posts import hold
from sim.table import row
from tests.sim.toys import Do, a_role, a_state, counter
from tests.town import START_MS, Town, a_dossier

DAY = parse_day("2023-03-06")
HOURS = OfficeHours(WorkingCalendar.load())


@request("toy.fetch", "批量取结果", Answers.QUERY, "/results/batch")
class Fetch(Message):
    """A batch poll."""


@notice("toy.result", "结果", polled="toy.fetch", ladder=SILENT)
class Result(Message):
    n: int


PLAN = PollPlan(Fetch, every_ms=30 * MINUTE_MS)


def a_town(plan: PollPlan = PLAN, after_ms: int = 0, **more) -> Town:
    toy = counter(lambda file, heard: [hold("hub", Result(heard.n), after_ms)])
    return Town({"toy": toy}, polls={("toy.fetch", "hub"): plan}, **more)


def fetched(town: Town, case: int = 1) -> list[tuple[int, int]]:
    return [(t - START_MS, said.n) for t, _, said in town.heard_at("hub", Result, case)]


def test_a_result_waits_for_the_next_poll():
    town = a_town()
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    assert fetched(town) == [(30 * MINUTE_MS + LINK_MS, 1)]


def test_who_never_comes_is_told_when_it_is_ready():
    toy = counter(lambda file, heard: [hold("clerk", Result(heard.n), HOUR_MS)])
    town = Town({"toy": toy}, polls={("toy.fetch", "hub"): PLAN})
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    assert [(t - START_MS, said.n) for t, _, said in town.heard_at("clerk", Result, 1)] == [(HOUR_MS + 2 * LINK_MS, 1)]
    assert town.rows(kind="toy.fetch") == []


def test_one_envelope_for_all_cases_and_its_entries_name_it():
    town = a_town()
    for case in (1, 2, 3):
        town.say("buyer", "toy", Do(case), case=case)
    town.run(days=1)
    (envelope,) = town.rows(kind="toy.fetch")
    assert (envelope["sender"], envelope["receiver"], envelope["ref"], envelope["case_no"]) == ("hub", "toy", "3", 0)
    entries = town.rows(kind="toy.result")
    assert {each["part_of"] for each in entries} == {envelope["id"]}
    assert sorted(each["case_no"] for each in entries) == [1, 2, 3]
    assert {(each["sender"], each["receiver"], each["outcome"]) for each in entries} == {("toy", "hub", "ok")}


def test_nothing_is_polled_when_nothing_lies_there():
    town = a_town()
    town.run(days=3)
    assert town.rows() == []
    town.say("buyer", "toy", Do(1))
    town.run(days=3)
    assert len(town.rows(kind="toy.fetch")) == 1
    assert town.clock.next_due_ms is None


def test_what_is_not_ready_is_left_for_a_later_poll():
    town = a_town(after_ms=70 * MINUTE_MS)
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    assert fetched(town) == [(90 * MINUTE_MS + LINK_MS, 1)]
    assert [each["ref"] for each in town.rows(kind="toy.fetch")] == ["0", "0", "1"]


def test_a_result_that_lies_ready_keeps_its_case_open():
    town = a_town(let_go=True)
    town.say("buyer", "toy", Do(1))
    town.run(minutes=29)
    assert list(town.open_cases()) == [1]
    town.run(minutes=2)
    assert town.sandbox.finished == 1


def test_registries_poll_apart_and_staggered():
    town = a_town(replace(PLAN, by_registry=True))
    for case in (1, 2):
        town.open(case, a_dossier(registry=case))
        town.say("buyer", "toy", Do(case), case=case)
    town.run(days=1)
    assert len(town.rows(kind="toy.fetch")) == 2
    assert [t // MINUTE_MS for case in (1, 2) for t, _ in fetched(town, case)] == [14, 21]


def test_a_missing_plan_is_loud():
    town = Town({"toy": counter(lambda file, heard: [hold("hub", Result(1))])}, polls={})
    town.say("buyer", "toy", Do(1))
    with pytest.raises(KeyError, match=r"toy\.fetch"):
        town.run(days=1)


def test_held_results_can_be_heard_by_a_role():
    idle, done = a_state(), a_state("done")
    town = Town({"toy": a_role(idle, row(idle, Result, done))}, polls={("toy.fetch", "toy"): PLAN})
    town.hold("power", "toy", Result(1))
    town.run(days=1)
    assert town.state("toy", "main") is done


# ---- faults ---------------------------------------------------------------------------------------------------------
def test_a_poll_that_fails_leaves_everything_for_the_next():
    window = (START_MS, START_MS + 31 * MINUTE_MS)
    town = a_town(faults=(Fault("down", Effect.OUTAGE, "toy.fetch", window_ms=window),))
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    assert fetched(town) == [(60 * MINUTE_MS + LINK_MS, 1)]
    assert [each["outcome"] for each in town.rows(kind="toy.fetch")] == ["fault:down", "ok"]


def test_an_entry_lost_on_its_way_is_gone():
    town = a_town(faults=(Fault("lost", Effect.LOST, "toy.result"),), let_go=True)
    town.say("buyer", "toy", Do(1))
    town.run(days=1)
    (entry,) = town.rows(kind="toy.result")
    assert (entry["outcome"], entry["part_of"]) == ("fault:lost", town.rows(kind="toy.fetch")[0]["id"])
    assert town.sandbox.finished == 1


def test_the_luck_of_a_poll_hangs_on_its_time_not_on_what_went_before():
    def failed(chatter: int) -> list[int]:
        town = a_town(after_ms=DAY_MS, faults=(Fault("shaky", Effect.OUTAGE, "toy.fetch", share=0.5),))
        for _ in range(chatter):
            town.say("buyer", "seller", Do(1))
        town.say("buyer", "toy", Do(1))
        town.run(hours=20)
        return [each["t"] for each in town.rows(kind="toy.fetch", outcome="fault:shaky")]

    assert failed(0) == failed(7)
    assert 10 < len(failed(0)) < 30


# ---- plans ----------------------------------------------------------------------------------------------------------
def clock(ms: int) -> str:
    minutes = (ms - DAY) // MINUTE_MS
    return f"{minutes // 60:02}:{minutes % 60:02}"


@pytest.mark.parametrize(
    ("every_min", "now", "polls"),
    [
        (30, 6.0, ["08:30", "09:00", "09:30"]),  # the opening itself is on the grid
        (60, 6.0, ["09:00", "10:00", "11:00", "15:00"]),  # noon is closed
        (60, 9.0, ["10:00"]),  # strictly after
        (24 * 60, 9.0, ["32:30"]),  # a grid that never meets the hours: at the opening
    ],
)
def test_polls_keep_office_hours(every_min: int, now: float, polls: list[str]):
    plan = PollPlan(Fetch, every_ms=every_min * MINUTE_MS, hours=HOURS)
    at, found = DAY + round(now * HOUR_MS), []
    for _ in polls:
        at = plan.next(at)
        found.append(clock(at))
    assert found == polls


def test_a_stagger_shifts_the_grid():
    plan = PollPlan(Fetch, every_ms=30 * MINUTE_MS, hours=HOURS)
    assert clock(plan.next(DAY + 9 * HOUR_MS, 7 * MINUTE_MS)) == "09:07"
    assert clock(plan.next(DAY + 6 * HOUR_MS, 7 * MINUTE_MS)) == "08:37"


def test_every_poll_is_within_hours_and_after_the_last():
    for every in (7, 30, 50, 120, 400):
        plan, at = PollPlan(Fetch, every_ms=every * MINUTE_MS, hours=HOURS), DAY
        for _ in range(200):
            due = plan.next(at, 11 * MINUTE_MS)
            assert due > at
            assert HOURS.is_open(due)
            at = due


def test_once_a_day():
    plan = PollPlan(Fetch, daily_ms=2 * HOUR_MS)
    assert [clock(plan.next(DAY + hour * HOUR_MS)) for hour in (0, 1, 2, 3)] == ["02:00", "02:00", "26:00", "26:00"]


def test_a_fault_laid_on_one_case_leaves_the_fetch_of_all_the_others_alone():
    town = a_town(
        faults=(
            Fault("one", Effect.OUTAGE, "*", seat="hub", cases=(1,)),
            Fault("no", Effect.LOST, "toy.fetch", cases=(1,)),
        )
    )
    for case in (1, 2):
        town.say("buyer", "toy", Do(case), case=case)
    town.run(days=1)
    assert fetched(town, 2)
    assert not fetched(town, 1)
    assert {each["outcome"] for each in town.rows(kind="toy.fetch")} == {"ok"}
