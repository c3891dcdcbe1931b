"""One desk as a queue of the textbooks: Poisson arrivals, exponential service, and what theory says of the waiting."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial, log, sqrt
from typing import Any

import numpy as np

from sim.calendar import MINUTE_MS
from sim.clock import Clock
from sim.draws import draw, salt
from sim.journal import Journal, MemoryStore
from sim.message import Message, timer
from sim.party import File, Party
from sim.posts import Posts, work
from sim.sandbox import Sandbox
from sim.table import Part, Role, State, Track, row
from tests.town import START_MS, AlwaysOpen

SERVICE_MS = 15 * MINUTE_MS
BATCHES, STUDENT_995 = 20, 2.861
"""The half-width of a 99 % interval from twenty batch means is this many standard errors."""


@timer("queue.arrive", "到窗口")
class Arrive(Message):
    """A customer has come."""


@timer("queue.served", "办结")
class Served(Message):
    """A customer has been served."""


ARRIVE, SERVED = Arrive(), Served()


def exponential(case_salt: int, purpose: bytes, mean_ms: float) -> int:
    """An exponential duration drawn by hash."""
    return round(-log(1 - draw(case_salt, purpose)) * mean_ms)


def arrive(file: File, heard: Arrive) -> Posts:
    return [work("accept", exponential(file.case.salt, b"service", SERVICE_MS), SERVED)]


IDLE, WAITING = State("idle", "未到", end=True), State("waiting", "等候或办理")
ROLE = Role("hall", "大厅", (Part(File, [Track("main", "主", IDLE, [
    row(IDLE, Arrive, WAITING, arrive), row(WAITING, Served, IDLE),
])]),))  # fmt: skip


@dataclass(frozen=True)
class Place:
    """All a desk asks of a dossier."""

    registry: int = 0


def customers(seed: int, clerks: int, load: float, count: int) -> Iterator[tuple[int, int, Any, Any]]:
    """Poisson arrivals that keep the clerks busy for `load` of their time."""
    at = START_MS
    for number in range(1, count + 1):
        at += exponential(salt(seed, "arrival", str(number)), b"gap", SERVICE_MS / (clerks * load))
        yield at, number, Place(), [("hall", 0, ARRIVE)]


def a_hall(clerks: int, load: float, count: int, seed: int) -> Sandbox:
    """A desk with its customers, not yet run."""
    parties = [Party(ROLE, "hall")]
    world = Sandbox(
        parties, Clock(START_MS), Journal(parties, MemoryStore()), seed=seed, hours=lambda registry: AlwaysOpen(),
        clerks=lambda registry, post: clerks,
    )  # fmt: skip
    world.feed(customers(seed, clerks, load, count))
    return world


def waits_ms(world: Sandbox) -> Any:
    """How long each customer waited, in the order served."""
    world.journal.flush()
    assert isinstance(world.journal.store, MemoryStore)
    waits = []
    for block in world.journal.store.blocks:
        served = block.notes[block.notes["started_t"] > 0]
        waits.append(served["started_t"] - block.rows["asked_t"][served["row"]])
    return np.concatenate(waits)


def interval(values: Any) -> tuple[float, float]:
    """Mean and 99 % half-width by batch means, the first tenth left out."""
    means = [float(batch.mean()) for batch in np.array_split(values[len(values) // 10 :], BATCHES)]
    return sum(means) / BATCHES, STUDENT_995 * float(np.std(means, ddof=1)) / sqrt(BATCHES)


def erlang_c(clerks: int, load: float) -> float:
    """The share of customers who must wait (Erlang's second formula)."""
    offered = clerks * load
    all_busy = offered**clerks / factorial(clerks) / (1 - load)
    return all_busy / (sum(offered**k / factorial(k) for k in range(clerks)) + all_busy)


def mean_wait_ms(clerks: int, load: float) -> float:
    """The mean wait of M/M/c."""
    return erlang_c(clerks, load) * SERVICE_MS / (clerks * (1 - load))
