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


TITLES = {Handling.INSTANT: "即时", Handling.SHORT: "缩短（一日作一分钟）", Handling.REAL: "照实"}


SHORTEST_MS, LONGEST_FLOOR_MS, FLOOR_DIVISOR = SECOND_MS, 5 * SECOND_MS, 180
"""No shortened period is under a second. One after which something lapses is not cut below five seconds either, or, where it is less
than a quarter of an hour in life, its 180th part: who is to pay before an order closes needs some turns at half a second and more."""
MOST_TERM_FACTOR = FLOOR_DIVISOR
"""With this, what is a quarter of an hour in life is one again."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What handling and terms are divided by: a term is a period after which something lapses or becomes due, a gap one after
    which something is tried again or fetched. Neither is cut so far that a system under test has no time to act; those
    under a minute stay as they are. A shortened term runs `term_factor` times as long as it otherwise would, but never
    longer than in life: for systems whose answers take seconds."""

    handling: Handling
    term_divisor: int
    term_factor: int = 1

    def handled(self, ms: int) -> int:
        """How long something takes that takes `ms` in life."""
        if self.handling is Handling.REAL:
            return ms
        return 0 if self.handling is Handling.INSTANT else ms * MINUTE_MS // DAY_MS

    def term(self, ms: int) -> int:
        """How long a term of `ms` runs."""
        if self.term_divisor == 1 or ms < MINUTE_MS:
            return ms
        return min(ms, self.term_factor * max(self.gap(ms), min(LONGEST_FLOOR_MS, ms // FLOOR_DIVISOR)))

    def gap(self, ms: int) -> int:
        """How long after something it is tried again or fetched, where that is `ms` in life."""
        if self.term_divisor == 1 or ms < MINUTE_MS:
            return ms
        return max(SHORTEST_MS, ms // self.term_divisor)

    def post(self, post: Post) -> Post:
        """A post with its delay as this scale has it."""
        how, where, delay, body = post
        return post if delay < MINUTE_MS else (how, where, self.term(delay), body)

    def fault(self, fault: Fault) -> Fault:
        """A fault of a package's script, whose lateness is told as in life, as this scale has it."""
        if self.term_divisor == 1 or not isinstance(fault.delay, Duration):
            return fault
        return replace(fault, delay=replace(fault.delay, steps=tuple(map(self.term, fault.delay.steps))))


def scale_of(handling: Handling, term_factor: int = 1) -> Scale:
    """The scale that a run's setting stands for: instant has a day pass in a second, short in a minute."""
    if handling is Handling.REAL:
        return Scale(handling, 1)
    divisor = DAY_MS // (SECOND_MS if handling is Handling.INSTANT else MINUTE_MS)
    return Scale(handling, divisor, term_factor)
