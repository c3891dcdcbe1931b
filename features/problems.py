"""Problems (问题): what went wrong in an acceptance, one for each distinct failure, known again in the next run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import features.steps  # noqa: F401  # fills the vocabulary
from features.reading import FeatureError, Step
from features.vocabulary import CHECKS, VOCABULARY
from liantiao.message_list import ways
from sim.judge.verdict import Result
from sim.package import Package

BREACH, ROBUSTNESS, NO_EVIDENCE = "违反条款", "健壮性", "未取得证据"
SEVERITIES: Final = (BREACH, ROBUSTNESS, NO_EVIDENCE)
"""Worst first."""
FAILS: Final = ("broken", "not_observed", "known_issue", "not_run")
UNIT_OF_ROUTE: Final = {"own": "registry", "reflow": "registry", "local": "registry", "hub": "hub", "tax_fee": "hub"}
"""The seat of the package that sends an item on its way."""
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a run, by a fingerprint without case numbers, moments or amounts seen."""

    fingerprint: str
    severity: str
    clauses: tuple[str, ...]
    scenario: str
    """The scenario's id, or the promise's where no scenario's case is concerned."""
    title: str
    step: str
    expected: str
    seen: str
    unit: str
    known: str = ""
    """What is said of it where it is a known issue."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one acceptance says: its failures, and the fingerprints that were looked at and found in order."""

    failures: tuple[Failure, ...]
    passed: frozenset[str]


def fingerprint(scenario: str, step: str, nth: int = 0) -> str:
    """Stable across runs: the scenario's id, the step's own words, and which of like steps it is."""
    return sha256(f"{scenario}/{step}/{nth or ''}".encode()).hexdigest()[:12]


def findings_of(record: Record, package: Package) -> Findings:
    """What the results of an acceptance say."""
    units = _Units(package)
    failures: dict[str, Failure] = {}
    passed: set[str] = set()
    for scenario in record["scenarios"]:
        for failure, ok in _of_scenario(scenario, units):
            if ok:
                passed.add(failure.fingerprint)
            else:
                failures.setdefault(failure.fingerprint, failure)
        if scenario["result"] != Result.NOT_RUN.value:
            passed |= {fingerprint(scenario["id"], kept_step(title)) for title in _kept_everywhere(record["promises"])}
    cases = {number for each in record["scenarios"] for number in each["cases"]}
    for promise in record["promises"]:
        mark = fingerprint(promise["id"], "")
        if promise["result"] in ("broken", "known_issue") and _outside(promise, cases):
            failures[mark] = _of_promise(promise, mark, units)
        elif promise["result"] in ("broken", "kept"):
            passed.add(mark)
    return Findings(tuple(failures.values()), frozenset(passed - set(failures)))


def _of_scenario(scenario: Record, units: "_Units") -> Iterable[tuple[Failure, bool]]:
    """Everything that was looked at in a scenario, and whether it was in order."""
    severe = ROBUSTNESS if scenario["inferred"] or scenario["sort"] in ("故障", "坏输入") else BREACH
    ran = scenario["result"] != Result.NOT_RUN.value
    yield _failure(scenario, "", "场景得到执行", scenario["note"] or "没有执行", NO_EVIDENCE, units), ran
    if not ran:
        return
    times: Counter[str] = Counter()
    for step in scenario["steps"]:
        nth, failed = times[step["text"]], step["result"] in FAILS
        times[step["text"]] += 1
        if not failed and step["result"] != Result.KEPT.value:
            continue  # open: neither wrong nor in order
        severity = severe if step["result"] in ("broken", "known_issue") else NO_EVIDENCE
        if severity == BREACH and scenario["robustness"]:
            severity = ROBUSTNESS
        yield _failure(scenario, step["text"], step["expected"], step["seen"], severity, units, nth, step), not failed


def _failure(
    scenario: Record, step: str, expected: str, seen: str, severity: str, units: "_Units", nth: int = 0,
    of: Record | None = None,
) -> Failure:  # fmt: skip
    known = scenario["note"] if of is not None and of["result"] == Result.KNOWN_ISSUE.value else ""
    return Failure(
        fingerprint(scenario["id"], step, nth), severity, tuple(scenario["clauses"]), scenario["id"], scenario["title"],
        step, expected, seen, units.of_step(step), known or "",
    )  # fmt: skip


def kept_step(title: str) -> str:
    """How a promise that a scenario's case broke stands among its steps (`features.judging`)."""
    return f"检核项“{title}”成立"


def _kept_everywhere(promises: Iterable[Record]) -> list[str]:
    """The promises of which every violation is known by its case, so that a case not named has broken none."""
    judged = ("kept", "broken", "known_issue")
    return [
        each["title"] for each in promises if each["result"] in judged and each["violations"] == len(each["sample"])
    ]


def _outside(promise: Record, cases: set[int]) -> bool:
    return not promise["sample"] or any(row["case_no"] not in cases for row in promise["sample"])


def _of_promise(promise: Record, mark: str, units: "_Units") -> Failure:
    severity = ROBUSTNESS if promise["inferred"] else BREACH
    shown = "；".join(row["evidence"] for row in promise["sample"][:1]) or promise["note"]
    known = promise["note"] if promise["result"] == Result.KNOWN_ISSUE.value else ""
    expected = kept_step(promise["title"])
    return Failure(
        mark, severity, tuple(promise["clauses"]), promise["id"], promise["title"], "", expected, shown, units.default,
        known,
    )  # fmt: skip


class _Units:
    """Who has to see to a failure: the package's seat that sends what the step is about, by package.toml."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._ways = ways()
        self._own = [seat.id for seat in package.seats.values() if seat.side == "package"]
        self.default = "、".join(package.seats[seat].title for seat in self._own[:3])

    def of_step(self, text: str) -> str:
        """The titles of the seats concerned."""
        try:
            _, words = VOCABULARY.find(Step("then", text, 0), CHECKS)
        except FeatureError:
            return self.default
        for word in words:
            if isinstance(word, frozenset):
                senders = [seat for kind in word for seat in self._ways.get(kind, ((), ()))[0]]
                heard = [seat for kind in word for seat in self._ways.get(kind, ((), ()))[1]]
                if own := [seat for seat in self._own if seat in senders] or [s for s in self._own if s in heard]:
                    own = [seat for seat in own if seat in words] or own
                    return "、".join(self._package.seats[seat].title for seat in own)
        for word in words:
            if isinstance(word, str) and word in self._package.items:
                return self._package.seats[UNIT_OF_ROUTE[self._package.items[word].route]].title
            if isinstance(word, str) and word in self._own:
                return self._package.seats[word].title
        return self.default
