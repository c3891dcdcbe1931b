"""How long every promise of a package takes over a whole run, on a journal made by repeating one hand-made case.

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
from sim.judge import judge
from sim.judge_tables import CASES
from sim.package import Package, Region, load_package
from sim.parquet_store import BODIES, SCHEMA, WORD
from tests.scenarios.journal_rows import ITEMS, START_MS, bought, journal_table, write_run

DAYS = 1_426
ROWS = 65_536
BODY = '{"authorisation":"SQB1","role":"buyer","to":"buyer","text":"您的税费已核定，请一次缴清","account":"0123"}'
BUDGET_S = 20.0


def write_region(folder: Path, package: Package, region: Region, first: int, cases: int, every: int) -> int:
    """One region's journal, in the order in which its messages are heard; returns how many rows it has."""
    template = journal_table([bought(*ITEMS)]).sort_by("id")
    offsets = template["t"].cast(pa.int64()).to_numpy() - START_MS
    size = len(offsets)
    arrivals = START_MS - DAYS * DAY_MS + np.arange(cases) * (DAYS * DAY_MS // max(1, cases))
    due = (arrivals[:, None] + offsets).ravel()
    order = np.argsort(due, kind="stable")
    due = due[order]
    codes = [code for code, registry in package.registries.items() if registry.region == region.id]
    folder.mkdir(parents=True, exist_ok=True)
    words = [name for name in SCHEMA.names if SCHEMA.field(name).type == WORD]
    deltas = dict.fromkeys(("id", "cause", "t", "asked_t"), "DELTA_BINARY_PACKED")
    with pq.ParquetWriter(
        folder / "journal.parquet", SCHEMA, compression="lz4", use_dictionary=words, column_encoding=deltas
    ) as writer:
        for at in range(0, len(due), ROWS):
            places = order[at : at + ROWS]
            writer.write_table(_block(template, places, size, due[at : at + ROWS], first, at, codes))
    numbers = np.arange(first, first + cases, every, dtype=np.int32)
    kept = [{"case_no": int(n), "id": k, "kind": kind, "json": BODY} for n in numbers for k, kind in enumerate(KINDS)]
    pq.write_table(pa.Table.from_pylist(kept, BODIES), folder / "bodies.parquet")
    return len(due)


KINDS = ["portal.apply", "portal.join", "gov_platform.backfill", "notify.sms", "person.bill_shown", *["water.precheck"] * 15]


def _block(
    template: pa.Table, places: Any, size: int, due: Any, first: int, at: int, codes: list[str]
) -> pa.Table:  # fmt: skip
    rows = template.take(pa.array(places % size))
    case_no = (places // size + first).astype(np.int32)
    causes = rows["cause"].to_numpy()
    ids = np.arange(at + 1, at + 1 + len(places))
    suffix = pc.cast(pa.array(case_no), pa.string())
    new = {
        "id": pa.array(ids), "cause": pa.array(np.where(causes == 900, case_no, ids)), "case_no": pa.array(case_no),
        "t": pa.array(due).cast(SCHEMA.field("t").type), "asked_t": pa.array(due - 50).cast(SCHEMA.field("t").type),
        "part_of": pa.array(np.where(rows["part_of"].to_numpy() > 0, case_no, 0)),
        "registry": _registry(case_no, codes),
        "ref": _refs(rows["ref"].combine_chunks(), suffix),
    }  # fmt: skip
    for name, column in new.items():
        rows = rows.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), column.cast(SCHEMA.field(name).type))
    return rows


def _refs(words: pa.Array, suffix: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(words, "payment"), words, pc.binary_join_element_wise(words, suffix, ""))


def _registry(case_no: Any, codes: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array((case_no % len(codes)).astype(np.int16)), pa.array(codes))


def write_synthetic(folder: Path, package: Package, cases: int) -> int:
    """A run folder of so many cases of one kind, shared among the regions by their weights."""
    write_run(folder, planned=cases, begun=cases)
    first, rows, files = 1, 0, []
    for region in package.regions.values():
        count = round(cases * region.weight)
        rows += write_region(folder / "journal" / region.id, package, region, first, count, max(1, cases // 1_000))
        numbers = np.arange(first, first + count, dtype=np.int32)
        codes = [code for code, registry in package.registries.items() if registry.region == region.id]
        files.append(
            pa.table(
                [numbers, pa.array([region.id] * count), _registry(numbers, codes).cast(pa.string()),
                 pa.array(["window"] * count), np.full(count, 31, np.int8)],
                schema=CASES,
            )
        )  # fmt: skip
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
    started = time.perf_counter()
    verdict = judge(folder, package)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    applied = sum(finding.applied for finding in verdict.findings)
    print(f"promises     {len(verdict.findings)} judged {applied:,} times in {seconds:.2f} s (budget {BUDGET_S:.0f} s)")
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
