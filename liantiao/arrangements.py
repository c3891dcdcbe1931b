"""What may be arranged for a case of a run: names the package and the dossier know, values of their kind, cases there are."""

import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from liantiao.compose import ROLES
from sim.circumstances import NAMES, Circumstances
from sim.dossier import ITEMS, Dossier
from sim.durations import Duration
from sim.faces.control.run_rules import fault, nearest
from sim.package import Package

REASONS: Final = (*(f"{item}.reject" for item in ITEMS), "buyer.score", "buyer.rate_early")
"""The draws that ask for an arranged reason (`CaseFile.arranged_reason`)."""
KINDS: Final = {bool: "是或否", int: "整数", str: "文字", tuple: "列表"}


@cache
def _own_settings() -> tuple[frozenset[str], frozenset[str]]:
    """Durations and other settings of our parties: some habits occur only where they are arranged."""
    durations: set[str] = set()
    others: set[str] = set()
    for role in ROLES.values():
        if is_dataclass(role.settings):
            hints = get_type_hints(role.settings)
            for each in fields(role.settings):
                (durations if hints[each.name] is Duration else others).add(each.name)
    return frozenset(durations), frozenset(others - {"region", "registries"})


def check_arranged(arranged: Mapping[int, Circumstances], cases: int, package: Package) -> list[dict[str, Any]]:
    """What of it will not do, each with the nearest valid choice."""
    durations, others = _own_settings()
    found: list[dict[str, Any]] = []
    for number, each in arranged.items():
        path = f"arranged.{number}"
        if not 1 <= number <= cases:
            rule = f"本批次的办件号为 1 至 {cases}"
            found.append(fault(path, "case_unknown", f"没有第 {number} 号办件", rule, str(min(max(number, 1), cases))))
        found += _names(f"{path}.shares", "比例", each.shares, {*package.shares, *others})
        found += _names(f"{path}.durations", "时长", each.durations, {*package.durations, *durations})
        found += _names(f"{path}.reasons", "判定", each.reasons, REASONS)
        found += _names(f"{path}.facts", "办件资料", each.facts, NAMES)
        found += _kinds(f"{path}.facts", each.facts)
    return found


def _names(path: str, what: str, given: Collection[str], known: Collection[str]) -> Iterator[dict[str, Any]]:
    for name in given:
        if name not in known:
            rule = f"{what}的名称见 docs/data.md 与套餐的 package.toml"
            yield fault(f"{path}.{name}", "name_unknown", f"没有{what}“{name}”", rule, nearest(name, sorted(known)))


def _kinds(path: str, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, kind in get_type_hints(Dossier, None, {"Circumstances": Circumstances}).items():
        if name in facts and name in NAMES and not _fits(facts[name], kind):
            rule = f"{name} 是{KINDS[get_origin(kind) or kind]}"
            yield fault(f"{path}.{name}", "bad_kind", f"不能是 {_told(facts[name])}", rule)


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a kind; a bool is no number here."""
    if get_origin(kind) in (Union, types.UnionType):
        return any(_fits(value, each) for each in get_args(kind))
    if get_origin(kind) is not tuple:
        return type(value) is kind
    members = get_args(kind)
    if not isinstance(value, tuple) or not value:
        return False
    if members[-1] is Ellipsis:
        return all(_fits(each, members[0]) for each in value)
    return len(value) == len(members) and all(map(_fits, value, members))


def _told(value: Any) -> str:
    return repr(value) if isinstance(value, (bool, int, float, str)) else type(value).__name__
