"""Cases: what the runtime keeps of one application while it goes on."""

from typing import Any

from sim.party import Standing
from sim.table import State

CLOSED = State("closed", "已办结", end=True)
"""Where every track of a case is once it has been let go: no rule starts there, so nothing starts anew."""


class Case:
    """One application. `pending` counts what is still to be heard, `open` the tracks that are not at an end."""

    __slots__ = ("closed", "counts", "dossier", "files", "number", "open", "pending", "salt", "sampled", "subs", "tie")

    def __init__(self, number: int, dossier: Any, salt: int, seats: int, sampled: bool) -> None:
        self.number, self.dossier, self.salt, self.sampled = number, dossier, salt, sampled
        self.tie = salt & 0x3FFFFFFF
        self.files: list[Standing | None] = [None] * seats
        self.subs: list[Standing] | None = None
        self.counts: dict[Any, int] | None = None
        self.pending = 0
        self.open = 0
        self.closed = False

    def count(self, what: Any) -> int:
        """How often `what` has been counted for this case before; counts it."""
        if self.counts is None:
            self.counts = {}
        n = self.counts.get(what, 0)
        self.counts[what] = n + 1
        return n

    def let_go(self) -> None:
        """Forget the files and take their numbers out of the ledgers; whoever still holds a file finds it closed."""
        for at in self.standings():
            file = at.file
            for ledger, key in file.keys or ():
                known = file.party.ledgers[ledger]
                if known.get(key) is file:  # another case may have entered the number since
                    del known[key]
            at.states = [CLOSED] * len(at.states)
            at.heard = ()  # it held the standing itself: a circle only the garbage collector could free
            at.file = None  # type: ignore[assignment]  # and this was half of another
        self.files = [None] * len(self.files)
        self.subs = None
        self.closed = True

    def open_tracks(self) -> list[tuple[str, str, str]]:
        """Which tracks are not at an end: (seat, track, state)."""
        return [(at.party.seat, s.track, s.title) for at in self.standings() for s in at.states if not s.end]

    def standings(self) -> list[Standing]:
        """Where every file of the case stands."""
        return [at for at in [*self.files, *(self.subs or ())] if at is not None]
