"""The results as a workbook for reviewers: clause, scenario, result, evidence, and columns they fill in themselves."""

import re
from collections.abc import Sequence
from copy import copy
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dashboards.acceptance_mutants import said, scores
from dashboards.acceptance_scenarios import sort_of
from dashboards.promises import SORTS
from liantiao.acceptance.conclusion import Conclusion
from liantiao.acceptance.stable_zip import stable
from liantiao.acceptance.tables import (
    by_subject,
    coverage,
    evidence,
    facts,
    mutants_killed,
    mutants_left,
    problem_counts,
    problem_list,
)

Record = dict[str, Any]
REVIEWER: Final = ("评审意见", "评审人", "复核人", "日期")
FOLLOW_UP: Final = ("责任单位", "责任人", "期限", "状态", "复测结果")
COLOURS: Final = {"不通过": "FBE3E0", "违反条款": "FBE3E0", "健壮性": "FBF0D9", "通过": "E3F2EA"}
OTHER: Final = "EDF0F3"
LONGEST: Final = 32_000
"""A cell holds 32,767 characters."""
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def workbook(record: Record, titles: Record, conclusion: Conclusion, moment: str) -> bytes:
    """The sheets 总览, 条款, 场景, 检核项, 问题; 缺陷植入, 存活与合规的缺陷 and 场景杀死的缺陷 where mutants were tried."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator, book.properties.title = "liantiao", f"{titles['title']}验收结果"
    _overview(book.create_sheet("总览"), record, titles, conclusion)
    _clauses(book.create_sheet("条款"), record)
    _scenarios(book.create_sheet("场景"), record)
    _promises(book.create_sheet("检核项"), record)
    head, rows = problem_list(record)
    _table(
        book.create_sheet("问题"), [*head, *FOLLOW_UP],
        [[*row, "", "", "", "待确认", ""] for row in rows], (6, 12, 8, 16, 36, 36, 44, 30, 14, 10, 12, 10, 14), 2,
    )  # fmt: skip
    if record["mutants"]:
        _table(book.create_sheet("缺陷植入"), *scores(record["mutants"]), (18, 8, 8, 8, 18, 8, 8, 10))
        _table(book.create_sheet("存活与合规的缺陷"), *mutants_left(record["mutants"]), (18, 60, 60, 40))
        _table(book.create_sheet("场景杀死的缺陷"), *mutants_killed(record["mutants"]), (24, 50, 110))
    return stable(book.save, moment)


def _overview(sheet: Worksheet, record: Record, titles: Record, conclusion: Conclusion) -> None:
    _write(sheet, 1, [f"{titles['title']} 验收结果"])
    sheet["A1"].font = Font(bold=True, size=14)
    row = 2
    teeth = [("缺陷植入", said(record["mutants"]))] if record["mutants"] else []
    for name, value in (*facts(record, titles, conclusion), *teeth):
        _write(sheet, row, [name, value])
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=9)
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 16 * max(1, -(-_columns(value) // 92))
        row += 1
    for title, (head, rows) in (
        ("用例统计", by_subject(record)), ("问题统计", problem_counts(record)), ("条款覆盖", coverage(record)),
    ):  # fmt: skip
        _write(sheet, row + 1, [title])
        sheet.cell(row + 1, 1).font = Font(bold=True)
        _write(sheet, row + 2, head)
        _head(sheet, row + 2, len(head))
        for n, each in enumerate(rows, row + 3):
            _write(sheet, n, each)
        row += 3 + len(rows)
    sheet.column_dimensions["A"].width = 26
    for n in range(2, 11):
        sheet.column_dimensions[get_column_letter(n)].width = 14


def _columns(text: str) -> int:
    return sum(2 if ord(letter) > 255 else 1 for letter in text)


def _clauses(sheet: Worksheet, record: Record) -> None:
    """One line for every scenario of every clause, so that each can be signed for."""
    scenarios = {each["id"]: each for each in record["scenarios"]}
    rows: list[list[Any]] = []
    for clause in record["clauses"]:
        head = [clause["id"], clause["where"], clause["requires"], clause["obliges_title"], clause["result_title"]]
        lacking = "；".join(clause["without_scenario"])
        own = [scenarios[name] for name in clause["scenarios"]]
        for n, each in enumerate(own or [None]):
            told = ["", "", ""] if each is None else [each["title"], sort_of(each), evidence(each)]
            rows.append([*head, *told, "" if n else lacking, "", "", "", ""])
    head = ["条款", "出处", "要求", "对谁", "条款结果", "场景", "场景结果", "证据", "没有同名场景的题目", *REVIEWER]
    _table(sheet, head, rows, (12, 18, 50, 10, 12, 40, 12, 32, 40, 24, 10, 10, 12), 5, 7)


def _scenarios(sheet: Worksheet, record: Record) -> None:
    rows = [
        [
            each["id"], each["subject"], each["title"], each["sort"], "、".join(each["clauses"]), "、".join(each["traps"]),
            sort_of(each), "\n".join(step["text"] for step in each["arranged"]),
            "\n".join(f"{step['text']}：{step['expected']}" for step in each["steps"]),
            "\n".join(f"{step['result_title']}：{step['seen']}" for step in each["steps"]) or each["note"],
            evidence(each), "", "", "", "",
        ]
        for each in record["scenarios"]
    ]  # fmt: skip
    head = ["编号", "主题", "题目", "类别", "条款", "陷阱", "结果", "安排", "应为", "所见", "证据", *REVIEWER]
    _table(sheet, head, rows, (20, 16, 36, 8, 14, 8, 12, 30, 40, 44, 30, 24, 10, 10, 12), 7)


def _promises(sheet: Worksheet, record: Record) -> None:
    rows = [
        [
            each["id"], each["title"], SORTS.get(each["kind"], each["kind"]), "、".join(each["clauses"]),
            each["result_title"], each["applied"], each["violations"], each["inferred"], each["note"],
            "\n".join(f"办件 {row['case_no']}：{row['evidence']}" for row in each["sample"]), "", "", "", "",
        ]
        for each in record["promises"]
    ]  # fmt: skip
    head = ["编号", "检核项", "类型", "条款", "结果", "适用", "违反", "依据为推断", "说明", "证据", *REVIEWER]
    _table(sheet, head, rows, (24, 36, 10, 24, 14, 8, 8, 24, 36, 40, 24, 10, 10, 12), 5)


def _table(
    sheet: Worksheet, head: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[int], *coloured: int
) -> None:
    """A table with its head kept in view and a filter; `coloured` are the columns that hold results."""
    _write(sheet, 1, head)
    _head(sheet, 1, len(head))
    styles: dict[str, Any] = {}
    for n, row in enumerate(rows, 2):
        _write(sheet, n, row)
        for column, value in enumerate(row, 1):
            result = str(value) if column in coloured and value else ""
            cell = sheet.cell(n, column)
            if result not in styles:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if result:
                    cell.fill = PatternFill("solid", fgColor=COLOURS.get(result, OTHER))
                styles[result] = cell._style
            cell._style = copy(styles[result])
    for n, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(n)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _head(sheet: Worksheet, row: int, columns: int) -> None:
    for n in range(1, columns + 1):
        cell = sheet.cell(row, n)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6EE")


def _write(sheet: Worksheet, row: int, values: Sequence[Any]) -> None:
    """Fill a row; texts stay texts, whatever they begin with."""
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column, plain(value))
        if cell.data_type == "f":
            cell.data_type = "s"


def plain(value: Any) -> Any:
    """What a cell can hold."""
    return _FORBIDDEN.sub("", value)[:LONGEST] if isinstance(value, str) else value
