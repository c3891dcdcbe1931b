"""Sheets that people fill in: written with a head and choices, read back cell by cell, every mistake named by its cell."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NoReturn
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from features.given import GivenError
from liantiao.acceptance.stable_zip import stable
from liantiao.acceptance.workbook import plain
from sim.disk import why

MOMENT: Final = "2025-01-01T00:00:00Z"
"""A workbook's own date: the same sheet is the same file."""
MOST_ROWS: Final = 20_000
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row somebody filled in, or one table of a TOML file: texts by their headings, and where each stands."""

    values: Mapping[str, str]
    where: Callable[[str], str]

    def complain(self, head: str, what: str) -> NoReturn:
        """Refuse what stands under a heading. Raises GivenError."""
        raise GivenError(f"{self.where(head)}{what}")

    def needed(self, head: str) -> str:
        """A text that must not be empty."""
        return self.values[head] or self.complain(head, "是空的，请填写。")

    def choice(self, head: str, valid: Sequence[str]) -> str:
        """One of several words."""
        value = self.needed(head)
        if value not in valid:
            self.complain(head, f"是“{value}”，应为 {'、'.join(valid)} 之一。")
        return value

    def day(self, head: str) -> str:
        """A date, as YYYY-MM-DD."""
        return day(self.needed(head)) or self.complain(head, f"是“{self.values[head]}”，应为日期，如 2025-03-31。")

    def two_people(self, first: str, second: str) -> tuple[str, str]:
        """Two people, not the same one twice."""
        one, other = self.needed(first), self.needed(second)
        if one == other:
            self.complain(second, f"与{first}都是“{one}”，须由另一人复核。")
        return one, other


def day(text: str) -> str:
    """The date if it is one, else nothing."""
    try:
        return date.fromisoformat(text).isoformat() if _ISO.fullmatch(text) else ""
    except ValueError:
        return ""


def read_sheet(path: Path, title: str, heads: Sequence[str]) -> list[Row]:
    """The rows of a workbook's sheet that has these headings. Raises GivenError."""
    try:
        book = load_workbook(path, data_only=True)
    except FileNotFoundError:
        raise GivenError(f"没有文件 {path}；请核对路径。") from None
    except OSError as error:
        raise GivenError(f"{path} 读不出来：{why(error)}。") from None
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, EOFError):
        raise GivenError(f"{path} 不是完好的 xlsx 工作簿；请用导出的那一份填写，存成 .xlsx。") from None
    if title not in book.sheetnames:
        raise GivenError(
            f"{path.name} 里没有工作表“{title}”，只有 {'、'.join(book.sheetnames)}；请用导出的那一份填写。"
        )
    sheet = book[title]
    if not isinstance(sheet, Worksheet) or sheet.max_row > MOST_ROWS:
        raise GivenError(
            f"{path.name} 的工作表“{title}”不是一张普通的表，或超过 {MOST_ROWS:,} 行；请用导出的那一份填写。"
        )
    columns = {str(cell.value).strip(): cell.column for cell in sheet[1] if cell.value is not None}
    for head in heads:
        if head not in columns:
            raise GivenError(f"{path.name} 工作表“{title}”的第 1 行没有表头“{head}”；请保留导出时的表头。")
    return [
        _row(path.name, sheet, n, {head: columns[head] for head in heads}) for n in range(2, sheet.max_row + 1)
        if any(cell.value not in (None, "") for cell in sheet[n])
    ]  # fmt: skip


def _row(file: str, sheet: Worksheet, n: int, columns: Mapping[str, int]) -> Row:
    values = {head: _text(sheet.cell(n, column).value) for head, column in columns.items()}
    return Row(values, lambda head: f"{file} 的 {get_column_letter(columns[head])}{n}（{head}）")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def write_sheet(
    path: Path, title: str, heads: Mapping[str, int], rows: Iterable[Sequence[Any]],
    filled_in: Mapping[str, Sequence[str]],
) -> None:  # fmt: skip
    """A workbook of one sheet; `heads` with the widths of their columns, `filled_in` the headings of the columns for people
    with the words to choose from (none: anything). Raises GivenError."""
    book = Workbook()
    book.remove(book.active)
    sheet = book.create_sheet(title)
    sheet.append(list(heads))
    for row in rows:
        sheet.append([plain(value) for value in row])
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    for n, (head, width) in enumerate(heads.items(), 1):
        letter = get_column_letter(n)
        sheet.column_dimensions[letter].width = width
        sheet.cell(1, n).font = Font(bold=True)
        sheet.cell(1, n).fill = PatternFill("solid", fgColor="FBF0D9" if head in filled_in else "DDE6EE")
        if filled_in.get(head):
            choices = DataValidation(type="list", formula1=f'"{",".join(filled_in[head])}"', allow_blank=True)
            sheet.add_data_validation(choices)
            choices.add(f"{letter}2:{letter}{max(sheet.max_row, 2)}")
    for cells in sheet.iter_rows(min_row=2):
        for cell, head in zip(cells, heads, strict=True):
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.protection = Protection(locked=head not in filled_in)
    sheet.freeze_panes, sheet.auto_filter.ref = "B2", sheet.dimensions
    write_file(path, stable(book.save, MOMENT))


def write_file(path: Path, data: bytes) -> None:
    """A whole file or none. Raises GivenError."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise GivenError(f"{path} 写不了：{why(error)}。") from None


def as_bytes(path: Path) -> bytes:
    """A file that was named. Raises GivenError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise GivenError(f"没有文件 {path}；请核对路径。") from None
    except OSError as error:
        raise GivenError(f"{path} 读不出来：{why(error)}。") from None
