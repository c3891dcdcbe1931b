"""The problem list as a workbook: written for people, and what they changed in it read back, every mistake by its cell."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from features.given import GivenError
from features.problems import SEVERITIES
from liantiao.problems.listed import BY_HAND, CLOSED, STATES, Problem, ProblemList
from liantiao.reviewing.sheets import Row, read_sheet, write_sheet
from liantiao.reviewing.tables import known

SHEET: Final = "问题清单"
HEADS: Final = {
    "指纹": 16, "严重程度": 12, "条款": 16, "场景": 24, "题目": 36, "步骤": 36, "应为": 30, "实际": 40, "首次出现": 12,
    "最近出现": 12, "次数": 8, "重开": 8, "导出时状态": 12, "状态": 12, "责任单位": 26, "责任人": 12, "期限": 14, "说明": 36,
}  # fmt: skip
FILLED_IN: Final[dict[str, Sequence[str]]] = {"状态": STATES, "责任单位": (), "责任人": (), "期限": (), "说明": ()}


def export_problems(path: Path, problems: ProblemList) -> int:
    """Write the workbook; how many rows. Raises GivenError."""
    if path.suffix.lower() != ".xlsx":
        raise GivenError(f"问题清单导出为 xlsx 工作簿，文件名请以 .xlsx 结尾，如 problems.xlsx；现为 {path.name}。")
    ordered = sorted(problems.problems.values(), key=lambda each: (SEVERITIES.index(each.severity), each.fingerprint))
    write_sheet(path, SHEET, HEADS, map(_cells, ordered), FILLED_IN)
    return len(ordered)


def _cells(problem: Problem) -> list[str]:
    return [
        problem.fingerprint, problem.severity, "、".join(problem.clauses), problem.scenario, problem.title, problem.step,
        problem.expected, problem.seen, problem.first_seen, problem.last_seen, str(problem.times), str(problem.reopened),
        problem.state, problem.state, problem.unit, problem.owner, problem.due, problem.note,
    ]  # fmt: skip


def import_problems(path: Path, problems: ProblemList) -> tuple[ProblemList, list[str]]:
    """The list with what people changed, and the fingerprints that changed; all of the sheet or nothing. Raises GivenError."""
    rows = read_sheet(path, SHEET, ["指纹", "导出时状态", *FILLED_IN])
    changed: dict[str, Problem] = {}
    seen: dict[str, str] = {}
    for row in rows:
        mark = known(row.needed("指纹"), list(problems.problems), row.where("指纹"), "问题")
        if mark in seen:
            row.complain("指纹", f"与 {seen[mark]}是同一个问题“{mark}”；请留下一行。")
        seen[mark] = row.where("指纹")
        problem = problems.problems[mark]
        if (filled := _filled_in(row, problem)) != problem:
            changed[mark] = filled
    return replace(problems, problems={**problems.problems, **changed}), list(changed)


def _filled_in(row: Row, problem: Problem) -> Problem:
    state = row.choice("状态", STATES)
    then = row.choice("导出时状态", STATES)
    note, due = row.values["说明"], row.values["期限"]
    if state != then and state != problem.state:
        if then != problem.state:
            row.complain("状态", f"由“{then}”改为“{state}”，但清单里现在是“{problem.state}”；请重新导出后再改。")
        if state not in BY_HAND[then]:
            row.complain("状态", f"不能由“{then}”改为“{state}”，只能改为 {'、'.join(BY_HAND[then])}{_rule(state)}。")
        if state == CLOSED and not note:
            row.complain("说明", "是空的；不经整改就关闭的，请写明为什么不是问题。")
    elif state == then:
        state = problem.state
    return replace(
        problem, state=state, unit=row.needed("责任单位"), owner=row.values["责任人"], due=row.day("期限") if due else "",
        note=note,
    )  # fmt: skip


def _rule(state: str) -> str:
    return "；已确认的问题由复测通过来关闭" if state == CLOSED else ""
