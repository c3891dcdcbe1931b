"""Many mutants tried in processes of their own; the results are the same for any number of them."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256

from features.accepting import scenarios_of
from features.playing import Play, cast_all
from features.reading import Scenario
from liantiao.compose import POLLS
from liantiao.mutants.trials import REFERENCE, Bench, Known, Trial
from reference.mutants.catalogue import SORT_TITLES, all_mutants
from reference.mutants.mutant import Mutant
from sim.package import Package, load_package
from sim.package.tables import nearest
from sim.plain import PlainError


class MutantError(PlainError):
    """What was asked for cannot be tried; the message says what, and what would do."""


def reference_polls() -> list[tuple[str, str, str]]:
    """(batch operation, its title, who asks) of what the reference fetches."""
    return [
        (kind.op.name, kind.op.title, name)
        for name, role in REFERENCE.items()
        for kind in POLLS
        if any(heard.op.polled == kind.op.name for heard in role.where)
    ]


def bench_of(scenarios: Sequence[Scenario], package: Package, seed: int, known: Known | None = None) -> Bench:
    """Where the mutants are tried. Raises FeatureError and CastingError."""
    play: Play = cast_all(scenarios, package, seed)
    return Bench(play, package, known)


def mutants_on(bench: Bench) -> dict[str, Mutant]:
    """Every mutant that can be made of what the reference was seen to do there."""
    return all_mutants(bench.known.trace, reference_polls())


def chosen(mutants: dict[str, Mutant], only: Sequence[str], sample: int, seed: int) -> list[Mutant]:
    """Those of these ids, classes or beginnings of ids (all, if none is named); of them so many, drawn by the seed.

    Raises MutantError for a name that means nothing, with the nearest.
    """
    wanted = list(mutants.values())
    if only:
        for name in only:
            if not any(_meant(each, name) for each in wanted):
                known = [*mutants, *SORT_TITLES]
                raise MutantError(f"没有缺陷“{name}”，{nearest(name, known)}；可写编号、编号的开头几段或类别。")
        wanted = [each for each in wanted if any(_meant(each, name) for name in only)]
    if 0 < sample < len(wanted):
        drawn = sorted(wanted, key=lambda each: sha256(f"{seed}:{each.id}".encode()).digest())[:sample]
        kept = {each.id for each in drawn}
        wanted = [each for each in wanted if each.id in kept]
    return wanted


def _meant(mutant: Mutant, name: str) -> bool:
    return name in (mutant.id, mutant.sort) or mutant.id.startswith(f"{name.rstrip('/')}/")


# ---- in other processes ----------------------------------------------------------------------------------------------
_WORKER: dict[str, tuple[Bench, dict[str, Mutant]]] = {}


def _begin(scenario_ids: frozenset[str], package: str, seed: int, known: Known) -> None:
    loaded = load_package(package)
    scenarios = [each for each in scenarios_of(loaded) if each.id in scenario_ids]
    bench = bench_of(scenarios, loaded, seed, known)
    _WORKER["bench"] = bench, mutants_on(bench)


def _try(name: str) -> Trial:
    bench, mutants = _WORKER["bench"]
    return bench.try_out(mutants[name])


def try_all(
    bench: Bench, mutants: Sequence[Mutant], workers: int, told: Callable[[int], None] = lambda done: None
) -> list[Trial]:
    """The trial of every mutant, in their order."""
    trials = []
    if workers < 2 or len(mutants) < 2:
        for mutant in mutants:
            trials.append(bench.try_out(mutant))
            told(len(trials))
        return trials
    ids = frozenset(part.scenario.id for part in bench.play.parts)
    plan = bench.play.plan
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _begin, (ids, plan.package, plan.seed, bench.known)
    ) as pool:
        for trial in pool.map(_try, [mutant.id for mutant in mutants]):
            trials.append(trial)
            told(len(trials))
    return trials
