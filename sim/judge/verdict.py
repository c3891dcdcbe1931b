"""The verdict: what became of every promise, in the words people read, and the exit code that follows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from sim.calendar import DAY_MS, CalendarError, parse_day
from sim.judge.promises import PromiseKind
from sim.package.tables import PackageError, nearest, read_file

SAMPLE = 10
"""How many violations of one promise are kept as its evidence."""
KEPT_EXIT, BROKEN_EXIT, USAGE_EXIT, INCOMPLETE_EXIT = range(4)


class Result(Enum):
    """What became of a promise."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_OBSERVED = "not_observed"
    NOT_RUN = "not_run"
    KNOWN_ISSUE = "known_issue"
    MANUAL = "manual"
    NO_FIGURE = "no_figure"

    @property
    def title(self) -> str:
        """What people read."""
        return TITLES[self]


TITLES: Mapping[Result, str] = {
    Result.KEPT: "通过",
    Result.BROKEN: "不通过",
    Result.NOT_OBSERVED: "未取得验证证据",
    Result.NOT_RUN: "未执行",
    Result.KNOWN_ISSUE: "已知问题",
    Result.MANUAL: "人工核验",
    Result.NO_FIGURE: "指标待明确",
}


class Evidence(NamedTuple):
    """One violation: the case and what the journal shows of it."""

    case_no: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one promise: how many cases it applied to, how many broke it, and some of them."""

    id: str
    title: str
    clauses: tuple[str, ...]
    kind: PromiseKind
    result: Result
    applied: int = 0
    violations: int = 0
    sample: tuple[Evidence, ...] = ()
    note: str = ""
    inferred: str = ""
    unit: str = "件"

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON types."""
        return {
            "id": self.id, "title": self.title, "clauses": list(self.clauses), "kind": self.kind.value,
            "result": self.result.value, "result_title": self.result.title, "applied": self.applied, "unit": self.unit,
            "violations": self.violations, "sample": [each._asdict() for each in self.sample], "note": self.note,
            "inferred": self.inferred,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every finding of a run, and whether the run was complete."""

    findings: tuple[Finding, ...]
    open_cases: int = 0
    planned: int = 0
    executed: int = 0

    def exit_code(
        self, open_cases: int | Collection[int] | None = None, planned: int | None = None, executed: int | None = None
    ) -> int:
        """0 all kept, 1 broken, 3 incomplete; what is not given is as the run's record says."""
        if any(finding.result is Result.BROKEN for finding in self.findings):
            return BROKEN_EXIT
        still_open = self.open_cases if open_cases is None else open_cases
        wanted = self.planned if planned is None else planned
        done = self.executed if executed is None else executed
        return INCOMPLETE_EXIT if still_open or wanted != done else KEPT_EXIT

    def also(self, finding: Finding) -> "Verdict":
        """The verdict with one more finding, which counts like the others."""
        return replace(self, findings=(*self.findings, finding))

    def of(self, promise: str) -> Finding:
        """The finding on one promise."""
        found = {finding.id: finding for finding in self.findings}
        if promise not in found:
            raise KeyError(f"没有检核项“{promise}”，{nearest(promise, list(found))}。")
        return found[promise]

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON types."""
        counts = {result.value: sum(f.result is result for f in self.findings) for result in Result}
        return {
            "exit_code": self.exit_code(), "open_cases": self.open_cases, "planned": self.planned,
            "executed": self.executed, "counts": counts, "promises": [finding.as_dict() for finding in self.findings],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownIssue:
    """Why a promise is known to be broken, and the last local day on which that is an excuse."""

    reason: str
    expires: str
    expires_ms: int


def read_known_issues(path: Path, promises: Collection[str]) -> dict[str, KnownIssue]:
    """`known_issues.toml`: one table per promise, with `reason` and `expires` (YYYY-MM-DD)."""
    issues = {}
    table = read_file(path.parent, path.name, "", " ".join(promises))
    for name, entry in table.tables("reason expires"):
        expires = entry.text("expires")
        try:
            issues[name] = KnownIssue(entry.text("reason"), expires, parse_day(expires) + DAY_MS)
        except CalendarError as error:
            raise PackageError(f"{entry.place} 的 expires 有误：{error}") from None
    return issues


def excuse(findings: Sequence[Finding], issues: Mapping[str, KnownIssue], today_ms: int) -> list[Finding]:
    """Broken promises that are known and whose day has not passed; an expired excuse is said, and excuses nothing."""
    excused = []
    for finding in findings:
        issue = issues.get(finding.id)
        if issue is not None and finding.result is Result.BROKEN:
            if today_ms < issue.expires_ms:
                finding = replace(finding, result=Result.KNOWN_ISSUE, note=f"{issue.reason}（{issue.expires}到期）")
            else:
                finding = replace(finding, note=f"已知问题已于{issue.expires}到期：{issue.reason}")
        excused.append(finding)
    return excused
