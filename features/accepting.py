"""Acceptance of the reference in process: features read, cast, played and judged; the results as one record."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import features.steps  # noqa: F401  # fills the vocabulary
from features.capsules import write_capsules
from features.dealing import cases_in
from features.given import GIVEN, NOTHING, Given, given_of
from features.in_process import play_in_process
from features.judging import ScenarioResult, counts, evidence_of, judge_scenarios
from features.kept import JOURNAL, PLAN, keep_plan, keep_record, kept_plan, kept_record, left_out_of, play_of
from features.observed import observed_in, occurred
from features.over_http import play_over_http
from features.playing import Part, Play, cast_all
from features.reading import FEATURES, Scenario, read_features
from features.reviewed import not_applicable, promises_reviewed, scenarios_reviewed
from features.telling import clauses_told, given_told, promises_told, scenario_told
from features.troubles import not_yet_over, with_overdue, with_troubles
from features.vocabulary import VOCABULARY
from liantiao.compose import REFERENCE_SEATS
from liantiao.directory import directory
from liantiao.message_list import ways
from liantiao.server_verdict import cases_by_region, judged
from liantiao.serving.live import run_of
from liantiao.witnesses import Journals, joined
from sim.journal.content import content_sha256
from sim.journal.joined import write_joined
from sim.journal.sqlite_reads import JournalReads
from sim.judge.promises import load_promises
from sim.judge.verdict import BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT, Result
from sim.package import Package
from sim.package.clauses import Clause, read_clauses

RESULTS: Final = "results.json"
IN_PROCESS, OVER_HTTP, OBSERVED = "in_process", "over_http", "observed"
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
    play: Play
    clauses: tuple[Clause, ...]
    run: Mapping[str, Any]
    """What it rests on: the hashes of plan and journal, the code that played, when it began and in which way."""
    given: Given = NOTHING
    """What people added."""
    incomplete: str = ""
    """Why not everything was played to its end, "" where it was."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The scenarios that were played, with their cases."""
        return self.play.parts

    @property
    def planned(self) -> int:
        """How many scenarios were to be carried out."""
        return len(self.results)

    @property
    def exit_code(self) -> int:
        """1 when a scenario or a promise is broken, 3 when something planned was not carried out, not seen or goes on, else 0.

        A person's checks stay open.
        """
        if self.incomplete:
            return INCOMPLETE_EXIT
        promises = {each["result"] for each in self.verdict["promises"]}
        if Result.BROKEN.value in promises or any(each.result is Result.BROKEN for each in self.results):
            return BROKEN_EXIT
        lacking = self.verdict["open_cases"] or any(each.result in INCOMPLETE for each in self.results)
        return INCOMPLETE_EXIT if lacking else KEPT_EXIT

    @property
    def executed(self) -> int:
        """How many scenarios were carried out, whatever came of them."""
        return sum(each.result is not Result.NOT_RUN for each in self.results)

    def as_dict(self) -> dict[str, Any]:
        """JSON types; the same journal gives the same record."""
        parts = {part.scenario.id: part for part in self.parts}
        scenarios = [scenario_told(parts.get(each.scenario.id), each) for each in self.results]
        return {
            "package": self.verdict["package"], "seed": self.verdict["seed"], "clock": self.verdict["clock"],
            "remote": self.verdict["remote"], "planned": self.planned, "executed": self.executed,
            "incomplete": self.incomplete, "exit_code": self.exit_code, "counts": counts(self.results),
            "run": dict(self.run),
            "breaches": sum(each.result is Result.BROKEN and not each.robustness for each in self.results),
            "robustness": sum(each.robustness for each in self.results), "rows": self.verdict["rows"],
            "ends_ms": self.verdict["now_ms"], "open_cases": self.verdict["open_cases"],
            "to_review": sum(each.result is Result.MANUAL and not not_applicable(each) for each in self.results),
            "not_applicable": sum(map(not_applicable, self.results)), "given": given_told(self.given),
            "mutants": dict(self.given.mutants),
            "scenarios": scenarios, "promises": promises_told(self.verdict["promises"], self.parts),
            "clauses": clauses_told(self.clauses, self.results, self.verdict["promises"], self.given.evidence),
        }  # fmt: skip


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
    cases = cases_in(plan.parts)
    record = play_in_process(plan, package, folder / JOURNAL, lambda over: told("办理", over, cases))
    keep_record(folder / JOURNAL, record | {"way": IN_PROCESS})
    return judged_and_written(folder, package, told)


def accept_over_http(
    scenarios: Sequence[Scenario], package: Package, seed: int, folder: Path, told: Callable[[str, int, int], None]
) -> Acceptance:
    """The same with the reference in a process of its own, over HTTP. Raises FeatureError, CastingError, SandboxError."""
    plan = planned(scenarios, package, seed, folder, told)
    cases = cases_in(plan.parts)
    played = play_over_http(plan, folder, lambda over: told("办理", over, cases))
    told("判定", 0, len(scenarios))
    runs = zip(played.ours, played.theirs, strict=True)
    with joined(*(Journals(ours, {theirs: REFERENCE_SEATS}) for ours, theirs in runs)) as rows:
        write_joined(rows, folder / JOURNAL)
    keep_record(folder / JOURNAL, {name: played.about[name] for name in ABOUT} | {"remote": [], "way": OVER_HTTP})
    return judged_and_written(folder, package, told)


def planned(
    scenarios: Sequence[Scenario], package: Package, seed: int, folder: Path, told: Callable[[str, int, int], None]
) -> Play:
    """The play, and what is kept of it in the folder."""
    told("选角", 0, len(scenarios))
    plan = cast_all(scenarios, package, seed)
    keep_plan(folder, plan)
    return plan


def judged_and_written(folder: Path, package: Package, told: Callable[[str, int, int], None]) -> Acceptance:
    """Judge what lies in the folder, and write the results beside it."""
    scenarios = len(kept_plan(folder)["scenarios"])
    told("判定", 0, scenarios)
    acceptance = judge_folder(folder, package)
    write_results(folder, acceptance)
    told("判定", scenarios, scenarios)
    return acceptance


def judge_folder(folder: Path, package: Package) -> Acceptance:
    """The results of what was played, from plan and journal alone. Raises FeatureError and JournalError."""
    kept, journal = kept_plan(folder), folder / JOURNAL
    play_, record = play_of(kept, package), kept_record(journal)
    given, promises = given_of(folder), load_promises(package.folder).all
    if record.get("nothing"):
        verdict: dict[str, Any] = record | {"promises": [], "rows": 0}
        results = [ScenarioResult(part.scenario, 0, Result.NOT_RUN, (), record["nothing"]) for part in play_.parts]
    else:
        numbers: Collection[int] = play_.plan.arranged
        missing: list[tuple[Scenario, str]] = []
        if record["way"] == OBSERVED:
            seen = observed_in(journal, play_, record["bound"])
            (play_, missing), numbers = occurred(play_, seen), seen.numbers
        verdict = verdict_on(play_, package, journal, record, given, numbers)
        results = judge_play(play_.parts, journal, verdict, record["open_cases"])
        if record["remote"]:
            results = with_troubles(results, journal)
            overdue = {int(number): seconds for number, seconds in record.get("overdue", {}).items()}
            results = with_overdue(results, play_.parts, overdue, journal)
        results += [ScenarioResult(scenario, 0, Result.NOT_RUN, (), why) for scenario, why in missing]
    results += [ScenarioResult(scenario, 0, Result.NOT_RUN, (), why) for scenario, why in left_out_of(kept)]
    results.sort(key=lambda each: (each.scenario.file, each.scenario.line))
    run: dict[str, Any] = {"plan_sha256": sha256((folder / PLAN).read_bytes()).hexdigest()}
    run |= {
        "journal_sha256": hash_of(journal), "code": kept["code"], "begins_ms": play_.plan.start_ms, "way": record["way"],
    }  # fmt: skip
    if given != NOTHING:
        run["given_sha256"] = sha256((folder / GIVEN).read_bytes()).hexdigest()
    verdict["promises"] = promises_reviewed(verdict["promises"], promises, given)
    reviewed = scenarios_reviewed(results, promises, given)
    incomplete = record.get("nothing") or record.get("cut_short") or ""
    return Acceptance(reviewed, verdict, play_, read_clauses(package.folder), run, given, incomplete)


def verdict_on(
    play_: Play, package: Package, journal: Path, record: Mapping[str, Any], given: Given, numbers: Collection[int]
) -> dict[str, Any]:
    """What the judge says of a play's cases, with the figures given for it; of a live clock nothing is said that was not over."""
    cases = cases_by_region(run_of(play_.plan, package), sorted(numbers), package)
    limits = {name: (value, unit) for name, (value, unit) in record.get("limits", {}).items()}
    verdict = judged(journal, dict(record), cases, package, limits | given.limits, sample=None)
    if record.get("may_go_on"):
        not_yet_over(verdict)
    return verdict


def judge_play(
    parts: Sequence[Part], journal: Path, verdict: Mapping[str, Any], open_cases: Collection[int]
) -> list[ScenarioResult]:
    """The results of what was played, from the journal alone."""
    reads = JournalReads(journal)
    try:
        return list(judge_scenarios(
            parts, reads, evidence_of(verdict), ways=ways(), kinds=directory().kinds,
            remote=verdict["remote"], open_cases=frozenset(open_cases), now_ms=verdict["now_ms"],
        ))  # fmt: skip
    finally:
        reads.close()


def hash_of(journal: Path) -> str:
    """The hash of a journal's rows."""
    reads = JournalReads(journal)
    try:
        return content_sha256(reads)
    finally:
        reads.close()


def write_results(folder: Path, acceptance: Acceptance) -> None:
    """`results.json`, beside it its hash, which reports print, and a 复现包 for every failure."""
    write_capsules(folder, folder / JOURNAL, acceptance.play, acceptance)
    text = json.dumps(acceptance.as_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / RESULTS).write_text(text, encoding="utf-8")
    (folder / f"{RESULTS}.sha256").write_text(f"{sha256(text.encode()).hexdigest()}  {RESULTS}\n", encoding="utf-8")
