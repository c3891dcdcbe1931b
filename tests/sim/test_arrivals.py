"""Applications come in when offices, seasons and the calendar say."""

import numpy as np
import pytest

from sim.calendar import DAY_MS, HOUR_MS, WorkingCalendar, local_weekday, parse_day
from sim.population.arrivals import BIN_MS, Arrivals, day_weight

CALENDAR = WorkingCalendar.load()
FROM, TO = parse_day("2021-01-01"), parse_day("2024-11-26")
INDEX = np.arange(60_000, dtype=np.uint64)


def arrive(window: bool, first: int = FROM, last: int = TO) -> np.ndarray:
    arrivals = Arrivals(CALENDAR, first, last)
    return arrivals.arrival_ms(11, INDEX, np.full(len(INDEX), window))


def half_hours(moments: np.ndarray) -> np.ndarray:
    return (moments + 8 * HOUR_MS) % DAY_MS // BIN_MS


def test_counters_only_when_open():
    moments = arrive(window=True)
    days = set((moments - (moments + 8 * HOUR_MS) % DAY_MS).tolist())
    assert all(CALENDAR.is_working_day(day) for day in days)
    assert set(half_hours(moments).tolist()) == {*range(17, 24), *range(30, 35)}


def test_both_days_count_and_no_other():
    moments = arrive(False, parse_day("2024-03-04"), parse_day("2024-03-05"))
    assert moments.min() >= parse_day("2024-03-04")
    assert moments.max() < parse_day("2024-03-06")
    assert moments.max() >= parse_day("2024-03-05")


def test_online_never_closes_but_sleeps():
    moments = arrive(window=False)
    night = np.isin(half_hours(moments), range(14)).mean()
    assert 0.005 < night < 0.05
    off_days = [day for day in range(FROM, TO, DAY_MS) if not CALENDAR.is_working_day(day)]
    found = np.isin(moments - (moments + 8 * HOUR_MS) % DAY_MS, off_days).mean()
    assert 0.1 < found < 0.25


def test_mondays_are_full_and_the_spring_festival_month_is_not():
    moments = arrive(window=True)
    weekdays = np.bincount([local_weekday(moment) for moment in moments.tolist()], minlength=7)
    assert weekdays[0] > weekdays[2]
    months = (moments + 8 * HOUR_MS).astype("datetime64[ms]").astype("datetime64[M]").astype(int) % 12
    counts = np.bincount(months, minlength=12)
    assert counts.argmin() == 1


def test_a_tax_cut_makes_people_wait_and_then_rush():
    days = [parse_day(day) for day in ("2025-12-10", "2025-12-24", "2026-01-06", "2026-01-20")]
    before, waiting, rush, after = (day_weight(day, True, 0.0) for day in days)
    assert waiting < before
    assert rush > 2 * after


def test_days_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="请对调"):
        Arrivals(CALENDAR, TO, FROM)


def test_a_span_without_an_open_day_is_refused():
    with pytest.raises(ValueError, match="没有一个工作日"):
        Arrivals(CALENDAR, parse_day("2024-10-01"), parse_day("2024-10-03"))
