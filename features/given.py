"""What people add to an acceptance: known issues, reviewers' conclusions, evidence, figures. It lies beside the plan, so that
judging again needs nothing else."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from sim.judge.verdict import KnownIssue, Result
from sim.plain import PlainError

GIVEN: Final = "given.json"
KEPT, BROKEN, NOT_APPLICABLE = "通过", "不通过", "不适用"
CONCLUSIONS: Final = {KEPT: Result.KEPT, BROKEN: Result.BROKEN, NOT_APPLICABLE: Result.MANUAL}
"""What a reviewer may conclude. What does not apply has been looked at, and has passed nothing."""
PROTECTION: Final = "等保三级"
PUBLISHED: Final = "公开发布"
OTHER: Final = "其他"
KINDS: Final = (PROTECTION, PUBLISHED, OTHER)


class GivenError(PlainError):
    """What people added cannot be used; the message is for people and names the file and the place in it."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer concluded of a scenario or a promise that is for a person, and who looked at it a second time."""

    conclusion: str
    note: str
    reviewer: str
    second_reviewer: str
    date: str

    @property
    def result(self) -> Result:
        """The result that follows."""
        return CONCLUSIONS[self.conclusion]

    @property
    def told(self) -> str:
        """In one line."""
        note = f"：{self.note}" if self.note else ""
        return f"评审结论：{self.conclusion}（{self.reviewer}，复核 {self.second_reviewer}，{self.date}）{note}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document attached to clauses; `faults` say why it proves nothing, `more` is what its kind asks for besides."""

    clauses: tuple[str, ...]
    kind: str
    number: str
    issuer: str
    issued: str
    expires: str
    file: str
    sha256: str
    reviewer: str
    second_reviewer: str
    more: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """In one line."""
        state = (
            f"不能作证：{'；'.join(self.faults)}" if self.faults else f"{self.reviewer}，复核 {self.second_reviewer}"
        )
        return f"{self.kind} {self.number}（{self.issuer}，{self.issued} 至 {self.expires}；{state}）"


@dataclass(frozen=True, slots=True)
class Figure:
    """A time limit that the policy leaves open, as somebody has set it."""

    value: float
    unit: str
    source: str
    approver: str


@dataclass(frozen=True, slots=True)
class Given:
    """All of it, with the day by which dates are judged, and the name and hash of every file it was read from."""

    day: str = ""
    known_issues: Mapping[str, KnownIssue] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    sources: tuple[Mapping[str, str], ...] = ()
    mutants: Mapping[str, Any] = field(default_factory=dict)
    """What `liantiao mutants` found, as a report shows it; empty where it was not given."""

    @property
    def limits(self) -> dict[str, tuple[float, str]]:
        """The figures as the judge takes them."""
        return {name: (figure.value, figure.unit) for name, figure in self.figures.items()}

    def for_clauses(self, clauses: Iterable[str], kind: str) -> dict[str, list[Evidence]]:
        """Of each clause, the evidence of this kind that proves something."""
        return {
            clause: [each for each in self.evidence if clause in each.clauses and each.kind == kind and not each.faults]
            for clause in clauses
        }

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` told."""
        return cls(
            kept["day"], {name: KnownIssue(**each) for name, each in kept["known_issues"].items()},
            {name: Review(**each) for name, each in kept["reviews"].items()},
            tuple(Evidence(**_tuples(each)) for each in kept["evidence"]),
            {name: Figure(**each) for name, each in kept["figures"].items()}, tuple(kept["sources"]),
            kept.get("mutants", {}),
        )  # fmt: skip


def _tuples(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}


NOTHING: Final = Given()


def keep_given(folder: Path, given: Given) -> None:
    """Write it into an acceptance's folder; nothing where nothing was given."""
    if given != NOTHING:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(given.as_json(), ensure_ascii=False, indent=1) + "\n"
        (folder / GIVEN).write_text(text, encoding="utf-8")


def given_of(folder: Path) -> Given:
    """What `keep_given` wrote. Raises GivenError."""
    path = folder / GIVEN
    if not path.exists():
        return NOTHING
    try:
        return Given.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise GivenError(f"{path} 已残缺，读不出评审结论与证据；请用原来的文件重新验收。") from None
