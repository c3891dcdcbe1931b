"""Clauses (条款): what a policy document requires, and which of it the promises touch, which not and why."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from sim.judge.verdict import Finding
from sim.package.tables import PackageError

OBLIGED: Final = {"implementation": "被测系统", "organisation": "组织单位", "departments": "各部门系统"}
MANUAL: Final = "人工"
KEYS: Final = ("id", "where", "requires", "obliges", "check", "scenarios")
_IN_LOG = re.compile(r"(?<![A-Za-z0-9-])[JL](?![A-Za-z0-9])")
_OUTSIDE_LOG = re.compile(r"(?<![A-Za-z0-9-])[SP](?![A-Za-z0-9])|适配器|页面")
"""The marks of a clause's `check`: J and L are messages and ledgers, S and P what an implementation shows."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered requirement: whom it obliges, how it is checked, and the scenarios it is accepted by."""

    id: str
    where: str
    requires: str
    obliges: str
    check: str
    scenarios: tuple[str, ...]

    @property
    def sorts(self) -> Counter[str]:
        """How many of its scenarios are of each sort (正常, 边界, 故障, 坏输入, 人工)."""
        return Counter(scenario.partition("：")[0] for scenario in self.scenarios)

    def why_untouched(self) -> str:
        """Why no promise is needed for it, or what takes a promise's place."""
        if set(self.sorts) == {MANUAL}:
            return "只要求人做的事，软件不可验：人工核查"
        later = "、".join(f"{sort} {count}" for sort, count in self.sorts.items())
        if self.obliges == "organisation":
            return f"要求组织单位，软件只能佐证：留给场景验收（{later}）"
        if self.obliges == "departments":
            return f"要求各部门系统，不判被测系统：留给场景验收（{later}）"
        if _OUTSIDE_LOG.search(self.check) or not _IN_LOG.search(self.check):
            return f"要看页面、状态或另设情形，单凭报文日志判不了：留给场景验收（{later}）"
        return f"报文日志里看得到，检核项待补；此前由场景验收（{later}）"


def read_clauses(package_folder: Path) -> tuple[Clause, ...]:
    """The clauses of a package's `clauses.yaml`, in order."""
    path = package_folder / "clauses.yaml"
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackageError(f"套餐目录 {package_folder} 缺少文件 clauses.yaml，请补上。") from None
    except yaml.YAMLError as error:
        raise PackageError(f"{path} 不是合法的 YAML 文件（{error}），请改正。") from None
    return tuple(_clause(path, n, entry) for n, entry in enumerate(entries or (), 1))


def _clause(path: Path, n: int, entry: Any) -> Clause:
    place = f"{path.parent.name}/{path.name} 第 {n} 条"
    missing = [key for key in KEYS if not isinstance(entry, dict) or not entry.get(key)]
    if missing:
        raise PackageError(f"{place}缺少键“{missing[0]}”，请补上。")
    if entry["obliges"] not in OBLIGED:
        raise PackageError(f"{place}的 obliges 是“{entry['obliges']}”，应为 {'、'.join(OBLIGED)} 之一。")
    return Clause(
        entry["id"], entry["where"], entry["requires"], entry["obliges"], entry["check"], tuple(entry["scenarios"])
    )  # fmt: skip


def coverage(clauses: Iterable[Clause], findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Every clause with the promises that touch it, or why none does."""
    touched: dict[str, list[str]] = {}
    for finding in findings:
        for clause in finding.clauses:
            touched.setdefault(clause, []).append(finding.id)
    return [
        {"id": clause.id, "where": clause.where, "requires": clause.requires, "obliges": clause.obliges,
         "obliges_title": OBLIGED[clause.obliges], "promises": touched.get(clause.id, []),
         "why": "" if clause.id in touched else clause.why_untouched()}
        for clause in clauses
    ]  # fmt: skip
