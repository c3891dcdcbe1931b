"""One pass over a region's journal: every row group is read once, and shared by all who take something from it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sim.journal.parquet import SCHEMA, WORD

Ints = npt.NDArray[Any]
OK, REFUSED, MISPLACED, LOST = range(4)
OUT_OF_PLACE = frozenset({"refused:not_now", "refused:unexpected", "refused:case_closed"})
"""Refusals of what should not have come, or not then: no answer on the matter itself."""
EVERY = slice(None)


class RowGroup:
    """One row group of a journal; its columns as arrays, each made once."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._columns: dict[str, pa.Array] = {}
        self._words: dict[str, list[str]] = {}

    def column(self, name: str) -> pa.Array:
        """A column as it was read, in one piece."""
        if name not in self._columns:
            pieces = self._table[name].unify_dictionaries()
            self._columns[name] = pieces.chunk(0) if pieces.num_chunks == 1 else pa.concat_arrays(pieces.chunks)
        return self._columns[name]

    def plain(self, name: str) -> Ints:
        """A column of numbers, or of moments in epoch ms."""
        column = self.column(name)
        values: Ints = (column.view(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_numpy()
        return values

    def codes(self, name: str) -> Ints:
        """A column of words, as places among those of this row group."""
        codes: Ints = self.column(name).indices.to_numpy()
        return codes

    def words(self, name: str) -> list[str]:
        """The words of this row group."""
        if name not in self._words:
            self._words[name] = self.column(name).dictionary.to_pylist()
        return self._words[name]

    def places(self, name: str, words: Sequence[str], at: Ints | slice = EVERY) -> Ints:
        """Where the rows' words stand among `words`; -1 for one that is none of them."""
        place = {word: index for index, word in enumerate(words)}
        taken: Ints = np.array([place.get(word, -1) for word in self.words(name)], np.int16)[self.codes(name)[at]]
        return taken

    @cached_property
    def how(self) -> Ints:
        """For every row, whether it was heard, refused on its matter, refused as out of place, or lost."""
        words = self.words("outcome")
        taken: Ints = np.array([_how(word) for word in words], np.int8)[self.codes("outcome")]
        return taken


def _how(outcome: str) -> int:
    if not outcome.startswith("refused"):
        return OK if outcome == "ok" else LOST
    return MISPLACED if outcome in OUT_OF_PLACE else REFUSED


class Taker(Protocol):
    """Who takes something from every row group, and which columns it reads."""

    reads: frozenset[str]

    def take(self, group: RowGroup) -> None:
        """Take in one row group."""


def read_once(journal: Path, takers: Sequence[Taker]) -> None:
    """Read a whole `journal.parquet`, no more columns of it than the takers read."""
    wanted = frozenset[str]().union(*(taker.reads for taker in takers))
    columns = [name for name in SCHEMA.names if name in wanted]
    words = [name for name in columns if SCHEMA.field(name).type == WORD]
    file = pq.ParquetFile(journal, read_dictionary=words)
    for table in _ahead(file, columns):
        group = RowGroup(table)
        for taker in takers:
            taker.take(group)


def _ahead(file: pq.ParquetFile, columns: list[str]) -> Iterator[pa.Table]:
    """Every row group, the next one read while something is taken from the present one."""
    with ThreadPoolExecutor(1) as pool:
        coming: Future[pa.Table] | None = None
        for index in range(file.num_row_groups + 1):
            present = coming
            coming = pool.submit(file.read_row_group, index, columns, False) if index < file.num_row_groups else None
            if present is not None and len(table := present.result()):
                yield table
