"""One region played in virtual time, start to finish, in one process: its part of a run folder and its figures."""

import gc
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from liantiao.compose import starters, world_of
from sim.calendar import DAY_MS, HOUR_MS
from sim.dossier import Dossier
from sim.faults import Fault
from sim.journal.parquet import ParquetStore
from sim.package import Package
from sim.population import Population
from sim.sampling import DeskSampler
from sim.sandbox import Beginning, Sandbox

CHUNK = 2_048
HORIZON_DAYS = 150
"""How long after the last arrival a run goes on; cases still open then are listed by number."""
SAMPLE_DESKS_MS = 8 * HOUR_MS
SLICE_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played: a package, how many cases of it, from when to when, with which luck and faults."""

    package: Package
    cases: int
    seed: int
    from_ms: int
    to_ms: int
    faults: tuple[Fault, ...]
    about: dict[str, Any]

    @property
    def horizon_ms(self) -> int:
        """When the run ends at the latest."""
        return self.to_ms + (HORIZON_DAYS + 1) * DAY_MS

    @property
    def sample_every(self) -> int:
        """One case in so many keeps the bodies of its messages: all of a small run, about a thousand of a big one."""
        return max(1, self.cases // 1_000)


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """What a region's run reports back. `deliveries` counts messages heard by parties, direct replies included."""

    region: str
    begun: int
    finished: int
    open_cases: tuple[int, ...]
    rows: int
    deliveries: int
    unmarked_strikes: dict[str, int]
    digest: str
    seconds: float
    peak_mib: float


def play_region(plan: Plan, position: int, folder: Path, tell: Callable[[int], None]) -> RegionFigures:
    """Play region number `position`; `tell` hears how many more cases have ended."""
    started = perf_counter()
    population = Population(plan.package, plan.seed, plan.cases, plan.from_ms, plan.to_ms)
    region = list(plan.package.regions.values())[position]
    indices = population.indices_of_region(position)
    registry_of = np.full(plan.cases + 1, len(plan.package.registries), np.int16)
    store = ParquetStore(folder / "journal" / region.id, registry_of, list(plan.package.registries), plan.about)
    world = world_of(plan.package, region, store, seed=plan.seed, start_ms=plan.from_ms, faults=plan.faults,
                     sample_every=plan.sample_every)  # fmt: skip
    with CasesFile(folder / "cases" / f"{region.id}.parquet", plan.package) as cases:
        feed = _beginnings(plan, population, indices, registry_of, cases)
        world.feed(feed)
        sampler = DeskSampler(world, SAMPLE_DESKS_MS, plan.seed)
        _run(world, plan.horizon_ms, tell)
    digest = world.journal.close()
    sampler.write(folder / "journal" / region.id / "samples.parquet", list(plan.package.registries))
    return RegionFigures(
        region.id, world.begun, world.finished, tuple(sorted(world.cases)), world.journal.count, world.deliveries(),
        dict(world.gate.unmarked), digest, perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )  # fmt: skip


def _run(world: Sandbox, horizon_ms: int, tell: Callable[[int], None]) -> None:
    """Run to the horizon in slices, without the cyclic collector: a case's files hold no cycle once it is let go."""
    collecting = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    told = 0
    until = world.clock.now_ms
    try:
        while until < horizon_ms and not world.is_over():
            until = min(until + SLICE_MS, horizon_ms)
            world.run(until)
            tell(world.finished - told)
            told = world.finished
    finally:
        if collecting:
            gc.enable()
        gc.unfreeze()


def _beginnings(
    plan: Plan, population: Population, indices: Any, registry_of: Any, cases: "CasesFile"
) -> Iterator[Beginning]:  # fmt: skip
    begin = starters(plan.package, plan.seed)
    for at in range(0, len(indices), CHUNK):
        chunk = population.take(indices[at : at + CHUNK])
        cases.add(chunk)
        registry_of[chunk.index.astype(np.int64) + 1] = chunk.registry
        for dossier in chunk.dossiers():
            number = dossier.index + 1
            yield dossier.arrival_ms, number, dossier, begin(number, dossier)


class CaseTable:
    """What is known of each case on the day it is applied for, without personal data."""

    SCHEMA = pa.schema(
        [("case_no", pa.int32()), ("region", pa.string()), ("registry", pa.string()), ("channel", pa.string()),
         ("items", pa.int8()), ("arrival_ms", pa.int64()), ("price_fen", pa.int64())]
    )  # fmt: skip

    def __init__(self, package: Package) -> None:
        self._regions = np.array(list(package.regions))
        self._registries = np.array(list(package.registries))
        self._channels = np.array(list(package.channels))

    def of(self, chunk: Any) -> pa.Table:
        """The cases of a chunk of the population."""
        columns = [
            chunk.index.astype(np.int32) + 1, self._regions[chunk.region], self._registries[chunk.registry],
            self._channels[chunk.channel], chunk.accounts.items.astype(np.int8), chunk.arrival_ms, chunk.homes.price_fen,
        ]  # fmt: skip
        return pa.table([pa.array(column) for column in columns], schema=self.SCHEMA)

    def of_dossiers(self, dossiers: Sequence[Dossier]) -> pa.Table:
        """The same of single cases, as they were arranged."""
        rows = [
            (each.index + 1, self._regions[each.region], self._registries[each.registry], self._channels[each.channel],
             each.items, each.arrival_ms, each.price_fen)
            for each in dossiers
        ]  # fmt: skip
        columns = zip(*rows, strict=True)
        return pa.table([pa.array(column, field.type) for column, field in zip(columns, self.SCHEMA, strict=True)],
                        schema=self.SCHEMA)  # fmt: skip


class CasesFile:
    """`cases.parquet` of a region."""

    def __init__(self, path: Path, package: Package) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(path, CaseTable.SCHEMA)
        self._table = CaseTable(package)

    def __enter__(self) -> "CasesFile":
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()

    def add(self, chunk: Any) -> None:
        """Add the cases of a chunk of the population."""
        self._writer.write_table(self._table.of(chunk))
