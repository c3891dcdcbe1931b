"""What is on its way across a world's border: a message to a remote seat, or one of theirs that waits for its answer."""

from typing import NamedTuple

from sim.case import Case
from sim.clock import Entry
from sim.faults import Strike
from sim.message import Message
from sim.route import FIRST_TRIP, Route


class Fetched(NamedTuple):
    """An entry that a poll brought. `after_ms` is how much later than now it is to be heard, where who fetched it can be told."""

    case_no: int
    body: Message
    after_ms: int = 0


class Sending(NamedTuple):
    """What a remote seat says of a sending: which one of this message it is, from 1, and the instant for which the message was
    meant (Unix ms; 0 for now). What was held back on its way is of the day on which it was said."""

    attempt: int = 1
    asked_ms: int = 0


FIRST_SENDING = Sending()


class Call:
    """A message on its way to a remote seat, until it is answered or given up. A plain value, kept in snapshots."""

    __slots__ = ("asked_ms", "asker", "body", "case", "cause", "id", "route", "trip")

    def __init__(self, entry: Entry, case: Case) -> None:
        _, _, self.id, self.route, _, _, self.body, self.asker, self.cause, self.asked_ms, _, self.trip = entry
        self.case = case

    @property
    def strike(self) -> Strike | None:
        """The fault to act out on it."""
        return None if self.trip is None else self.trip.strike

    @property
    def again_of(self) -> int:
        """The id it had first, if it was sent again by hand; else 0."""
        return 0 if self.trip is None else int(self.trip.again_of)

    @property
    def attempt(self) -> int:
        """Which sending of this message it is, from 1."""
        return FIRST_TRIP[3] if self.trip is None else int(self.trip.marks[3])


class Open:
    """A message of a remote seat that has been heard, and its answer once there is one.

    `theirs` is the number by which its sender knows it, "" where it gave none; `strike` the fault that struck it. `after_ms` is
    how much later than now the answer is to be heard.
    """

    __slots__ = ("after_ms", "answer", "case_no", "id", "lost", "route", "sender", "strike", "theirs", "tries", "waits")

    def __init__(self, id_: int, route: Route, case_no: int) -> None:
        self.id, self.route, self.sender, self.case_no = id_, route, route.sender.seat, case_no
        self.answer: Message | None = None
        self.theirs = ""
        self.strike: Strike | None = None
        self.after_ms = 0
        self.lost = False
        """Whether a fault has kept its answer back: what is not told at once comes later, as the answer's ladder has it, or never."""
        self.tries = 0
        """How often its answer could not be told."""
        self.waits = False
        """Whether it waits to be told once more."""
