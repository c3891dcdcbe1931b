"""TOML files of people: read whole, each table a row, every mistake named by file and key."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from features.given import GivenError
from liantiao.reviewing.sheets import Row, as_bytes
from sim.package.tables import nearest


def read_toml(path: Path) -> dict[str, Any]:
    """The file's top table. Raises GivenError."""
    try:
        return tomllib.loads(as_bytes(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GivenError(f"{path} 不是合法的 TOML 文件（{error}），请改正。") from None


def row_of(place: str, table: Any, titles: Mapping[str, str], required: Sequence[str]) -> Row:
    """One table as a row; `titles` are the headings by the keys it may have. Raises GivenError."""
    if not isinstance(table, dict):
        raise GivenError(f"{place} 应当是一张表，请按“键 = 值”填写。")
    for key, value in table.items():
        if key not in titles:
            raise GivenError(f"{place} 中有未知的键“{key}”，{nearest(key, list(titles))}。")
        if not isinstance(value, str | int | float | date) or isinstance(value, bool):
            raise GivenError(f"{place} 的 {key} 应当是文字、数或日期。")
    for key in required:
        if key not in table:
            raise GivenError(f"{place} 缺少键“{key}”（{titles[key]}），请补上。")
    values = {title: str(table.get(key, "")).strip() for key, title in titles.items()}
    keys = {title: key for key, title in titles.items()}
    return Row(values, lambda title: f"{place} 的 {keys[title]}（{title}）")


def known(name: str, valid: Sequence[str], place: str, what: str) -> str:
    """The name itself if it is one of the valid ones. Raises GivenError."""
    if name not in valid:
        raise GivenError(f"{place}没有{what}“{name}”，{nearest(name, valid)}。")
    return name
