"""Trying again: what still stands is kept, the rest and what is new is tried, and what cannot be read is said."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from features.accepting import scenarios_of
from liantiao.cli import app_of
from liantiao.mutants.earlier import Earlier
from liantiao.mutants.pool import MutantError, bench_of, mutants_on
from liantiao.mutants.tables import lines_of, record_of
from liantiao.mutants.trials import KILLED, SURVIVED, Bench, Killer, Trial
from reference.mutants.mutant import Mutant
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
TITLE = "加发一本权属证书产生额外工本费"
KEPT, OPEN, CHANGED = "hand/copies-ignored", "hand/refund-in-yuan", "hand/withdrawn-without-charges"


@pytest.fixture(scope="module")
def bench() -> Bench:
    return bench_of(scenarios_of(PACKAGE, [TITLE]), PACKAGE, 2024)


@pytest.fixture(scope="module")
def mutants(bench: Bench) -> dict[str, Mutant]:
    return mutants_on(bench)


@pytest.fixture
def told(bench: Bench, mutants: dict[str, Mutant]) -> dict[str, Any]:
    scenario = bench.play.parts[0].scenario
    killer = Killer(scenario.id, scenario.title, scenario.steps[-1].text, "不通过")
    other = Killer(scenario.id, scenario.title, "从前有过的一步", "不通过")
    trials = [Trial(KEPT, KILLED, "", 3, (killer,)), Trial(OPEN, SURVIVED), Trial(CHANGED, KILLED, "", 3, (other,))]
    return record_of(bench, mutants, trials)


def written(folder: Path, told: object) -> Path:
    file = folder / "mutants.json"
    file.write_text(json.dumps(told), "utf-8")
    return file


def test_what_still_stands_is_kept_and_the_rest_tried(
    bench: Bench, mutants: dict[str, Mutant], told: dict[str, Any], tmp_path: Path
) -> None:
    before = Earlier.read(written(tmp_path, told), "fujian-2024-55", 2024)
    kept = before.kept(bench, mutants)
    assert list(kept) == [KEPT]
    assert {each.id for each in before.left(mutants, kept)} == {OPEN, CHANGED}


def test_after_all_were_tried_new_ones_are_tried_too(
    bench: Bench, mutants: dict[str, Mutant], told: dict[str, Any], tmp_path: Path
) -> None:
    before = Earlier.read(written(tmp_path, told | {"catalogue": 3}), "fujian-2024-55", 2024)
    kept = before.kept(bench, mutants)
    assert {each.id for each in before.left(mutants, kept)} == mutants.keys() - {KEPT}


def test_the_record_says_what_was_kept_and_what_is_gone(told: dict[str, Any], tmp_path: Path) -> None:
    told["mutants"] = [told["mutants"][0], {**told["mutants"][0], "id": "gone"}]
    asked = ["--again", str(written(tmp_path, told)), "--workers", "1", "--json", "--scenarios", TITLE]
    ended = CliRunner().invoke(app_of(["mutants"]), ["mutants", *asked])
    record = json.loads(ended.stdout)
    assert ended.exit_code == 0
    assert [(each["id"], each["changed_cases"]) for each in record["mutants"]] == [(KEPT, 3)]
    assert (record["kept"], record["gone"]) == (1, 1)
    assert "其中 1 个上次已被杀死，没有再试；上次试过的有 1 个已经没有了。" in lines_of(record)


@pytest.mark.parametrize(
    "wrong",
    [{}, [], {"mutants": [{"id": "a"}]}, {"mutants": 3}, {"package": "p", "seed": "x", "catalogue": 0, "mutants": []}],
)
def test_a_file_of_something_else_cannot_be_tried_again(wrong: object, tmp_path: Path) -> None:
    with pytest.raises(MutantError, match="读不成"):
        Earlier.read(written(tmp_path, wrong), "fujian-2024-55", 2024)


@pytest.mark.parametrize(
    ("name", "value"), [("id", ["a"]), ("fate", "odd"), ("changed_cases", "x"), ("steps", [{"a": 1}])]
)
def test_a_trial_that_is_not_whole_is_named(name: str, value: object, told: dict[str, Any], tmp_path: Path) -> None:
    told["mutants"][0][name] = value
    with pytest.raises(MutantError, match="--again"):
        Earlier.read(written(tmp_path, told), "fujian-2024-55", 2024)


def test_no_file_and_another_seed_are_said(told: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(MutantError, match="读不成"):
        Earlier.read(tmp_path / "none.json", "fujian-2024-55", 2024)
    with pytest.raises(MutantError, match="请写 --package fujian-2024-55 --seed 2024"):
        Earlier.read(written(tmp_path, told), "fujian-2024-55", 7)
