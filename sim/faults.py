"""Faults: named technical misbehaviour, laid on messages on their way. The absence of a fault is the template."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from math import nextafter
from typing import Any, NamedTuple, Protocol

from sim.calendar import DAY_MS, HOUR_MS
from sim.draws import draw
from sim.message import Message, Operation, Shape

UTC8_MS = 8 * HOUR_MS


class Effect(StrEnum):
    """What a fault does to a message.

    A lost, refused or turned-away (outage) message does not arrive and is sent again as its operation's ladder says; a late,
    slow or reordered one arrives later, so that others may overtake it; a duplicated one arrives twice. The names within
    a group tell people what is meant; within a world the runtime treats them alike. Where a real system takes one of the
    seats, a face acts the difference out: see `sim/faces/acting.py`.

    An altered one arrives with some of its fields changed; with a stray one, such a copy arrives beside it.

    `business` is no technical fault: the receiver's lawful no, by one of the errors the operation declares.
    """

    LOST = "lost"
    LATE = "late"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    REFUSED = "refused"
    OUTAGE = "outage"
    SLOW = "slow"
    WRONG_AMOUNT = "wrong_amount"
    BAD_SIGNATURE = "bad_signature"
    STALE = "stale"
    MALFORMED = "malformed"
    HTTP_ERROR = "http_error"
    RESET = "reset"
    NEVER = "never"
    BUSINESS = "business"
    ALTERED = "altered"
    STRAY = "stray"


MISSES = frozenset({Effect.LOST, Effect.REFUSED, Effect.OUTAGE, Effect.HTTP_ERROR, Effect.RESET})
"""What keeps a message from being heard, wherever it comes from."""
ON_WIRE = frozenset({Effect.BAD_SIGNATURE, Effect.STALE, Effect.MALFORMED})
"""What only a wire can show; within a world such a message is not taken in, and is sent again."""
MISSES_WITHIN = MISSES | ON_WIRE
ALWAYS_DECLARED = frozenset({"not_found", "not_now"})
"""Refusals that every request may hear, whatever else it declares."""
MOST_FEN = 999
"""By how much a wrong amount is wrong at most."""


class Strike(NamedTuple):
    """What a fault has in store for one message: `u` in [0, 1) decides what the effect leaves open."""

    name: str
    effect: Effect
    u: float = 0.0
    delay_ms: int = 0
    status: int = 0
    error: str = ""
    not_before_ms: int = 0
    changes: tuple[tuple[str, Any], ...] = ()


class Quantiles(Protocol):
    """A duration drawn by its quantile, as `sim.durations.Duration` keeps it."""

    def at(self, u: float) -> int:
        """Milliseconds at quantile `u`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour: on which operations (a kind or a glob), at whose door, how often, when, and what it does.

    `window_ms` bounds it in absolute time, `daily_ms` to hours of the day (it may wrap midnight), `most` in strikes
    per case, `total` in strikes in all (within one sandbox; in a run on the server, over all its regions), `cases` to the
    cases named. `delay` gives the lateness of late, slow, reordered and duplicated messages. `error` names what a real system
    would answer; the sender does not hear it, its message is sent again. With `business` it is the refusal the sender
    hears. `status` is the HTTP status of `http_error`. A late message arrives at `not_before_ms` at the earliest. `nth` bounds
    it to a case's n-th message of the operation to a seat, however often that is sent again; 0 is all of them. `changes`
    are what altered and stray messages say instead (`sim.alterations`).
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
    total: int | None = None
    cases: tuple[int, ...] = ()
    status: int = 0
    title: str = ""
    changes: tuple[tuple[str, Any], ...] = ()
    not_before_ms: int = 0
    nth: int = 0

    def concerns(self, kind: str, seat: str) -> bool:
        """Whether this fault can lie on messages of `kind` to `seat`."""
        return fnmatchcase(kind, self.operation) and (not self.seat or self.seat == seat)

    def fits(self, op: Operation, *, to_remote: bool = False, from_remote: bool = False) -> bool:
        """Whether its effect has a meaning for this operation on this way."""
        effect = self.effect
        if op.shape is Shape.TIMER or (effect in _ON_REQUESTS and op.shape is Shape.REPLY):
            return False
        if effect is Effect.BUSINESS:
            declared = self.error in ALWAYS_DECLARED or any(error.code == self.error for error in op.errors)
            return op.shape is Shape.REQUEST and declared and not to_remote
        if effect is Effect.WRONG_AMOUNT:
            return bool(op.amount) and not from_remote
        if effect is Effect.MALFORMED and to_remote:
            return op.method != "GET"
        return not (from_remote and effect in _NOT_FROM_REMOTE)

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

    def strike(self, salt: int, operation: str, n: int) -> Strike:
        """What it has in store for message `n` of this operation, if it is struck."""
        u = draw(salt, f"{self.name}/{operation}/how".encode(), n)
        delay = self.delay_ms(salt, operation, n) if self.effect in DELAYING else 0
        return Strike(self.name, self.effect, u, delay, self.status, self.error, self.not_before_ms, self.changes)

    @property
    def longest_ms(self) -> int:
        """By how much it may make a message late at most, 0 where it makes none late."""
        if self.effect not in DELAYING:
            return 0
        return HOUR_MS if self.delay is None else self.delay.at(nextafter(1.0, 0.0))

    def delay_ms(self, salt: int, operation: str, n: int) -> int:
        """How much later the n-th message of this operation comes, if it is struck."""
        if self.delay is None:
            return HOUR_MS
        return self.delay.at(draw(salt, f"{self.name}/{operation}/delay".encode(), n))


DELAYING = frozenset({Effect.LATE, Effect.SLOW, Effect.REORDERED, Effect.DUPLICATED})
_ON_REQUESTS = ON_WIRE | {Effect.HTTP_ERROR, Effect.RESET, Effect.NEVER, Effect.BUSINESS}
CHANGING = frozenset({Effect.ALTERED, Effect.STRAY})
_NOT_FROM_REMOTE = frozenset({Effect.BAD_SIGNATURE, Effect.STALE, Effect.REORDERED}) | CHANGING


def with_wrong_amount(body: Message, u: float) -> Any:
    """The message with its amount wrong by 1 to 999 fen, either way, and above zero."""
    field = body.op.amount
    off = 1 + int(u * 2 * MOST_FEN)
    if off > MOST_FEN:
        off = MOST_FEN - off
    amount: int = getattr(body, field)
    wrong = amount + off if amount + off > 0 else amount - off
    return replace(body, **{field: wrong})  # type: ignore[type-var]  # every message is a dataclass


def on_route(faults: Sequence[Fault], kind: str, seat: str) -> tuple[Fault, ...]:
    """The faults that can lie on messages of `kind` to `seat`, in the order of the script."""
    return tuple(fault for fault in faults if fault.concerns(kind, seat))
