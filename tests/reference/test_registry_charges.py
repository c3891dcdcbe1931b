"""The registry's push of what taxes follow from: told twice it counts once, refused for good reason it is corrected."""

import pytest

from contract.hub import ChargesReturned, PushCharges
from contract.people import ChargesStuck
from contract.tax import Declare
from reference.registry_charges import MOST_ROUNDS, PATIENCE
from sim.faults import Effect, Fault
from tests.reference.hub_place import charges_state, check_the_money, due, pay, pushed, took, town
from tests.worlds import HORIZON_MS, SeenStore, fed, stuck


@pytest.mark.parametrize("late_ms", [1, 3 * 3_600_000, 5 * 86_400_000, 40 * 86_400_000])
@pytest.mark.parametrize("region", ["longyan", "xiamen"])
def test_a_push_that_comes_twice_leaves_no_case_open(region: str, late_ms: int) -> None:
    world = fed(region, store := SeenStore(), 2_000, 2024, most=40)
    twice = Fault("twice", Effect.DUPLICATED, PushCharges.op.name, most=1, delay=took(late_ms))
    world.faults = (twice,)
    world.run(HORIZON_MS)
    world.journal.close()
    assert not stuck(world)
    assert not store.unexpected
    assert store.outcomes["refused:not_now"] == 0


@pytest.mark.parametrize("code", ["not_now", "not_served"])
def test_a_push_refused_once_is_sent_again(code: str) -> None:
    world = fed("longyan", SeenStore(), 2_000, 2024, most=20)
    world.faults = (Fault("no", Effect.BUSINESS, PushCharges.op.name, most=1, error=code),)
    world.run(HORIZON_MS)
    world.journal.close()
    assert not stuck(world)


def test_a_push_that_is_always_refused_is_told_to_a_person_and_sent_no_more() -> None:
    world = fed("longyan", store := SeenStore(), 2_000, 2024, most=5)
    world.faults = (Fault("never", Effect.BUSINESS, PushCharges.op.name, error="not_served"),)
    world.run(HORIZON_MS)
    world.journal.close()
    assert not store.unexpected
    times = store.outcomes["refused:not_served"]
    assert 0 < times <= 5 * (PATIENCE + 1)
    assert times % (PATIENCE + 1) == 0


def test_a_declaration_that_is_always_returned_is_told_to_a_person_and_put_right_no_more() -> None:
    world = fed("longyan", store := SeenStore(), 2_000, 2024, most=5)
    world.faults = (Fault("never", Effect.ALTERED, Declare.op.name, changes=(("price_fen", 100),)),)
    world.run(HORIZON_MS)
    world.journal.close()
    assert not store.unexpected
    stuck_cases = store.said[ChargesStuck.op.name]
    assert 0 < stuck_cases <= 5
    assert store.said[ChargesReturned.op.name] == stuck_cases * (MOST_ROUNDS + 1)


def test_a_push_repeated_begins_no_second_assessment() -> None:
    place = town()
    due(place)
    pushed(place)
    place.run(minutes=1)
    assert charges_state(place) == "due"
    pay(place)
    pushed(place)
    place.run(days=3)
    assert charges_state(place) == "settled"
    assert len(place.rows(kind="tax.declare")) == 1
    check_the_money(place)
