"""The sheet of what a person looks at: written, filled in, read back; every mistake named by its cell."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from features.given import GivenError
from liantiao.reviewing.reviews import HEADS, by_hand, export_reviews, read_reviews
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
COLUMN = {head: n for n, head in enumerate(HEADS, 1)}
GOOD = {"结论": "通过", "说明": "", "评审人": "甲", "复核人": "乙", "日期": "2025-03-31"}
Fill = Callable[..., Path]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """The exported sheet with cells changed: {row: {heading: value}}."""

    def filled(rows: dict[int, dict[str, object]]) -> Path:
        path = tmp_path / "reviews.xlsx"
        path.unlink(missing_ok=True)
        assert export_reviews(path, PACKAGE) == len(by_hand(PACKAGE))
        book = load_workbook(path)
        for n, values in rows.items():
            for head, value in values.items():
                book.active.cell(n, COLUMN[head]).value = value
        book.save(path)
        return path

    return filled


def test_the_sheet_lists_scenarios_and_promises_for_people(fill: Fill) -> None:
    rows = list(load_workbook(fill({})).active.iter_rows(min_row=2, values_only=True))
    assert {"protection_level_three", "guide_published"} <= {row[0] for row in rows}
    assert all(row[3] for row in rows), "each says what to look at"


def test_what_was_filled_in_is_read_back_and_the_rest_stays_open(fill: Fill) -> None:
    first, second = by_hand(PACKAGE)[:2]
    found = read_reviews(fill({2: GOOD, 3: GOOD | {"结论": "不适用", "说明": "本地没有此项"}}), PACKAGE)
    assert set(found) == {first.id, second.id}
    assert (found[second.id].conclusion, found[second.id].note) == ("不适用", "本地没有此项")
    assert (found[first.id].reviewer, found[first.id].second_reviewer, found[first.id].date) == (
        "甲",
        "乙",
        "2025-03-31",
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"结论": "合格"}, r"reviews\.xlsx 的 E2（结论）是“合格”，应为 通过、不通过、不适用 之一"),
        ({"结论": ""}, r"E2（结论）是空的"),
        ({"评审人": ""}, r"G2（评审人）是空的"),
        ({"复核人": None}, r"H2（复核人）是空的"),
        ({"复核人": "甲"}, r"H2（复核人）与评审人都是“甲”"),
        ({"日期": "三月底"}, r"I2（日期）是“三月底”，应为日期"),
        ({"结论": "不通过"}, r"F2（说明）是空的.*哪里不符"),
        ({"编号": "guide_publishd"}, r"A2（编号）没有人工核验项“guide_publishd”.*guide_published"),
        ({"编号": "recorded_once"}, r"A2（编号）“recorded_once”由报文判定"),
        ({"核验内容": "别的"}, r"D2（核验内容）与现在要核验的内容不同"),
    ],
)
def test_a_mistake_is_named_by_its_cell(fill: Fill, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(GivenError, match=said):
        read_reviews(fill({2: GOOD | wrong}), PACKAGE)


def test_two_conclusions_for_one_thing_are_a_conflict(fill: Fill) -> None:
    first = by_hand(PACKAGE)[0]
    twice = {"编号": first.id, "核验内容": first.what}
    with pytest.raises(GivenError, match=r"A3（编号）“.*”已在 reviews\.xlsx 的 A2（编号）有结论"):
        read_reviews(fill({2: GOOD, 3: GOOD | twice}), PACKAGE)


def test_an_exported_sheet_is_never_overwritten(fill: Fill) -> None:
    with pytest.raises(GivenError, match="不敢覆盖"):
        export_reviews(fill({}), PACKAGE)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"not a workbook", "不是完好的 xlsx"),
        ("a.csv", b"", r"应为 \.xlsx 或 \.toml"),
        ("a.toml", b"[", "不是合法的 TOML"),
        ("a.toml", b'[guide_published]\nresult = "\xe9"', "不是合法的 TOML"),
        ("a.toml", '[guide_published]\nresults = "通过"'.encode(), "未知的键“results”.*result"),
        ("a.toml", '[guide_published]\nresult = "通过"'.encode(), r"\[guide_published\] 的 reviewer（评审人）是空的"),
        ("a.toml", b"guide_published = 1", "应当是一张表"),
    ],
)
def test_files_that_are_no_reviews(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GivenError, match=said):
        read_reviews(tmp_path / name, PACKAGE)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for name in ("none.xlsx", "none.toml"):
        with pytest.raises(GivenError, match="没有文件"):
            read_reviews(tmp_path / name, PACKAGE)


def test_toml_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "reviews.toml"
    path.write_text(
        '[guide_published]\nresult = "不通过"\nnote = "缺操作视频"\nreviewer = "甲"\nsecond_reviewer = "乙"\ndate = 2025-03-31\n',
        encoding="utf-8",
    )
    assert read_reviews(path, PACKAGE)["guide_published"].told.startswith("评审结论：不通过（甲，复核 乙，2025-03-31）")
