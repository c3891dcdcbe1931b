"""Routes: everything about a kind of message between two seats that never changes, worked out once."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from sim.draws import salt
from sim.faults import Fault, Strike, on_route
from sim.journal import Journal
from sim.message import Answers, Message, Shape
from sim.party import Party, Standing
from sim.table import Part

Shown = tuple[str | None, int, int]
FIRST_TRIP = (0, 0, 0, 1)
"""Marks of an ordinary delivery: (started_ms, part_of, answers, attempt)."""


class Trip:
    """What sets a delivery apart from an ordinary first one: an attempt, a batch it came in, a request it answers late.

    On its way to a remote seat a message also carries its place among its like (`n`), the fault that a face is to act out,
    and, when it was sent again by hand, the id it had first.
    """

    __slots__ = ("again_of", "marks", "n", "strike")

    def __init__(self, attempt: int = 1, part_of: int = 0, answers: int = 0, n: int = 0, again_of: int = 0) -> None:
        self.marks = (0, part_of, answers, attempt)
        self.n, self.again_of = n, again_of
        self.strike: Strike | None = None

    def copy(self) -> "Trip":
        """The same, for a delivery of its own."""
        _, part_of, answers, attempt = self.marks
        return Trip(attempt, part_of, answers, self.n, self.again_of)


def _reader(field: str) -> Callable[[Any], Any] | None:
    return attrgetter(field) if field else None


class Route:
    """One kind of message from one party to another."""

    __slots__ = (
        "amount", "by", "code", "counted", "detours", "faults", "folds", "key", "kind", "ledger", "near", "op", "part",
        "query", "receiver", "ref", "replies", "salt", "sender", "shows", "slot", "track", "words",
    )  # fmt: skip

    def __init__(
        self, kind: type[Message], sender: Party, receiver: Party, journal: Journal, faults: Sequence[Fault], seed: int,
    ) -> None:  # fmt: skip
        op, role = kind.op, receiver.role
        self.kind, self.op, self.sender, self.receiver = kind, op, sender, receiver
        self.code, self.words = journal.code(sender.seat, receiver.seat, kind), journal.words
        self.slot = receiver.index
        known = role.where.get(kind)
        self.part: Part[Any] | None
        self.part, self.track = (None, 0) if known is None else known
        self.query = role.queries.get(kind)
        self.by = "" if op.by == "case" else op.by
        self.key, self.ledger = _reader(self.by), receiver.ledgers.setdefault(self.by, {}) if self.by else {}
        self.folds = op.shape is Shape.REPLY
        self.replies: dict[type[Message], tuple[Any, Any, int]] = {}
        self.ref, self.amount = _reader(op.ref), _reader(op.amount)
        self.shows = bool(op.ref or op.amount) or op.answers in (Answers.NOW, Answers.QUERY)
        self.counted = False
        """Whether messages are counted also while no fault lies here, so that one laid later strikes what it would have struck."""
        self.near = False
        """Whether sender and receiver are one party that hears itself at once, as in a world with a border."""
        self.lay_faults(faults)
        self.salt = salt(seed, "lane", sender.seat, receiver.seat) & 0x3FFFFFFF

    def lay_faults(self, faults: Sequence[Fault]) -> None:
        """From now on, these are the faults of the world; some of them may lie on this route."""
        op, seat = self.op, self.receiver.seat
        ways = {"to_remote": self.receiver.remote, "from_remote": self.sender.remote}
        self.faults = tuple(fault for fault in on_route(faults, op.name, seat) if fault.fits(op, **ways))
        self.detours = bool(self.faults) or self.near or self.counted or self.receiver.line is not None

    def find(self, body: Message) -> Standing | None:
        """Where the file stands whose number a message names, if it is there; it may be of another case."""
        assert self.key is not None  # a route without a key leads to the receiver's file of the case
        file = self.ledger.get(self.key(body))
        if file is None or (self.part is not None and file.standing.part is not self.part):
            return None
        return file.standing

    def shown(self, body: Message, said: Message | None) -> Shown:
        """What the journal shows of an exchange: its number, its amount in fen and the kind of its direct answer."""
        ref = None if self.ref is None else self.ref(body)
        amount = 0 if self.amount is None else self.amount(body)
        if said is None:
            return ref, amount, 0
        kind = type(said)
        known = self.replies.get(kind)
        if known is None:
            op = kind.op
            unshown = (self.ref is None and _reader(op.ref), self.amount is None and _reader(op.amount))
            known = self.replies[kind] = (*unshown, self.words[op.name])
        ref_of, amount_of, word = known
        return ref_of(said) if ref_of else ref, amount_of(said) if amount_of else amount, word
