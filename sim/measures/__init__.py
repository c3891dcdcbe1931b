"""Measures: what a run folder's journals, cases and samples say in numbers, as one JSON-able table.

`measure` reads `run.json`, `cases/*.parquet` (or `cases.parquet`) and each region's journal and samples. Times are whole
milliseconds, money is fen, shares are fractions of 1, what cannot be told is null; a region "" is the whole province.
The same folder gives the same table. Its keys:

period      "day" or "month": what a period is in `periods` and `desks.backlog`
titles      what people read for items, seats, regions, registries, posts, channels and ends
cases       count, by_region, by_channel
durations   stage, item, title, region, n, median_ms, p90_ms, p99_ms, mean_ms
items       item, chosen, pushed, again, done, returned (linked items; chosen in the application, of which pushed)
closure     department, title, region, requests, answers, closed (cases), share, mean_ms (last request to its answer)
ends        region, done, declined, refused, withdrawn, lapsed, other, open
shares      id, title, cases, share
periods     period, arrivals, closures, payments, debited_fen, tax_fen, fee_fen, returned_fen
money       debited, tax, fee, returned -> {n, fen}
desks       posts, registries, backlog; in both tables Little's law: sampled queue, expected arrivals × wait, how far apart
refusals    error, title, next_step, kind, kind_title, seat, n
faults      fault, title, effect, effect_title, operation, operation_title, seat, when, n: every fault of the script
struck      fault, kind, kind_title, seat, n: rows of the journal that a fault struck
inventory   number, titles, seen, refused, struck: rows of the message inventory; seen counts those heard and taken
steps       step, titles, seen, refused, struck: the policy document's own steps
traffic     rows, per_case, timers, again (attempts after the first), kinds
"""

import json
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.calendar import END_MS, FIRST_MS
from sim.measures.cases import ENDS, RegionCases, closure, durations, ends, shares, summed
from sim.measures.counts import Traffic, read_counts
from sim.measures.desks import Desks
from sim.measures.faults import faults
from sim.measures.moments import Moments
from sim.measures.periods import Periods
from sim.message import Operation
from sim.package import Package, load_package

CASE_COLUMNS: Final = ["case_no", "region", "channel", "items", "arrival_ms"]
THREADS: Final = 2
MEMORY_LIMIT: Final = "700MB"
"""Of DuckDB; the arrays of two regions take the rest of a gigabyte."""


class MeasureError(ValueError):
    """The run folder cannot be measured; the text says what is missing."""


def measure(run_folder: Path, inventory: Mapping[str, Operation]) -> dict[str, Any]:
    """Everything measured of a run; `inventory` has every operation of the contract by name."""
    run = _run(run_folder)
    package, cases = load_package(run["package"]), _cases(run_folder)
    here = set(pc.unique(cases["region"]).to_pylist())
    regions = [name for name in package.regions if name in here] + sorted(here - package.regions.keys())
    folders = {name: run_folder / "journal" / name for name in regions}
    missing = [name for name, folder in folders.items() if not (folder / "journal.parquet").exists()]
    if missing:
        raise MeasureError(f"{run_folder} 缺少地区 {'、'.join(missing)} 的 journal.parquet，仿真未完成，请重新运行。")
    arrivals = cases["arrival_ms"].to_numpy()
    periods = Periods(int(arrivals.min(initial=END_MS)), int(arrivals.max(initial=FIRST_MS)))
    with ThreadPoolExecutor(THREADS) as threads:
        parts = threads.map(lambda name: _region_cases(cases, name, folders[name]), regions)
        found = dict(zip(regions, parts, strict=True))
    traffic, desks = _traffic_and_desks(package, folders, inventory)
    struck, script = traffic.struck(), package.fault_scripts.get(run["faults"]["id"])
    return {
        "period": periods.name, "titles": _titles(package),
        "cases": {"count": len(cases), "by_region": _tally(cases, "region", regions), "by_channel": _tally(cases, "channel")},
        "durations": durations(found), "items": _items(found), "closure": closure(found),
        "ends": ends(found),
        "shares": shares(found), "periods": _periods(periods, cases, found, traffic), "money": _money(traffic),
        "desks": {"posts": desks.by_post(), "registries": desks.lines, "backlog": desks.backlog(periods)},
        "refusals": traffic.refusals(), "faults": faults(script, struck, run.get("unmarked_strikes", {}), inventory), "struck": struck,
        "inventory": [{"number": name, **line} for name, line in traffic.by_number().items()],
        "steps": [{"step": name, **line} for name, line in traffic.by_step().items()],
        "traffic": {
            "rows": traffic.total, "per_case": round(traffic.total / len(cases), 2) if len(cases) else None,
            "timers": traffic.timers(), "again": traffic.again, "kinds": traffic.kinds(),
        },
    }  # fmt: skip


def write_measures(run_folder: Path, inventory: Mapping[str, Operation]) -> Path:
    """Measure a run and keep the result beside it as `measures.json`."""
    path = run_folder / "measures.json"
    path.write_text(json.dumps(measure(run_folder, inventory), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _run(run_folder: Path) -> dict[str, Any]:
    path = run_folder / "run.json"
    if not path.exists():
        raise MeasureError(f"{run_folder} 里没有 run.json，不是联调批次的输出文件夹。")
    run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return run


def _cases(run_folder: Path) -> pa.Table:
    """What is known of each case on the day it is applied for, in the order of their numbers."""
    whole = run_folder / "cases.parquet"
    files = [whole] if whole.exists() else sorted((run_folder / "cases").glob("*.parquet"))
    if not files:
        raise MeasureError(f"{run_folder} 里没有 cases，仿真未完成，请重新运行。")
    return pa.concat_tables([pq.read_table(file, columns=CASE_COLUMNS) for file in files]).sort_by("case_no")


def _region_cases(cases: pa.Table, region: str, folder: Path) -> RegionCases:
    own = cases.filter(pc.equal(cases["region"], region))
    moments = Moments(own["case_no"].to_numpy().astype(np.int32))
    moments.read(folder / "journal.parquet")
    return RegionCases(moments, own["items"].to_numpy().astype(np.int32))


def _traffic_and_desks(
    package: Package, folders: Mapping[str, Path], operations: Mapping[str, Operation]
) -> tuple[Traffic, Desks]:
    database = duckdb.connect()
    database.execute(f"set threads = {THREADS}")
    database.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    traffic, desks = Traffic(operations), Desks(database, package)
    for folder in folders.values():
        traffic.add(read_counts(database, folder / "journal.parquet"))
    for folder in sorted(folders.values(), key=lambda folder: (folder / "journal.parquet").stat().st_size):
        if traffic.worked - desks.posts.keys():
            desks.learn(folder / "journal.parquet")
    for name, folder in folders.items():
        desks.read(name, folder / "journal.parquet", folder / "samples.parquet")
    return traffic, desks


def _titles(package: Package) -> dict[str, dict[str, str]]:
    return {
        "items": {name: item.title for name, item in package.items.items()},
        "seats": {name: seat.title for name, seat in package.seats.items()},
        "regions": {name: region.title for name, region in package.regions.items()},
        "registries": {code: registry.name for code, registry in package.registries.items()},
        "posts": {name: post.title for name, post in package.capacity.posts.items()},
        "channels": {name: channel.title for name, channel in package.channels.items()},
        "ends": dict(ENDS),
    }


def _tally(cases: pa.Table, column: str, order: list[str] | None = None) -> dict[str, int]:
    found = Counter(cases[column].to_pylist())
    return {str(key): found[key] for key in (order or sorted(found))}


def _items(found: Mapping[str, RegionCases]) -> list[dict[str, Any]]:
    names = next(iter(found.values())).items if found else {}
    return [{"item": name, **summed(each.items[name] for each in found.values())} for name in names]


def _money(traffic: Traffic) -> dict[str, dict[str, int]]:
    total = {sort: {"n": 0, "fen": 0} for sort in ("debited", "tax", "fee", "returned")}
    for (_, sort), (n, fen) in traffic.money.items():
        total[sort]["n"] += n
        total[sort]["fen"] += fen
    return total


def _periods(
    periods: Periods, cases: pa.Table, found: Mapping[str, RegionCases], traffic: Traffic
) -> list[dict[str, Any]]:
    arrivals = periods.count(cases["arrival_ms"].to_numpy())
    closures = sum((periods.count(each.over) for each in found.values()), Counter[str]())
    payments: Counter[str] = Counter()
    fen: Counter[tuple[str, str]] = Counter()
    for (day, sort), (n, amount) in traffic.money.items():
        period = periods.of_day(day)
        fen[period, sort] += amount
        payments[period] += n if sort == "debited" else 0
    return [
        {"period": period, "arrivals": arrivals[period], "closures": closures[period], "payments": payments[period],
         **{f"{sort}_fen": fen[period, sort] for sort in ("debited", "tax", "fee", "returned")}}
        for period in sorted({*arrivals, *closures, *payments, *(period for period, _ in fen)})
    ]  # fmt: skip
