"""Faults: named technical misbehaviour, laid on messages on their way. The absence of a fault is the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Protocol

from sim.calendar import DAY_MS, HOUR_MS
from sim.draws import draw

UTC8_MS = 8 * HOUR_MS


class Effect(StrEnum):
    """What a fault does to a message.

    A lost, refused or turned-away (outage) message does not arrive and is sent again as its operation's ladder says; a late,
    slow or reordered one arrives later, so that others may overtake it; a duplicated one arrives twice. The names within
    a group tell people what is meant; the runtime treats them alike.
    """

    LOST = "lost"
    LATE = "late"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    REFUSED = "refused"
    OUTAGE = "outage"
    SLOW = "slow"


class Quantiles(Protocol):
    """A duration drawn by its quantile, as `sim.durations.Duration` keeps it."""

    def at(self, u: float) -> int:
        """Milliseconds at quantile `u`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour: on which operations (a kind or a glob), at whose door, how often, when, and what it does.

    `window_ms` bounds it in absolute time, `daily_ms` to hours of the day (it may wrap midnight), `most` in strikes
    per case. `delay` gives the lateness of late, slow, reordered and duplicated messages. `error` names what a real system
    would answer; the sender does not hear it, its message is sent again.
    """

    name: str
    effect: Effect
    operation: str
    seat: str = ""
    share: float = 1.0
    window_ms: tuple[int, int] | None = None
    daily_ms: tuple[int, int] | None = None
    delay: Quantiles | None = None
    error: str = ""
    most: int | None = None

    def concerns(self, kind: str, seat: str) -> bool:
        """Whether this fault can lie on messages of `kind` to `seat`."""
        return fnmatchcase(kind, self.operation) and (not self.seat or self.seat == seat)

    def is_on(self, now_ms: int) -> bool:
        """Whether this fault is at work at this instant."""
        if self.window_ms is not None and not self.window_ms[0] <= now_ms < self.window_ms[1]:
            return False
        if self.daily_ms is None:
            return True
        start, end = self.daily_ms
        hour = (now_ms + UTC8_MS) % DAY_MS
        return start <= hour < end if start <= end else hour >= start or hour < end

    def strikes(self, salt: int, operation: str, n: int, now_ms: int) -> bool:
        """Whether it strikes message `n` of this operation of the case whose salt is given; `most` is for the gate."""
        if not self.is_on(now_ms):
            return False
        return self.share >= 1.0 or draw(salt, f"{self.name}/{operation}".encode(), n) < self.share

    def delay_ms(self, salt: int, operation: str, n: int) -> int:
        """How much later the n-th message of this operation comes, if it is struck."""
        if self.delay is None:
            return HOUR_MS
        return self.delay.at(draw(salt, f"{self.name}/{operation}/delay".encode(), n))


def on_route(faults: Sequence[Fault], kind: str, seat: str) -> tuple[Fault, ...]:
    """The faults that can lie on messages of `kind` to `seat`, in the order of the script."""
    return tuple(fault for fault in faults if fault.concerns(kind, seat))
