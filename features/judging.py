"""Judging: every scenario's checks on its case's journal, with the promises its case broke, into one result each."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from features import every_case
from features.casting import Played
from features.evidence import Check, Seen, UnseenError, Ways
from features.given import Review
from features.playing import Part
from features.reading import Scenario
from features.vocabulary import VOCABULARY, Phrase
from sim.journal.record import Record
from sim.journal.rows import CaseRows
from sim.judge.verdict import Result

WORST_FIRST: Final = (
    Result.BROKEN, Result.NOT_RUN, Result.NOT_OBSERVED, Result.KNOWN_ISSUE, Result.NO_FIGURE, Result.MANUAL, Result.KEPT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepResult:
    """One 那么 of a scenario and what became of it."""

    text: str
    line: int
    check: Check
    inferred: bool = False
    """Whether it is a promise that rests on our reading of the policy, not on its words."""
    promise: str = ""
    """The title of the promise that the case broke, where it is no step of the scenario."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of a scenario: the worst of its checks; `robustness` says that a failure breaks no clause."""

    scenario: Scenario
    case_no: int
    result: Result
    steps: tuple[StepResult, ...]
    note: str = ""
    review: Review | None = None
    """What a reviewer concluded, where the scenario is for a person."""

    @property
    def robustness(self) -> bool:
        """Whether it failed in what is a matter of robustness only."""
        broken = [step for step in self.steps if step.check.result is Result.BROKEN]
        return bool(broken) and (self.scenario.robustness or all(step.inferred for step in broken))

    def as_dict(self) -> dict[str, Any]:
        """JSON types."""
        scenario = self.scenario
        return {
            "id": scenario.id, "title": scenario.title, "subject": scenario.subject, "place": scenario.place,
            "clauses": list(scenario.clauses), "traps": list(scenario.traps), "sort": scenario.sort,
            "inferred": scenario.inferred, "case_no": self.case_no, "result": self.result.value,
            "result_title": self.result.title, "robustness": self.robustness, "note": self.note,
            "review": asdict(self.review) if self.review else None,
            "steps": [
                {"text": step.text, "line": step.line, "result": step.check.result.value,
                 "result_title": step.check.result.title, "expected": step.check.expected, "seen": step.check.seen,
                 "rows": list(step.check.rows)}
                for step in self.steps
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PromiseEvidence:
    """What the judge said of promises, by case: evidence of violations by title, and the titles that could apply."""

    broken: Mapping[int, Mapping[str, str]]
    judged: Collection[str]
    inferred: Collection[str] = ()


def evidence_of(verdict: Mapping[str, Any]) -> PromiseEvidence:
    """The promises' side of a verdict as `liantiao.server_verdict.judged` tells it, which must have every violation."""
    broken: dict[int, dict[str, str]] = defaultdict(dict)
    judged = set()
    for promise in verdict["promises"]:
        if promise["applied"] and promise["result"] in (Result.KEPT.value, Result.BROKEN.value):
            judged.add(promise["title"])
        for each in promise["sample"]:
            broken[each["case_no"]][promise["title"]] = each["evidence"]
    inferred = {promise["title"] for promise in verdict["promises"] if promise["inferred"]}
    return PromiseEvidence(broken, judged, inferred)


def judge_scenarios(
    parts: Sequence[Part], reads: CaseRows, promises: PromiseEvidence, *, ways: Ways, kinds: Mapping[str, Any],
    remote: Collection[str], open_cases: Collection[int], now_ms: int,
) -> tuple[ScenarioResult, ...]:  # fmt: skip
    """One result per scenario, in order."""
    results = []

    def seen_of(played: Played) -> Seen:
        number = played.number
        rows: Sequence[Record] = reads.of_case(number)
        return Seen(played, rows, ways, remote, number not in open_cases, kinds,
                    promises.broken.get(number, {}), promises.judged, now_ms)  # fmt: skip

    for part in parts:
        seen = seen_of(part.played)
        seen.others = tuple(map(seen_of, part.others))
        seen.second = seen_of(part.second) if part.second else None
        results.append(judge_scenario(part.scenario, seen, promises.inferred))
    return tuple(results)


def judge_scenario(scenario: Scenario, seen: Seen, inferred: Collection[str] = ()) -> ScenarioResult:
    """Every 那么 on what was seen; a promise or a common rule that the case breaks fails the scenario too (全局不变式)."""
    number, all_seen = seen.played.number, [seen, *seen.others, *([seen.second] if seen.second else [])]
    silent = [each.played.number for each in all_seen if not each.rows]
    if silent:
        return ScenarioResult(scenario, number, Result.NOT_RUN, (), f"{_numbers(silent)}没有任何报文")
    steps = [
        StepResult(step.text, step.line, _checked(scenario, step.line, step.text, seen))
        for step in scenario.steps if step.role == "then"
    ]  # fmt: skip
    steps += [
        StepResult(
            f"检核项“{title}”成立",
            scenario.line,
            Check(Result.BROKEN, f"检核项“{title}”成立", evidence),
            title in inferred,
            title,
        )
        for each in all_seen
        for title, evidence in each.broken.items()
    ]
    steps += [
        StepResult(f"通则“{rule.title}”成立", scenario.line, check, inferred=True)
        for each in all_seen
        for rule, check in every_case.broken(each)
    ]
    return ScenarioResult(scenario, number, worst_of(steps), tuple(steps))


def worst_of(steps: Iterable[StepResult]) -> Result:
    """The result of a scenario: the worst of its checks."""
    found = {step.check.result for step in steps}
    return next(result for result in WORST_FIRST if result in found)


def _checked(scenario: Scenario, line: int, text: str, seen: Seen) -> Check:
    step = next(each for each in scenario.steps if each.line == line and each.text == text)
    phrase, words = VOCABULARY.find(step, f"{scenario.file}:{line}")
    return of_all([_check(phrase, each, words, text) for each in (seen, *seen.others)], seen)


def _check(phrase: Phrase, seen: Seen, words: Sequence[Any], text: str) -> Check:
    try:
        check: Check = phrase.does(seen, *words)
    except UnseenError as unseen:
        return Check(Result.NOT_OBSERVED, text, str(unseen))
    return check


def of_all(checks: Sequence[Check], seen: Seen) -> Check:
    """One check made on several like cases: as good as the worst of them, which is the one told of."""
    worst = next(result for result in WORST_FIRST if any(each.result is result for each in checks))
    n, told = next((n, each) for n, each in enumerate(checks) if each.result is worst)
    if len(checks) == 1 or worst is Result.MANUAL:
        return told
    if worst is Result.KEPT:
        return Check(worst, told.expected, f"{len(checks)} 件都是：{told.seen}", told.rows)
    number = (seen, *seen.others)[n].played.number
    return Check(worst, told.expected, f"{_numbers([number])}：{told.seen}", told.rows)


def _numbers(cases: Sequence[int]) -> str:
    return f"第 {'、'.join(map(str, cases))} 号办件"


def counts(results: Sequence[ScenarioResult]) -> dict[str, int]:
    """How many scenarios there are of each result."""
    found = Counter(each.result for each in results)
    return {result.value: found[result] for result in Result}
