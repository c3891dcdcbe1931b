"""Whole worlds for tests: every region of the package played in memory, and what its journals say."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from liantiao.compose import OWN_TAX_PATH, SECOND_SEATS, starters, world_of
from sim.calendar import DAY_MS, WorkingCalendar, parse_day
from sim.faults import Fault
from sim.journal import Block, Catalogue
from sim.package import Package, load_package
from sim.population import Population
from sim.sandbox import Sandbox

FROM_MS, TO_MS = parse_day("2024-03-01"), parse_day("2024-03-15")
HORIZON_MS = TO_MS + 150 * DAY_MS
CALENDAR = WorkingCalendar.load()
EMPTY: Mapping[str, float] = {}


ROLE_OF = SECOND_SEATS | OWN_TAX_PATH
"""Which role sits at a seat that does not bear its name."""
RARE = {"recalled": 0.2, "seized_during_handling": 0.02, "withdrawn_after_payment": 0.02}
"""Shares of what is too rare to be met in a small run."""


@dataclass
class SeenStore:
    """Keeps what a run showed: which states were entered, how often each kind was said and each outcome met, what nobody expected."""

    reached: set[tuple[str, str, str]] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)

    def append(self, block: Block, of: Catalogue) -> None:
        """Note what a block shows."""
        for route, times in zip(*np.unique(block.rows["route"], return_counts=True), strict=True):
            self.said[of.routes[route].op.name] += int(times)
        pairs = np.unique(np.stack([block.rows["route"], block.rows["rule"]]), axis=1)
        for route, rule in pairs.T.tolist():
            track, _, after = of.moves[rule]
            self.reached.add((ROLE_OF.get(of.routes[route].receiver, of.routes[route].receiver), track, after))
        words = list(of.words)
        for note in block.notes:
            word = words[note["outcome"]]
            self.outcomes[word] += 1
            if word == "refused:unexpected":
                row = block.rows[note["row"]]
                route = of.routes[row["route"]]
                self.unexpected.append(
                    f"办件 {row['case_no']}：{route.sender}→{route.receiver} {route.op.name} 于 {of.moves[row['rule']]}"
                )

    def close(self, of: Catalogue) -> None:
        """Nothing to do."""


@cache
def package() -> Package:
    """The package of Fujian."""
    return load_package("fujian-2024-55")


def faults_of(script: str) -> tuple[Fault, ...]:
    """The faults of a script."""
    return tuple(package().fault_script(script).faults)


def fed(
    region: str, store: Any, cases: int, seed: int, script: str = "none", shares: Mapping[str, float] = EMPTY, most: int = 0
) -> Sandbox:  # fmt: skip
    """One region's world, fed with its share of so many cases of the province (the first `most` of them, if told)."""
    chosen = replace(package(), shares={**package().shares, **shares})
    population = Population(chosen, seed, cases, FROM_MS, TO_MS)
    begin = starters(chosen, seed)
    world = world_of(
        chosen, chosen.regions[region], store, seed=seed, start_ms=FROM_MS, faults=faults_of(script), calendar=CALENDAR,
    )  # fmt: skip
    indices = population.indices_of_region(list(chosen.regions).index(region))
    dossiers = population.take(indices[:most] if most else indices).dossiers()
    world.feed((d.arrival_ms, d.index + 1, d, begin(d.index + 1, d)) for d in dossiers)
    return world


def play(
    cases: int, seed: int, script: str = "none", shares: Mapping[str, float] = EMPTY
) -> Iterator[tuple[Sandbox, SeenStore]]:
    """Play so many cases of the whole province, region by region; `shares` overrides the package's."""
    for region in package().regions:
        store = SeenStore()
        world = fed(region, store, cases, seed, script, shares)
        world.run(HORIZON_MS)
        world.journal.close()
        yield world, store


def stuck(world: Sandbox) -> list[str]:
    """Which cases are not over, and where they stand."""
    return [f"办件 {case.number}（待达 {case.pending}）：{case.open_tracks()}" for case in world.cases.values()]
