"""All the applications of a run before any of them happens: case i follows from the package, the seed and i alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.calendar import WorkingCalendar
from sim.dossier import Dossier
from sim.draws import Floats, Index, Luck, Numbers
from sim.package import Package
from sim.population.accounts import AccountColumns, draw_accounts
from sim.population.arrivals import Arrivals
from sim.population.cases import CaseColumns, draw_cases
from sim.population.homes import HomeColumns, draw_homes
from sim.population.people import PeopleColumns, draw_people
from sim.population.world import World

BLOCK: Final = 16_384
"""Cases drawn at once: small enough for the arithmetic to stay in the processor's cache."""

MOST_CASES: Final = 1 << 23
"""The seven digits of a certificate number are the first serial to run out."""


@dataclass(slots=True)
class PopulationChunk:
    """Some cases as columns, one row a case except for the people."""

    index: Index
    region: Numbers
    registry: Numbers
    channel: Numbers
    arrival_ms: Numbers
    cases: CaseColumns
    homes: HomeColumns
    people: PeopleColumns
    accounts: AccountColumns

    def __len__(self) -> int:
        return len(self.index)

    def dossiers(self) -> list[Dossier]:
        """All rows as plain values, built column by column."""
        return list(map(Dossier, *self._columns()))

    def _columns(self) -> list[list[object]]:
        cases, homes = self.cases, self.homes
        persons, first = self.people.persons(), self.people.first.tolist()
        splits = (self.people.first[:-1] + cases.buyers).tolist()
        columns: dict[str, list[object]] = {
            "buyers": [tuple(persons[a:b]) for a, b in zip(first, splits, strict=False)],
            "sellers": [tuple(persons[a:b]) for a, b in zip(splits, first[1:], strict=True)],
            "accounts": list(self.accounts.as_applied()),
            "account_wrong": self.accounts.wrong.tolist(),
        }
        for owner in (self, cases, homes, self.accounts):
            for name in type(owner).__slots__:
                if name in Dossier.__slots__ and name not in columns:
                    column = getattr(owner, name)
                    columns[name] = (column.astype(np.str_) if column.dtype.kind == "S" else column).tolist()
        return [columns[name] for name in Dossier.__slots__ if name in columns]


class Population:
    """Numbered cases that come in between two days, both counted."""

    def __init__(self, package: Package, seed: int, count: int, from_ms: int, to_ms: int) -> None:
        if not 0 <= count <= MOST_CASES:
            raise ValueError(f"办件数 {count:,} 不在 0 至 {MOST_CASES:,} 之内，再多证号就会重复")
        self.package, self.seed, self.count = package, seed, count
        self._world = World(package)
        self._arrivals = Arrivals(WorkingCalendar.load(), from_ms, to_ms)
        self._by_region: list[Index] | None = None

    def __len__(self) -> int:
        return self.count

    def chunk(self, start: int, stop: int) -> PopulationChunk:
        """The cases from start up to, not including, stop."""
        if not 0 <= start <= stop <= self.count:
            raise IndexError(f"办件序号 {start} 至 {stop} 不在 0 至 {self.count} 之内")
        return self.take(np.arange(start, stop, dtype=np.uint64))

    def case(self, i: int) -> Dossier:
        """One case; the same, bit for bit, as in any chunk."""
        return self.chunk(i, i + 1).dossiers()[0]

    def take(self, indices: Index) -> PopulationChunk:
        """Any cases, in the order asked for."""
        index = np.asarray(indices, np.uint64)
        luck = Luck(self.seed, index)
        registry, channel, arrival_ms = self._arrive(luck)
        cases = draw_cases(self._world, luck, arrival_ms)
        return PopulationChunk(
            index=index,
            region=self._world.region_of[registry],
            registry=registry,
            channel=channel,
            arrival_ms=arrival_ms,
            cases=cases,
            homes=draw_homes(self._world, luck, registry, arrival_ms),
            people=draw_people(self._world, self.seed, index, cases),
            accounts=draw_accounts(self._world, luck, cases.company_buys),
        )

    def bounds(self, mix: str, *names: str) -> Floats:
        """Cumulative shares of a mix of the package, its options in the order named."""
        return self._world.bounds(mix, *names)

    def registry_of(self, i: int) -> int:
        """The registry of one case, without drawing the rest of it."""
        return int(Luck(self.seed, np.array([i], np.uint64)).choose("case/registry", self._world.registry_bounds)[0])

    def region_of(self, registry: int) -> int:
        """The region of a registry, both by their places in the package."""
        return int(self._world.region_of[registry])

    def arrivals(self) -> tuple[Numbers, Numbers]:
        """When and in which region each case comes in, by case number."""
        parts = [self._arrive(Luck(self.seed, block)) for block in self._blocks()]
        moments = np.concatenate([moment for _, _, moment in parts] or [np.empty(0, np.int64)])
        registries = np.concatenate([registry for registry, _, _ in parts] or [np.empty(0, np.int64)])
        return moments, self._world.region_of[registries]

    def indices_of_region(self, region: int) -> Index:
        """The cases of a region in order of arrival, then of number."""
        if self._by_region is None:
            moments, regions = self.arrivals()
            order = np.lexsort((moments, regions)).astype(np.uint64)
            ends = np.searchsorted(regions[order], np.arange(1, len(self.package.regions)))
            self._by_region = np.split(order, ends)
        return self._by_region[region]

    def _arrive(self, luck: Luck) -> tuple[Numbers, Numbers, Numbers]:
        registry = luck.choose("case/registry", self._world.registry_bounds)
        channel = luck.choose("case/channel", self._world.channel_bounds)
        at_window = self._world.channel_at_window[channel]
        return registry, channel, self._arrivals.arrival_ms(self.seed, luck.index, at_window)

    def _blocks(self) -> list[Index]:
        starts = range(0, self.count, BLOCK)
        return [np.arange(start, min(start + BLOCK, self.count), dtype=np.uint64) for start in starts]
