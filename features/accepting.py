"""Acceptance of the reference in process: features read, cast, played and judged; the results as one record."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import features.steps  # noqa: F401  # fills the vocabulary
from features.capsules import write_capsules
from features.judging import ScenarioResult, counts, evidence_of, judge_scenarios
from features.merged import merge
from features.over_http import play_over_http
from features.playing import Play, cast_all, play
from features.reading import FEATURES, Scenario, read_features
from features.vocabulary import VOCABULARY
from liantiao.compose import REFERENCE_SEATS
from liantiao.keeper import directory
from liantiao.live import run_of
from liantiao.message_list import ways
from liantiao.server_verdict import about, cases_by_region, cases_of, judged
from sim.journal.sqlite_reads import JournalReads
from sim.judge.verdict import BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT, Result
from sim.package import Package
from sim.package.clauses import Clause, read_clauses

JOURNAL, RESULTS, PLAN = "journal.db", "results.json", "plan.json"
ABOUT: Final = (
    "package", "run", "seed", "planned", "begun", "open_cases", "clock", "now_ms", "faults", "order_tolerance_ms",
)  # fmt: skip
"""What a run's record says (`liantiao.server_verdict.about`), whoever tells it."""
INCOMPLETE: Final = (Result.NOT_RUN, Result.NOT_OBSERVED)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of every scenario, promise and clause."""

    results: tuple[ScenarioResult, ...]
    verdict: Mapping[str, Any]
    planned: int
    clauses: tuple[Clause, ...]
    incomplete: str = ""
    """Why not everything was played to its end, "" where it was."""

    @property
    def exit_code(self) -> int:
        """1 broken, 3 when something planned was not carried out or not seen, else 0; a person's checks stay open."""
        if self.incomplete:
            return INCOMPLETE_EXIT
        if any(each.result is Result.BROKEN for each in self.results):
            return BROKEN_EXIT
        lacking = any(each.result in INCOMPLETE for each in self.results)
        return INCOMPLETE_EXIT if lacking or self.planned != len(self.results) else KEPT_EXIT

    @property
    def executed(self) -> int:
        """How many scenarios were carried out, whatever came of them."""
        return sum(each.result is not Result.NOT_RUN for each in self.results)

    def as_dict(self) -> dict[str, Any]:
        """JSON types; the same journal gives the same record."""
        return {
            "package": self.verdict["package"], "seed": self.verdict["seed"], "clock": self.verdict["clock"],
            "remote": self.verdict["remote"], "planned": self.planned, "executed": self.executed,
            "incomplete": self.incomplete, "exit_code": self.exit_code, "counts": counts(self.results),
            "scenarios": [each.as_dict() for each in self.results], "promises": self.verdict["promises"],
            "clauses": clauses_told(self.clauses, self.results),
        }  # fmt: skip


def clauses_told(clauses: Sequence[Clause], results: Sequence[ScenarioResult]) -> list[dict[str, Any]]:
    """Every clause with its scenarios, and the titles of the requirement that no scenario carries yet."""
    carried: dict[str, list[ScenarioResult]] = {}
    for result in results:
        for name in result.scenario.clauses:
            carried.setdefault(name, []).append(result)
    told = []
    for clause in clauses:
        own = carried.get(clause.id, [])
        titles = {each.scenario.title for each in own}
        open_titles = [title for title in clause.scenarios if title.partition("：")[2] not in titles]
        told.append({
            "id": clause.id, "where": clause.where, "requires": clause.requires, "obliges": clause.obliges,
            "scenarios": [each.scenario.id for each in own], "without_scenario": open_titles,
        })  # fmt: skip
    return told


def scenarios_of(package: Package, only: Sequence[str] = ()) -> tuple[Scenario, ...]:
    """The package's scenarios, or those whose title, clause, trap or file one of `only` names. Raises FeatureError."""
    found = read_features(FEATURES / package.id.replace("-", "_"))
    VOCABULARY.check(found)
    if not only:
        return found
    return tuple(each for each in found if any(word in _words(each) for word in only))


def _words(scenario: Scenario) -> str:
    return " ".join(
        (scenario.title, scenario.subject, scenario.file, scenario.sort, *scenario.clauses, *scenario.traps)
    )


def accept_in_process(
    scenarios: Sequence[Scenario], package: Package, seed: int, folder: Path, told: Callable[[str, int, int], None]
) -> Acceptance:
    """Play and judge in virtual time; journal and plan stay in the folder. Raises FeatureError and CastingError."""
    plan = planned(scenarios, package, seed, folder, told)
    run = play(plan, package, folder / JOURNAL, lambda over: told("办理", over, len(scenarios)))
    record = about(run)
    verdict = judged(folder / JOURNAL, record, cases_of(run, package), package)
    told("判定", 0, len(scenarios))
    acceptance = judge_play(plan, package, folder / JOURNAL, verdict, record["open_cases"])
    write_results(folder, acceptance, plan)
    told("判定", len(scenarios), len(scenarios))
    return acceptance


def accept_over_http(
    scenarios: Sequence[Scenario], package: Package, seed: int, folder: Path, told: Callable[[str, int, int], None]
) -> Acceptance:
    """The same with the reference in a process of its own, over HTTP. Raises FeatureError, CastingError, SandboxError."""
    plan = planned(scenarios, package, seed, folder, told)
    played = play_over_http(plan, folder, lambda over: told("办理", over, len(scenarios)))
    told("判定", 0, len(scenarios))
    merge(played.ours, played.theirs, REFERENCE_SEATS, folder / JOURNAL)
    record = {name: played.about[name] for name in ABOUT} | {"remote": []}
    numbers = sorted(plan.plan.arranged)
    cases = cases_by_region(run_of(plan.plan, package), numbers, package)
    verdict = judged(folder / JOURNAL, record, cases, package)
    acceptance = judge_play(plan, package, folder / JOURNAL, verdict, record["open_cases"])
    write_results(folder, acceptance, plan)
    told("判定", len(scenarios), len(scenarios))
    return acceptance


def planned(
    scenarios: Sequence[Scenario], package: Package, seed: int, folder: Path, told: Callable[[str, int, int], None]
) -> Play:
    """The play, and what is kept of it in the folder."""
    told("选角", 0, len(scenarios))
    plan = cast_all(scenarios, package, seed)
    write_plan(folder, plan)
    return plan


def write_plan(folder: Path, play_: Play) -> None:
    """`plan.json`: what the run is made from, and by which this folder is known as ours."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PLAN).write_text(json.dumps(play_.plan.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def judge_play(
    play_: Play, package: Package, journal: Path, verdict: Mapping[str, Any], open_cases: Sequence[int]
) -> Acceptance:
    """The results of what was played, from the journal alone."""
    reads = JournalReads(journal)
    try:
        results = judge_scenarios(
            play_.parts, reads, evidence_of(verdict), ways=ways(), kinds=directory().kinds,
            remote=verdict["remote"], open_cases=frozenset(open_cases),
        )  # fmt: skip
    finally:
        reads.close()
    return Acceptance(results, verdict, len(play_.parts), read_clauses(package.folder))


def write_results(folder: Path, acceptance: Acceptance, play_: Play | None = None) -> None:
    """`results.json`, beside it its hash, which reports print, and of what was played a 复现包 for every failure."""
    if play_ is not None:
        write_capsules(folder, folder / JOURNAL, play_, acceptance)
    text = json.dumps(acceptance.as_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / RESULTS).write_text(text, encoding="utf-8")
    (folder / f"{RESULTS}.sha256").write_text(f"{sha256(text.encode()).hexdigest()}  {RESULTS}\n", encoding="utf-8")
