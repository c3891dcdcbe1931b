"""The problem list itself: one entry for each distinct failure, its state, and what a new run does to it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from features.given import GivenError
from features.problems import SEVERITIES, Failure, Findings
from liantiao.reviewing.sheets import as_bytes, write_file

LIST: Final = "problems.json"
FORMAT: Final = "liantiao-problems-1"
TO_CONFIRM, IN_WORK, TO_RETEST, CLOSED, ON_HOLD = "待确认", "整改中", "待复测", "关闭", "挂起"
STATES: Final = (TO_CONFIRM, IN_WORK, TO_RETEST, CLOSED, ON_HOLD)
BY_HAND: Final[Mapping[str, tuple[str, ...]]] = {
    TO_CONFIRM: (IN_WORK, ON_HOLD, CLOSED), IN_WORK: (TO_RETEST, ON_HOLD), TO_RETEST: (IN_WORK, ON_HOLD),
    ON_HOLD: (TO_CONFIRM, IN_WORK, TO_RETEST), CLOSED: (IN_WORK,),
}  # fmt: skip
"""What people may make of a state. What was once confirmed is closed by a run that finds it in order, never by hand."""
RETESTED: Final = (IN_WORK, TO_RETEST)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: what failed, who sees to it until when, and when it was met."""

    fingerprint: str
    severity: str
    clauses: tuple[str, ...]
    scenario: str
    title: str
    step: str
    expected: str
    seen: str
    unit: str
    state: str
    first_seen: str
    last_seen: str
    times: int = 1
    owner: str = ""
    due: str = ""
    note: str = ""
    reopened: int = 0


@dataclass(frozen=True, slots=True)
class ProblemList:
    """All problems of a package, by fingerprint, and the runs they come from."""

    package: str
    problems: Mapping[str, Problem] = field(default_factory=dict)
    runs: tuple[Mapping[str, str], ...] = ()

    def to_retest(self) -> list[str]:
        """The scenarios of the problems that are being mended or wait to be tested again."""
        found = (each.scenario for each in self.problems.values() if each.state in RETESTED)
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Merged:
    """A list with a run merged in, and the fingerprints that the run moved: from which state to which."""

    list: ProblemList
    moved: Mapping[str, tuple[str, str]]


def merge(old: ProblemList, found: Findings, run: Mapping[str, str]) -> Merged:
    """The list after a run. A run that is in the list already changes nothing.

    What failed is seen once more; where it was closed or waited for its retest, it is being mended again. What was looked at
    and found in order waits for a retest, and is closed by the next run that finds it so. What is on hold stays there, and
    what the run did not look at stays as it was.
    """
    if run["id"] in [each["id"] for each in old.runs]:
        return Merged(old, {})
    day, problems = run["day"], dict(old.problems)
    for failure in found.failures:
        known = problems.get(failure.fingerprint)
        problems[failure.fingerprint] = _new(failure, day) if known is None else _again(known, failure, day)
    for mark in found.passed & set(problems):
        problems[mark] = _in_order(problems[mark])
    moved = {
        mark: (old.problems[mark].state if mark in old.problems else "", each.state) for mark, each in problems.items()
        if mark not in old.problems or old.problems[mark].state != each.state
    }  # fmt: skip
    return Merged(ProblemList(old.package, problems, (*old.runs, run)), moved)


def _new(failure: Failure, day: str) -> Problem:
    told = {each.name: getattr(failure, each.name) for each in fields(Failure) if each.name != "known"}
    state = ON_HOLD if failure.known else TO_CONFIRM
    return Problem(**told, state=state, first_seen=day, last_seen=day, note=failure.known)


def _again(problem: Problem, failure: Failure, day: str) -> Problem:
    back = problem.state in (CLOSED, TO_RETEST) and not failure.known
    return replace(
        problem, severity=min(problem.severity, failure.severity, key=SEVERITIES.index), seen=failure.seen,
        expected=failure.expected, title=failure.title, clauses=failure.clauses, times=problem.times + 1,
        last_seen=max(day, problem.last_seen), state=IN_WORK if back else problem.state,
        reopened=problem.reopened + (problem.state == CLOSED and back),
    )  # fmt: skip


def _in_order(problem: Problem) -> Problem:
    following = {TO_CONFIRM: TO_RETEST, IN_WORK: TO_RETEST, TO_RETEST: CLOSED}
    return replace(problem, state=following.get(problem.state, problem.state))


# ---- the file -----------------------------------------------------------------------------------------------------------------
def read_list(path: Path) -> ProblemList:
    """The list in a file. Raises GivenError."""
    try:
        kept: dict[str, Any] = json.loads(as_bytes(path))
        if kept["format"] != FORMAT:
            raise ValueError
        problems = [Problem(**{**each, "clauses": tuple(each["clauses"])}) for each in kept["problems"]]
        if {each.state for each in problems} - set(STATES) or {each.severity for each in problems} - set(SEVERITIES):
            raise ValueError
        return ProblemList(kept["package"], {each.fingerprint: each for each in problems}, tuple(kept["runs"]))
    except (ValueError, KeyError, TypeError):
        raise GivenError(
            f"{path} 不是问题清单，或已残缺；清单由 liantiao problems merge 写出，请用完好的那一份。"
        ) from None


def write_list(path: Path, problems: ProblemList) -> None:
    """Write the list, whole or not at all. Raises GivenError."""
    ordered = sorted(problems.problems.values(), key=lambda each: (SEVERITIES.index(each.severity), each.fingerprint))
    kept = {
        "format": FORMAT, "package": problems.package, "problems": [asdict(each) for each in ordered],
        "runs": [dict(each) for each in problems.runs],
    }  # fmt: skip
    write_file(path, (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode())


def counts(problems: Collection[Problem]) -> dict[str, int]:
    """How many there are in each state."""
    return {state: sum(each.state == state for each in problems) for state in STATES}
