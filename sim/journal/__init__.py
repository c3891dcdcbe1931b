"""The journal: every exchange, written once and read by all; here its rows, codes and the stores they go to."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from itertools import starmap
from json import dumps
from struct import Struct
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import xxhash

from sim.message import Message, Operation
from sim.party import Party

ROW = np.dtype(
    [("id", "<i8"), ("cause", "<i8"), ("t", "<i8"), ("asked_t", "<i8"), ("case_no", "<i4"), ("route", "<i4"),
     ("rule", "<i4")]
)  # fmt: skip
"""What every row has. `route` and `rule` are places in the catalogue's `routes` and `moves`."""
NO_RULE = -(2**31)
"""Written as the rule where none ran and there was no state to run it in; -1 - s where none ran in the state coded s."""
NOTE = np.dtype(
    [("row", "<i4"), ("outcome", "<i4"), ("reply", "<i4"), ("attempt", "<i4"), ("started_t", "<i8"), ("part_of", "<i8"),
     ("answers", "<i8"), ("amount_fen", "<i8")]
)  # fmt: skip
"""What only some rows have; `row` counts within the block."""
_ROW, _NOTE = Struct("<4q3i").pack, Struct("<4i4q").pack
LIMIT = 65_536
"""Rows kept before they are handed to the store."""
PAGE = 512
"""Rows kept as objects before they are packed. A page is small, so that what it lets go of is still in the processor's
cache when the sandbox needs room for the next rows."""


class Words(dict[str, int]):
    """Codes of words, given out in the order in which words are first met."""

    def __missing__(self, word: str) -> int:
        self[word] = code = len(self)
        return code


OK = 1


class RouteInfo(NamedTuple):
    """What a route's code stands for."""

    sender: str
    receiver: str
    op: Operation


class Body(NamedTuple):
    """The kept body of one message: the row it belongs to, the kind and the JSON text."""

    case_no: int
    id: int
    kind: str
    json: str


class Block(NamedTuple):
    """A stretch of the journal: rows (dtype ROW), notes on some of them (dtype NOTE) and the business numbers shown."""

    rows: npt.NDArray[Any]
    notes: npt.NDArray[Any]
    ref_rows: list[int]
    refs: list[str]
    bodies: list[Body]


class Catalogue:
    """What the codes of a journal stand for: routes, moves and words (outcomes, replies).

    A move is (track, state before, state after); the first is none. The codes of rules and states tell in which order a
    process came to know them, so they are written as places among the moves, which the parties alone decide.
    """

    def __init__(self, parties: Sequence[Party]) -> None:
        self.routes: list[RouteInfo] = []
        self.words = Words({"": 0, "ok": OK})
        roles = dict.fromkeys(party.role for party in parties)
        rules = [(rule, track) for role in roles for track in role.tracks for rule in track.rows]
        states = [(state, track) for role in roles for track in role.tracks for state in track.states]
        moves = {NO_RULE: ("", "", "")}
        moves |= {r.code: (t.name, r.state.name, r.next.name) for r, t in rules}
        moves |= {-1 - s.code: (t.name, s.name, s.name) for s, t in states}
        self.moves = list(moves.values())
        codes = np.array(list(moves)[1:], np.int64)
        self._lowest = int(codes.min(initial=0))
        self._places = np.full(int(codes.max(initial=0)) - self._lowest + 1, -1, np.int32)
        self._places[codes - self._lowest] = np.arange(1, len(moves))

    def places(self, rules: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Where among the moves the rules written are."""
        return np.where(rules == NO_RULE, 0, self._places[np.maximum(rules, self._lowest) - self._lowest])


class Store(Protocol):
    """Where blocks of rows and kept bodies go."""

    def append(self, block: Block, of: Catalogue) -> None:
        """Take a block, in order."""

    def close(self, of: Catalogue) -> None:
        """Take no more; what was taken is complete."""


class Journal:
    """The gate's pen. Rows, notes and refs are appended to; blocks go to the store as they fill."""

    def __init__(self, parties: Sequence[Party], store: Store, limit: int = LIMIT) -> None:
        self.store, self.limit, self.page = store, limit, min(PAGE, limit)
        self.catalogue = Catalogue(parties)
        self.words = self.catalogue.words
        self.rows: list[tuple[int, ...]] = []
        self.notes: list[tuple[int, ...]] = []
        self.ref_rows: list[int] = []
        self.refs: list[str] = []
        self.bodies: list[Body] = []
        self._rows: list[bytes] = []
        self._notes: list[bytes] = []
        self._packed = 0
        self.count = 0
        self._digest = xxhash.xxh3_128()

    def code(self, sender: str, receiver: str, kind: type[Message]) -> int:
        """A new route's code."""
        self.catalogue.routes.append(RouteInfo(sender, receiver, kind.op))
        return len(self.catalogue.routes) - 1

    def note(
        self, marks: tuple[int, int, int, int], outcome: int, reply: int, amount_fen: int, ref: str | None
    ) -> None:
        """Say more about the row about to be written; `marks` as in `sim.route.FIRST_TRIP`."""
        started, part_of, answers, attempt = marks
        row = self._packed + len(self.rows)
        self.notes.append((row, outcome, reply, attempt, started, part_of, answers, amount_fen))
        if ref is not None:
            self.ref_rows.append(row)
            self.refs.append(ref)

    def write(self, row: tuple[int, ...]) -> None:
        """Write one row."""
        self.rows.append(row)
        if len(self.rows) >= self.page:
            self.turn_page()

    def keep_bodies(self, case_no: int, id_: int, body: Message, said: Message | None) -> None:
        """Keep what was said, and what was said back, of a row."""
        self.bodies.append(Body(case_no, id_, body.op.name, as_json(body)))
        if said is not None:
            self.bodies.append(Body(case_no, id_, said.op.name, as_json(said)))

    def turn_page(self) -> None:
        """Pack the page that is full; what is packed goes to the store once there is enough of it."""
        self._pack()
        if self._packed >= self.limit:
            self.flush()

    def _pack(self) -> None:
        self._rows.append(b"".join(starmap(_ROW, self.rows)))
        self._notes.append(b"".join(starmap(_NOTE, self.notes)))
        self._packed += len(self.rows)
        self.count += len(self.rows)
        self.rows.clear()
        self.notes.clear()

    def flush(self) -> None:
        """Hand what is written to the store."""
        self._pack()
        if not self._packed and not self.bodies:
            return
        rows = np.frombuffer(bytearray().join(self._rows), ROW)
        rows["rule"] = self.catalogue.places(rows["rule"])
        notes = np.frombuffer(b"".join(self._notes), NOTE)
        for part in (rows, notes, np.array(self.ref_rows, np.int32)):
            self._digest.update(part.tobytes())
        kept = [f"{body.case_no}\x1f{body.id}\x1f{body.kind}\x1f{body.json}" for body in self.bodies]
        self._digest.update("\x1f".join([*self.refs, *kept]).encode())
        block = Block(rows, notes, self.ref_rows, self.refs, self.bodies)
        self.store.append(block, self.catalogue)
        self._rows.clear()
        self._notes.clear()
        self._packed = 0
        self.ref_rows, self.refs, self.bodies = [], [], []

    def close(self) -> str:
        """Write out the rest; returns the digest of everything written, what its codes stand for included."""
        self.flush()
        self.store.close(self.catalogue)
        of = self.catalogue
        routes = [(route.sender, route.receiver, route.op.name) for route in of.routes]
        self._digest.update(repr((routes, list(of.words), of.moves)).encode())
        return self._digest.hexdigest()


def plain(value: Any) -> Any:
    """A declared value as JSON types: messages and nested records as objects, tuples as arrays."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return value


def as_json(body: Message) -> str:
    """The body as JSON text."""
    return dumps(plain(body), ensure_ascii=False, separators=(",", ":"))


class MemoryStore:
    """Keeps blocks in memory, for tests and single cases."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def append(self, block: Block, of: Catalogue) -> None:
        """Keep a block."""
        self.blocks.append(block)

    def close(self, of: Catalogue) -> None:
        """Nothing to do: everything is here."""
