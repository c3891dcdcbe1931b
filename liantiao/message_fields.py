"""The body fields of every message, and the records they are made of, as tables for people: the second half of the inventory."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from sim.message import Message

PLAIN: Final = {str: "文本", int: "整数", bool: "是否", float: "小数", type(None): "空"}
UNITS: Final = {"_fen": "分", "_ms": "毫秒", "_m2_x100": "平方米 × 100"}
HEAD: Final = """
## 正文字段

字段一律必填，除非写明“或空”；`[]` 是列表。列出的结构（如 `Person`）见文末。
毫秒：时刻从 1970-01-01（UTC）起算，期限（`term_ms`）是长短。谁发给谁、哪个办件、何时，不在正文里。

| 操作名 | 正文 |
|---|---|
"""
RECORDS: Final = """
## 正文里的结构

| 结构 | 字段 |
|---|---|
"""


def field_tables(kinds: Iterable[type[Message]]) -> str:
    """One line for every message, by name, then one for every record."""
    ordered = sorted(kinds, key=lambda kind: kind.op.name)
    records: dict[str, Any] = {}
    for kind in ordered:
        _collect(kind, records)
    messages = [f"| `{kind.op.name}` | {_fields(kind)} |\n" for kind in ordered]
    return HEAD + "".join(messages) + RECORDS + "".join(
        f"| `{name}` | {_fields(records[name])} |\n" for name in sorted(records)
    )  # fmt: skip


def _fields(kind: Any) -> str:
    hints = get_type_hints(kind)
    return "，".join(f"`{each.name}` {_type(hints[each.name])}{_unit(each.name)}" for each in fields(kind)) or "（空）"


def _unit(name: str) -> str:
    return next((f"（{unit}）" for end, unit in UNITS.items() if name.endswith(end)), "")


def _type(hint: Any) -> str:
    parts = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return "或".join(_type(part) for part in parts)
    if get_origin(hint) is tuple:
        return _type(parts[0]) + "[]" if parts[-1] is Ellipsis else "、".join(_type(part) for part in parts)
    return PLAIN.get(hint) or f"`{hint.__name__}`"


def _collect(kind: Any, records: dict[str, Any]) -> None:
    hints = get_type_hints(kind)
    for each in fields(kind):
        for part in (hints[each.name], *get_args(hints[each.name])):
            if isinstance(part, type) and is_dataclass(part) and part.__name__ not in records:
                records[part.__name__] = part
                _collect(part, records)
