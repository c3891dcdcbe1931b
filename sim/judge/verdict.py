"""The verdict: what became of every promise, in the words people read, and the exit code that follows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    """Why something is known to fail, who sees to it, and the last local day on which that is an excuse."""

    reason: str
    expires: str
    owner: str

    def excuses(self, today_ms: int) -> bool:
        """Whether its day has not passed."""
        return today_ms < parse_day(self.expires) + DAY_MS

    @property
    def note(self) -> str:
        """What stands beside the failure that it excuses."""
        return f"{self.reason}（{self.owner}负责，{self.expires}到期）"

    @property
    def expired(self) -> str:
        """What stands beside a failure once its day has passed."""
        return f"已知问题已于{self.expires}到期，不再免责：{self.reason}（{self.owner}负责）"


def read_known_issues(path: Path, valid: Collection[str]) -> dict[str, KnownIssue]:
    """`known_issues.toml`: one table per promise, clause or scenario, with `reason`, `owner` and `expires` (YYYY-MM-DD)."""
    issues = {}
    table = read_file(path.parent, path.name, "", " ".join(valid))
    for name, entry in table.tables("reason expires owner"):
        expires = entry.text("expires")
        try:
            parse_day(expires)
        except CalendarError as error:
            raise PackageError(f"{entry.place} 的 expires 有误：{error}") from None
        issues[name] = KnownIssue(entry.text("reason"), expires, entry.text("owner"))
    return issues


def excused(names: Iterable[str], issues: Mapping[str, KnownIssue], today_ms: int) -> tuple[bool, str]:
    """Whether a failure that goes by these names is known, and what is to be said of it.

    An issue whose day has passed excuses nothing, and is said.
    """
    found = [issues[name] for name in names if name in issues]
    for issue in found:
        if issue.excuses(today_ms):
            return True, issue.note
    return False, "；".join(issue.expired for issue in found)


def excuse(findings: Sequence[Finding], issues: Mapping[str, KnownIssue], today_ms: int) -> list[Finding]:
    """Broken promises that are known, by their own names or their clauses', become 已知问题 until the day of the excuse."""
    told = []
    for finding in findings:
        if finding.result is Result.BROKEN:
            known, note = excused((finding.id, *finding.clauses), issues, today_ms)
            finding = replace(
                finding, result=Result.KNOWN_ISSUE if known else finding.result, note=note or finding.note
            )
        told.append(finding)
    return told
