"""How fast people and offices work in a run: as in life, or faster, so that joint testing need not wait for days."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sim.calendar import DAY_MS, MINUTE_MS, SECOND_MS
from sim.durations import Duration
from sim.faults import Fault
from sim.posts import Post


class Handling(StrEnum):
    """How long departments and people take: nothing, a day as a minute, or as in life."""

    INSTANT = "instant"
    SHORT = "short"
    REAL = "real"


SHORTEST_TERM_MS = 5 * SECOND_MS
"""Whoever answers within two seconds, as the service levels have it, must still be able to pay before an order is closed."""
TITLES = {Handling.INSTANT: "即时", Handling.SHORT: "缩短（一日作一分钟）", Handling.REAL: "照实"}


@dataclass(frozen=True, slots=True)
class Scale:
    """What handling and terms are divided by. A term (a period after which something lapses or is tried again) is never cut
    below `floor_ms`, so that a system under test has time to act within it; terms under a minute stay as they are."""

    handling: Handling
    term_divisor: int
    floor_ms: int

    def handled(self, ms: int) -> int:
        """How long something takes that takes `ms` in life."""
        if self.handling is Handling.REAL:
            return ms
        return 0 if self.handling is Handling.INSTANT else ms * MINUTE_MS // DAY_MS

    def term(self, ms: int) -> int:
        """How long a term of `ms` runs."""
        if self.term_divisor == 1 or ms < MINUTE_MS:
            return ms
        return max(self.floor_ms, ms // self.term_divisor)

    def post(self, post: Post) -> Post:
        """A post with its delay as this scale has it."""
        how, where, delay, body = post
        return post if delay < MINUTE_MS else (how, where, self.term(delay), body)

    def fault(self, fault: Fault) -> Fault:
        """A fault of a package's script, whose lateness is told as in life, as this scale has it."""
        if self.term_divisor == 1 or not isinstance(fault.delay, Duration):
            return fault
        return replace(fault, delay=replace(fault.delay, steps=tuple(map(self.term, fault.delay.steps))))


def scale_of(handling: Handling) -> Scale:
    """The scale that a run's setting stands for: instant has a day of a term pass in a second, short in a minute."""
    if handling is Handling.REAL:
        return Scale(handling, 1, 0)
    divisor = DAY_MS // (SECOND_MS if handling is Handling.INSTANT else MINUTE_MS)
    return Scale(handling, divisor, SHORTEST_TERM_MS)
