"""How busy this process is: what tells a generator that is the limit from an implementation that is."""

import time
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 3.0
"""Chosen: over milliseconds any work at all reads as a full core, and a second of it, as a burst makes, is no limit."""


class ProcessorUse:
    """The share of one core this process used, over one whole window after another from when it was made."""

    def __init__(
        self, now_s: Callable[[], float] = time.monotonic, spent_s: Callable[[], float] = time.process_time
    ) -> None:
        self._now_s, self._spent_s = now_s, spent_s
        self._at_s, self._had_s = now_s(), spent_s()
        self._percent: float | None = None

    def percent(self) -> float | None:
        """The use in the last whole window, in per cent of one core; None until there was one."""
        now_s, spent_s = self._now_s(), self._spent_s()
        if now_s - self._at_s >= WINDOW_S:
            self._percent = round(100 * (spent_s - self._had_s) / (now_s - self._at_s), 1)
            self._at_s, self._had_s = now_s, spent_s
        return self._percent
