"""A remote system whose clock moves with ours, and how things stand there: told with every answer, so that nobody need ask."""

from typing import NamedTuple, Self

MOST_DIGITS = 20
"""Longer numbers are no counts and no instants."""


class Stands(NamedTuple):
    """How much has been heard, how many calls are under way, and when the next thing is due, None for never."""

    heard: int
    under_way: int
    due_ms: int | None

    def as_header(self) -> bytes:
        """As it goes with an answer."""
        return b"%d %d %s" % (self.heard, self.under_way, b"-" if self.due_ms is None else b"%d" % self.due_ms)

    @classmethod
    def from_header(cls, text: bytes) -> Self | None:
        """What `as_header` made; None for anything else."""
        parts = text.split()
        if len(parts) != 3 or not all(part.isdigit() and len(part) <= MOST_DIGITS for part in parts[:2]):
            return None
        due = parts[2]
        if due != b"-" and not (due.isdigit() and len(due) <= MOST_DIGITS):
            return None
        return cls(int(parts[0]), int(parts[1]), None if due == b"-" else int(due))


class Follower:
    """What is known of a run's follower at `address`; "" is nobody.

    With `stops` it is its word that, let ahead of us, it stops at the first instant at which it says something.
    """

    def __init__(self, address: str, *, stops: bool = False) -> None:
        self.address, self.stops = address, stops
        self.due_ms: int | None = None
        """When the next thing is due there."""
        self.ahead_ms = 0
        """How far it may be ahead of us when it speaks."""
        self.over: set[int] = set()
        """The cases it knows to be over."""
        self._sent = -1
        self._answered = 0
        self._stands = Stands(0, 0, None)

    def __bool__(self) -> bool:
        return bool(self.address)

    def is_at(self, address: str) -> bool:
        """Whether a seat with this address is one of the follower's own: nobody else speaks for it."""
        return bool(self.address) and f"{address}/".startswith(f"{self.address.rstrip('/')}/")

    def told(self, stands: Stands) -> None:
        """An answer told how things stand there; of several answers the last one heard there counts."""
        self._answered += 1
        if stands.heard >= self._stands.heard:
            self._stands, self.due_ms = stands, stands.due_ms

    def sets_out(self, sent: int, to_ms: int) -> None:
        """It is asked to move its clock as far as `to_ms`; `sent` is how much had ever left us then."""
        self._sent, self._answered, self.ahead_ms = sent, 0, to_ms
        self._stands = self._stands._replace(under_way=0)

    def has_come(self, stands: Stands) -> None:
        """It has moved its clock; what an answer told meanwhile may be newer."""
        self.ahead_ms = 0
        if stands.heard >= self._stands.heard:
            self._stands, self.due_ms = stands, stands.due_ms

    def is_known(self, sent: int) -> bool:
        """Whether nothing has been said to it since it moved, or all of it was answered and leads to nothing now."""
        said = sent - self._sent
        return not said or (self._answered >= said and not self._stands.under_way)
