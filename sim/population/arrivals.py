"""When applications come in: one table of weights over the real working calendar, and its inverse."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

import numpy as np

from sim.calendar import DAY_MS, HOUR_MS, LOCAL, parse_day
from sim.draws import Floats, Index, Numbers, bounds_of, uniform

BIN_MS: Final = HOUR_MS // 2
BINS_A_DAY: Final = DAY_MS // BIN_MS

# Every weight below is synthetic: it gives numbers to what 2021-2024 looked like in words. The Spring Festival trough,
# the spring and autumn seasons and the rush before year's end are common knowledge of the trade.
MONTH_WEIGHTS: Final = (0.9, 0.55, 1.2, 1.15, 1.0, 1.0, 0.95, 0.95, 1.1, 1.1, 1.0, 1.15)
WEEKDAY_WEIGHTS: Final = (1.15, 1.0, 0.95, 0.95, 1.1, 1.0, 1.0)
"""Mondays and Fridays are full; the last two count only when the weekend is worked (调休)."""
MONTH_END_DAYS: Final = 3
MONTH_END_WEIGHT: Final = 1.2
QUARTER_END_WEIGHT: Final = 1.35
DAY_OFF_ONLINE: Final = 0.35
"""Weight of a day nobody works, for the two online channels; the window is shut."""
CLIFFS: Final = (("2024-12-01", 0.6, 1.7), ("2026-01-01", 0.7, 3.0))
"""Days a tax rule eases, with the weight of the 14 days of waiting before and of the 14 days of rush after."""
CLIFF_DAYS: Final = 14

WINDOW_HOURS: Final = {
    **dict.fromkeys(range(17, 19), 0.8),  # 08:30, counters open
    **dict.fromkeys(range(19, 22), 1.6),  # 09:30-11:00, the morning peak
    **dict.fromkeys(range(22, 24), 0.9),
    **dict.fromkeys(range(30, 33), 1.5),  # 15:00-16:30, the afternoon peak; every season's counters are open
    **dict.fromkeys(range(33, 35), 0.7),  # until 17:30
}
"""Half hours of the day (17 is 08:30) at the counters, inside the opening hours of summer and winter alike."""
ONLINE_HOURS: Final = {
    **dict.fromkeys(range(14), 0.04),  # 00:00-07:00, the small night share of a service that never closes
    **dict.fromkeys(range(14, 18), 0.4),
    **dict.fromkeys(range(18, 24), 1.3),
    **dict.fromkeys(range(24, 28), 0.6),
    **dict.fromkeys(range(28, 36), 1.2),
    **dict.fromkeys(range(36, 44), 0.8),  # evenings at home
    **dict.fromkeys(range(44, 48), 0.25),
}


class Calendar(Protocol):
    """All that is asked of the working calendar."""

    def is_working_day(self, ms: int) -> bool: ...


class Arrivals:
    """Inverse of the cumulative weight of every half hour between two days, one curve for counters, one for online."""

    def __init__(self, calendar: Calendar, from_ms: int, to_ms: int) -> None:
        """Both days count; they are given by their first millisecond."""
        if to_ms < from_ms:
            raise ValueError("申请时段的截止日期早于起始日期，请对调")
        self.from_ms = from_ms
        days = range(from_ms, to_ms + 1, DAY_MS)
        if not any(calendar.is_working_day(day) for day in days):
            raise ValueError("申请时段内没有一个工作日，窗口无法收件，请放宽起止日期")
        self._window = bounds_of(_bins(days, calendar, WINDOW_HOURS, day_off=0.0))
        self._online = bounds_of(_bins(days, calendar, ONLINE_HOURS, day_off=DAY_OFF_ONLINE))

    def arrival_ms(self, seed: int, index: Index, at_window: np.ndarray) -> Numbers:
        """The instant of each case, given whether it comes to a counter."""
        share = uniform(seed, index, "arrival/half hour")
        found = np.where(
            at_window,
            np.searchsorted(self._window, share, side="right"),
            np.searchsorted(self._online, share, side="right"),
        )
        within = uniform(seed, index, "arrival/instant") * BIN_MS
        return self.from_ms + found.astype(np.int64) * BIN_MS + within.astype(np.int64)


def day_weight(ms: int, working: bool, day_off: float) -> float:
    """How much comes in on a day, an average working day being about 1."""
    day = datetime.fromtimestamp(ms / 1000, LOCAL)
    weight = MONTH_WEIGHTS[day.month - 1]
    weight *= WEEKDAY_WEIGHTS[day.weekday()] if working else day_off
    if datetime.fromtimestamp((ms + MONTH_END_DAYS * DAY_MS) / 1000, LOCAL).month != day.month:
        weight *= QUARTER_END_WEIGHT if day.month % 3 == 0 else MONTH_END_WEIGHT
    for cliff, waiting, rush in CLIFFS:
        distance = (ms - parse_day(cliff)) // DAY_MS
        if -CLIFF_DAYS <= distance < 0:
            weight *= waiting
        elif 0 <= distance < CLIFF_DAYS:
            weight *= rush
    return weight


def _bins(days: range, calendar: Calendar, hours: dict[int, float], day_off: float) -> Floats:
    profile = np.array([hours.get(half, 0.0) for half in range(BINS_A_DAY)])
    weights = np.array([day_weight(day, calendar.is_working_day(day), day_off) for day in days])
    return np.outer(weights, profile).ravel()
