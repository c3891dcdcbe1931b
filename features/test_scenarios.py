"""Every scenario as a test of its own, in a run of its own: `python -m pytest --pyargs features -n 2`.

Package and seed come from `--sandbox-package` and `--sandbox-seed`. What waits for a person or a figure is skipped, and says so.
"""

from functools import cache

import pytest

from features.accepting import scenarios_of
from features.alone import complaint, play_alone, whole_play
from features.playing import Play
from liantiao.pytest_plugin import settings_of
from sim.judge.verdict import Result
from sim.package import Package, load_package

OPEN = (Result.MANUAL, Result.NO_FIGURE, Result.KNOWN_ISSUE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    package = load_package(settings_of(metafunc.config)["package"])
    found = scenarios_of(package)
    metafunc.parametrize("scenario", [pytest.param(each.id, id=f"{each.id}-{each.title}") for each in found])


@cache
def whole(package: str, seed: int) -> tuple[Package, Play]:
    """All scenarios with their cases, once for each process."""
    loaded = load_package(package)
    return loaded, whole_play(loaded, seed)


def test_the_scenario_passes(scenario: str, pytestconfig: pytest.Config) -> None:
    settings = settings_of(pytestconfig)
    package, play = whole(settings["package"], settings["seed"])
    result = play_alone(play, scenario, package)
    if result.result in OPEN:
        pytest.skip(complaint(result))
    if result.result is not Result.KEPT:
        pytest.fail(complaint(result), pytrace=False)
