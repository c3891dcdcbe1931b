"""The Parquet store: journal blocks written as they come, codes spelled out as dictionary columns."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sim.journal import Block, Catalogue

INSTANT = pa.timestamp("ms", tz="+08:00")
WORD = pa.dictionary(pa.int16(), pa.string())
SCHEMA = pa.schema(
    [("id", pa.int64()), ("cause", pa.int64()), ("answers", pa.int64()), ("t", INSTANT),
     ("asked_t", INSTANT), ("started_t", INSTANT), ("case_no", pa.int32()), ("item", WORD), ("sender", WORD),
     ("receiver", WORD), ("kind", WORD), ("attempt", pa.int16()), ("part_of", pa.int64()), ("outcome", WORD),
     ("reply", WORD), ("registry", WORD), ("track", WORD), ("state_from", WORD), ("state_to", WORD),
     ("ref", pa.string()), ("amount_fen", pa.int64())]
)  # fmt: skip
BODIES = pa.schema([("case_no", pa.int32()), ("id", pa.int64()), ("kind", pa.string()), ("json", pa.string())])


class ParquetStore:
    """One region's journal as `journal.parquet` and `bodies.parquet` in `folder`.

    `registry_of[case_no]` gives the registry's index, `registries` their codes. Metadata (`about`) goes into the file.
    """

    def __init__(
        self, folder: Path, registry_of: npt.NDArray[np.int16], registries: Sequence[str], about: dict[str, Any]
    ) -> None:
        self.registry_of, self.registries = registry_of, [*registries, ""]
        folder.mkdir(parents=True, exist_ok=True)
        self.rows, self.bodies = write_rows(folder, about), write_bodies(folder)

    def append(self, block: Block, of: Catalogue) -> None:
        """Write a block as one row group."""
        if len(block.rows):
            self.rows.write_batch(pa.RecordBatch.from_arrays(self._columns(block, of), schema=SCHEMA))
        if block.bodies:
            columns = [pa.array(column) for column in zip(*block.bodies, strict=True)]
            self.bodies.write_batch(pa.record_batch(columns, schema=BODIES))

    def close(self, of: Catalogue) -> None:
        """Finish both files."""
        self.rows.close()
        self.bodies.close()

    def _columns(self, block: Block, of: Catalogue) -> list[pa.Array]:
        rows, notes = block.rows, block.notes
        length, at, route = len(rows), notes["row"], rows["route"]
        outcome = np.ones(length, np.int16)
        outcome[at] = notes["outcome"]
        attempt = np.ones(length, np.int16)
        attempt[at] = notes["attempt"]
        senders, receivers, kinds, items = zip(
            *((r.sender, r.receiver, r.op.name, r.op.item) for r in of.routes), strict=True
        )
        tracks, begins, ends = (_coded(rows["rule"], labels) for labels in zip(*of.moves, strict=True))
        words = list(of.words)
        refs = np.zeros(length, np.int32)
        refs[block.ref_rows] = np.arange(1, len(block.refs) + 1, dtype=np.int32)
        return [
            pa.array(rows["id"]), pa.array(rows["cause"]), _spread(notes["answers"], at, length),
            _instant(rows["t"]), _instant(rows["asked_t"]), _instant_or_null(notes["started_t"], at, length),
            pa.array(rows["case_no"]), _coded(route, items), _coded(route, senders), _coded(route, receivers),
            _coded(route, kinds), pa.array(attempt), _spread(notes["part_of"], at, length), _word(outcome, words),
            _word(_scatter(notes["reply"], at, length, np.int16), words),
            _word(self.registry_of[rows["case_no"]], self.registries), tracks, begins, ends,
            pa.array([None, *block.refs], pa.string()).take(pa.array(refs)),
            _spread(notes["amount_fen"], at, length),
        ]  # fmt: skip


def write_rows(folder: Path, about: dict[str, Any]) -> pq.ParquetWriter:
    """A writer of `journal.parquet` in `folder`, with `about` as the file's metadata."""
    metadata = {"liantiao": json.dumps(about, ensure_ascii=False, sort_keys=True)}
    return pq.ParquetWriter(
        folder / "journal.parquet", SCHEMA.with_metadata(metadata), compression="lz4", write_statistics=["case_no", "t"],
        use_dictionary=[name for name in SCHEMA.names if SCHEMA.field(name).type == WORD],
        column_encoding=dict.fromkeys(("id", "cause", "t", "asked_t"), "DELTA_BINARY_PACKED"),
    )  # fmt: skip


def write_bodies(folder: Path) -> pq.ParquetWriter:
    """A writer of `bodies.parquet` in `folder`."""
    return pq.ParquetWriter(folder / "bodies.parquet", BODIES, compression="zstd")


def _scatter(values: npt.NDArray[Any], at: npt.NDArray[Any], length: int, dtype: type) -> npt.NDArray[Any]:
    spread: npt.NDArray[Any] = np.zeros(length, dtype)
    spread[at] = values
    return spread


def _spread(values: npt.NDArray[Any], at: npt.NDArray[Any], length: int) -> pa.Array:
    return pa.array(_scatter(values, at, length, np.int64))


def _instant(values: npt.NDArray[Any]) -> pa.Array:
    return pa.array(values).view(INSTANT)


def _instant_or_null(values: npt.NDArray[Any], at: npt.NDArray[Any], length: int) -> pa.Array:
    spread = _scatter(values, at, length, np.int64)
    return pa.array(spread, mask=spread == 0).view(INSTANT)


def _word(codes: npt.NDArray[Any], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words, pa.string()), safe=False)


def _coded(codes: npt.NDArray[Any], labels: Sequence[str]) -> pa.Array:
    """A column of labels given by code, with each label once in the dictionary."""
    words = list(dict.fromkeys(labels))
    place = {word: index for index, word in enumerate(words)}
    return _word(np.array([place[label] for label in labels], np.int16)[codes], words)
