"""Deliveries to a party per second of the full model, against a bare loop firing one SimPy Timeout per delivery.

    python -m benchmarks.deliveries [cases]

Both run in two processes at once, so that both cores are busy; the journal goes to disk as in a real run.
"""

import multiprocessing
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import simpy

from liantiao.simulating.region_run import play_region
from liantiao.simulating.simulate import plan_of
from sim.calendar import parse_day
from sim.package import load_package

PROCESSES = 2


def model(position: int, cases: int, folder: str) -> float:
    """Deliveries per second of one region of the full model."""
    package = load_package("fujian-2024-55")
    plan = plan_of(
        package,
        cases=cases,
        seed=2024,
        from_ms=parse_day("2021-01-04"),
        to_ms=parse_day("2024-11-26"),
        script="everyday",
    )
    figures = play_region(plan, position, Path(folder) / str(position), lambda ended: None)
    return figures.deliveries / figures.seconds


def bare(deliveries: int) -> float:
    """Callbacks per second of a loop that fires one SimPy Timeout for each; two thousand are always under way."""
    clock, left = simpy.Environment(), deliveries

    def heard(event: simpy.Event) -> None:
        nonlocal left
        left -= 1
        clock.timeout(1 + left * 7_919 % 5_000).callbacks.append(heard)

    for start in range(2_000):
        clock.timeout(start).callbacks.append(heard)
    started = perf_counter()
    while left > 0:
        clock.step()
    return deliveries / (perf_counter() - started)


def main() -> None:
    """Measure in turn, three times, and print the ratio of the medians."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 83_000
    ours, theirs = [], []
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for _ in range(3):
            with tempfile.TemporaryDirectory(dir=".") as folder:
                ours.append(sum(pool.starmap(model, [(0, cases, folder), (4, cases, folder)])) / PROCESSES)
            theirs.append(sum(pool.map(bare, [3_000_000] * PROCESSES)) / PROCESSES)
    mine, other = sorted(ours)[1], sorted(theirs)[1]
    print(f"full model, per process   {mine:,.0f} deliveries/s  {[f'{each:,.0f}' for each in ours]}")
    print(f"bare SimPy Timeout loop   {other:,.0f} callbacks/s   {[f'{each:,.0f}' for each in theirs]}")
    print(f"ratio                     {mine / other:.2f}")


if __name__ == "__main__":
    main()
