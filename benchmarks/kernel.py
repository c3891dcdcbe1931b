"""How many messages a second our sandbox delivers between two parties, against a bare loop of SimPy timeouts.

Run as `python -m benchmarks.kernel [cases] [rounds]`. Two parties play ping-pong in many cases at once and the journal goes
to Parquet; the bare loop fires one callback on one Timeout for each delivery and does nothing else. Both run alone and
then as two processes side by side.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import simpy

from sim.clock import Clock
from sim.journal import Journal
from sim.journal.parquet import ParquetStore
from sim.message import Answers, Message, request, response, timer
from sim.party import File, Party
from sim.posts import Posts, later, reply, send
from sim.sandbox import Sandbox
from sim.table import Part, Role, State, Track, row

RALLY = 50
GAP_MS = 1_000
AT_ONCE = 2_000
"""Cases, and timeouts, under way at the same time."""


@timer("kernel.serve", "发球")
class Serve(Message):
    """It is the first party's turn."""


@response("kernel.pong", "回球")
class Pong(Message):
    n: int


@request("kernel.ping", "来球", Answers.NOW, "/ping")
class Ping(Message):
    n: int


SERVE = Serve()


class Rally(File):
    """How often the ball has come back."""

    __slots__ = ("n",)

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.n = 0


def serve(file: Rally, heard: Serve) -> Posts:
    """Send the ball over."""
    return [send("far", Ping(file.n))]


def back(file: Rally, heard: Pong) -> Posts:
    """Serve again after a while, or end the rally."""
    file.n = heard.n + 1
    return [later(GAP_MS, SERVE)] if file.n < RALLY else ()


def parties() -> list[Party]:
    """Who serves and who returns."""
    idle, open_ = State("idle", "未开球", end=True), State("playing", "来回中", end=True)
    near = Track("near", "发球方", idle, [row(idle, Serve, None, serve), row(idle, Pong, None, back)])
    far = Track("far", "接球方", open_, [row(open_, Ping, None, lambda file, heard: [reply(Pong(heard.n))])])
    return [
        Party(Role("near", "发球方", (Part(Rally, [near]),)), "near"),
        Party(Role("far", "接球方", (Part(File, [far]),)), "far"),
    ]


def ours(cases: int) -> float:
    """Deliveries a second, journal on disk."""
    with TemporaryDirectory() as folder:
        seated, registries = parties(), np.full(cases + 1, -1, np.int16)
        journal = Journal(seated, ParquetStore(Path(folder), registries, [], {}))
        world = Sandbox(seated, Clock(0), journal, seed=1, hours=_no_desks, clerks=_no_desks)
        world.feed(
            (number // AT_ONCE * RALLY * 1_200, number, None, [("near", number, SERVE)])
            for number in range(1, cases + 1)
        )
        started = time.perf_counter()
        world.run(10**12)
        journal.close()
        took = time.perf_counter() - started
    if world.finished != cases or world.deliveries() != cases * RALLY * 3:
        raise RuntimeError(f"{world.finished} cases, {world.deliveries()} deliveries")
    return world.deliveries() / took


def _no_desks(*asked: Any) -> Any:
    raise LookupError(asked)


def bare(cases: int) -> float:
    """Callbacks a second, of as many Timeouts as there are deliveries."""
    clock, left = simpy.Environment(), cases * RALLY * 3

    def heard(event: simpy.Event) -> None:
        nonlocal left
        left -= 1
        clock.timeout(GAP_MS).callbacks.append(heard)

    for start in range(AT_ONCE):
        clock.timeout(start).callbacks.append(heard)
    step, started, count = clock.step, time.perf_counter(), left
    while left > 0:
        step()
    return count / (time.perf_counter() - started)


def without_collector(measured: tuple[str, int]) -> float:
    """One measurement as region runs make it: the garbage collector sleeps meanwhile."""
    name, cases = measured
    gc.collect()
    gc.disable()
    try:
        return {"ours": ours, "bare": bare}[name](cases)
    finally:
        gc.enable()


def main(cases: int, rounds: int) -> None:
    """Prints deliveries a second per process, and the ratio, for one and for two processes."""
    for processes in (1, 2):
        found: dict[str, list[float]] = {"ours": [], "bare": []}
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            for _ in range(rounds):
                for name, rates in found.items():
                    each = pool.map(without_collector, [(name, cases)] * processes, chunksize=1)
                    rates.append(sum(each) / processes)
        ratio = median(our / their for our, their in zip(found["ours"], found["bare"], strict=True))
        shown = "  ".join(f"{name} {median(rates):>11,.0f}/s" for name, rates in found.items())
        print(f"{processes} process{'es' if processes > 1 else '  '}  {shown}  ratio {ratio:.2f}, median of {rounds}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
