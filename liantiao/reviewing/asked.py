"""What `liantiao accept` is told by people, turned into what is kept beside the plan."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from features.accepting import scenarios_of
from features.given import NOTHING, Given, GivenError
from liantiao.reviewing.evidence_files import read_evidence
from liantiao.reviewing.figures import read_figures
from liantiao.reviewing.mutants_file import read_mutants
from liantiao.reviewing.reviews import read_reviews
from liantiao.reviewing.sheets import as_bytes
from sim.calendar import CalendarError, format_time, parse_day
from sim.clock import wall_ms
from sim.judge.promises import load_promises
from sim.judge.verdict import KnownIssue, read_known_issues
from sim.package import Package, PackageError
from sim.package.clauses import read_clauses

KnownIssues = Annotated[
    Path | None,
    typer.Option("--known-issues", help="已知问题（TOML）：按场景、检核项或条款登记原因、负责人与到期日，到期不再免责"),
]
Reviews = Annotated[
    Path | None,
    typer.Option("--reviews", help="评审结论（.xlsx 或 .toml）：由 liantiao accept reviews --export 导出后填写"),
]
EvidenceFile = Annotated[Path | None, typer.Option("--evidence", help="证据（TOML）：附于条款的文件，核对摘要与有效期")]
Figures = Annotated[Path | None, typer.Option("--figures", help="指标（TOML）：政策没有给出的时限，各带依据与批准人")]
Mutants = Annotated[
    Path | None,
    typer.Option(
        "--mutants", help="缺陷植入的结果（liantiao mutants --out 写下的 mutants.json），得分与杀死表列入报告"
    ),
]
Retest = Annotated[
    Path | None, typer.Option("--retest", help="问题清单（problems.json）：只跑待复测、整改中的问题的场景，并更新清单")
]
Today = Annotated[str, typer.Option("--today", help="按哪一天核对有效期与到期日，如 2025-03-31；缺省为今天")]
TITLES: Final = {
    "known_issues": "已知问题",
    "reviews": "评审结论",
    "evidence": "证据",
    "figures": "指标",
    "mutants": "缺陷植入",
}


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """The options as they were typed."""

    known_issues: Path | None
    reviews: Path | None
    evidence: Path | None
    figures: Path | None
    today: str
    mutants: Path | None = None

    def read(self, package: Package, before: Given = NOTHING) -> Given:
        """Everything in these files; what `before` has of another sort stays. Raises GivenError and PackageError."""
        today = the_day(self.today)
        readers: dict[str, Callable[[Path], Any]] = {
            "known_issues": lambda path: _known_issues(path, package),
            "reviews": lambda path: read_reviews(path, package),
            "evidence": lambda path: read_evidence(path, package, today),
            "figures": lambda path: read_figures(path, package),
            "mutants": lambda path: read_mutants(path, package),
        }
        files = {name: path for name in readers if (path := getattr(self, name)) is not None}
        if not files:
            return before
        sources = [each for each in before.sources if each["what"] not in [TITLES[name] for name in files]]
        for name, path in files.items():
            digest = sha256(as_bytes(path)).hexdigest()
            sources.append({"what": TITLES[name], "file": path.name, "sha256": digest})
        parts = {name: readers[name](path) for name, path in files.items()}
        return replace(before, day=today, sources=tuple(sources), **parts)


NO_FILES: Final = GivenFiles(None, None, None, None, "")


def the_day(typed: str) -> str:
    """The day by which dates are judged. Raises GivenError."""
    try:
        return format_time(parse_day(typed) if typed else wall_ms())[:10]
    except CalendarError as error:
        raise GivenError(f"--today 有误：{error}") from None


def _known_issues(path: Path, package: Package) -> dict[str, KnownIssue]:
    as_bytes(path)
    names = [each.id for each in scenarios_of(package)] + [each.id for each in load_promises(package.folder).all]
    try:
        return read_known_issues(path, names + [each.id for each in read_clauses(package.folder)])
    except PackageError as error:
        raise GivenError(str(error)) from None
