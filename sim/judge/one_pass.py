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
OK, REFUSED, LOST = range(3)


class RowGroup:
    """One row group of a journal; its columns as arrays, each made once."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._plain: dict[str, Ints] = {}
        self._coded: dict[str, tuple[Ints, list[str]]] = {}

    def plain(self, name: str) -> Ints:
        """A column of numbers, or of moments in epoch ms."""
        if name not in self._plain:
            array = self.table[name].combine_chunks()
            if pa.types.is_timestamp(array.type):
                array = array.cast(pa.int64())
            self._plain[name] = array.to_numpy(zero_copy_only=False)
        return self._plain[name]

    def coded(self, name: str) -> tuple[Ints, list[str]]:
        """A column of words: codes, and what they stand for in this row group."""
        if name not in self._coded:
            array = self.table[name].combine_chunks()
            if isinstance(array, pa.ChunkedArray):
                array = array.chunk(0)
            self._coded[name] = array.indices.to_numpy(zero_copy_only=False), array.dictionary.to_pylist()
        return self._coded[name]

    def places(self, name: str, words: Sequence[str]) -> Ints:
        """For every row, where its word stands among `words`; -1 if it is none of them."""
        codes, own = self.coded(name)
        place = {word: index for index, word in enumerate(words)}
        taken: Ints = np.array([place.get(word, -1) for word in own], np.int16)[codes]
        return taken

    @cached_property
    def how(self) -> Ints:
        """For every row, whether it was heard, refused or lost."""
        codes, own = self.coded("outcome")
        hows = [OK if word == "ok" else REFUSED if word.startswith("refused") else LOST for word in own]
        taken: Ints = np.array(hows, np.int8)[codes]
        return taken


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
            if present is not None:
                yield present.result()
