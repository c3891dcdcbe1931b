"""Periods: the local days or months by which a run is told, whichever its length asks for."""

from collections import Counter
from datetime import UTC, datetime
from typing import Final

from sim.calendar import DAY_MS, HOUR_MS
from sim.measures.moments import Times

UTC8_MS: Final = 8 * HOUR_MS
DAILY_UP_TO_DAYS: Final = 92


class Periods:
    """Labels of local days: the day itself in a short run, its month in a long one."""

    def __init__(self, from_ms: int, to_ms: int) -> None:
        self.name = "day" if to_ms - from_ms <= DAILY_UP_TO_DAYS * DAY_MS else "month"
        self._known: dict[int, str] = {}

    def of_day(self, day: int) -> str:
        """The label of a local day, counted from the epoch."""
        label = self._known.get(day)
        if label is None:
            form = "%Y-%m-%d" if self.name == "day" else "%Y-%m"
            label = self._known[day] = datetime.fromtimestamp(day * 86_400, UTC).strftime(form)
        return label

    def count(self, times: Times) -> Counter[str]:
        """How many of these instants fall into each period."""
        found: Counter[str] = Counter()
        days: Counter[int] = Counter(((times + UTC8_MS) // DAY_MS).tolist())
        for day, n in days.items():
            found[self.of_day(day)] += n
        return found
