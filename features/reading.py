"""Feature files: read with Cucumber's own parser, outlines spelled out, every scenario with its clauses and its sort."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

from sim.plain import PlainError

FEATURES: Final = Path(__file__).parent
SORTS: Final = ("正常", "边界", "故障", "坏输入", "人工")
ROBUST: Final = ("故障", "坏输入")
"""Sorts whose failure is a finding on robustness, never a breach of a clause."""
INFERRED: Final = "推断"
"""Marks a scenario that checks our reading of a clause, not its words."""
_CLAUSE = re.compile(r"[A-Z]{2}-\S+")
_TRAP = re.compile(r"T\d\d")


class FeatureError(PlainError):
    """A feature file that cannot be used; the message is for people and names file and line."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario. `role` is given (假如), when (当) or then (那么)."""

    role: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, or one row of an outline: what to arrange, and what must be seen."""

    title: str
    subject: str
    file: str
    line: int
    clauses: tuple[str, ...]
    traps: tuple[str, ...]
    sort: str
    inferred: bool
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """The same for the same scenario in the same file, wherever it stands there."""
        return f"{Path(self.file).stem}-{sha256(f'{self.subject}/{self.title}'.encode()).hexdigest()[:8]}"

    @property
    def place(self) -> str:
        """File and line, as an editor opens them."""
        return f"{self.file}:{self.line}"

    @property
    def robustness(self) -> bool:
        """Whether a failure is a finding on robustness (健壮性), not a breach of a clause."""
        return self.inferred or self.sort in ROBUST


_ROLES: Final = {"Context": "given", "Action": "when", "Outcome": "then"}


def read_features(folder: Path) -> tuple[Scenario, ...]:
    """Every scenario below a folder, by file name and line. Raises FeatureError."""
    paths = sorted(folder.glob("*.feature"))
    if not paths:
        raise FeatureError(f"{folder} 下没有 *.feature 文件。")
    found = [scenario for path in paths for scenario in read_feature(path)]
    _unlike(found)
    return tuple(found)


def read_feature(path: Path) -> tuple[Scenario, ...]:
    """The scenarios of one file. Raises FeatureError."""
    try:
        document: Any = Parser().parse(path.read_text(encoding="utf-8"))
    except CompositeParserException as error:
        raise FeatureError(f"{path.name} 不是合法的特性文件：{_first_line(error.errors)}") from None
    except (ParserException, UnicodeDecodeError, OSError) as error:
        raise FeatureError(f"{path.name} 读不出来：{error}") from None
    document["uri"] = path.name
    lines = _lines(document)
    pickles: list[Any] = Compiler().compile(document)
    return tuple(_scenario(path.name, document["feature"]["name"], pickle, lines) for pickle in pickles)


def _first_line(errors: Iterable[Exception]) -> str:
    return "；".join(str(error).splitlines()[0] for error in list(errors)[:3])


def _scenario(file: str, subject: str, pickle: Any, lines: dict[str, int]) -> Scenario:
    tags = [tag["name"].removeprefix("@") for tag in pickle["tags"]]
    line = lines[pickle["astNodeIds"][-1]]
    sorts = [tag for tag in tags if tag in SORTS]
    clauses = tuple(dict.fromkeys(tag for tag in tags if _CLAUSE.fullmatch(tag)))
    place = f"{file}:{line} “{pickle['name']}”"
    if len(sorts) != 1:
        raise FeatureError(f"{place} 应当有且只有一个类别标签（{'、'.join('@' + sort for sort in SORTS)}）。")
    if not clauses:
        raise FeatureError(f"{place} 没有条款标签，例如 @FJ-A3-13。")
    strange = [
        tag for tag in tags if tag not in (*SORTS, INFERRED) and not _CLAUSE.fullmatch(tag) and not _TRAP.fullmatch(tag)
    ]
    if strange:
        raise FeatureError(f"{place} 有不认识的标签 @{strange[0]}。")
    if not any(step.get("type") == "Outcome" for step in pickle["steps"]):
        raise FeatureError(f"{place} 没有“那么”，什么也不检查。")
    steps = tuple(
        Step(_ROLES[step.get("type", "Context")], step["text"], lines[step["astNodeIds"][0]])
        for step in pickle["steps"]
    )
    traps = tuple(tag for tag in tags if _TRAP.fullmatch(tag))
    return Scenario(pickle["name"], subject, file, line, clauses, traps, sorts[0], INFERRED in tags, steps)


def _lines(node: Any) -> dict[str, int]:
    """The line of every node of a parsed file, by the node's id."""
    found: dict[str, int] = {}
    if isinstance(node, dict):
        if "id" in node and "location" in node:
            found[node["id"]] = node["location"]["line"]
        for each in node.values():
            found |= _lines(each)
    elif isinstance(node, list):
        for each in node:
            found |= _lines(each)
    return found


def _unlike(scenarios: Sequence[Scenario]) -> None:
    seen: dict[str, Scenario] = {}
    for scenario in scenarios:
        other = seen.setdefault(scenario.id, scenario)
        if other is not scenario:
            raise FeatureError(f"{scenario.place} 与 {other.place} 同名：“{scenario.title}”，请改一个题目。")
