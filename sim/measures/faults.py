"""Measures of faults: every fault of the run's script, on what it lies, what it does and how often it struck."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from sim.message import Operation, Shape
from sim.package.fault_scripts import EFFECTS, FaultScript, when_it_strikes

KINDS_NAMED: Final = 3
"""A fault on more kinds of messages than these is told by how many they are."""


def faults(
    script: FaultScript | None,
    struck: Sequence[Mapping[str, Any]],
    unmarked: Mapping[str, int],
    operations: Mapping[str, Operation],
) -> list[dict[str, Any]]:
    """One line a fault, in the order of the script; `struck` are journal rows, `unmarked` strikes that left none.

    What struck but stands in no script we know comes last, by its bare name.
    """
    marked: dict[str, int] = {}
    for row in struck:
        marked[row["fault"]] = marked.get(row["fault"], 0) + row["n"]
    lines = []
    for fault, title in zip(script.faults, script.titles, strict=True) if script else ():
        found = marked.pop(fault.name, 0) + unmarked.get(fault.name, 0)
        lines.append({
            "fault": fault.name, "title": title, "effect": fault.effect.value, "effect_title": EFFECTS[fault.effect],
            "operation": fault.operation, "operation_title": _on(fault.operation, operations), "seat": fault.seat,
            "when": when_it_strikes(fault), "n": found,
        })  # fmt: skip
    unknown = {"effect": "", "effect_title": "", "operation": "", "operation_title": "", "seat": "", "when": ""}
    return lines + [{"fault": name, "title": name, **unknown, "n": n} for name, n in sorted(marked.items())]


def _on(pattern: str, operations: Mapping[str, Operation]) -> str:
    """The messages a pattern means, in the words people read."""
    if pattern == "*":
        return "全部报文"
    titles = list(dict.fromkeys(
        op.title for op in operations.values() if fnmatchcase(op.name, pattern) and op.shape is not Shape.TIMER
    ))  # fmt: skip
    if not titles:
        return pattern
    more = f" 等 {len(titles)} 种" if len(titles) > KINDS_NAMED else ""
    return "、".join(titles[:KINDS_NAMED]) + more
