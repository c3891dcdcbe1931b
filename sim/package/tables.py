"""Reading a package's data files: every key is expected, every mistake names its file, its key and the nearest name."""

import math
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from sim.durations import Duration, DurationError
from sim.plain import PlainError

Value = TypeVar("Value")


class PackageError(PlainError, ValueError):
    """A package whose data cannot be used, in one sentence for the person who wrote them."""


def nearest(name: str, valid: Collection[str]) -> str:
    """The end of a complaint about an unknown name: what was probably meant, or what there is."""
    near = get_close_matches(name, list(valid), 1, 0.4)
    if near:
        return f"最接近的合法名称是“{near[0]}”"
    return f"合法名称有：{'、'.join(valid)}" if valid else "这里没有可用的名称"


def look_up(entries: Mapping[str, Value], name: str, place: str, what: str) -> Value:
    """The entry of this name, or a complaint that knows what the entries are."""
    try:
        return entries[name]
    except KeyError:
        raise PackageError(f"{place} 中没有{what}“{name}”，{nearest(name, list(entries))}。") from None


class Table:
    """One table of a data file, which knows where it stands and which keys it may have."""

    def __init__(self, entries: Any, place: str, required: str | None = None, optional: str = "") -> None:
        """`required` and `optional` list keys separated by blanks; None leaves the keys to `names_among`."""
        self.place = place
        if not isinstance(entries, dict):
            raise PackageError(f"{place} 应当是一张表，请按“键 = 值”填写。")
        self.entries: dict[str, Any] = entries
        if required is None:
            return
        for key in entries:
            self.one_of(key, [*required.split(), *optional.split()], "键")
        for key in required.split():
            if key not in entries:
                raise PackageError(f"{place} 缺少键“{key}”，请补上。")

    def complain(self, key: str, complaint: str) -> NoReturn:
        """Refuses the value of a key."""
        raise PackageError(f"{self.place} 的 {key} = {self.entries[key]!r} {complaint}。")

    def one_of(self, name: str, valid: Collection[str], what: str) -> str:
        """The name itself, when it is one of the valid ones."""
        if name not in valid:
            raise PackageError(f"{self.place} 中有未知的{what}“{name}”，{nearest(name, valid)}。")
        return name

    def names_among(self, valid: Collection[str], what: str) -> None:
        """Every key of the table is one of the valid names."""
        for name in self.entries:
            self.one_of(name, valid, what)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.entries[key]
        if not isinstance(value, str) or not value:
            self.complain(key, "应当是不为空的文字")
        return value

    def name(self, key: str, valid: Collection[str], what: str) -> str:
        """A text that is one of the valid names."""
        return self.one_of(self.text(key), valid, what)

    def names(self, key: str, valid: Collection[str], what: str) -> tuple[str, ...]:
        """A list of valid names."""
        value = self.entries[key]
        if not isinstance(value, list):
            self.complain(key, "应当是名称的列表")
        return tuple(self.one_of(str(name), valid, what) for name in value)

    def span(self, key: str) -> tuple[str, str]:
        """The two ends of a daily span."""
        value = self.entries[key]
        if not isinstance(value, list) or len(value) != 2 or not all(isinstance(end, str) for end in value):
            self.complain(key, '应当写成 ["08:30", "12:00"] 的样式')
        return value[0], value[1]

    def whole(self, key: str, low: int, high: int = 1_000_000_000) -> int:
        """A whole number between two limits."""
        value = self.entries[key]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.complain(key, f"应当是 {low} 至 {high} 的整数")
        return value

    def share(self, key: str) -> float:
        """A number between 0 and 1."""
        value = self.entries[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.complain(key, "不在 0 到 1 之间")
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.entries[key]
        if not isinstance(value, bool):
            self.complain(key, "应当是 true 或 false")
        return value

    def duration(self, key: str) -> Duration:
        """A duration table."""
        table = self.table(key)
        try:
            return Duration.from_table(table.entries, table.place)
        except DurationError as error:
            raise PackageError(str(error)) from None

    def table(self, key: str, required: str | None = None, optional: str = "") -> "Table":
        """The table under a key, whose place names the file and the whole path to it."""
        begun = self.place.endswith("]")
        place = f"{self.place[:-1]}.{key}]" if begun else f"{self.place} 的 [{key}]"
        return Table(self.entries[key], place, required, optional)

    def tables(self, required: str, optional: str = "") -> "Iterator[tuple[str, Table]]":
        """The tables of the same shape that this one is made of, each with its name."""
        return ((key, self.table(key, required, optional)) for key in self.entries)

    def rows(self, key: str, required: str, optional: str = "") -> "Iterator[Table]":
        """The tables of a list, counted from one."""
        value = self.entries[key]
        if not isinstance(value, list):
            self.complain(key, "应当是表的列表")
        return (Table(row, f"{self.place} 的 {key} 第 {n} 项", required, optional) for n, row in enumerate(value, 1))


def read_file(folder: Path, file: str, required: str, optional: str = "") -> Table:
    """The top table of one data file of a package."""
    path = folder / file
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackageError(f"套餐目录 {folder} 缺少文件 {file}，请补上。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackageError(f"{path} 不是合法的 TOML 文件（{error}），请改正。") from None
    return Table(entries, f"{folder.name}/{file}", required, optional)


def check_sum(place: str, weights: Collection[float]) -> None:
    """Weights that share something out among them sum to one."""
    total = math.fsum(weights)
    if abs(total - 1) > 1e-9:
        raise PackageError(f"{place} 的权重之和为 {total:.10g}，应当等于 1，请调整各项。")
