"""Table templates of the stock export: which tables another implementation has, their columns, and where each comes from."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from liantiao.stock.rows import SOURCES
from sim.disk import why
from sim.package import SCENARIOS
from sim.plain import PlainError

DEFAULT_NAME: Final = "stock_tables.toml"
IDENTIFIER: Final = re.compile(r"[^\W\d]\w{0,62}(\.[^\W\d]\w{0,62})?")
"""Names of tables and columns: letters, Chinese too, digits and underscores; a table may stand in a schema."""
Value = str | int | bool


class TemplateError(PlainError):
    """A template cannot be used; the message says where, what and what would do."""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One column: the field it shows, by a table of codes if there is one; or a constant."""

    name: str
    field: str = ""
    codes: Mapping[str, Value] | None = None
    value: Value = ""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table: its rows' source, which of them (`where`: the field must be one of these), and its columns."""

    name: str
    source: str
    columns: tuple[ColumnPlan, ...]
    where: Mapping[str, tuple[Value, ...]]


def default_template(package: str) -> Path:
    """The template that comes with a package."""
    return SCENARIOS / package / DEFAULT_NAME


def read_template(path: Path) -> tuple[str, tuple[TablePlan, ...]]:
    """A template's text, and the tables it declares. Raises TemplateError."""
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
    except OSError as error:
        raise TemplateError(f"模板 {path} 读不出来（{why(error)}）；核对 --template。") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateError(f"模板 {path} 不是 UTF-8 的 TOML（{error}）；更正后再用。") from None
    return text, tables_in(found, str(path))


def tables_in(found: Mapping[str, Any], place: str) -> tuple[TablePlan, ...]:
    """The tables of a template. Raises TemplateError."""
    _keys(found, {"table"}, place)
    entries = found.get("table")
    if not isinstance(entries, list) or not entries:
        raise TemplateError(f"模板 {place} 没有一张表；至少写一个 [[table]]。")
    tables = tuple(_table(each, f"{place} 第 {n} 张表") for n, each in enumerate(entries, 1))
    names = [table.name for table in tables]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise TemplateError(f"模板 {place} 里表“{twice}”写了两次；一张表只写一次。")
    return tables


def _table(entry: Any, place: str) -> TablePlan:
    if not isinstance(entry, dict):
        raise TemplateError(f"{place} 应写成 [[table]]。")
    _keys(entry, {"name", "rows", "columns", "where"}, place)
    name, source, columns = entry.get("name"), entry.get("rows"), entry.get("columns")
    if not isinstance(name, str) or not IDENTIFIER.fullmatch(name):
        raise TemplateError(f"{place} 的 name = {name!r} 不是表名；用字母、汉字、数字和下划线。")
    place = f"{place}“{name}”"
    if not isinstance(source, str) or source not in SOURCES:
        raise TemplateError(f"{place} 的 rows = {source!r} 没有这种行；可用 {'、'.join(SOURCES)}。")
    if not isinstance(columns, dict) or not columns:
        raise TemplateError(f"{place} 没有列；写 [table.columns]，每列写它取自哪个字段。")
    where = entry.get("where", {})
    if not isinstance(where, dict):
        raise TemplateError(f"{place} 的 where 应写成 字段 = 值。")
    chosen = {_field(source, key, f"{place} 的 where"): _values(value, key, place) for key, value in where.items()}
    return TablePlan(name, source, tuple(_column(source, key, each, place) for key, each in columns.items()), chosen)


def _column(source: str, name: str, entry: Any, place: str) -> ColumnPlan:
    if not IDENTIFIER.fullmatch(name) or "." in name:
        raise TemplateError(f"{place} 的列名“{name}”不能用；用字母、汉字、数字和下划线。")
    where = f"{place} 的列“{name}”"
    if isinstance(entry, str):
        return ColumnPlan(name, _field(source, entry, where))
    if not isinstance(entry, dict) or ("from" in entry) == ("value" in entry):
        raise TemplateError(f'{where} 应写字段名，或 {{ from = "字段", codes = … }}，或 {{ value = 常量 }}。')
    _keys(entry, {"from", "codes", "value"}, where)
    if "value" in entry:
        if not isinstance(entry["value"], (str, int)):
            raise TemplateError(f"{where} 的 value 应是文本、整数或 true、false。")
        return ColumnPlan(name, value=entry["value"])
    codes = entry.get("codes")
    if codes is not None and not (
        isinstance(codes, dict) and all(isinstance(each, (str, int)) for each in codes.values())
    ):
        raise TemplateError(f"{where} 的 codes 应写成 原值 = 新值。")
    return ColumnPlan(name, _field(source, entry["from"], where), codes)


def _values(value: Any, key: str, place: str) -> tuple[Value, ...]:
    values = tuple(value) if isinstance(value, list) else (value,)
    if not values or not all(isinstance(each, (str, int)) for each in values):
        raise TemplateError(f"{place} 的 where.{key} 应是文本、整数、true、false，或它们的列表。")
    return values


def _field(source: str, name: Any, place: str) -> str:
    known = SOURCES[source][1]
    if name not in known:
        near = get_close_matches(str(name), list(known), 1, 0.3)
        raise TemplateError(
            f"{place} 取自“{name}”，{source} 没有这个字段；{f'最接近的是“{near[0]}”' if near else '可用 ' + '、'.join(known)}。"
        )
    return str(name)


def _keys(entry: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = next((key for key in entry if key not in known), None)
    if unknown is not None:
        raise TemplateError(f"{place} 有不认识的键“{unknown}”；可用 {'、'.join(sorted(known))}。")
