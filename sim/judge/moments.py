"""Moments: per case, when and how often the kinds asked for were heard, from one pass over a region's journal.

A column is asked for by its name in SQL, `"kind what"`, and narrower by sender, receiver or ref as `"sender>kind@receiver=ref
what"`, where `!sender>` is anybody but that sender. This is the heavy part of judging, done by plain array arithmetic: SQL
conditional aggregates over the same rows take many times as long.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.judge.one_pass import MISPLACED, OK, REFUSED, Ints, RowGroup, read_once

NEVER = np.iinfo(np.int64).max
WHATS = ("n", "first", "last", "sent", "asked", "refused", "fen", "top", "zero")
"""n: times heard; first, last: when, in epoch ms; sent: when first sent, heard or lost, in epoch ms; asked: when first
sent, whatever became of it; refused: times refused for a reason of the receiver's own, not
for coming at a wrong time; fen, top: sum and largest of the amounts heard; zero: when first
heard with no amount."""
COLUMN = re.compile(
    r'"(?:(!?[a-z_]+)>)?([a-z_]+\.[a-z_]+)(?:@([a-z_]+))?(?:=([a-z_]+))? (' + "|".join(WHATS) + r')"'
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """What one column holds: of which kind, at whose door, and what of it; by whom and of what ref. Empty is any."""

    kind: str
    receiver: str
    what: str
    sender: str = ""
    ref: str = ""

    @property
    def name(self) -> str:
        """The column's name in SQL."""
        sender, receiver, ref = self.sender and f"{self.sender}>", self.receiver and f"@{self.receiver}", self.ref
        return f"{sender}{self.kind}{receiver}{ref and f'={ref}'} {self.what}"


def columns_in(sql: Iterable[str]) -> list[Column]:
    """The columns asked for by name in some SQL, each once, in order."""
    found = [found.groups(default="") for text in sql for found in COLUMN.finditer(text)]
    return sorted({Column(kind, receiver, what, sender, ref) for sender, kind, receiver, ref, what in found})


class Moments:
    """The columns of one region's cases, filled row group by row group."""

    def __init__(self, columns: list[Column], case_numbers: Ints) -> None:
        """`case_numbers` are the region's cases, ascending."""
        self._place = np.full(int(case_numbers[-1]) + 1 if len(case_numbers) else 1, -1, np.int32)
        self._place[case_numbers] = np.arange(len(case_numbers), dtype=np.int32)
        self._kinds = sorted({column.kind for column in columns})
        self._senders, self._receivers, self._refs = (
            sorted({getattr(column, name).removeprefix("!") for column in columns} - {""})
            for name in ("sender", "receiver", "ref")
        )
        fills = [_Fill(what, [c for c in columns if c.what == what], len(case_numbers)) for what in WHATS]
        self._fills = [fill for fill in fills if fill.columns]
        for fill in self._fills:
            fill.know(self._kinds, (self._senders, self._receivers, self._refs))
        self._told_by_ref = np.flatnonzero(np.isin(self._kinds, [column.kind for column in columns if column.ref]))
        reads = ["case_no", "kind", "outcome", "t", "asked_t", "amount_fen"]
        narrower = {"sender": self._senders, "receiver": self._receivers, "ref": self._refs}
        self.reads = frozenset(reads + [name for name, words in narrower.items() if words])

    def read(self, journal: Path) -> None:
        """Take in a whole `journal.parquet`, alone."""
        read_once(journal, [self])

    def take(self, group: RowGroup) -> None:
        """Take in one row group."""
        kind = group.places("kind", self._kinds)
        # kind after kind, so that what is filled together lies together
        at = np.argsort(kind, kind="stable")[np.count_nonzero(kind < 0) :]
        case_no = group.plain("case_no")[at]
        place = self._place[np.minimum(case_no, len(self._place) - 1)]
        if (strange := (place < 0) | (case_no >= len(self._place))).any():
            at, place = at[~strange], place[~strange]
        rows = _Rows(group, at, place, np.searchsorted(kind[at], np.arange(len(self._kinds) + 1)))
        rows.narrower = (
            group.places("sender", self._senders, at) if self._senders else at,
            group.places("receiver", self._receivers, at) if self._receivers else at,
            self._ref(group, rows) if self._refs else at,
        )
        for fill in self._fills:
            fill.take(rows)

    def _ref(self, group: RowGroup, rows: "_Rows") -> Ints:
        """Where the rows' refs stand among those asked for, read only of the kinds that are told apart by it."""
        told = rows.of(self._told_by_ref)[0]
        refs = group.column("ref").take(pa.array(rows.at[told]))
        places = np.full(len(rows.at), -1, np.int16)
        places[told] = pc.fill_null(pc.index_in(refs, pa.array(self._refs)), -1).to_numpy(zero_copy_only=False)
        return places

    def arrays(self) -> dict[str, pa.Array]:
        """The columns by name, one value per case in the order of their numbers; what never came is null."""
        return {name: array for fill in self._fills for name, array in fill.arrays().items()}


class _Rows:
    """The rows of one row group that matter, as arrays, kind by kind; `begins` is where each kind's begin."""

    narrower: tuple[Ints, Ints, Ints]
    """Sender, receiver and ref, as places among those that columns ask for; where none does, nobody reads it."""

    def __init__(self, group: RowGroup, at: Ints, place: Ints, begins: Ints) -> None:
        self.at, self.place, self.begins = at, place, begins
        self.t, self.asked_t, self.amount_fen = (group.plain(name)[at] for name in ("t", "asked_t", "amount_fen"))
        how = group.how[at]
        self.ok, self.refused, self.misplaced = how == OK, how == REFUSED, how == MISPLACED

    def of(self, kinds: Ints) -> tuple[Ints, Ints]:
        """Where the rows of some kinds are, kind after kind, and how many there are of each."""
        begins = self.begins[kinds]
        counts = self.begins[kinds + 1] - begins
        before = np.cumsum(counts) - counts
        return np.repeat(begins - before, counts) + np.arange(counts.sum()), counts


class _Fill:
    """All columns of one `what`, as one matrix: a row of it per column, a column of it per case."""

    def __init__(self, what: str, columns: list[Column], cases: int) -> None:
        self.what, self.columns, self.cases = what, columns, cases
        empty, dtype = {"n": (0, np.int32), "refused": (0, np.int32), "fen": (0, np.int64), "last": (-1, np.int64),
                        "top": (-1, np.int64)}.get(what, (NEVER, np.int64))  # fmt: skip
        self.empty = empty
        self.matrix = np.full(len(columns) * cases, empty, dtype)
        self.asked: list[tuple[Ints, Ints, list[tuple[int, int, bool]]]] = []

    def know(self, kinds: list[str], words: tuple[list[str], ...]) -> None:
        """Columns with the same sender, receiver and ref are filled together: where in the matrix each kind's row begins."""
        numbered = sorted(enumerate(self.columns), key=lambda each: _narrower(each[1]))
        for narrower, same in groupby(numbered, lambda each: _narrower(each[1])):
            rows, asked = zip(*((at * self.cases, kinds.index(column.kind)) for at, column in same), strict=True)
            tests = [
                (which, words[which].index(word.removeprefix("!")), not word.startswith("!"))
                for which, word in enumerate(narrower)
                if word
            ]
            self.asked.append((np.array(asked), np.array(rows), tests))

    def take(self, rows: _Rows) -> None:
        heeded = self._heeded(rows)
        for kinds, begins, tests in self.asked:
            hit, counts = rows.of(kinds)
            chosen = heeded[hit]
            for which, code, alike in tests:
                chosen &= (rows.narrower[which][hit] == code) == alike
            at = np.repeat(begins, counts) + rows.place[hit]
            self._put(*((at, hit) if chosen.all() else (at[chosen], hit[chosen])), rows)

    def _heeded(self, rows: _Rows) -> Ints:
        heeded: Ints = rows.ok
        if self.what == "asked":
            heeded = np.ones_like(rows.ok)
        elif self.what == "refused":
            heeded = rows.refused
        elif self.what == "sent":
            heeded = ~(rows.refused | rows.misplaced)
        elif self.what == "zero":
            heeded = rows.ok & (rows.amount_fen == 0)
        return heeded

    def _put(self, at: Ints, hit: Ints, rows: _Rows) -> None:
        if self.what in ("n", "refused"):
            np.add.at(self.matrix, at, 1)
        elif self.what == "fen":
            np.add.at(self.matrix, at, rows.amount_fen[hit])
        elif self.what in ("last", "top"):
            np.maximum.at(self.matrix, at, (rows.t if self.what == "last" else rows.amount_fen)[hit])
        else:
            np.minimum.at(self.matrix, at, (rows.asked_t if self.what in ("sent", "asked") else rows.t)[hit])

    def arrays(self) -> dict[str, pa.Array]:
        """The columns by name, over the matrix itself: it is not copied."""
        matrix = self.matrix.reshape(len(self.columns), self.cases)
        return {column.name: self._array(row) for column, row in zip(self.columns, matrix, strict=True)}

    def _array(self, row: Ints) -> pa.Array:
        present = None if self.empty == 0 else pa.py_buffer(np.packbits(row != self.empty, bitorder="little"))
        return pa.Array.from_buffers(pa.from_numpy_dtype(row.dtype), len(row), [present, pa.py_buffer(row)])


def _narrower(column: Column) -> tuple[str, str, str]:
    return column.sender, column.receiver, column.ref
