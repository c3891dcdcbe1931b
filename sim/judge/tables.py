"""What promises are judged over: the tables, macros and variables that their SQL may use, for one region at a time."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.calendar import DAY_MS, FIRST_MS, HOUR_MS, WorkingCalendar
from sim.journal.parquet import BODIES, SCHEMA
from sim.judge.moments import Column, Moments
from sim.judge.one_pass import read_once
from sim.judge.picks import Picks
from sim.package import Package
from sim.package.places import Region
from sim.package.tables import PackageError

BATCH = 32_768
"""Cases per batch of the moments: what one thread takes at a time."""
LOCAL_MS = 8 * HOUR_MS
CASES = pa.schema(
    [
        ("case_no", pa.int32()),
        ("region", pa.string()),
        ("registry", pa.string()),
        ("channel", pa.string()),
        ("items", pa.int8()),
    ]
)
"""What `cases` holds at least: the linked items as bits (用电1 用水2 用气4 广电8 公积金16)."""

# An identity number is known by its birth date, so that other numbers of 18 digits are not taken for one.
ID_NUMBER = r"(^|[^0-9])[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]([^0-9]|$)"
PHONE_NUMBER = r"(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)"

VIEW = re.compile(r"^-- view$", re.MULTILINE)
"""What is read straight from the moments or the picked rows, whose columns are arrays already, need not be written again."""
MACROS = f"""
CREATE MACRO clock(ms) AS strftime(make_timestamp_ms(ms + {LOCAL_MS}), '%Y-%m-%d %H:%M:%S');
CREATE MACRO yuan(fen) AS format('{{:.2f}} 元', fen / 100);
-- Whether something came first by so much that its order can be judged.
CREATE MACRO clearly_before(a, b) AS a + getvariable('order_tolerance_ms') < b;
-- Working days after the day of `a` up to and including the day of `b`.
CREATE MACRO worked_before(ms) AS getvariable('worked_before')[((ms - {FIRST_MS}) // {DAY_MS})::INT + 2];
CREATE MACRO working_days(a, b) AS worked_before(b) - worked_before(a);
-- How long something took, in the unit of the limit being judged.
CREATE MACRO took(a, b) AS CASE getvariable('limit_unit')
    WHEN 'working_days' THEN working_days(a, b)
    WHEN 'hours' THEN (b - a) / 3600000.0
    ELSE (b - a) / 60000.0
END;
"""


@dataclass(frozen=True, slots=True)
class RegionJournal:
    """One region's part of a run folder."""

    region: Region
    folder: Path
    whole: pa.Table | None
    """The cases of all regions, where the run keeps them in one file."""

    @property
    def journal(self) -> Path:
        """The rows."""
        return self.folder / "journal.parquet"

    @property
    def own_cases(self) -> Path:
        """The region's cases, where the run keeps each region's apart."""
        return self.folder.parents[1] / "cases" / f"{self.region.id}.parquet"

    def case_table(self) -> pa.Table:
        """The region's cases, ascending; without a file of cases, those that the journal speaks of."""
        if self.own_cases.is_file():
            return pq.read_table(self.own_cases).sort_by("case_no")
        if self.whole is None:
            return self._cases_heard_of()
        return self.whole.filter(pc.equal(self.whole["region"], self.region.id)).sort_by("case_no")

    def _cases_heard_of(self) -> pa.Table:
        rows = pq.read_table(self.journal, columns=["case_no", "registry"])
        rows = rows.set_column(1, "registry", rows["registry"].cast(pa.string()))
        heard = rows.filter(pc.greater(rows["case_no"], 0)).group_by("case_no").aggregate([("registry", "min")])
        size = len(heard)
        columns = [heard["case_no"], pa.array([self.region.id] * size), heard["registry_min"], *_nothing(size)]
        return pa.table(columns, schema=CASES).sort_by("case_no")

    def read(self, columns: list[Column], shared: Mapping[str, str], open_cases: Collection[int]) -> "Read":
        """What the one pass over the journal leaves."""
        cases = self.case_table()
        numbers = cases["case_no"].to_numpy()
        moments, picks = Moments(columns, numbers), Picks(shared)
        read_once(self.journal, [moments, picks])
        still_open = pa.array(np.isin(numbers, np.fromiter(open_cases, np.int64, len(open_cases))))
        beside = {name: cases[name] for name in cases.column_names} | {"open": still_open}
        whole = pa.table(beside | moments.arrays())
        batches = whole.to_batches(max_chunksize=BATCH)
        return Read(pa.Table.from_batches(batches, whole.schema), picks.tables())


@dataclass(frozen=True, slots=True)
class Read:
    """What the one pass over a region's journal leaves."""

    moments: pa.Table
    """The region's cases, and their moments side by side."""
    picked: dict[str, pa.Table]
    """The rows that shared tables are made of, by the table's name; each is let go when its table is made."""


def _nothing(size: int) -> list[pa.Array]:
    return [pa.nulls(size, CASES.field(name).type) for name in ("channel", "items")]


def region_journals(run_folder: Path, package: Package) -> list[RegionJournal]:
    """The regions that the run has a journal of, largest first."""
    path = run_folder / "cases.parquet"
    whole = pq.read_table(path) if path.is_file() else None
    regions = package.regions.values()
    journals = [RegionJournal(region, run_folder / "journal" / region.id, whole) for region in regions]
    found = [journal for journal in journals if journal.journal.is_file()]
    return sorted(found, key=lambda each: -each.journal.stat().st_size)


def open_database(run_folder: Path, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """An empty database in memory; what does not fit spills beside the run."""
    spill = run_folder / ".judge"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads, "memory_limit": memory, "temp_directory": str(spill), "preserve_insertion_order": False,
    }  # fmt: skip
    database = duckdb.connect(config=settings)
    database.execute("SET parquet_metadata_cache = true")
    return database


def prepare(database: duckdb.DuckDBPyConnection, package: Package, order_tolerance_ms: int) -> None:
    """What is the same for every region: macros, the calendar, the allow-lists."""
    database.execute(MACROS)
    _set(database, "order_tolerance_ms", str(int(order_tolerance_ms)))
    _set(database, "worked_before", str(WorkingCalendar.load().worked_before))
    _set(database, "id_number", _text(ID_NUMBER))
    _set(database, "phone_number", _text(PHONE_NUMBER))
    rows = read_allow_list(package.folder)
    columns = zip(("seat", "kind", "field"), zip(*rows, strict=True) if rows else ((), (), ()), strict=True)
    database.register("allowed", pa.table({name: pa.array(column, pa.string()) for name, column in columns}))


def read_allow_list(package_folder: Path) -> list[tuple[str, str, str]]:
    """(seat, kind, field) of `allow_list.toml`: what each department may be told in each message."""
    path = package_folder / "allow_list.toml"
    if not path.is_file():
        return []
    rows = []
    for seat, kinds in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for kind, fields in kinds.items():
            if not isinstance(fields, list):
                raise PackageError(f"{path} 的 [{seat}] 中 {kind} 应当是字段的列表。")
            rows += [(seat, kind, field) for field in fields]
    return rows


def lay_out(
    database: duckdb.DuckDBPyConnection, journal: RegionJournal, read: Read, shared: Mapping[str, str]
) -> None:  # fmt: skip
    """Puts one region's tables in the place of the last one's."""
    region = journal.region
    for name, value in (("region", region.id), ("region_title", region.title), ("tax_path", region.tax_path)):
        _set(database, name, _text(value))
    _set(database, "reflow_mode", str(region.reflow_mode))
    _set(database, "direct_items", f"[{', '.join(map(_text, region.direct_items))}]::VARCHAR[]")
    columns = ", ".join(_column(name) for name in SCHEMA.names)
    bodies = journal.folder / "bodies.parquet"
    database.execute(f"CREATE OR REPLACE TEMP VIEW journal AS SELECT {columns} FROM {_file(journal.journal)}")
    kept = _file(bodies) if bodies.is_file() else "no_bodies"
    database.register("no_bodies", BODIES.empty_table())
    database.execute(f"CREATE OR REPLACE TEMP VIEW bodies AS SELECT * FROM {kept}")
    database.register("moments", read.moments)
    names = read.moments.column_names
    given = ", ".join(names[: names.index("open") + 1])
    database.execute(f"CREATE OR REPLACE TEMP TABLE cases AS SELECT {given} FROM moments")
    for name, sql in shared.items():
        rows = f"{name}_rows"
        if name in read.picked:
            database.register(rows, read.picked.pop(name))
        what = "VIEW" if VIEW.search(sql) else "TABLE"
        try:
            database.execute(f"CREATE OR REPLACE TEMP {what} {name} AS {sql}")
        except duckdb.Error as error:
            raise PackageError(f"检核项共用表 _{name}.sql 不能执行：{error}") from None
        if what == "TABLE":
            database.unregister(rows)


def _column(name: str) -> str:
    if name in ("t", "asked_t", "started_t"):
        return f"epoch_ms({name}) AS {name.removesuffix('_t') if name != 't' else 't'}_ms"
    return "outcome, outcome = 'ok' AS ok" if name == "outcome" else name


def _set(database: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    database.execute(f"SET VARIABLE {name} = {value}")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _file(path: Path) -> str:
    return f"read_parquet({_text(str(path))})"
