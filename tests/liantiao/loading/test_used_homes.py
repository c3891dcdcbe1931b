"""Homes are used once: remembered by package and seed, across processes, until the population has no more."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from liantiao.loading.used_homes import NAME, HomesError, UsedHomes
from sim.population import MOST_CASES

PACKAGE = "fujian-2024-55"


def test_the_next_load_goes_on_behind_the_last_one_and_behind_the_stock(tmp_path: Path) -> None:
    homes = UsedHomes(tmp_path / "data")
    assert homes.take(PACKAGE, 7, 200) == 1
    assert UsedHomes(tmp_path / "data").take(PACKAGE, 7, 50) == 201
    assert homes.take(PACKAGE, 8, 50) == 1, "another seed is another population"
    assert homes.take(PACKAGE, 7, 10, after=830_000) == 830_001
    assert homes.last(PACKAGE, 7) == 830_010


def test_first_goes_where_it_is_told_and_forgets_nothing(tmp_path: Path) -> None:
    homes = UsedHomes(tmp_path)
    homes.take(PACKAGE, 7, 100)
    assert homes.take(PACKAGE, 7, 10, first=1) == 1
    assert homes.take(PACKAGE, 7, 10) == 101


def test_a_population_used_up_is_said_with_what_is_left(tmp_path: Path) -> None:
    homes = UsedHomes(tmp_path)
    homes.take(PACKAGE, 7, MOST_CASES - 5)
    with pytest.raises(HomesError, match=r"已用到第 8,388,603 号，只剩 5 宗，不够 6 件；换一个 --seed"):
        homes.take(PACKAGE, 7, 6)
    assert homes.take(PACKAGE, 7, 5) == MOST_CASES - 4, "what was refused has used nothing"


def test_several_at_once_never_take_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as several:
        begun = list(several.map(lambda _: UsedHomes(tmp_path).take(PACKAGE, 7, 10), range(20)))
    assert sorted(begun) == list(range(1, 201, 10))


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"a": -1}), json.dumps({"a": True})])
def test_what_cannot_be_read_is_said_and_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(HomesError, match="不知道哪些房屋用过；移走它后用 --first"):
        UsedHomes(tmp_path).take(PACKAGE, 7, 1)
    assert (tmp_path / NAME).read_text(encoding="utf-8") == text
