"""What was seen of a scenario's case: its journal rows, and the checks that steps make on them."""

import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from features.casting import Played
from sim.journal.record import Record
from sim.judge.verdict import Result

Ways = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Of every operation, the seats that may send it and those that hear it."""
SHOWN: Final = 8
"""So many rows of a case are named with a check."""


class UnseenError(Exception):
    """What a check needs runs between two seats we cannot see; the message says which."""


@dataclass(frozen=True, slots=True)
class Check:
    """One 那么: what was to be seen, what was seen, and the journal rows it rests on."""

    result: Result
    expected: str
    seen: str
    rows: tuple[int, ...] = ()


@dataclass(slots=True)
class Seen:
    """The evidence on one case of a scenario, as its checks ask for it.

    `ended` tells whether the case has come to its end, so that what has not been said never will be. `broken` are the
    promises that this case broke: what the evidence is, by the promise's title; `judged` the titles that applied to it.
    """

    played: Played
    rows: Sequence[Record]
    ways: Ways
    remote: Collection[str]
    ended: bool
    kinds: Mapping[str, Any]
    broken: Mapping[str, str] = field(default_factory=dict)
    judged: Collection[str] = ()
    now_ms: int = sys.maxsize
    """What the run's clock shows; what may still come in time is missed by nobody."""
    others: Sequence["Seen"] = ()
    """The scenario's further cases that are alike; every check is made on each of them too."""
    second: "Seen | None" = None
    """Another case beside it, where the scenario has one; only steps that name it look at it."""

    # ---- rows -------------------------------------------------------------------------------------------------------
    def messages(
        self, kinds: Collection[str], *, receiver: str = "", sender: str = "", heard: bool = True
    ) -> list[Record]:
        """The messages of these kinds in the order in which they were heard; `heard` leaves out what was not taken in.

        Raises UnseenError where they run between two remote seats.
        """
        self._visible(kinds, receiver)
        return [
            row for row in self.rows
            if row.kind in kinds and (not receiver or row.receiver == receiver) and (not sender or row.sender == sender)
            and (row.outcome == "ok" if heard else not row.outcome.startswith("fault"))
        ]  # fmt: skip

    def replies(self, kinds: Collection[str]) -> list[Record]:
        """The rows in whose answers one of these replies came."""
        return [row for row in self.rows if row.reply in kinds or (row.kind in kinds and row.answers)]

    def body(self, row: Record) -> dict[str, Any]:
        """What a message said."""
        return json.loads(row.body) if row.body else {}

    def reply(self, row: Record) -> dict[str, Any]:
        """What was said back at once."""
        return json.loads(row.reply_body) if row.reply_body else {}

    def _visible(self, kinds: Collection[str], receiver: str) -> None:
        for kind in kinds:
            senders, hearers = self.ways.get(kind, ((), ()))
            hearing = {receiver} if receiver else set(hearers)
            if hearing and set(senders) and hearing <= set(self.remote) and set(senders) <= set(self.remote):
                raise UnseenError(f"“{self.title(kind)}”在两个真实系统之间往来，沙箱看不到")

    def title(self, kind: str) -> str:
        """An operation's Chinese title."""
        known = self.kinds.get(kind)
        return known.op.title if known is not None else kind

    def story(self, rows: Iterable[Record]) -> str:
        """Rows as people read them."""
        told = [f"{row.sender}→{row.receiver} {self.title(row.kind)}{_ending(row.outcome)}" for row in rows]
        more = f" 等 {len(told)} 条" if len(told) > SHOWN else ""
        return "；".join(told[:SHOWN]) + more if told else "没有"

    # ---- checks -----------------------------------------------------------------------------------------------------
    def check(self, holds: bool, expected: str, seen: str, rows: Iterable[Record] = ()) -> Check:
        """A check whose evidence is there, one way or the other."""
        return Check(Result.KEPT if holds else Result.BROKEN, expected, seen, _seqs(rows))

    def awaited(self, holds: bool, expected: str, seen: str, rows: Iterable[Record] = ()) -> Check:
        """A check on something that was to come: where the case goes on, it may still come, and nothing is judged."""
        if holds or self.ended:
            return self.check(holds, expected, seen, rows)
        return Check(Result.NOT_OBSERVED, expected, f"{seen}；办件尚未到终点", _seqs(rows))


def _seqs(rows: Iterable[Record]) -> tuple[int, ...]:
    return tuple(row.seq for row in rows)[:SHOWN]


def _ending(outcome: str) -> str:
    return "" if outcome == "ok" else f"（{outcome}）"
