"""A play dealt into runs that go on side by side: everybody once, and who shares a desk together."""

import pytest

from features.accepting import scenarios_of
from features.dealing import HANDS, cases_in, dealt
from features.playing import Play, cast_all
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")


@pytest.fixture(scope="module")
def play() -> Play:
    return cast_all(scenarios_of(PACKAGE, ("电力.feature", "一次申请.feature")), PACKAGE, 2024)


def test_every_scenario_has_its_place_in_one_run(play: Play) -> None:
    hands = dealt(play)
    assert len({hand.plan.name for hand in hands}) == len(hands) == HANDS
    ids = [part.scenario.id for hand in hands for part in hand.parts]
    assert sorted(ids) == sorted(part.scenario.id for part in play.parts)
    for hand in hands:
        assert set(hand.plan.arranged) == {each.number for part in hand.parts for each in part.cases}
    assert {number for hand in hands for number in hand.plan.arranged} == set(play.plan.arranged)


def test_scenarios_of_a_registry_stay_together(play: Play) -> None:
    hands = dealt(play)
    places = [{part.played.dossier.registry for part in hand.parts} for hand in hands]
    assert sum(map(len, places)) == len(set().union(*places)) > HANDS


def test_no_run_has_all_the_work_where_it_can_be_shared(play: Play) -> None:
    most = max(cases_in(hand.parts) for hand in dealt(play))
    assert most < cases_in(play.parts) * 2 / 3


def test_it_is_dealt_the_same_way_again(play: Play) -> None:
    assert dealt(play) == dealt(play)


def test_one_scenario_needs_one_run(play: Play) -> None:
    (hand,) = dealt(Play(play.parts[:1], play.plan))
    assert hand.parts == play.parts[:1]
