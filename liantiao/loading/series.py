"""Figures of the implementation's own machines (CPU, database …) out of a CSV file, laid on the time axis of a load."""

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from sim.plain import PlainError

FUJIAN: Final = timezone(timedelta(hours=8))
DAY_MS: Final = 86_400_000
MOST_SERIES: Final = 24
MOST_POINTS: Final = 2_000_000
ENCODINGS: Final = ("utf-8-sig", "gbk")
NUMBER: Final = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*%?")
ONLY_TIME: Final = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?")
UNIX: Final = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
SHAPES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S")
EXAMPLE: Final = "2024-03-29 09:30:00（北京时间）、2024-03-29T01:30:00Z、09:30:00 或 Unix 秒"
NOTHING: Final = frozenset({"", "-", "null", "nan", "n/a", "none"})


class SeriesError(PlainError):
    """A file of figures that cannot be used; the message names the file, the line, the rule and what would do."""


@dataclass(frozen=True, slots=True)
class Series:
    """One column: its title and its points as (Unix ms, figure)."""

    title: str
    points: list[tuple[int, float]] = field(default_factory=list)


def read_series(path: Path, begun_ms: int, ended_ms: int) -> list[Series]:
    """Every column of the file after the first, which is the time; what lies outside the load is left out.

    A time without a zone is Beijing's, one without a day is that of the load. A cell that is empty is a gap. Raises SeriesError.
    """
    lines = list(_lines(path))
    titles = _titles(path, lines)
    found = [Series(title) for title in titles]
    first = last = 0
    for number, cells in lines[1:]:
        at = _moment(cells[0].strip(), begun_ms, f"{path} 第 {number} 行")
        first, last = min(first or at, at), max(last, at)
        for each, cell in zip(found, _cells(path, number, cells, len(titles)), strict=True):
            if cell is not None and begun_ms <= at <= ended_ms:
                each.points.append((at, cell))
    if not any(each.points for each in found):
        raise SeriesError(
            f"{path} 的时间（{_told(first)} 至 {_told(last)}）与负载（{_told(begun_ms)} 至 {_told(ended_ms)}）没有重叠；"
            "核对两台机器的时钟与时区，不是北京时间的请写上时区，如 …Z 或 …+00:00。"
        )
    for each in found:
        each.points.sort()
    return found


def as_json(series: Sequence[Series], source: str) -> list[dict[str, Any]]:
    """As it is kept in the record of a load."""
    return [
        {"title": each.title, "source": source, "points": [list(point) for point in each.points]} for each in series
    ]


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, with their numbers."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SeriesError(f"{path} 读不了（{error.strerror}）；核对 --series 的路径。") from None
    if b"\0" in raw:
        raise SeriesError(f"{path} 不是文本文件；请另存为 CSV（UTF-8 或 GBK）。")
    text = _text(path, raw)
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",\t;", key=head.count)
    reader = csv.reader(text.splitlines(), delimiter=mark, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                yield reader.line_num, cells
    except csv.Error as error:
        raise SeriesError(f"{path} 第 {reader.line_num} 行不是 CSV（{error}）；检查引号是否成对。") from None


def _text(path: Path, raw: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
    raise SeriesError(f"{path} 第 {line} 行的编码既不是 UTF-8 也不是 GBK；请另存为 UTF-8。")


def _titles(path: Path, lines: list[tuple[int, list[str]]]) -> list[str]:
    if len(lines) < 2:
        raise SeriesError(f"{path} 没有数据：第一行应为列名（时间在第一列），以下每行一个时刻。")
    number, cells = lines[0]
    titles = [cell.strip() for cell in cells[1:]]
    while titles and not titles[-1]:
        titles.pop()
    if not titles:
        raise SeriesError(
            f"{path} 第 {number} 行只有一列；第一列应为时间，以后每列一项指标，用逗号、分号或制表符隔开。"
        )
    if any(NUMBER.fullmatch(title) for title in titles):
        raise SeriesError(f"{path} 第 {number} 行应为列名，如“时间,CPU %,数据库连接”；现为“{','.join(cells)[:60]}”。")
    if len(titles) > MOST_SERIES or len(titles) * len(lines) > MOST_POINTS:
        raise SeriesError(
            f"{path} 有 {len(titles)} 列、{len(lines):,} 行；最多 {MOST_SERIES} 列、{MOST_POINTS:,} 个数，请只留要看的时段与指标。"
        )
    for at, title in enumerate(titles):
        if not title or title in titles[:at]:
            raise SeriesError(f"{path} 第 {number} 行第 {at + 2} 列的列名“{title}”是空的或重复；请给每列一个名字。")
    return titles


def _cells(path: Path, number: int, cells: list[str], wanted: int) -> list[float | None]:
    """The figures of one line; None for a gap."""
    if any(cell.strip() for cell in cells[wanted + 1 :]):
        raise SeriesError(
            f"{path} 第 {number} 行有 {len(cells)} 列，列名只有 {wanted + 1} 个；检查多余的逗号（数字不要写千分位）。"
        )
    figures: list[float | None] = []
    for at, cell in enumerate([*cells[1 : wanted + 1], *[""] * (wanted + 1 - len(cells))], 2):
        text = cell.strip()
        told = NUMBER.fullmatch(text)
        value = float(told[1]) if told else math.nan
        if text.lower() not in NOTHING and not math.isfinite(value):
            raise SeriesError(f"{path} 第 {number} 行第 {at} 列“{text[:40]}”不是数字；缺测的请留空。")
        figures.append(value if told else None)
    return figures


def _moment(text: str, begun_ms: int, place: str) -> int:
    """The instant that a cell names, in Unix ms. Raises SeriesError."""
    if UNIX.fullmatch(text):
        return int(text) if len(text) == 13 and text.isdigit() else round(float(text) * 1_000)
    if ONLY_TIME.fullmatch(text):
        return _on_the_day(text, begun_ms, place)
    plain = text.replace("/", "-").replace("T", " ") if "/" in text else text
    try:
        return _unix_ms(datetime.fromisoformat(plain))
    except ValueError:
        pass
    for shape in SHAPES:
        try:
            return _unix_ms(datetime.strptime(plain, shape))
        except ValueError:
            continue
    raise SeriesError(f"{place}的时间“{text[:40]}”认不出来；可写作 {EXAMPLE}。")


def _on_the_day(text: str, begun_ms: int, place: str) -> int:
    """A time without a day: the one that comes next to the beginning of the load, which may be past midnight."""
    hours, minutes, *seconds = text.split(":")
    into = (int(hours) * 3_600 + int(minutes) * 60 + float(seconds[0] if seconds else 0)) * 1_000
    if int(hours) > 23 or int(minutes) > 59:
        raise SeriesError(f"{place}的时间“{text}”不是一天里的时刻；可写作 {EXAMPLE}。")
    offset = int(FUJIAN.utcoffset(None).total_seconds() * 1_000)
    midnight = (begun_ms + offset) // DAY_MS * DAY_MS - offset
    return min((midnight + day * DAY_MS + round(into) for day in (-1, 0, 1)), key=lambda at: abs(at - begun_ms))


def _unix_ms(moment: datetime) -> int:
    return round((moment if moment.tzinfo else moment.replace(tzinfo=FUJIAN)).timestamp() * 1_000)


def _told(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).astimezone(FUJIAN).strftime("%Y-%m-%d %H:%M:%S")
