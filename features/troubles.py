"""What of the wire belongs to a verdict on a real system: troubles under their scenarios, and ends nobody waited for."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from features.judging import ScenarioResult
from features.playing import Part
from features.reach import sentence
from liantiao.directory import directory
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from sim.judge.verdict import Result
from sim.runs.troubles import TROUBLES

ENDS: Final = "every_case_ends"
LAST: Final = 3
"""So many of its last messages are told of a case that never ended."""


def not_yet_over(verdict: dict[str, Any]) -> None:
    """A case that still goes on when we stop waiting has not failed to end: that was not seen, one way or the other."""
    for promise in verdict["promises"]:
        if promise["id"] == ENDS and promise["result"] == Result.BROKEN.value:
            note = f"到等待的时限仍有 {promise['violations']} 件在办"
            promise.update(result=Result.NOT_OBSERVED.value, violations=0, sample=[], note=note)


def troubles_by_case(journal: Path) -> dict[int, Counter[str]]:
    """What went wrong on the wire with real systems, by case: codes of `sim.runs.troubles` and HTTP statuses."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    reads = JournalReads(journal)
    try:
        for row in reads.records():
            code = row.outcome.removeprefix("fault:")
            if row.outcome != code and (code in TROUBLES or code.startswith("http_")):
                found[row.case_no][code] += 1
    finally:
        reads.close()
    return found


def with_trouble(result: ScenarioResult, told: Mapping[int, Counter[str]]) -> ScenarioResult:
    """A result that is not green says what went wrong on the wire, and what to do."""
    codes = told.get(result.case_no)
    if not codes or result.result is Result.KEPT:
        return result
    notes = [f"{sentence(f'{times} 次', code)}" for code, times in codes.most_common()]
    return replace(result, note="；".join([*filter(None, [result.note]), *notes]))


def with_overdue(
    results: Sequence[ScenarioResult], parts: Sequence[Part], overdue: Mapping[int, float], journal: Path
) -> list[ScenarioResult]:
    """Scenarios with a case that had not ended when their time was over: what was seen proves nothing yet, unless it is a
    breach. `overdue` gives the seconds by case number."""
    late = {part.scenario.id: each.number for part in parts for each in part.cases if each.number in overdue}
    reads = JournalReads(journal)
    try:
        return [_overdue(each, number, overdue[number], reads.of_case(number))
                if (number := late.get(each.scenario.id)) is not None else each for each in results]  # fmt: skip
    finally:
        reads.close()


def _overdue(result: ScenarioResult, number: int, seconds: float, rows: Sequence[Record]) -> ScenarioResult:
    last = [f"{row.sender}→{row.receiver} {title_of(row.kind)}（{row.outcome}）" for row in rows[-LAST:]]
    note = f"等到时限 {seconds:g} 秒，办件 {number} 没有走到终点；最后看到：{'；'.join(last) or '没有任何报文'}"
    proves_nothing = result.result in (Result.KEPT, Result.NOT_RUN)
    shown = Result.NOT_OBSERVED if proves_nothing else result.result
    return replace(result, result=shown, note="；".join(filter(None, [result.note, note])))


def title_of(kind: str) -> str:
    """What people call an operation."""
    known = directory().kinds.get(kind)
    return known.op.title if known is not None else kind


def with_troubles(results: Sequence[ScenarioResult], journal: Path) -> list[ScenarioResult]:
    """Every result that is not green, with what went wrong on the wire."""
    told = troubles_by_case(journal)
    return [with_trouble(each, told) for each in results]
