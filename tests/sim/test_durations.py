"""Durations keep the quantiles their data promise, and refuse data they cannot read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from sim.durations import OFFICE_DAY_MS, STEPS, Duration, DurationError

Table = dict[str, object]


def read(**table: object) -> Duration:
    return Duration.from_table({"clock": "elapsed", "source": "自拟"} | table, "package.toml 的 [durations.x]")


def test_a_lognormal_hits_its_median_and_its_ninetieth_percentile() -> None:
    duration = read(median_h=3.0, p90_h=8.0, clock="working")
    assert duration.working
    assert duration.source == "自拟"
    assert duration.at(0.5) == pytest.approx(3 * HOUR_MS, rel=0.01)
    assert duration.at(0.9) == pytest.approx(8 * HOUR_MS, rel=0.01)
    assert duration.mean_ms > 3 * HOUR_MS


def test_uniform_and_fixed_durations() -> None:
    uniform = read(low_s=1, high_s=3)
    assert not uniform.working
    assert SECOND_MS < uniform.at(0.0) < uniform.at(0.999) < 3 * SECOND_MS
    assert uniform.mean_ms == pytest.approx(2 * SECOND_MS, abs=1)
    assert {read(fixed_min=15).at(u) for u in (0.0, 0.5, 0.999)} == {15 * MINUTE_MS}


def test_a_day_is_an_office_day_on_the_working_clock() -> None:
    assert read(fixed_d=2, clock="working").at(0.0) == 2 * OFFICE_DAY_MS
    assert read(fixed_d=2).at(0.0) == 2 * DAY_MS


def test_units_may_differ_within_one_duration() -> None:
    assert read(median_h=3, p90_d=3).at(0.9) == pytest.approx(3 * DAY_MS, rel=0.02)


@given(st.floats(0.001, 1e3), st.floats(1, 50), st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_quantiles_are_whole_milliseconds_and_never_fall(median: float, spread: float, a: float, b: float) -> None:
    duration = read(median_s=median, p90_s=median * spread)
    assert len(duration.steps) == STEPS
    assert all(isinstance(step, int) for step in duration.steps)
    assert duration.at(min(a, b)) <= duration.at(max(a, b))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"median_hour": 3, "p90_h": 8}, "未知键“median_hour”，最接近的合法名称是“median_h”"),
        ({"fixed_min": 15, "clock": "wall"}, "clock 为“wall”"),
        ({"fixed_min": 15, "source": ""}, "缺少 source"),
        ({"median_h": 3}, "写法不完整"),
        ({"median_h": 3, "high_h": 3}, "写法不完整"),
        ({"fixed_h": 3, "fixed_min": 3}, "写法不完整或重复"),
        ({"median_h": 8, "p90_h": 3}, "不大于 p90"),
        ({"median_h": 0, "p90_h": 3}, "大于零"),
        ({"low_h": 8, "high_h": 3}, "low 大于 high"),
        ({"fixed_h": -1}, "零或正数"),
        ({"fixed_h": True}, "零或正数"),
        ({"fixed_h": "3"}, "零或正数"),
        ({}, "写法不完整"),
    ],
)
def test_unreadable_tables_are_refused_by_place_and_key(table: Table, complaint: str) -> None:
    with pytest.raises(DurationError, match=complaint) as caught:
        read(**table)
    assert str(caught.value).startswith("package.toml 的 [durations.x]")
