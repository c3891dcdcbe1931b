"""How long every promise of a package takes over a whole run, on a journal made by repeating a few hand-made cases.

Run as `python benchmarks/promises.py [cases] [run folder]`; a folder that holds a run already is judged as it is.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.calendar import DAY_MS
from sim.journal.parquet import BODIES, SCHEMA, WORD
from sim.judge import judge
from sim.judge.tables import CASES
from sim.package import Package, load_package
from sim.package.places import Region
from tests.scenarios.journal_rows import ITEMS, NO_NUMBERS, START_MS, bought_in, journal_table, write_run

DAYS, ROWS, BUDGET_S = 1_426, 65_536, 20
CHOICES = [("power", "water"), ("power", "water", "gas"), ("power", "water", "gas", "cable_tv"), ITEMS, ("power",)]
MASKS = np.array([sum(1 << ITEMS.index(item) for item in items) for items in CHOICES], np.int8)
KEPT = [
    ("portal.apply", '{"authorisation":"SQB1","application":{}}'),
    ("notify.sms", '{"template":"payment","to":"buyer","masked_phone":"154****5678","text":"您的税费已核定"}'),
    *[("water.precheck", '{"account":"0123","owner_name":"张三","authorisation":"SQB1"}')] * 15,
]


def write_region(folder: Path, package: Package, region: Region, first: int, cases: int) -> int:
    """One region's journal, in the order in which its messages are heard; returns how many rows it has."""
    codes = codes_of(package, region)
    templates = [journal_table([bought_in(region, codes[0], *items)]) for items in CHOICES]
    arrivals = START_MS - DAYS * DAY_MS + np.arange(cases) * (DAYS * DAY_MS // max(1, cases))
    due, row, case_no, begun = [], [], [], 0
    for at, template in enumerate(templates):
        offsets = template["t"].cast(pa.int64()).to_numpy() - START_MS
        mine = np.arange(at, cases, len(templates))
        due.append((arrivals[mine][:, None] + offsets).ravel())
        row.append(np.tile(np.arange(begun, begun + len(offsets)), len(mine)))
        case_no.append(np.repeat((mine + first).astype(np.int32), len(offsets)))
        begun += len(offsets)
    ts, rows, numbers = np.concatenate(due), np.concatenate(row), np.concatenate(case_no)
    order = np.argsort(ts, kind="stable")
    whole = pa.concat_tables(templates).unify_dictionaries().combine_chunks()
    folder.mkdir(parents=True, exist_ok=True)
    words = [name for name in SCHEMA.names if SCHEMA.field(name).type == WORD]
    deltas = dict.fromkeys(("id", "cause", "t", "asked_t"), "DELTA_BINARY_PACKED")
    with pq.ParquetWriter(
        folder / "journal.parquet", SCHEMA, compression="lz4", use_dictionary=words, column_encoding=deltas
    ) as writer:
        for at in range(0, len(order), ROWS):
            places = order[at : at + ROWS]
            writer.write_table(_block(whole.take(rows[places]), numbers[places], ts[places], at, codes))
    return len(order)


def _block(rows: pa.Table, case_no: Any, due: Any, at: int, codes: list[str]) -> pa.Table:
    ids, causes, refs = np.arange(at + 1, at + 1 + len(rows)), rows["cause"].to_numpy(), rows["ref"].combine_chunks()
    numbered = pc.binary_join_element_wise(refs, pc.cast(pa.array(case_no), pa.string()), "")
    new = {
        "id": pa.array(ids), "cause": pa.array(np.where(causes == 900, case_no, ids)), "case_no": pa.array(case_no),
        "t": pa.array(due), "asked_t": pa.array(due - 50), "registry": _registry(case_no, codes),
        "part_of": pa.array(np.where(rows["part_of"].to_numpy() > 0, case_no, 0)),
        "ref": pc.if_else(pc.is_in(refs, pa.array(NO_NUMBERS)), refs, numbered),
    }  # fmt: skip
    for name, column in new.items():
        rows = rows.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), column.cast(SCHEMA.field(name).type))
    return rows


def _registry(case_no: Any, codes: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array((case_no % len(codes)).astype(np.int16)), pa.array(codes))


def codes_of(package: Package, region: Region) -> list[str]:
    """The registries of a region."""
    return [code for code, registry in package.registries.items() if registry.region == region.id]


def write_synthetic(folder: Path, package: Package, cases: int) -> int:
    """A run folder of so many cases, shared among the regions by their weights; returns how many rows it has."""
    write_run(folder, planned=cases, begun=cases)
    first, rows, files = 1, 0, []
    for region in package.regions.values():
        count, home = round(cases * region.weight), folder / "journal" / region.id
        rows += write_region(home, package, region, first, count)
        numbers = np.arange(first, first + count, dtype=np.int32)
        sampled = numbers[:: max(1, cases // 1_000)].tolist()
        bodies = [(n, at, kind, body) for n in sampled for at, (kind, body) in enumerate(KEPT)]
        columns = [
            pa.array(column, field.type) for column, field in zip(zip(*bodies, strict=True), BODIES, strict=True)
        ]
        pq.write_table(pa.table(columns, schema=BODIES), home / "bodies.parquet")
        registry = _registry(numbers, codes_of(package, region)).cast(pa.string())
        channel, masks = pa.array(["window"] * count), np.resize(MASKS, count)
        files.append(pa.table([numbers, pa.array([region.id] * count), registry, channel, masks], schema=CASES))
        first += count
    pq.write_table(pa.concat_tables(files), folder / "cases.parquet")
    return rows


def main(cases: int, folder: Path) -> None:
    """Prints one line a measurement."""
    package = load_package("fujian-2024-55")
    if not (folder / "run.json").is_file():
        started = time.perf_counter()
        rows = write_synthetic(folder, package, cases)
        print(f"journal      {rows:>12,} rows of {cases:,} cases written in {time.perf_counter() - started:.1f} s")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, busy = time.perf_counter(), time.process_time()
    verdict = judge(folder, package)
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    applied = sum(finding.applied for finding in verdict.findings)
    print(f"promises     {len(verdict.findings)} judged {applied:,} times in {seconds:.2f} s, {cpu:.2f} s of processor")
    print(f"budget       {BUDGET_S} s for 830,000 cases on two idle processors")
    print(f"memory       peak {peak:,.0f} MiB, {before:,.0f} MiB of it before judging")
    for finding in verdict.findings:
        if finding.violations:
            print(f"             {finding.result.title} {finding.id} {finding.violations:,} {finding.sample[:1]}")


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        main(number, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(number, Path(scratch))
