"""The record of an acceptance as JSON types: scenarios with their steps, clauses with their results, personal data masked."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from features.given import Evidence, Given
from features.judging import WORST_FIRST, ScenarioResult
from features.playing import Part
from features.reviewed import not_applicable
from sim.calendar import parse_day
from sim.dossier import Dossier
from sim.judge.verdict import SAMPLE, Result
from sim.masking import mask_account, mask_address, mask_id, mask_name, mask_phone, mask_title, mask_unit
from sim.package.clauses import OBLIGED, Clause

CHECKED_BY_HAND: Final = "人工"
Masking = Callable[[str], str]


def masking(dossiers: Sequence[Dossier]) -> Masking:
    """Masks in a text whatever is personal of the people of these cases."""
    masks: dict[str, str] = {}
    for dossier in dossiers:
        for person in (*dossier.buyers, *dossier.sellers):
            masks |= {person.name: mask_name(person.name), person.id_no: mask_id(person.id_no)}
            masks[person.phone] = mask_phone(person.phone)
        masks |= {account: mask_account(account) for account in dossier.accounts}
        masks |= {dossier.address: mask_address(dossier.address), dossier.title_no: mask_title(dossier.title_no)}
        masks[dossier.unit_code] = mask_unit(dossier.unit_code)
    longest = sorted(filter(None, masks), key=lambda text: (-len(text), text))
    pattern = re.compile("|".join(map(re.escape, longest)))
    return lambda text: pattern.sub(lambda found: masks[found[0]], text) if longest else text


def scenario_told(part: Part | None, result: ScenarioResult) -> dict[str, Any]:
    """One scenario whole: what was arranged, in which cases (none where it was left out), and what was expected and seen."""
    cases = part.cases if part is not None else ()
    hide = masking([each.dossier for each in cases])
    told = result.as_dict()
    told["note"] = hide(told["note"])
    for step in told["steps"]:
        step["seen"] = hide(step["seen"])
    arranged = [{"role": step.role, "text": step.text} for step in result.scenario.steps if step.role != "then"]
    return told | {"arranged": arranged, "cases": [each.number for each in cases]}


def promises_told(promises: Sequence[Mapping[str, Any]], parts: Sequence[Part]) -> list[dict[str, Any]]:
    """What the judge said of every promise, with the people of the cases masked; of its violations as many as are read.

    Those of cases of no scenario stand first, so that what no scenario answers for is among them.
    """
    dossiers = {each.number: each.dossier for part in parts for each in part.cases}

    def hidden(row: Mapping[str, Any]) -> dict[str, Any]:
        found = dossiers.get(row["case_no"])
        return {**row, "evidence": masking([found] if found else [])(row["evidence"])}

    def shown(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [hidden(row) for row in sorted(rows, key=lambda each: each["case_no"] in dossiers)[:SAMPLE]]

    return [{**promise, "sample": shown(promise["sample"])} for promise in promises]


def given_told(given: Given) -> dict[str, Any]:
    """What people added, in the order of the files; what each settled stands with the scenario, promise and clause."""
    today = parse_day(given.day) if given.day else 0
    issues = [
        {"name": name, **asdict(issue), "expired": not issue.excuses(today)}
        for name, issue in given.known_issues.items()
    ]
    return {"day": given.day, "sources": [dict(each) for each in given.sources], "known_issues": issues}


def clauses_told(
    clauses: Sequence[Clause], results: Sequence[ScenarioResult], promises: Sequence[Mapping[str, Any]],
    evidence: Sequence[Evidence],
) -> list[dict[str, Any]]:  # fmt: skip
    """Every clause with its scenarios, its result and the documents attached to it, and the titles of the requirement that
    no scenario carries yet."""
    by_hand: dict[str, list[Result]] = defaultdict(list)
    for promise in promises:
        for name in promise["clauses"] if promise.get("review") or promise.get("evidence") else ():
            by_hand[name].append(Result(promise["result"]))
    carried: dict[str, list[ScenarioResult]] = defaultdict(list)
    for result in results:
        for name in result.scenario.clauses:
            carried[name].append(result)
    told = []
    for clause in clauses:
        own = carried.get(clause.id, [])
        titles = {each.scenario.title for each in own}
        open_titles = [title for title in clause.scenarios if title.partition("：")[2] not in titles]
        told.append({
            "id": clause.id, "where": clause.where, "requires": clause.requires, "obliges": clause.obliges,
            "obliges_title": OBLIGED[clause.obliges], "checkable": set(clause.sorts) != {CHECKED_BY_HAND},
            "scenarios": [each.scenario.id for each in own], "without_scenario": open_titles,
            "robustness": sum(each.robustness for each in own), **_clause_result(own, by_hand[clause.id]),
            "evidence": [_evidence(each) for each in evidence if clause.id in each.clauses],
        })  # fmt: skip
    return told


def _evidence(evidence: Evidence) -> dict[str, Any]:
    told = asdict(evidence)
    return {**told, "clauses": list(evidence.clauses), "faults": list(evidence.faults), "valid": not evidence.faults}


def _clause_result(own: Sequence[ScenarioResult], by_hand: Sequence[Result]) -> Mapping[str, str]:
    """The worst that its scenarios and its promises for a person found; a finding on robustness breaks no clause, and what
    does not apply leaves nothing open."""
    counted = [each for each in own if not not_applicable(each)] or own
    found = {each.result for each in counted if not each.robustness} | set(by_hand)
    if not own and not by_hand:
        return {"result": "", "result_title": "尚无场景"}
    worst = next((result for result in WORST_FIRST if result in found), Result.NOT_OBSERVED)
    return {"result": worst.value, "result_title": worst.title}
