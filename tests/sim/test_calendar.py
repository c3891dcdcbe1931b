"""The calendar agrees with the published holidays, and office time behaves like time."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import calendar_import
from sim.calendar import (
    DAY_MS,
    END_MS,
    FIRST_MS,
    HOUR_MS,
    MINUTE_MS,
    TABLE_FILE,
    CalendarError,
    OfficeHours,
    WorkingCalendar,
    format_time,
    parse_clock,
    parse_day,
)

CALENDAR = WorkingCalendar.load()
HALLS = [
    OfficeHours(CALENDAR),
    OfficeHours(CALENDAR, morning=("08:15", "12:00")),
    OfficeHours(CALENDAR, saturdays=True),
    OfficeHours(CALENDAR, morning=("09:00", "12:00"), afternoon=("12:00", "17:00"), summer_months=()),
]
halls = st.sampled_from(HALLS)
instants = st.integers(FIRST_MS, END_MS - 200 * DAY_MS)
works = st.integers(1, 100 * HOUR_MS)


def at(day: str, clock: str = "00:00") -> int:
    return parse_day(day) + parse_clock(clock)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-01-01", "2024-12-31", 251),
        ("2025-01-01", "2025-12-31", 248),
        ("2026-01-01", "2026-12-31", 248),
        ("2021-01-01", "2024-11-26", 974),
        ("2024-10-01", "2024-10-07", 0),
        ("2024-10-08", "2024-10-08", 1),
    ],
)
def test_working_days_are_counted_with_both_ends(first: str, last: str, expected: int) -> None:
    assert CALENDAR.working_days(parse_day(first), parse_day(last)) == expected


def test_every_published_day_agrees_with_chinesecalendar() -> None:
    day = date(2020, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_working_day(parse_day(day.isoformat())) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("day", ["2021-02-07", "2024-02-18", "2025-01-26", "2026-01-04", "2026-10-10"])
def test_weekends_worked_instead_are_working_days(day: str) -> None:
    assert CALENDAR.is_working_day(at(day, "23:59"))


def test_2027_knows_the_statutory_holidays_only_and_says_so() -> None:
    assert CALENDAR.provisional(at("2027-06-01"))
    assert not CALENDAR.provisional(at("2026-12-31", "23:59"))
    assert not CALENDAR.is_working_day(parse_day("2027-02-08"))
    assert CALENDAR.is_working_day(parse_day("2027-02-09"))


def test_the_shipped_table_is_what_the_import_writes(tmp_path: Path) -> None:
    calendar_import.write_table(tmp_path / "table.json")
    assert (tmp_path / "table.json").read_text(encoding="utf-8") == TABLE_FILE.read_text(encoding="utf-8")


def test_the_calendar_never_needs_chinesecalendar() -> None:
    program = "import sys, sim.calendar as c; c.WorkingCalendar.load(); assert 'chinese_calendar' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_days_and_times_are_local() -> None:
    assert parse_day("2021-01-04") == 1_609_689_600_000
    assert format_time(at("2021-01-04", "09:30") + 999) == "2021-01-04T09:30:00+08:00"


@pytest.mark.parametrize(
    ("start", "work_min", "end"),
    [
        ("2024-09-30 17:00", 60, "2024-09-30 18:00"),  # September afternoons run from 15:00 to 18:00
        ("2024-09-30 17:30", 31, "2024-10-08 08:31"),  # over the National Day week; October afternoons end at 17:30
        ("2024-11-26 11:50", 20, "2024-11-26 14:40"),
        ("2024-11-26 12:30", 0, "2024-11-26 14:30"),
        ("2024-11-29 17:00", 30, "2024-11-29 17:30"),
        ("2024-11-29 17:30", 30, "2024-12-02 09:00"),
    ],
)
def test_work_continues_over_lunch_nights_and_holidays(start: str, work_min: int, end: str) -> None:
    assert HALLS[0].after(at(*start.split()), work_min * MINUTE_MS) == at(*end.split())


def test_a_limit_in_working_days_is_due_at_close_and_does_not_count_its_first_day() -> None:
    assert HALLS[0].after_days(at("2024-11-26", "09:00"), 1) == at("2024-11-27", "17:30")
    assert HALLS[0].after_days(at("2024-09-30", "20:00"), 5) == at("2024-10-12", "17:30")
    assert HALLS[2].after_days(at("2024-11-29"), 1) == at("2024-12-02", "17:30"), "a Saturday opening is no working day"


def test_halls_open_on_saturdays_stay_closed_on_holidays() -> None:
    assert HALLS[2].is_open(at("2024-11-30", "09:00"))
    assert not HALLS[0].is_open(at("2024-11-30", "09:00"))
    assert not HALLS[2].is_open(at("2024-10-05", "09:00"))


@given(halls, instants, works)
def test_elapsed_undoes_after(hall: OfficeHours, t: int, work: int) -> None:
    assert hall.elapsed(t, hall.after(t, work)) == work


@given(halls, instants, works)
def test_work_never_ends_outside_opening_hours(hall: OfficeHours, t: int, work: int) -> None:
    end = hall.after(t, work)
    assert end > t
    assert hall.is_open(end - 1)
    assert hall.is_open(hall.after(t, 0))
    assert hall.after(t, 0) == hall.next_opening(t)


@given(halls, instants, works, works)
def test_work_done_in_two_parts_ends_when_it_would_in_one(hall: OfficeHours, t: int, one: int, two: int) -> None:
    assert hall.after(hall.after(t, one), two) == hall.after(t, one + two)


@given(halls, instants, instants, works)
def test_an_earlier_start_never_ends_later(hall: OfficeHours, a: int, b: int, work: int) -> None:
    early, late = sorted((a, b))
    assert hall.after(early, work) <= hall.after(late, work)
    assert 0 <= hall.elapsed(early, late) <= late - early
    assert hall.next_opening(early) <= hall.next_opening(late)


@given(halls, instants, st.integers(1, 60))
def test_limits_are_counted_in_working_days(hall: OfficeHours, t: int, days: int) -> None:
    due = hall.after_days(t, days)
    assert CALENDAR.is_working_day(due)
    assert hall.is_open(due - 1)
    assert not hall.is_open(due)
    assert CALENDAR.working_days(t, due) == days + CALENDAR.is_working_day(t)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: parse_day("2019-12-31"),
        lambda: parse_day("2028-01-01"),
        lambda: format_time(END_MS),
        lambda: format_time(10**18),
        lambda: CALENDAR.is_working_day(FIRST_MS - 1),
        lambda: CALENDAR.provisional(END_MS),
        lambda: HALLS[0].is_open(FIRST_MS - 1),
        lambda: HALLS[0].after(END_MS, 1),
        lambda: HALLS[0].after(END_MS - DAY_MS, 8 * HOUR_MS),
        lambda: HALLS[0].next_opening(END_MS - 1),
        lambda: HALLS[0].elapsed(FIRST_MS, END_MS),
        lambda: HALLS[0].after_days(END_MS - DAY_MS, 1),
    ],
)
def test_beyond_the_table_every_question_fails_loudly(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(CalendarError, match=r"不在工作日历范围 2020-01-01 至 2027-12-31 之内，请改用"):
        ask()


def test_nonsense_is_refused() -> None:
    with pytest.raises(CalendarError, match="不是有效日期"):
        parse_day("2021-02-30")
    with pytest.raises(CalendarError, match="不是有效的时刻"):
        parse_clock("8点半")
    with pytest.raises(CalendarError, match="先后顺序"):
        OfficeHours(CALENDAR, morning=("12:00", "08:30"))
    with pytest.raises(CalendarError, match="不能为负数"):
        HALLS[0].after(FIRST_MS, -1)
    with pytest.raises(CalendarError, match="不小于 1"):
        HALLS[0].after_days(FIRST_MS, 0)
    with pytest.raises(CalendarError, match="请对调"):
        CALENDAR.working_days(FIRST_MS + DAY_MS, FIRST_MS)
    with pytest.raises(CalendarError, match="请重新导入"):
        WorkingCalendar({})
