"""Results with what people added: reviewers' conclusions, evidence, figures and known issues, in this order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from features.evidence import Check
from features.given import NOT_APPLICABLE, Evidence, Given
from features.judging import ScenarioResult, StepResult, worst_of
from features.reading import Scenario
from features.steps.ends import by_hand
from features.vocabulary import VOCABULARY
from sim.calendar import parse_day
from sim.judge.promises import Promise
from sim.judge.verdict import Result, excused

Told = dict[str, Any]


def by_hand_steps(scenario: Scenario) -> list[str]:
    """What a person has to look at in a scenario."""
    place = f"{scenario.file}:"
    found = (VOCABULARY.find(step, f"{place}{step.line}") for step in scenario.steps if step.role == "then")
    return [str(words[0]) for phrase, words in found if phrase.does is by_hand]


def promises_reviewed(told: Sequence[Mapping[str, Any]], promises: Sequence[Promise], given: Given) -> list[Told]:
    """What the judge said of every promise, with what people added."""
    known = {promise.id: promise for promise in promises}
    return [_promise_reviewed(dict(each), known[each["id"]], given) for each in told if each["id"] in known] + [
        dict(each) for each in told if each["id"] not in known
    ]


def _promise_reviewed(told: Told, promise: Promise, given: Given) -> Told:
    told |= {"review": None, "evidence": [], "figure": None}
    if told["result"] == Result.MANUAL.value:
        told |= _by_people(promise, given)
    if promise.figure in given.figures and told["result"] in (Result.KEPT.value, Result.BROKEN.value):
        figure = given.figures[promise.figure]
        told["figure"] = {"name": promise.figure, "source": figure.source, "approver": figure.approver}
        told["note"] += f"（依据 {figure.source}，{figure.approver}批准）"
    if told["result"] == Result.BROKEN.value and given.known_issues:
        known, note = excused((promise.id, *promise.clauses), given.known_issues, parse_day(given.day))
        told |= _result(Result.KNOWN_ISSUE) if known else {}
        told["note"] = "；".join(filter(None, (told["note"], note)))
    return told


def _by_people(promise: Promise, given: Given) -> Told:
    """What a manual promise becomes; a reviewer's conclusion goes before documents."""
    review = given.reviews.get(promise.id)
    if review is not None:
        return {**_result(review.result), "note": review.told, "review": _review(given, promise.id)}
    if not promise.evidence:
        return {}
    attached = [each for each in given.evidence if set(each.clauses) & set(promise.clauses)]
    told: Told = {"evidence": [each.told for each in attached]}
    valid = given.for_clauses(promise.clauses, promise.evidence)
    lacking = [clause for clause, found in valid.items() if not found]
    if attached:
        said = "；".join(dict.fromkeys(each.told for each in attached))
        told["note"] = said if not lacking else f"{said}；条款 {'、'.join(lacking)} 还缺有效的“{promise.evidence}”证据"
    return told if lacking else told | _result(Result.KEPT)


def _result(result: Result) -> Told:
    return {"result": result.value, "result_title": result.title}


def _review(given: Given, name: str) -> Told:
    review = given.reviews[name]
    return {slot: getattr(review, slot) for slot in review.__slots__}


def scenarios_reviewed(
    results: Sequence[ScenarioResult], promises: Sequence[Promise], given: Given
) -> tuple[ScenarioResult, ...]:
    """Every scenario's result with what people added."""
    by_title = {promise.title: promise for promise in promises}
    asked: dict[str, set[str]] = {}
    for promise in promises:
        for clause in promise.clauses if promise.evidence else ():
            asked.setdefault(clause, set()).add(promise.evidence)
    return tuple(_excused(_reviewed(each, asked, given), by_title, given) for each in results)


def _reviewed(result: ScenarioResult, asked: Mapping[str, set[str]], given: Given) -> ScenarioResult:
    review = given.reviews.get(result.scenario.id)
    if review is None:
        documents = _documents(result.scenario, asked, given)
        if not documents:
            return result
        check = Check(Result.KEPT, "", "证据：" + "；".join(each.told for each in documents))
    else:
        check = Check(review.result, "", review.told)
    steps = tuple(
        replace(step, check=replace(check, expected=step.check.expected))
        if step.check.result is Result.MANUAL else step for step in result.steps
    )  # fmt: skip
    if steps == result.steps:
        return result
    return replace(result, steps=steps, result=worst_of(steps), review=review)


def _documents(scenario: Scenario, asked: Mapping[str, set[str]], given: Given) -> list[Evidence]:
    """The evidence that settles a scenario for a person: all its clauses ask for documents and have them."""
    found: list[Evidence] = []
    for clause in scenario.clauses:
        own = [each for kind in asked.get(clause, ()) for each in given.for_clauses([clause], kind)[clause]]
        if not own:
            return []
        found += [each for each in own if each not in found]
    return found


def _excused(result: ScenarioResult, by_title: Mapping[str, Promise], given: Given) -> ScenarioResult:
    """Failures that are known no longer count as such until their day; an expired one is said and excuses nothing."""
    if result.result is not Result.BROKEN or not given.known_issues:
        return result
    today, notes, steps = parse_day(given.day), [], []
    for step in result.steps:
        if step.check.result is Result.BROKEN:
            known, note = excused(_names(result.scenario, step, by_title), given.known_issues, today)
            notes.append(note)
            if known:
                step = replace(step, check=replace(step.check, result=Result.KNOWN_ISSUE))
        steps.append(step)
    said = "；".join(dict.fromkeys(filter(None, (result.note, *notes))))
    return replace(result, steps=tuple(steps), result=worst_of(steps), note=said)


def _names(scenario: Scenario, step: StepResult, by_title: Mapping[str, Promise]) -> list[str]:
    """What a failure goes by: the scenario, its clauses, and the promise if it is one's."""
    promise = by_title.get(step.promise)
    return [scenario.id, *scenario.clauses, *((promise.id, *promise.clauses) if promise else ())]


def not_applicable(result: ScenarioResult) -> bool:
    """Whether a reviewer has found that a scenario does not apply."""
    return result.result is Result.MANUAL and result.review is not None and result.review.conclusion == NOT_APPLICABLE
