"""The journal of a world on the server: its rows are taken as records, in small lots, and none waits for a block."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.journal import OK, Catalogue, Journal, MemoryStore, as_json
from sim.journal.record import SOURCE_INSIDE, JournalError, Record
from sim.message import Message
from sim.party import Party

Encode = Callable[[Message], bytes | str]
Note = tuple[int, ...]
NO_NOTE: Note = (sys.maxsize,)
"""Stands after the last note: a row that never comes."""


class Source(NamedTuple):
    """Where a row's message came from (`in`, `out`), its bytes if the body does not say them, and the face's answer."""

    source: str
    raw: bytes | None = None
    answered: str | None = None


class _Moves(dict[int, tuple[str, str, str]]):
    """(track, state before, state after) by the code of a rule as rows carry it."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def __missing__(self, rule: int) -> tuple[str, str, str]:
        place = int(self._catalogue.places(np.array([rule], np.int64))[0])
        self[rule] = move = self._catalogue.moves[place]
        return move


class LiveJournal(Journal):
    """One region's pen. Rows wait as they are until `drain` takes them; they go to no store and make no digest.

    `seqs` gives out the run's numbers, shared by all its regions and commands; `registry_of(case_no)` names a case's
    registry ("" for none). `encode` makes a message's JSON text. A sandbox keeps the bodies of cases it samples, so it
    wants `sample_every=1`.

    Whoever brings a message from outside says so in `sources[id]`, `id` being that of the row it will have; `drain`
    takes it out again.
    """

    def __init__(
        self, parties: Sequence[Party], region: str, seqs: Iterator[int], registry_of: Callable[[int], str],
        encode: Encode = as_json,
    ) -> None:  # fmt: skip
        super().__init__(parties, MemoryStore())
        self.page = self.limit = sys.maxsize
        self.region, self.seqs, self.registry_of, self.encode = region, seqs, registry_of, encode
        self.sources: dict[int, Source | tuple[str, bytes | None, str | None]] = {}
        self._kept: dict[int, tuple[Message | str, Message | None]] = {}
        self._moves = _Moves(self.catalogue)
        self._routes: list[tuple[str, str, str, str]] = []
        self._words: list[str] = []

    def keep_bodies(self, case_no: int, id_: int, body: Message, said: Message | None) -> None:
        """Keep what was said, and what was said back, until the row is drained. A message must not change afterwards."""
        self._kept[id_] = (body, said)

    def heard_as(self, id_: int, text: str) -> None:
        """A message came from outside in these very words, which are kept as they are."""
        if id_ in self._kept:
            self._kept[id_] = (text, self._kept[id_][1])

    def drain(self) -> list[Record]:
        """Everything written since the last time, in order, each record with the next seq; between deliveries only.

        Raises JournalError if what came from outside has no row of its own: a replay would miss it.
        """
        self._learn()
        kept, routes, moves = self._kept, self._routes, self._moves
        region, seqs, registry_of, spell = self.region, self.seqs, self.registry_of, self._spell
        refs = dict(zip(self.ref_rows, self.refs, strict=True))
        notes = iter(self.notes)
        note = next(notes, NO_NOTE)
        records: list[Record] = []
        for at, (id_, cause, t, asked, case_no, route, rule) in enumerate(self.rows):
            item, sender, receiver, kind = routes[route]
            track, before, after = moves[rule]
            outcome, reply, ref, attempt, started, part_of, answers, amount = "ok", "", None, 1, None, 0, 0, 0
            if note[0] == at:
                _, said, replied, attempt, begun, part_of, answers, amount = note
                note = next(notes, NO_NOTE)
                outcome, reply = self._words[said], self._words[replied]
                ref, started = refs.get(at), begun or None
            text, back = spell(kept.pop(id_)) if id_ in kept else (None, None)
            source, raw, answered = self.sources.pop(id_) if id_ in self.sources else (SOURCE_INSIDE, None, None)
            values = (
                next(seqs), region, id_, cause, answers, t, asked, started, case_no, item, sender, receiver, kind, attempt,
                part_of, outcome, reply, registry_of(case_no) if case_no else "", track, before, after, ref, amount, source,
                answered, text, back, raw,
            )  # fmt: skip
            records.append(tuple.__new__(Record, values))
        self._let_go()
        return records

    def _spell(self, kept: tuple[Message | str, Message | None]) -> tuple[str, str | None]:
        body, said = kept
        text = body if isinstance(body, str) else self.encode(body)
        back = None if said is None else self.encode(said)
        return _text(text), None if back is None else _text(back)

    def _learn(self) -> None:
        """Spell out the routes and words that are new since the last time."""
        known = self.catalogue.routes
        for sender, receiver, op in known[len(self._routes) :]:
            self._routes.append((op.item, sender, receiver, op.name))
        if len(self._words) != len(self.words):
            self._words = list(self.words)
            assert self._words[OK] == "ok"

    def _let_go(self) -> None:
        """Forget what was drained; the lists stay the same ones, for a delivery loop may hold them."""
        self.count += len(self.rows)
        for drained in (self.rows, self.notes, self.ref_rows, self.refs):
            drained.clear()
        lost = (
            self.sources.keys() & self._kept.keys()
        )  # what is kept and has no row is an answer heard with its request
        self._kept.clear()
        if lost:
            numbers = "、".join(map(str, sorted(lost)))
            raise JournalError(
                f"{self.region} 的外来报文 {numbers} 没有自己的日志行，重放会缺少它；应记在它所答复的请求上。"
            )

    def flush(self) -> None:
        """Nothing to do: rows wait for `drain`."""

    def close(self) -> str:
        """Nothing more is written; there is no digest. Raises JournalError if rows were left undrained."""
        if self.rows:
            raise JournalError(f"{self.region} 还有 {len(self.rows)} 行报文日志没有取走。")
        return ""


def _text(encoded: bytes | str) -> str:
    return encoded if isinstance(encoded, str) else encoded.decode()
