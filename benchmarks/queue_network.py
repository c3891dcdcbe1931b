"""How many customers a second pass an open network of ten queues: our desks against SimPy, Ciw and salabim.

Run as `python -m benchmarks.queue_network [customers] [rounds]`. Every station has 60 desks, is visited by 110 customers
an hour and serves one in 15 minutes on average (exponential). In sequence, all visit the ten stations one after another;
at random, a customer goes on to any station or, one time in ten, leaves. All but Ciw draw the same luck by hash, and ours
also keeps its journal.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from math import log
from statistics import median
from typing import Any

import ciw
import salabim
import simpy

from sim.calendar import MINUTE_MS
from sim.clock import Clock
from sim.draws import draw, salt
from sim.journal import Journal, MemoryStore
from sim.message import Message, timer
from sim.party import File, Party
from sim.posts import Posts, work
from sim.sandbox import Beginning, Sandbox
from sim.table import Part, Role, State, Track, row

STATIONS, DESKS, PER_HOUR, SERVICE_MIN = 10, 60, 110, 15.0
STAY = 1 - 1 / STATIONS
GAP_MIN = 60 / PER_HOUR
POSTS = [f"post{station}" for station in range(STATIONS)]
HORIZON_MS = 10**15


# ---- the luck all share -----------------------------------------------------------------------------------------------
GAPS = salt(1, "gaps")


def _gap_ms(number: int) -> int:
    return int(-log(1 - draw(GAPS, b"gap", number)) * GAP_MIN * MINUTE_MS)


def _service_ms(case_salt: int, n: int) -> int:
    return int(-log(1 - draw(case_salt, b"service", n)) * SERVICE_MIN * MINUTE_MS)


def _stations(case_salt: int, random_routing: bool) -> Iterable[int]:
    return _wandering(case_salt) if random_routing else range(STATIONS)


def _wandering(case_salt: int) -> Iterator[int]:
    for n in count(1):
        yield int(draw(case_salt, b"where", n) * STATIONS)
        if draw(case_salt, b"stay", n) >= STAY:
            return


# ---- ours -----------------------------------------------------------------------------------------------------------
@timer("network.come", "到达")
class Come(Message):
    """A customer has come."""


@timer("network.next", "下一窗口")
class Next(Message):
    """A station is done with, others follow."""


@timer("network.leave", "离开")
class Leave(Message):
    """The last station is done with."""


COME, NEXT, LEAVE = Come(), Next(), Leave()


class Visitor(File):
    """How many stations a customer has been to."""

    __slots__ = ("visits",)

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.visits = 0


def in_sequence(file: Visitor, heard: Message) -> Posts:
    """On to the next station, in order."""
    at = file.visits
    file.visits = at + 1
    return [work(POSTS[at], _service_ms(file.case.salt, at), NEXT if at + 1 < STATIONS else LEAVE)]


def at_random(file: Visitor, heard: Message) -> Posts:
    """On to any station; one time in ten it is the last."""
    n = file.visits = file.visits + 1
    station = int(file.draw(b"where", n) * STATIONS)
    return [work(POSTS[station], _service_ms(file.case.salt, n), NEXT if file.draw(b"stay", n) < STAY else LEAVE)]


def hall(go: Callable[[Visitor, Message], Posts]) -> Role:
    """The role of the whole network."""
    away, inside = State("away", "不在", end=True), State("inside", "在办")
    rules = [row(away, Come, inside, go), row(inside, Next, None, go), row(inside, Leave, away)]
    return Role("hall", "大厅", (Part(Visitor, [Track("main", "主", away, rules)]),))


class AlwaysOpen:
    """Office hours round the clock."""

    def is_open(self, t: int) -> bool:
        """Always."""
        return True

    def next_opening(self, t: int) -> int:
        """Now."""
        return t

    def after(self, t: int, working_ms: int) -> int:
        """All time is office time."""
        return t + working_ms


class Place:
    """What desks ask of a dossier."""

    registry = 0


def arrivals(customers: int) -> Iterator[Beginning]:
    """A Poisson stream of cases."""
    at, place, starters = 0, Place(), [("hall", 0, COME)]
    for number in range(1, customers + 1):
        at += _gap_ms(number)
        yield at, number, place, starters


def ours(customers: int, random_routing: bool) -> float:
    """Seconds, with our desks."""
    parties = [Party(hall(at_random if random_routing else in_sequence), "hall")]
    world = Sandbox(
        parties, Clock(0), Journal(parties, MemoryStore()), seed=1, hours=lambda registry: AlwaysOpen(),
        clerks=lambda registry, post: DESKS,
    )  # fmt: skip
    world.feed(arrivals(customers))
    started = time.perf_counter()
    world.run(HORIZON_MS)
    world.journal.close()
    took = time.perf_counter() - started
    assert world.finished == customers
    assert abs(world.journal.count / customers / (STATIONS + 1) - 1) < 0.1
    return took


# ---- the others -----------------------------------------------------------------------------------------------------
def plain_simpy(customers: int, random_routing: bool) -> float:
    """Seconds, with SimPy processes and resources."""
    env, done = simpy.Environment(), count()
    stations = [simpy.Resource(env, DESKS) for _ in range(STATIONS)]

    def visit(case_salt: int) -> Iterator[simpy.Event]:
        for n, station in enumerate(_stations(case_salt, random_routing)):
            with stations[station].request() as turn:
                yield turn
                yield env.timeout(_service_ms(case_salt, n))
        next(done)

    def come() -> Iterator[simpy.Event]:
        for number in range(1, customers + 1):
            yield env.timeout(_gap_ms(number))
            env.process(visit(salt(1, "case", str(number))))

    env.process(come())
    started = time.perf_counter()
    env.run()
    took = time.perf_counter() - started
    assert next(done) == customers
    return took


def with_ciw(customers: int, random_routing: bool) -> float:
    """Seconds, with Ciw."""
    gap, service = ciw.dists.Exponential(1 / GAP_MIN), ciw.dists.Exponential(1 / SERVICE_MIN)
    if random_routing:
        each = ciw.dists.Exponential(1 / GAP_MIN / STATIONS)
        come: list[Any] = [each] * STATIONS
        routing = [[STAY / STATIONS] * STATIONS for _ in range(STATIONS)]
    else:
        come = [gap] + [None] * (STATIONS - 1)
        routing = [[float(to == at + 1) for to in range(STATIONS)] for at in range(STATIONS)]
    network = ciw.create_network(
        arrival_distributions=come, service_distributions=[service] * STATIONS, number_of_servers=[DESKS] * STATIONS,
        routing=routing,
    )  # fmt: skip
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    started = time.perf_counter()
    simulation.simulate_until_max_customers(customers, method="Finish")
    return time.perf_counter() - started


def with_salabim(customers: int, random_routing: bool) -> float:
    """Seconds, with salabim, its monitors off."""
    salabim.yieldless(False)
    env = salabim.Environment(trace=False)
    stations = [salabim.Resource(capacity=DESKS, monitor=False) for _ in range(STATIONS)]
    done = count()

    class Customer(salabim.Component):  # type: ignore[misc]
        def process(self, case_salt: int) -> Iterator[None]:
            for n, station in enumerate(_stations(case_salt, random_routing)):
                yield self.request(stations[station])
                yield self.hold(_service_ms(case_salt, n))
                self.release(stations[station])
            next(done)

    class Source(salabim.Component):  # type: ignore[misc]
        def process(self) -> Iterator[None]:
            for number in range(1, customers + 1):
                yield self.hold(_gap_ms(number))
                Customer(case_salt=salt(1, "case", str(number)))

    Source()
    started = time.perf_counter()
    env.run()
    took = time.perf_counter() - started
    assert next(done) == customers
    return took


CONTENDERS = {"ours": ours, "SimPy": plain_simpy, "Ciw": with_ciw, "salabim": with_salabim}


def main(customers: int, rounds: int) -> None:
    """Prints a table for each routing: customers a second and the ratio of ours to each."""
    for random_routing in (False, True):
        took: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        for _ in range(rounds):
            for name, run in CONTENDERS.items():
                gc.collect()
                gc.disable()  # as our region runs do; the others gain by it too
                took[name].append(run(customers, random_routing))
                gc.enable()
        print(
            f"{'random routing' if random_routing else 'in sequence':16}{customers:>9,} customers, median of {rounds}"
        )
        for name, times in took.items():
            ratio = median(other / our for other, our in zip(times, took["ours"], strict=True))
            print(f"  {name:8}{customers / median(times):>12,.0f} customers/s   ours is {ratio:5.2f} times as fast")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
