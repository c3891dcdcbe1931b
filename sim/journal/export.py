"""A run's journal in SQLite, written out as a run folder that the judge and the report read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from sim.journal.parquet import BODIES, INSTANT, SCHEMA, WORD, write_bodies, write_rows
from sim.journal.record import Record
from sim.journal.retention import Dropped

LOT = 20_000
"""Rows of a region written at a time."""
NAMED_APART = {"t": "t_ms", "asked_t": "asked_ms", "started_t": "started_ms"}
"""Columns of the run folder that a record calls differently."""
_PLACES = [(field, Record._fields.index(NAMED_APART.get(field.name, field.name))) for field in SCHEMA]


class Rows(Protocol):
    """A journal's rows in order, from one file or joined from several."""

    def records(self) -> Iterator[Record]:
        """All of them; may be asked once."""

    @property
    def dropped(self) -> Dropped:
        """What retention has let go of."""


class Exported(NamedTuple):
    """What was written: rows by region, and what the journal had let go of before."""

    rows: dict[str, int]
    dropped: Dropped


def export_run_folder(
    reads: Rows, folder: Path, about: Mapping[str, Any], cases: Mapping[str, pa.Table] | None = None
) -> Exported:
    """Write `journal/<region>/journal.parquet` and `bodies.parquet`, `cases/<region>.parquet` and `run.json`.

    `about` is what `run.json` says (planned, begun, open_cases and so on; see `liantiao.simulating.simulate`); it gains `dropped`
    if retention let rows go. `cases` are the known cases by region, at least the columns of `sim.judge.tables.CASES`;
    for a region without them the judge takes the cases its journal speaks of. What is written is the journal as it is
    at the end of reading. Raises JournalError, and OSError as writing does.
    """
    about = dict(about)
    with ExitStack() as files:
        regions: dict[str, _RegionFiles] = {}
        for record in reads.records():
            region = regions.get(record.region)
            if region is None:
                region = regions[record.region] = _RegionFiles(folder / "journal" / record.region, about)
                files.callback(region.close)
            region.add(record)
    dropped = reads.dropped
    if dropped.rows:
        about["dropped"] = {name: value for name, value in dropped._asdict().items() if name != "held"}
    for name, table in (cases or {}).items():
        (folder / "cases").mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / "cases" / f"{name}.parquet")
    folder.mkdir(parents=True, exist_ok=True)
    record_of_run = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "run.json").write_text(record_of_run + "\n", encoding="utf-8")
    return Exported({name: region.rows for name, region in sorted(regions.items())}, dropped)


class _RegionFiles:
    """The two files of one region, being written."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rows = 0
        self._journal, self._bodies = write_rows(folder, about), write_bodies(folder)
        self._lot: list[Record] = []

    def add(self, record: Record) -> None:
        self._lot.append(record)
        if len(self._lot) >= LOT:
            self._write()

    def close(self) -> None:
        self._write()
        self._journal.close()
        self._bodies.close()

    def _write(self) -> None:
        lot, self._lot = self._lot, []
        if not lot:
            return
        columns = list(zip(*lot, strict=True))
        self._journal.write_batch(
            pa.record_batch([_column(field, columns[at]) for field, at in _PLACES], schema=SCHEMA)
        )
        said = [(each.case_no, each.id, each.kind, each.body, each.reply, each.reply_body) for each in lot]
        bodies = [
            (case_no, id_, name, text)
            for case_no, id_, kind, body, reply, back in said
            for name, text in ((kind, body), (reply, back))
            if text is not None
        ]
        if bodies:
            kept = [
                pa.array(column, field.type) for field, column in zip(BODIES, zip(*bodies, strict=True), strict=True)
            ]
            self._bodies.write_batch(pa.record_batch(kept, schema=BODIES))
        self.rows += len(lot)


def _column(field: pa.Field, values: Sequence[Any]) -> pa.Array:
    if field.type == INSTANT:
        return pa.array(values, pa.int64()).view(INSTANT)
    if field.type == WORD:
        words = pa.array(values, pa.string()).dictionary_encode()
        return pa.DictionaryArray.from_arrays(words.indices.cast(WORD.index_type), words.dictionary)
    return pa.array(values, field.type)
