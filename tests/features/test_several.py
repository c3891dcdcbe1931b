"""Scenarios with more than one case: each is found, arranged and judged, and the worst of them counts."""

import pytest

from features.casting import ORDINARY, Cast, Casting, Variant
from features.evidence import Check, Seen
from features.judging import of_all
from features.playing import BEGINS_MS
from features.reading import FeatureError, Step
from features.steps.delays import unreachable
from features.steps.several import every_region_and_channel, same_home_again
from features.vocabulary import VOCABULARY
from liantiao.serving.live import run_of
from sim.journal.record import Record
from sim.judge.verdict import Result
from sim.package import load_package
from sim.runs.plan import Pace, RunPlan

PACKAGE = load_package("fujian-2024-55")
POPULATION = run_of(RunPlan("t", PACKAGE.id, 5, 20_000, BEGINS_MS, Pace.STEPPED), PACKAGE).book.population


def test_every_region_and_channel_has_a_case_of_its_own() -> None:
    cast = Cast(BEGINS_MS)
    every_region_and_channel(cast)
    casting = Casting(POPULATION)
    played = [casting.cast(each) for each in cast.each()]
    assert len({each.number for each in played}) == 30
    assert len({(each.dossier.region, each.dossier.channel) for each in played}) == 30
    assert cast.facts == ORDINARY


def test_what_is_said_of_the_scenario_holds_for_every_case() -> None:
    cast = Cast(BEGINS_MS, alike=[Variant(region="fuzhou"), Variant(region="xiamen")])
    cast.facts["price_fen"] = 5
    assert [(each.region, each.facts["price_fen"]) for each in cast.each()] == [("fuzhou", 5), ("xiamen", 5)]


def test_the_second_case_has_the_same_home_and_people_at_the_same_registry() -> None:
    cast = Cast(BEGINS_MS)
    same_home_again(cast)
    casting = Casting(POPULATION)
    first = casting.cast(cast)
    second = casting.beside(cast, first)
    assert second.number != first.number
    for name in ("unit_code", "buyers", "sellers", "accounts", "registry"):
        assert getattr(second.dossier, name) == getattr(first.dossier, name)
    assert second.dossier.arrival_ms > first.dossier.arrival_ms


def seen(number: int) -> Seen:
    played = Casting(POPULATION).cast(Cast(BEGINS_MS))
    return Seen(played, [Record(number)], {}, (), True, {})


@pytest.mark.parametrize("worse", [Result.BROKEN, Result.NOT_OBSERVED])
def test_the_worst_of_several_counts(worse: Result) -> None:
    main = seen(1)
    main.others = (seen(2),)
    told = of_all([Check(Result.KEPT, "甲", "有"), Check(worse, "甲", "没有")], main)
    assert told.result is worse
    assert "没有" in told.seen
    assert of_all([Check(Result.KEPT, "甲", "有")] * 2, main).result is Result.KEPT


def test_a_nested_step_that_means_nothing_is_named() -> None:
    with pytest.raises(FeatureError, match="另一件里"):
        VOCABULARY.find(Step("then", "另一件里，说了些什么", 1), "甲:1")


def test_an_outage_is_as_many_losses_as_are_tried_in_it() -> None:
    cast = Cast(BEGINS_MS)
    unreachable(cast, frozenset({"water.push"}), 2 * 3_600_000)
    assert [fault.most for fault in cast.faults] == [5]  # at 0, 1, 6, 21 and 81 minutes; the next one after 141
    with pytest.raises(ValueError, match="不再重发"):
        unreachable(cast, frozenset({"person.told"}), 60_000)
