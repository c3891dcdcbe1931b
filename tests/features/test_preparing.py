"""Preparation: sheets written, filled in by people, read back; what is not loaded is not played, figures become limits."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from features.prepared_files import WORKBOOK, PreparedError
from features.preparing import prepare, read_prepared
from features.real import Real, cast_real, only_loaded
from sim.package import load_package
from tests.features.real_systems import scenarios

PACKAGE = load_package("fujian-2024-55")
ONE = """甲
假如 一件规范办件
并且 不勾选用气过户
那么 办件以办结告终"""
TWO = """乙
假如 一件规范办件
那么 办件以办结告终"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    play = cast_real(scenarios(tmp_path, ONE, TWO), PACKAGE, 2024, Real({}))
    counts = prepare(tmp_path / "prepared", play, PACKAGE)
    assert counts == {"场景": 2, "登记簿": 2, "人员": 4, "户号": 9, "指标": 12}
    return tmp_path / "prepared"


def fill(folder: Path, sheet: str, key: str, column: str, value: str) -> None:
    """Write into the CSV file, in the row that contains `key`."""
    path = folder / f"{sheet}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if key in row.values():
            row[column] = value
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def fill_book(folder: Path, sheet: str, row: int, column: int, value: str) -> None:
    book = load_workbook(folder / WORKBOOK)
    book[sheet].cell(row, column).value = value
    book.save(folder / WORKBOOK)


def test_only_what_is_ticked_is_played_whichever_file_it_was_ticked_in(folder: Path, tmp_path: Path) -> None:
    told = scenarios(tmp_path, ONE, TWO)
    prepared = read_prepared(folder, PACKAGE, 2024)
    play, why = only_loaded(cast_real(told, PACKAGE, 2024, Real({}, prepared=prepared)), prepared)
    assert not play.parts
    assert set(why.values()) == {"准备材料的“场景”表里没有勾选“已装载”"}
    fill(folder, "场景", "甲", "已装载", "是")
    fill_book(folder, "场景", 3, 5, "√")
    prepared = read_prepared(folder, PACKAGE, 2024)
    play, why = only_loaded(cast_real(told, PACKAGE, 2024, Real({}, prepared=prepared)), prepared)
    assert [part.scenario.title for part in play.parts] == ["甲", "乙"]
    assert why == {}


def test_the_cases_are_those_that_were_prepared(folder: Path, tmp_path: Path) -> None:
    fill(folder, "场景", "乙", "已装载", "是")
    prepared = read_prepared(folder, PACKAGE, 2024)
    play, _ = only_loaded(
        cast_real(scenarios(tmp_path, ONE, TWO), PACKAGE, 2024, Real({}, prepared=prepared)), prepared
    )
    (part,) = play.parts
    with (folder / "登记簿.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["题目"] == "乙")
    assert (row["不动产单元号"], row["办件号"]) == (part.played.dossier.unit_code, str(part.played.number))
    other, why = only_loaded(cast_real(scenarios(tmp_path, TWO), PACKAGE, 2024, Real({}, prepared=prepared)), prepared)
    assert not other.parts
    assert "请重新 --prepare" in next(iter(why.values()))


def test_figures_become_limits_with_source_and_approver(folder: Path) -> None:
    fill(folder, "指标", "registration", "数值", "5")
    with pytest.raises(PreparedError, match="没有写来源或批准人"):
        read_prepared(folder, PACKAGE, 2024)
    fill(folder, "指标", "registration", "批准人", "张三")
    fill_book(folder, "指标", 5, 3, "2")
    fill_book(folder, "指标", 5, 4, "小时")
    fill_book(folder, "指标", 5, 6, "李四")
    assert read_prepared(folder, PACKAGE, 2024).limits == {
        "registration": (5.0, "working_days"), "tax_assessment": (2.0, "hours"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "key", "column", "value", "said"),
    [("场景", "甲", "已装载", "大概", "写“是”或“否”"), ("指标", "refund", "数值", "很快", "不是大于零的数"),
     ("指标", "refund", "指标", "refnd", "不在套餐里")],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    sheet: str, key: str, column: str, value: str, said: str, folder: Path
) -> None:
    fill(folder, sheet, key, column, value)
    with pytest.raises(PreparedError, match=rf"{sheet}.csv 第 \d+ 行.*{said}"):
        read_prepared(folder, PACKAGE, 2024)


def test_another_seed_and_another_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PreparedError, match="--seed 2024"):
        read_prepared(folder, PACKAGE, 7)
    with pytest.raises(PreparedError, match="不是 --prepare 导出的文件夹"):
        read_prepared(tmp_path, PACKAGE, 2024)
    with pytest.raises(PreparedError, match="不是空的"):
        prepare(folder, cast_real((), PACKAGE, 2024, Real({})), PACKAGE)
