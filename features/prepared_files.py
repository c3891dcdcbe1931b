"""Sheets of a preparation: the same tables as CSV and as one workbook, written, and read back from either."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from sim.plain import PlainError

WORKBOOK: Final = "准备.xlsx"
Sheet = Sequence[Mapping[str, Any]]
WIDTH: Final = 22


class PreparedError(PlainError):
    """A folder of preparation that cannot be used; the message is for people and names file and line."""


def write_sheets(folder: Path, sheets: Mapping[str, tuple[Sequence[str], Sheet]]) -> None:
    """Every sheet as `<name>.csv`, which Excel reads as UTF-8, and all of them in one workbook."""
    book = Workbook()
    book.remove(book.active)
    for name, (columns, rows) in sheets.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(columns))
            writer.writeheader()
            writer.writerows(rows)
        page = book.create_sheet(name)
        page.append(list(columns))
        for cell in page[1]:
            cell.font = Font(bold=True)
            page.column_dimensions[cell.column_letter].width = WIDTH
        for row in rows:
            page.append([str(row[column]) for column in columns])
        page.freeze_panes = "A2"
    book.save(folder / WORKBOOK)


def read_sheet(folder: Path, name: str, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every row of a sheet as (place, cells), of the CSV file and of the workbook: whichever people have filled in.

    Raises PreparedError where neither is there, or one lacks a column.
    """
    found = [*_of_csv(folder / f"{name}.csv"), *_of_book(folder / WORKBOOK, name)]
    if not found:
        raise PreparedError(f"{folder} 里没有“{name}”：{name}.csv 与 {WORKBOOK} 至少要有一个；请先用 --prepare 导出。")
    for place, row in found:
        missing = [column for column in columns if column not in row]
        if missing:
            raise PreparedError(f"{place} 缺少列 {'、'.join(missing)}；表头应为：{'、'.join(columns)}。")
        yield place, row


def _of_csv(path: Path) -> list[tuple[str, dict[str, str]]]:
    if not path.is_file():
        return []
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError):
        raise PreparedError(f"{path} 读不出来；请另存为 CSV UTF-8。") from None
    return [
        (f"{path.name} 第 {n} 行", {key: (value or "").strip() for key, value in row.items() if key})
        for n, row in enumerate(rows, 2)
    ]


def _of_book(path: Path, name: str) -> list[tuple[str, dict[str, str]]]:
    if not path.is_file():
        return []
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, BadZipFile, InvalidFileException, KeyError):
        raise PreparedError(f"{path} 不是能读的 xlsx；请用 --prepare 重新导出。") from None
    try:
        if name not in book.sheetnames:
            return []
        head, *rows = [
            ["" if cell is None else str(cell).strip() for cell in row]
            for row in book[name].iter_rows(values_only=True)
        ] or [[]]
    finally:
        book.close()
    return [(f"{path.name} 的“{name}”第 {n} 行", dict(zip(head, row, strict=False))) for n, row in enumerate(rows, 2)]
