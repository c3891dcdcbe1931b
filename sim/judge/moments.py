"""Moments: one pass over a region's journal that leaves, per case, when and how often the kinds asked for were heard.

A column is asked for by its name in SQL, `"kind what"` or `"kind@receiver what"`. This is the heavy part of judging, done
by plain array arithmetic: SQL conditional aggregates over the same rows take many times as long.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Ints = npt.NDArray[Any]
NEVER = np.iinfo(np.int64).max
WHATS = ("n", "first", "last", "sent", "asked", "refused", "fen", "top", "zero")
"""n: times heard; first, last: when, in epoch ms; sent: when first sent, heard or lost, in epoch ms; asked: when first
sent, whatever became of it; refused: times refused; fen, top: sum and largest of the amounts heard; zero: when first
heard with no amount."""
COLUMN = re.compile(r'"([a-z_]+\.[a-z_]+)(?:@([a-z_]+))? (' + "|".join(WHATS) + r')"')
READ = ("case_no", "kind", "receiver", "outcome", "t", "asked_t", "amount_fen")
OK, REFUSED, LOST = range(3)


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """What one column holds: of which kind, at whose door (any, when empty), and what of it."""

    kind: str
    receiver: str
    what: str

    @property
    def name(self) -> str:
        """The column's name in SQL."""
        return f"{self.kind}{'@' if self.receiver else ''}{self.receiver} {self.what}"


def columns_in(sql: Iterable[str]) -> list[Column]:
    """The columns asked for by name in some SQL, each once, in order."""
    return sorted({Column(*found.groups(default="")) for text in sql for found in COLUMN.finditer(text)})


class Moments:
    """The columns of one region's cases, filled row group by row group."""

    def __init__(self, columns: list[Column], case_numbers: Ints) -> None:
        """`case_numbers` are the region's cases, ascending."""
        self._place = np.full(int(case_numbers[-1]) + 1 if len(case_numbers) else 1, -1, np.int32)
        self._place[case_numbers] = np.arange(len(case_numbers), dtype=np.int32)
        self._fills = [_Fill(what, [c for c in columns if c.what == what], len(case_numbers)) for what in WHATS]
        self._fills = [fill for fill in self._fills if fill.columns]

    def read(self, journal: Path) -> None:
        """Take in a whole `journal.parquet`."""
        file = pq.ParquetFile(journal, read_dictionary=["kind", "receiver", "outcome"])
        kinds = {column.kind for fill in self._fills for column in fill.columns}
        for group in range(file.num_row_groups):
            self._take(file.read_row_group(group, columns=list(READ), use_threads=False), kinds)

    def _take(self, table: pa.Table, kinds: set[str]) -> None:
        kind, kind_words = _coded(table, "kind")
        wanted = np.array([word in kinds for word in kind_words], bool)
        at = np.flatnonzero(wanted[kind])
        case_no = _plain(table, "case_no")[at]
        place = self._place[np.minimum(case_no, len(self._place) - 1)]
        if (strange := (place < 0) | (case_no >= len(self._place))).any():
            at, place = at[~strange], place[~strange]
        receiver, receiver_words = _coded(table, "receiver")
        outcome, outcome_words = _coded(table, "outcome")
        how = np.array(
            [OK if w == "ok" else REFUSED if w.startswith("refused") else LOST for w in outcome_words], np.int8
        )
        rows = _Rows(kind[at], receiver[at], how[outcome[at]], place, table, at)
        for fill in self._fills:
            fill.take(rows, kind_words, receiver_words)

    def arrays(self) -> dict[str, pa.Array]:
        """The columns by name, one value per case in the order of their numbers; what never came is null."""
        return {name: array for fill in self._fills for name, array in fill.arrays().items()}


class _Rows:
    """The rows of one row group that matter, as arrays."""

    def __init__(self, kind: Ints, receiver: Ints, how: Ints, place: Ints, table: pa.Table, at: Ints) -> None:
        self.kind, self.receiver, self.how, self.place = kind, receiver, how, place
        self.t = _plain(table, "t")[at]
        self.asked_t = _plain(table, "asked_t")[at]
        self.amount_fen = _plain(table, "amount_fen")[at]


class _Fill:
    """All columns of one `what`, as one matrix: a row of it per column, a column of it per case."""

    def __init__(self, what: str, columns: list[Column], cases: int) -> None:
        self.what, self.columns, self.cases = what, columns, cases
        empty, dtype = {"n": (0, np.int32), "refused": (0, np.int32), "fen": (0, np.int64), "last": (-1, np.int64),
                        "top": (-1, np.int64)}.get(what, (NEVER, np.int64))  # fmt: skip
        self.empty = empty
        self.matrix = np.full(len(columns) * cases, empty, dtype)

    def take(self, rows: _Rows, kind_words: list[str], receiver_words: list[str]) -> None:
        for columns, receivers in ((self._anywhere(), None), *self._at_doors(receiver_words)):
            codes = np.array([columns.get(word, -1) for word in kind_words], np.int32)
            code = codes[rows.kind]
            chosen = (code >= 0) & self._heeds(rows)
            if receivers is not None:
                chosen &= rows.receiver == receivers
            if (hit := np.flatnonzero(chosen)).size:
                self._put(code[hit].astype(np.int64) * self.cases + rows.place[hit], hit, rows)

    def _anywhere(self) -> dict[str, int]:
        return {column.kind: at for at, column in enumerate(self.columns) if not column.receiver}

    def _at_doors(self, words: list[str]) -> Iterable[tuple[dict[str, int], int]]:
        for door in sorted({column.receiver for column in self.columns} - {""}):
            if door in words:
                here = {column.kind: at for at, column in enumerate(self.columns) if column.receiver == door}
                yield here, words.index(door)

    def _heeds(self, rows: _Rows) -> Any:
        if self.what == "refused":
            return rows.how == REFUSED
        if self.what == "asked":
            return np.ones(len(rows.how), bool)
        if self.what == "sent":
            return rows.how != REFUSED
        return (rows.how == OK) & (rows.amount_fen == 0) if self.what == "zero" else rows.how == OK

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
        """The columns by name."""
        matrix, counted = self.matrix.reshape(len(self.columns), self.cases), self.empty == 0
        return {
            column.name: pa.array(row) if counted else pa.array(row, mask=row == self.empty)
            for column, row in zip(self.columns, matrix, strict=True)
        }


def _plain(table: pa.Table, name: str) -> Ints:
    array = table[name].combine_chunks()
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.int64())
    values: Ints = array.to_numpy(zero_copy_only=False)
    return values


def _coded(table: pa.Table, name: str) -> tuple[Ints, list[str]]:
    array = table[name].combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    codes: Ints = array.indices.to_numpy(zero_copy_only=False)
    return codes, array.dictionary.to_pylist()
