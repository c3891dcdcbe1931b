"""China's working days and office hours as flat tables, so that every question is a bisect or two.

Time is integer milliseconds since the Unix epoch; local time is UTC+8 all year.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path
from typing import Self

from sim.plain import PlainError

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

LOCAL = timezone(timedelta(hours=8))
FIRST_YEAR, LAST_YEAR = 2020, 2027
TABLE_FILE = Path(__file__).with_name("calendar_cn.json")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
FIRST_MS = (datetime(FIRST_YEAR, 1, 1, tzinfo=LOCAL) - _EPOCH) // _MS
END_MS = (datetime(LAST_YEAR + 1, 1, 1, tzinfo=LOCAL) - _EPOCH) // _MS

Span = tuple[str, str]


class CalendarError(PlainError, ValueError):
    """A day or an instant the calendar cannot answer for."""


def _outside(ms: int) -> CalendarError:
    try:
        shown = f"{_EPOCH.astimezone(LOCAL) + ms * _MS:%Y-%m-%d}"
    except OverflowError:
        shown = f"{ms} 毫秒"
    return CalendarError(
        f"日期 {shown} 不在工作日历范围 {FIRST_YEAR}-01-01 至 {LAST_YEAR}-12-31 之内，"
        "请改用范围内的日期，或用 python -m sim.calendar_import 补充年份。"
    )


def local_ms(moment: datetime) -> int:
    """The instant of a local date and time; a moment without zone is taken as UTC+8."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
    ms = (aware - _EPOCH) // _MS
    if not FIRST_MS <= ms < END_MS:
        raise _outside(ms)
    return ms


def parse_day(text: str) -> int:
    """The local midnight that begins the day written YYYY-MM-DD."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=LOCAL)
    except (TypeError, ValueError):
        raise CalendarError(f"“{text}”不是有效日期，请写成 2021-01-04 的样式。") from None
    return local_ms(day)


def format_time(ms: int) -> str:
    """The local time to the second, with its offset."""
    if not FIRST_MS <= ms < END_MS:
        raise _outside(ms)
    return datetime.fromtimestamp(ms // SECOND_MS, LOCAL).isoformat()


def parse_clock(text: str) -> int:
    """Milliseconds after midnight of a time of day written HH:MM."""
    try:
        clock = datetime.strptime(text, "%H:%M").replace(tzinfo=LOCAL)
    except (TypeError, ValueError):
        raise CalendarError(f"“{text}”不是有效的时刻，请写成 08:30 的样式。") from None
    return clock.hour * HOUR_MS + clock.minute * MINUTE_MS


class WorkingCalendar:
    """Which days are worked: Monday to Friday less the statutory holidays, plus the 调休 workdays."""

    def __init__(self, years: dict[str, dict[str, object]]) -> None:
        """Lays the years out as one entry per day; `years` has the shape of calendar_cn.json."""
        if sorted(years) != [str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]:
            raise CalendarError(f"工作日历的年份应为 {FIRST_YEAR} 至 {LAST_YEAR}，请重新导入日历文件。")
        self.holidays, worked = _marked_days(years, "holidays"), _marked_days(years, "workdays")
        self._provisional_years = {int(year) for year, entry in years.items() if entry["provisional"]}
        self.days = range(FIRST_MS, END_MS, DAY_MS)
        self.worked = [day in worked or (local_weekday(day) < 5 and day not in self.holidays) for day in self.days]
        # worked_before[n]: working days among the first n days of the table.
        self.worked_before = [0, *accumulate(int(worked) for worked in self.worked)]

    @classmethod
    def load(cls) -> Self:
        """The calendar shipped with the product."""
        return cls(json.loads(TABLE_FILE.read_text(encoding="utf-8")))

    def day_index(self, ms: int) -> int:
        """The position in the table of the local day an instant falls on."""
        if not FIRST_MS <= ms < END_MS:
            raise _outside(ms)
        return (ms - FIRST_MS) // DAY_MS

    def is_working_day(self, ms: int) -> bool:
        """Whether the local day of this instant is worked."""
        return self.worked[self.day_index(ms)]

    def working_days(self, from_ms: int, to_ms: int) -> int:
        """How many working days there are from one local day to another, both counted."""
        first, last = self.day_index(from_ms), self.day_index(to_ms)
        if first > last:
            begin, end = format_time(from_ms)[:10], format_time(to_ms)[:10]
            raise CalendarError(f"起始日期 {begin} 晚于截止日期 {end}，请对调。")
        return self.worked_before[last + 1] - self.worked_before[first]

    def provisional(self, ms: int) -> bool:
        """Whether the year of this instant still lacks its published 调休."""
        return int(format_time(ms)[:4]) in self._provisional_years


def _marked_days(years: dict[str, dict[str, object]], kind: str) -> frozenset[int]:
    marked: set[int] = set()
    for year, entry in years.items():
        days = entry[kind]
        if not isinstance(days, list):
            raise CalendarError(f"工作日历 {year} 年的 {kind} 应为日期列表，请重新导入日历文件。")
        marked.update(parse_day(f"{year}-{day}") for day in days)
    return frozenset(marked)


def local_weekday(ms: int) -> int:
    """The local day of the week, Monday being 0; the epoch was a Thursday."""
    return ((ms + 8 * HOUR_MS) // DAY_MS + 3) % 7


class OfficeHours:
    """The opening hours of one hall or office over the whole calendar.

    Instants are open from an opening up to, not including, its closing. Work may end exactly at a closing.
    """

    def __init__(
        self,
        calendar: WorkingCalendar,
        morning: Span = ("08:30", "12:00"),
        afternoon: Span = ("14:30", "17:30"),
        summer_afternoon: Span = ("15:00", "18:00"),
        summer_months: Collection[int] = (7, 8, 9),
        saturdays: bool = False,
    ) -> None:
        """Lays out every opening; `saturdays` opens the hall on Saturdays that are not holidays."""
        winter, summer = _day_spans(morning, afternoon), _day_spans(morning, summer_afternoon)
        self._calendar = calendar
        self._openings, self._closings = [FIRST_MS], [FIRST_MS]  # an empty span: no question falls before the first
        self._day_closings: list[int] = []  # of working days only: what a limit in working days is due at
        for day, worked in zip(calendar.days, calendar.worked, strict=True):
            if not worked and not (saturdays and local_weekday(day) == 5 and day not in calendar.holidays):
                continue
            spans = summer if int(format_time(day)[5:7]) in summer_months else winter
            self._openings.extend(day + opening for opening, _ in spans)
            self._closings.extend(day + closing for _, closing in spans)
            if worked:
                self._day_closings.append(self._closings[-1])
        lengths = [closing - opening for opening, closing in zip(self._openings, self._closings, strict=True)]
        self._done = list(accumulate(lengths))  # office time passed at each closing

    def is_open(self, t: int) -> bool:
        """Whether the office is open at this instant."""
        return t < self._closings[self._span(t)]

    def next_opening(self, t: int) -> int:
        """This instant when open, otherwise the next opening."""
        span = self._span(t)
        if t < self._closings[span]:
            return t
        if span + 1 == len(self._openings):
            raise _outside(END_MS)
        return self._openings[span + 1]

    def after(self, t: int, working_ms: int) -> int:
        """The first instant, never outside office hours, at which that much office time has passed since t."""
        if working_ms <= 0:
            if working_ms < 0:
                raise CalendarError(f"办公时长 {working_ms} 毫秒不能为负数，请改为零或正数。")
            return self.next_opening(t)
        span = self._span(t)
        left = self._closings[span] - t
        target = self._done[span] + working_ms - (left if left > 0 else 0)
        if left < working_ms:
            span = bisect_left(self._done, target)
            if span == len(self._done):
                raise _outside(END_MS)
        return self._closings[span] - self._done[span] + target

    def elapsed(self, a: int, b: int) -> int:
        """Office time from a to b; negative when b comes first."""
        return self._passed(b) - self._passed(a)

    def after_days(self, t: int, n: int) -> int:
        """The close of the n-th working day after the day of t, which is not counted."""
        if n < 1:
            raise CalendarError(f"时限 {n} 个工作日无效，请改为不小于 1 的整数。")
        nth = self._calendar.worked_before[self._calendar.day_index(t) + 1] + n - 1
        if nth >= len(self._day_closings):
            raise _outside(END_MS)
        return self._day_closings[nth]

    def _span(self, t: int) -> int:
        span = bisect_right(self._openings, t) - 1
        if span < 0 or t >= END_MS:
            raise _outside(t)
        return span

    def _passed(self, t: int) -> int:
        span = self._span(t)
        left = self._closings[span] - t
        return self._done[span] - left if left > 0 else self._done[span]


def _day_spans(*spans: Span) -> list[tuple[int, int]]:
    parsed = [(parse_clock(opening), parse_clock(closing)) for opening, closing in spans]
    instants = [instant for span in parsed for instant in span]
    if instants != sorted(instants) or any(opening == closing for opening, closing in parsed):
        raise CalendarError(f"办公时间 {spans} 的先后顺序不对，请按上午开门、关门、下午开门、关门依次填写。")
    return parsed
