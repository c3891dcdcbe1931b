"""How busy this process is: what tells a generator that is the limit from an implementation that is."""

import time
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 3.0
"""Chosen: as long as Locust's workers take between reports; over milliseconds any work at all reads as a full core."""


class ProcessorUse:
    """The share of one core this process used, over one whole window after another, from when it begins."""

    def __init__(
        self, now_s: Callable[[], float] = time.monotonic, spent_s: Callable[[], float] = time.process_time
    ) -> None:
        self._now_s, self._spent_s = now_s, spent_s
        self._percent = 0.0
        self.begin()

    def begin(self) -> None:
        """The first window begins now: what came before, setting up, is no part of the load."""
        self._at_s, self._had_s = self._now_s(), self._spent_s()

    def percent(self) -> float:
        """The use in the last whole window, in per cent of one core; 0 until there was one."""
        took_s = self._now_s() - self._at_s
        if took_s >= WINDOW_S:
            self._percent = round(100 * (self._spent_s() - self._had_s) / took_s, 1)
            self.begin()
        return self._percent
