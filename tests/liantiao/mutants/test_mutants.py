"""Mutants: each is found out by the scenario made for it, one that nobody can see is equivalent, and names are checked."""

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from features.accepting import scenarios_of
from features.playing import cast_all
from liantiao.directory import directory
from liantiao.message_list import ways
from liantiao.mutants import prints as fingerprints
from liantiao.mutants.groups import groups_of
from liantiao.mutants.play import Told
from liantiao.mutants.pool import MutantError, bench_of, chosen, mutants_on, try_all
from liantiao.mutants.prints import Print, Shift, differing, prints
from liantiao.mutants.tables import lines_of, record_of
from liantiao.mutants.trials import (
    COMPLIES,
    EQUIVALENT,
    KILLED,
    REFERENCE,
    SURVIVED,
    UNREACHED,
    UNSEEN,
    Bench,
    Trial,
    score_of,
)
from reference.mutants.catalogue import HAND, SORT_TITLES
from reference.mutants.compliant import COMPLIANT, SOON, why_compliant
from reference.mutants.mutant import Extras, Mutant
from reference.mutants.rules import place_of, rules_of
from sim.journal.record import Record
from sim.message import Answers
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
SCENARIOS = ("加发一本权属证书产生额外工本费", "厦门的办件不经省级", "缴款后撤回，所缴款项全部退回", "缴款结果通知")
LATE = "registry/main/recording/registry.record/order/gov_platform.progress@gov_platform"


@pytest.fixture(scope="module")
def bench() -> Bench:
    return bench_of(scenarios_of(PACKAGE, SCENARIOS), PACKAGE, 2024)


@pytest.fixture(scope="module")
def mutants(bench: Bench) -> dict[str, Mutant]:
    return mutants_on(bench)


def test_the_reference_itself_is_green(bench: Bench) -> None:
    assert not bench.known.failing


def test_there_are_enough_defects_of_vendors_and_all_touch_rules_that_exist() -> None:
    assert len(HAND) >= 25
    assert len({each.id for each in HAND}) == len(HAND)
    there = {
        place_of(name, row) for name, role in REFERENCE.items() for track in role.tracks for row in track.rows
    }  # fmt: skip
    for each in HAND:
        assert set(each.places) <= there


def test_every_class_of_defect_has_mutants_with_ids_of_their_own(mutants: dict[str, Mutant]) -> None:
    assert {each.sort for each in mutants.values()} == SORT_TITLES.keys()
    assert len({each.title for each in mutants.values() if each.sort == "drop"}) > 100


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        ("hand/copies-ignored", "加发一本权属证书产生额外工本费"),
        ("hand/withdrawn-without-charges", "缴款后撤回"),
        ("hand/refund-in-yuan", "缴款后撤回"),
    ],
)
def test_a_mutant_is_found_out_by_the_scenario_made_for_it(
    bench: Bench, mutants: dict[str, Mutant], name: str, scenario: str
) -> None:
    trial = bench.try_out(mutants[name])
    assert trial.fate == KILLED
    assert any(each.title.startswith(scenario) for each in trial.killers)


def test_a_dropped_rule_that_every_case_needs_is_noticed(bench: Bench, mutants: dict[str, Mutant]) -> None:
    trial = bench.try_out(mutants["registry/main/waiting/registry.accept/drop"])
    assert trial.fate == KILLED
    assert trial.changed


def test_a_defect_that_crashes_counts_as_found(bench: Bench, mutants: dict[str, Mutant]) -> None:
    def crash(file: object, heard: object) -> list[object]:
        raise KeyError("无此项")

    mutant = mutants["registry/main/waiting/registry.accept/drop"]
    crashing = replace(
        mutant, make=lambda extras: {"registry": lambda row: replace(row, action=crash)}  # type: ignore[arg-type]
    )  # fmt: skip
    trial = bench.try_out(crashing)
    assert (trial.fate, trial.reason) == (KILLED, "崩溃：KeyError：'无此项'")


def test_what_no_other_seat_can_see_is_equivalent(bench: Bench) -> None:
    """A rule that does the same in other words."""
    rule = next(each for each in rules_of(REFERENCE["registry"]) if each.kind.op.name == "registry.accept")
    same = Mutant("same", "换一种写法", "drop", rule.file, "main", rule.places, lambda extras: {})
    trial = bench.try_out(same)
    assert trial.fate == EQUIVALENT
    assert "都与参照系统相同" in trial.reason


def held(*said: tuple[str, str, int], **more: Any) -> Print:
    """The fingerprint of a case in which these said this to the portal, then."""
    rows = [
        Record(n, t_ms=at, sender=sender, receiver="portal", kind=kind, case_no=1, **more)
        for n, (sender, kind, at) in enumerate(said)
    ]
    return prints(Told({1: rows}, {}))[1]


FIRST, THEN = ("hub", "hub.told", 0), ("registry", "registry.told", 500)


@pytest.mark.parametrize(
    ("theirs", "shift"),
    [
        ((FIRST, ("registry", "registry.told", 1_501)), Shift(1_001, 0, False)),
        ((("registry", "registry.told", 500), ("hub", "hub.told", 1_000)), Shift(1_000, 0, False)),
        ((("registry", "registry.told", 100), ("hub", "hub.told", 1_000)), Shift(1_000, 400, False)),
        ((FIRST, ("hub", "registry.told", 500)), None),
        ((FIRST,), None),
        ((FIRST, THEN, THEN), None),
    ],
)
def test_what_differs_is_other_messages_or_the_same_at_other_times(
    theirs: tuple[tuple[str, str, int], ...], shift: Shift | None
) -> None:
    ours = {1: held(FIRST, THEN)}
    assert differing("0", ours, ours) == {}
    assert differing("0", ours, {1: held(*theirs)}) == {("0", 1): shift}
    assert differing("0", {}, ours) == differing("0", ours, {}) == {("0", 1): None}


def test_an_order_that_a_lane_keeps_is_told_apart() -> None:
    one, other = held(("hub", "a", 0), ("hub", "b", 10)), held(("hub", "b", 0), ("hub", "a", 10))
    assert one.shift(other) == Shift(10, 10, reordered=True)


@pytest.mark.parametrize(
    ("sent", "told", "shift"),
    [
        (0, 0, Shift(0, 0, False)),
        (9_000, 9_500, Shift(9_000, 0, False)),
        (0, 9_000, None),
        (9_000, 0, Shift(9_000, 0, False)),
    ],
)
def test_an_instant_that_is_told_of_moves_with_its_message_or_not_at_all(
    sent: int, told: int, shift: Shift | None
) -> None:
    def at(sent: int, told: int) -> Print:
        return held(("hub", "a", sent), body=f'{{"recorded_ms":{1_700_000_000_000 + told}}}')

    assert at(0, 0).shift(at(sent, told)) == shift


def test_groups_have_every_scenario_once_and_each_is_twice_the_one_before() -> None:
    play = cast_all(scenarios_of(PACKAGE, ("逐环衔接", "总对总", "厦门")), PACKAGE, 2024)
    groups = groups_of(play)
    dealt = [part.scenario.id for group in groups for part in group.parts]
    assert sorted(dealt) == sorted(part.scenario.id for part in play.parts)
    assert [len(group.parts) for group in groups[:2]] == [12, 24]
    homes = [{each.dossier.region for part in group.parts for each in part.cases} for group in groups]
    assert all(len(home) == 1 for home in homes[:-1])
    assert len(homes[-1]) > 1
    for group in groups:
        assert group.plan.arranged.keys() == {each.number for part in group.parts for each in part.cases}
    checks = [sum(step.role == "then" for step in part.scenario.steps) for part in groups[0].parts]
    assert checks == sorted(checks, reverse=True)


def test_what_keeps_to_the_policy_is_told_with_its_reason(
    bench: Bench, mutants: dict[str, Mutant], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "registry/gas/gas_idle/registry.gas_start/missing/gas.push@gas/transfer"
    assert bench.try_out(mutants[name]).fate == SURVIVED
    monkeypatch.setitem(COMPLIANT, name, "政策没有规定")
    trial = bench.try_out(mutants[name])
    assert (trial.fate, trial.reason) == (COMPLIES, "政策没有规定")
    assert score_of([trial, Trial("1", KILLED)])["score"] == 1


def test_who_is_late_by_seconds_everywhere_keeps_to_the_policy(bench: Bench, mutants: dict[str, Mutant]) -> None:
    trial = bench.try_out(mutants[LATE])
    assert trial.fate == COMPLIES
    assert re.search(r"只有 \d+ 件里有晚的，至多晚 [1-9]\d? 秒", trial.reason)


def test_who_is_later_than_that_in_the_storm_is_not_excused(
    bench: Bench, mutants: dict[str, Mutant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprints, "SOON_MS", 0)
    assert bench.try_out(mutants[LATE]).fate == UNSEEN


def test_what_is_listed_as_keeping_to_the_policy_names_rules_and_messages_that_there_are() -> None:
    places = {
        "/".join(place_of(name, row)) for name, role in REFERENCE.items() for track in role.tracks for row in track.rows
    }  # fmt: skip
    kinds, seats = directory().kinds, {seat for way in ways().values() for side in way for seat in side}
    for pattern, why in (COMPLIANT | SOON).items():
        where, sort, what = re.fullmatch(r"(.*)/(\w+)/([^/@]+@[^/]+)(?:/[\w.]+)?", pattern).groups()  # type: ignore[union-attr]
        said, seat = what.split("@")
        assert any(fnmatchcase(place, where) for place in places), pattern
        assert any(fnmatchcase(kind, said) for kind in kinds), pattern
        assert any(fnmatchcase(each, seat) for each in seats), pattern
        assert sort in SORT_TITLES
        assert why


def test_an_order_between_messages_of_one_lane_needs_a_reason_and_to_be_soon() -> None:
    name = "registry/main/withdrawing/hub.charges_cancelled/order/gov_platform.progress@city_platform"
    assert why_compliant(name, soon=True) == SOON["registry/*/order/gov_platform.progress@*"]
    assert why_compliant(name, soon=False) == ""


def test_only_questions_may_be_asked_twice() -> None:
    for pattern in (each for each in COMPLIANT if "/twice/" in each):
        asked = pattern.rpartition("@")[0].rpartition("/")[2]
        fitting = [kind.op.answers for name, kind in directory().kinds.items() if fnmatchcase(name, asked)]
        assert set(fitting) == {Answers.QUERY}
    name = "registry/water/water_pushed/registry.water_overdue/twice/water.query_status@water"
    assert why_compliant(name, soon=False) == COMPLIANT["*/twice/*.query_status@*"]
    assert why_compliant(name.replace("twice", "lost"), soon=True) == ""


def test_a_rule_that_nothing_reaches_is_said_to_be_so(bench: Bench) -> None:
    nowhere = Mutant("nowhere", "", "drop", "", "", (("hub", "charges", "none", "never.heard"),), lambda extras: {})
    assert bench.try_out(nowhere).fate == UNREACHED


def test_an_unknown_id_is_answered_with_the_nearest(mutants: dict[str, Mutant]) -> None:
    with pytest.raises(MutantError, match=r"没有缺陷“hand/order-in-yaun”，最接近的合法名称是“hand/order-in-yuan”"):
        chosen(mutants, ["hand/order-in-yaun"], 0, 1)


def test_a_sample_is_the_same_for_the_same_seed(mutants: dict[str, Mutant]) -> None:
    first, again, other = (
        [each.id for each in chosen(mutants, ["hand", "lost"], 20, seed)] for seed in (1, 1, 2)
    )  # fmt: skip
    assert first == again != other
    assert len(first) == 20


def test_the_reference_is_not_touched(bench: Bench, mutants: dict[str, Mutant]) -> None:
    def told() -> list[tuple[str, ...]]:
        return [
            (*place_of(name, row), row.next.name, row.action.__qualname__)
            for name, role in REFERENCE.items() for track in role.tracks for row in track.rows
        ]  # fmt: skip

    before = told()
    for each in mutants.values():
        each.make(Extras())
    bench.try_out(mutants["registry/main/waiting/registry.accept/drop"])
    assert told() == before


def test_the_record_is_the_same_for_any_number_of_processes(bench: Bench, mutants: dict[str, Mutant]) -> None:
    wanted = chosen(mutants, ["hand/copies-ignored", "hand/seller-not-told"], 0, 1)
    one, two = (record_of(bench, mutants, try_all(bench, wanted, workers)) for workers in (1, 2))
    assert one == two
    assert one["score"]["all"] == len(wanted)
    assert any(line.startswith("得分 ") for line in lines_of(one))


def test_the_score_leaves_out_what_nobody_can_see() -> None:
    fates = [KILLED] * 3 + ["survived", EQUIVALENT, UNREACHED]
    score = score_of([Trial(str(n), fate) for n, fate in enumerate(fates)])
    assert (score["score"], score["strict"]) == (0.75, 0.6)
