"""Reviews (人工核验): the sheet of what a person has to look at, and the conclusions read back from it or from a TOML file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from features.accepting import scenarios_of
from features.given import BROKEN, CONCLUSIONS, KEPT, GivenError, Review
from features.reviewed import by_hand_steps
from liantiao.reviewing.sheets import Row, read_sheet, write_sheet
from liantiao.reviewing.tables import known, read_toml, row_of
from sim.judge.promises import load_promises
from sim.package import Package

SHEET: Final = "人工核验"
HEADS: Final = {
    "编号": 26, "条款": 16, "题目": 36, "核验内容": 60, "结论": 10, "说明": 40, "评审人": 12, "复核人": 12, "日期": 14,
}  # fmt: skip
FILLED_IN: Final = {"结论": tuple(CONCLUSIONS), "说明": (), "评审人": (), "复核人": (), "日期": ()}
KEYS: Final = {
    "result": "结论", "note": "说明", "reviewer": "评审人", "second_reviewer": "复核人", "date": "日期",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ByHand:
    """A scenario or a promise that is for a person, and what there is to look at."""

    id: str
    clauses: tuple[str, ...]
    title: str
    what: str


def by_hand(package: Package) -> list[ByHand]:
    """Everything of a package that is for a person."""
    scenarios = [(each, by_hand_steps(each)) for each in scenarios_of(package)]
    found = [ByHand(each.id, each.clauses, each.title, "\n".join(what)) for each, what in scenarios if what]
    promises = load_promises(package.folder).all
    return found + [ByHand(each.id, each.clauses, each.title, each.manual) for each in promises if each.manual]


def export_reviews(path: Path, package: Package, only: Sequence[str] | None = None) -> int:
    """Write the sheet to be filled in, all of it or what `only` names; how many rows. Raises GivenError."""
    rows = [each for each in by_hand(package) if only is None or each.id in only]
    if path.suffix.lower() != ".xlsx":
        raise GivenError(f"核验表写成 xlsx 工作簿，文件名请以 .xlsx 结尾，如 reviews.xlsx；现为 {path.name}。")
    if path.exists():
        raise GivenError(f"{path} 已经有了，里面可能有填好的结论，不敢覆盖；请换一个文件名。")
    cells = ([each.id, "、".join(each.clauses), each.title, each.what, "", "", "", "", ""] for each in rows)
    write_sheet(path, SHEET, HEADS, cells, FILLED_IN)
    return len(rows)


def read_reviews(path: Path, package: Package) -> dict[str, Review]:
    """The conclusions by id; a row without one is still open. Raises GivenError."""
    valid = {each.id: each for each in by_hand(package)}
    others = {each.id for each in scenarios_of(package)} | {each.id for each in load_promises(package.folder).all}
    found: dict[str, tuple[Review, str]] = {}
    for name, place, row in _rows(path):
        if name in others and name not in valid:
            raise GivenError(f"{place}“{name}”由报文判定，不是人工核验项，不能填评审结论；请删去这一条。")
        known(name, list(valid), place, "人工核验项")
        if "核验内容" in row.values and row.values["核验内容"] != valid[name].what:
            row.complain("核验内容", "与现在要核验的内容不同；请重新导出核验表，按新的内容核验。")
        review = _review(row)
        if review is None:
            continue
        if name in found:
            raise GivenError(f"{place}“{name}”已在 {found[name][1]}有结论，一项只能有一个；请留下一条。")
        found[name] = review, place
    return {name: review for name, (review, _) in found.items()}


def _rows(path: Path) -> list[tuple[str, str, Row]]:
    """Every row with the name it is for, and where that stands."""
    if path.suffix.lower() == ".xlsx":
        rows = read_sheet(path, SHEET, [head for head in HEADS if head not in ("条款", "题目")])
        return [(row.needed("编号"), row.where("编号"), row) for row in rows]
    if path.suffix.lower() != ".toml":
        raise GivenError(f"评审结论文件应为 .xlsx 或 .toml，现为 {path.name}。")
    told = read_toml(path)
    return [
        (name, f"{path.name} 的 [{name}] ", row_of(f"{path.name} 的 [{name}]", table, KEYS, ("result",)))
        for name, table in told.items()
    ]


def _review(row: Row) -> Review | None:
    if not any(row.values[head] for head in KEYS.values()):
        return None
    conclusion = row.choice("结论", tuple(CONCLUSIONS))
    reviewer, second = row.two_people("评审人", "复核人")
    note = row.values["说明"]
    if conclusion != KEPT and not note:
        row.complain(
            "说明", f"是空的；结论为“{conclusion}”的，请写明{'哪里不符' if conclusion == BROKEN else '为什么不适用'}。"
        )
    return Review(conclusion, note, reviewer, second, row.day("日期"))
