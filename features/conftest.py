"""Every scenario as a pytest item of its own, in a run of its own: `python -m pytest --pyargs features -n 2`.

The seed comes from `--sandbox-seed`. What waits for a person or a figure is skipped, and says so.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from features.alone import complaint, play_alone, whole_play
from features.judging import ScenarioResult
from features.playing import Play
from features.reading import FEATURES, FeatureError, Scenario, read_feature
from features.vocabulary import VOCABULARY
from liantiao.pytest_plugin import settings_of
from sim.judge.verdict import Result
from sim.package import Package, load_package

OPEN = (Result.MANUAL, Result.NO_FIGURE, Result.KNOWN_ISSUE)


class FailedError(Exception):
    """A scenario that did not pass."""

    def __init__(self, result: ScenarioResult) -> None:
        super().__init__(complaint(result))


class FeatureFile(pytest.File):
    """A file of features."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Its scenarios, in order."""
        try:
            found = read_feature(self.path)
            VOCABULARY.check(found)
        except FeatureError as error:
            raise self.CollectError(str(error)) from None
        for scenario in found:
            yield ScenarioItem.from_parent(self, name=scenario.title, scenario=scenario)


class ScenarioItem(pytest.Item):
    """A scenario, to be played alone."""

    def __init__(self, *, scenario: Scenario, **known: object) -> None:
        super().__init__(**known)  # type: ignore[arg-type]
        self.scenario = scenario
        self.extra_keyword_matches.update((scenario.id, *scenario.clauses, *scenario.traps, scenario.sort))

    def runtest(self) -> None:
        """Play it. Raises FailedError."""
        package, play = whole(self.path.parent.name.replace("_", "-"), settings_of(self.config)["seed"])
        result = play_alone(play, self.scenario.id, package)
        if result.result in OPEN:
            pytest.skip(complaint(result))
        if result.result is not Result.KEPT:
            raise FailedError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What was expected and seen."""
        failed = isinstance(excinfo.value, FailedError | FeatureError)
        return str(excinfo.value) if failed else str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands."""
        return self.path, self.scenario.line - 1, self.scenario.title


@cache
def whole(package: str, seed: int) -> tuple[Package, Play]:
    """All scenarios with their cases, once for each process."""
    loaded = load_package(package)
    return loaded, whole_play(loaded, seed)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Take the features of a package."""
    ours = file_path.suffix == ".feature" and file_path.parent.parent == FEATURES
    return FeatureFile.from_parent(parent, path=file_path) if ours else None
