"""The package's features, judged in process: everything planned is carried out, and the same seed gives the same record."""

import json
from pathlib import Path

import pytest

from features.accepting import RESULTS, Acceptance, accept_in_process, scenarios_of
from sim.judge.verdict import Result
from sim.package import load_package
from sim.package.clauses import read_clauses

PACKAGE = load_package("fujian-2024-55")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accept") / "out"


@pytest.fixture(scope="module")
def accepted(folder: Path) -> Acceptance:
    return accept_in_process(scenarios_of(PACKAGE), PACKAGE, 2024, folder, lambda *told: None)


def test_the_reference_passes_every_scenario_that_is_not_for_a_person(accepted: Acceptance) -> None:
    wrong = [
        (each.scenario.place, each.scenario.title, step.text, step.check.seen)
        for each in accepted.results if each.result not in (Result.KEPT, Result.MANUAL, Result.NO_FIGURE)
        for step in each.steps if step.check.result is not Result.KEPT
    ]  # fmt: skip
    assert not wrong


def test_everything_planned_is_carried_out(accepted: Acceptance) -> None:
    assert len(accepted.results) == accepted.planned
    assert not accepted.exit_code
    numbers = [each.case_no for each in accepted.results]
    assert len(set(numbers)) == len(numbers)


def test_every_clause_named_exists(accepted: Acceptance) -> None:
    known = {clause.id for clause in read_clauses(PACKAGE.folder)}
    assert not {name for each in accepted.results for name in each.scenario.clauses} - known


def test_the_same_seed_gives_the_same_record(accepted: Acceptance, folder: Path, tmp_path: Path) -> None:
    again = accept_in_process(scenarios_of(PACKAGE), PACKAGE, 2024, tmp_path / "again", lambda *told: None)
    assert json.loads((tmp_path / "again" / RESULTS).read_text()) == json.loads((folder / RESULTS).read_text())
    assert again.as_dict() == accepted.as_dict()
