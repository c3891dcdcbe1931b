"""Runs and worlds: where a run ends, how cases are fed to it, and which mistakes in building a world are loud."""

import pytest

from sim.clock import LINK_MS
from sim.party import Party
from sim.posts import later, send
from sim.table import row
from tests.sim.toys import (
    Do,
    Due,
    Told,
    a_role,
    a_state,
    counter,
)
from tests.town import START_MS, Town


# ---- the horizon ----------------------------------------------------------------------------------------------------
def test_a_run_ends_at_its_horizon_and_says_what_is_open():
    idle, busy = a_state(), a_state("busy", end=False)
    role = a_role(idle, row(idle, Do, busy, lambda file, heard: [later(10_000, Due(1))]), row(busy, Due, idle))
    town = Town({"toy": role}, let_go=True)
    town.say("buyer", "toy", Do(1))
    town.run(until=START_MS + 50 + 9_999)
    assert (town.clock.now_ms, len(town.rows())) == (START_MS + 10_049, 1)
    assert town.open_cases() == {1: [("toy", "main", "busy")]}
    assert not town.sandbox.is_over()
    town.run(until=START_MS + 10_050)  # what is due at the horizon itself is delivered
    assert len(town.rows()) == 2
    assert (town.open_cases(), town.sandbox.is_over()) == ({}, True)


def test_an_action_that_fails_is_loud_and_spoils_no_later_run():
    def fail(file, heard):
        if heard.n:
            raise RuntimeError("broken action")
        return ()

    town = Town({"toy": counter(fail)})
    town.say("buyer", "toy", Do(1))
    with pytest.raises(RuntimeError, match="broken action"):
        town.run(days=1)
    town.run(days=3)
    assert town.clock.now_ms == START_MS + LINK_MS + 3 * 86_400_000


def test_cases_are_fed_one_by_one_at_their_times():
    town = Town({"toy": counter()}, let_go=True)
    drawn = []

    def cases():
        for number in range(1, 4):
            drawn.append((number, town.clock.now_ms - START_MS))
            yield START_MS + 1_000 * number, number, None, [("toy", 500, Told(number))]

    town.sandbox.feed(cases())
    assert not town.sandbox.is_over()
    town.run(days=1)
    assert drawn == [(1, 0), (2, 1_000), (3, 2_000)]
    assert [(each["case_no"], each["t"] - START_MS) for each in town.rows()] == [(1, 1_500), (2, 2_500), (3, 3_500)]
    assert (town.sandbox.begun, town.sandbox.finished, town.sandbox.is_over()) == (3, 3, True)


def test_mistakes_in_building_a_world_are_loud():
    town = Town({"toy": counter()})
    town.open(5)
    with pytest.raises(ValueError, match="办件 5 正在办理"):
        town.sandbox.begin(5, None, ())
    same = [Party(counter(), "toy"), Party(counter(), "toy")]
    with pytest.raises(ValueError, match="同一席位"):
        rebuilt(town, same)
    with pytest.raises(ValueError, match="另一个沙箱"):
        rebuilt(town, [town.sandbox.seats["toy"]])


def rebuilt(town: Town, parties: list[Party]):
    world = town.sandbox
    return type(world)(parties, town.clock, town.journal, seed=1, hours=world.hours, clerks=world.clerks)


def test_links_lead_where_the_composition_says():
    local, provincial = (
        Town({"toy": counter(lambda file, heard: [send("tax_hub", Told(1))])}, links={"toy": {"tax_hub": seat}})
        for seat in ("local_hub", "hub")
    )
    for town in (local, provincial):
        town.say("buyer", "toy", Do(1))
        town.run(days=1)
    assert (len(local.heard("local_hub")), len(local.heard("hub"))) == (1, 0)
    assert (len(provincial.heard("local_hub")), len(provincial.heard("hub"))) == (0, 1)


def test_an_action_that_fails_loses_nothing_else_of_its_instant():
    def fail(file, heard):
        if file.case.number == 1:
            raise RuntimeError("broken action")
        return ()

    town = Town({"toy": counter(fail)})
    for case in (1, 2, 3):
        town.say("buyer", "toy", Do(1), case=case)
    with pytest.raises(RuntimeError, match="broken action"):
        town.run(days=1)
    town.run(days=1)
    assert sorted(each["case_no"] for each in town.rows()) == [2, 3]


def test_what_was_said_at_once_still_comes_last_after_an_action_that_failed():
    def fail(file, heard):
        if file.case.number == 1 and isinstance(heard, Do):
            raise RuntimeError("broken action")
        return [later(0, Told(1))] if isinstance(heard, Do) else ()

    town = Town({"toy": counter(fail)})
    for case in range(1, 9):
        town.say("buyer", "toy", Do(1), case=case)
    with pytest.raises(RuntimeError, match="broken action"):
        town.run(days=1)
    town.run(days=1)
    kinds = [each["kind"] for each in town.rows()]
    assert kinds == sorted(kinds, key=lambda kind: kind != "toy.do")
    assert len(kinds) == 14


def test_what_a_case_begins_with_at_once_is_heard_however_it_begins():
    town = Town({"toy": counter(lambda file, heard: [later(0, Told(heard.n + 1))] if heard.n < 3 else ())}, let_go=True)
    town.sandbox.begin(7, None, [("toy", 0, Told(1))])  # from outside, as a face does
    town.sandbox.feed([(START_MS + 10, 8, None, [("toy", 0, Told(1))])])
    assert town.clock.next_due_ms == START_MS
    town.run(ms=10)
    assert [(each["case_no"], each["t"] - START_MS) for each in town.rows()] == [(7, 0)] * 3 + [(8, 10)] * 3
    assert town.sandbox.is_over()
