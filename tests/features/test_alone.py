"""Each scenario in a run of its own comes to what it came to in the joint run, by itself and as a pytest item in parallel.

A sample here; all of them with LIANTIAO_SLOW=1.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from features.accepting import accept_in_process, scenarios_of
from features.alone import play_alone, whole_play
from features.judging import ScenarioResult
from features.playing import Play
from liantiao.sandbox_client import ROOT
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
ALL = bool(os.environ.get("LIANTIAO_SLOW"))
STEP = 1 if ALL else 12
"""Every how-manieth scenario is taken."""
SAMPLE = [each.id for each in scenarios_of(PACKAGE)][::STEP]


@pytest.fixture(scope="module")
def whole() -> Play:
    return whole_play(PACKAGE, 2024)


@pytest.fixture(scope="module")
def joint(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ScenarioResult]:
    folder = tmp_path_factory.mktemp("joint") / "out"
    accepted = accept_in_process(scenarios_of(PACKAGE), PACKAGE, 2024, folder, lambda *told: None)
    return {each.scenario.id: each for each in accepted.results}


@pytest.mark.parametrize("scenario", SAMPLE)
def test_a_scenario_alone_comes_to_the_same(scenario: str, whole: Play, joint: dict[str, ScenarioResult]) -> None:
    alone, together = play_alone(whole, scenario, PACKAGE), joint[scenario]
    assert (alone.result, alone.case_no) == (together.result, together.case_no)
    assert [(step.text, step.check.result) for step in alone.steps] == [
        (step.text, step.check.result) for step in together.steps
    ]


def test_scenarios_are_tests_that_run_in_parallel(tmp_path: Path) -> None:
    """From anywhere, with nothing configured; two processes."""
    command = "-m pytest -p liantiao.pytest_plugin --pyargs features -n 2 -q -rs -p no:cacheprovider --rootdir ."
    chosen = [] if ALL else ["-k", "气.feature and FJ-2.1-08"]
    ran = subprocess.run(
        [sys.executable, *command.split(), *chosen], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-4_000:] + ran.stderr[-2_000:]
    counted = {word: int(n) for n, word in re.findall(r"(\d+) (passed|skipped)", ran.stdout)}
    wanted = [
        each for each in scenarios_of(PACKAGE) if ALL or (each.file == "气.feature" and "FJ-2.1-08" in each.clauses)
    ]
    assert counted["passed"] > 1
    assert sum(counted.values()) == len(wanted)
    assert "人工核验" in ran.stdout or "skipped" not in counted
