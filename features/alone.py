"""One scenario in a run of its own: the same case as in the joint run, and nothing else going on in the world."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from features.accepting import IN_PROCESS, judge_folder, scenarios_of
from features.judging import ScenarioResult
from features.kept import JOURNAL, keep_plan, keep_record
from features.playing import Play, cast_all, play
from liantiao.server_verdict import about
from sim.judge.verdict import Result
from sim.package import Package


def whole_play(package: Package, seed: int) -> Play:
    """All scenarios of a package with their cases, of which each may then be played alone."""
    return cast_all(scenarios_of(package), package, seed)


def play_alone(whole: Play, scenario: str, package: Package) -> ScenarioResult:
    """What becomes of one scenario of the play when nobody else applies. Raises KeyError for an unknown id."""
    part = {each.scenario.id: each for each in whole.parts}[scenario]
    arranged = {each.number: each.circumstances for each in part.cases}
    own = Play((part,), replace(whole.plan, arranged=arranged))
    with TemporaryDirectory(prefix="liantiao-alone-") as made:
        folder = Path(made)
        keep_plan(folder, own)
        run = play(own, package, folder / JOURNAL)
        keep_record(folder / JOURNAL, about(run) | {"way": IN_PROCESS})
        return judge_folder(folder, package).results[0]


def complaint(result: ScenarioResult) -> str:
    """What a person reads of a scenario that did not pass."""
    lines: Sequence[str] = [
        f"  那么 {step.text}：应为 {step.check.expected}，实际 {step.check.seen}"
        for step in result.steps if step.check.result is not Result.KEPT
    ]  # fmt: skip
    head = (
        f"{result.result.title}  {result.scenario.title}  {'、'.join(result.scenario.clauses)}  {result.scenario.place}"
    )
    return "\n".join([head, *lines, *([result.note] if result.note else [])])
