"""What leaves a run: one lane for each sender, receiver and case, one call at a time in each (law 8)."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.runs.run import Going, Heard

if TYPE_CHECKING:
    from sim.runs.host import RunHost

LaneKey = tuple[int, str, str]
"""(case number, sender, receiver)."""


@dataclass
class Lane:
    """Calls that wait for the one before them."""

    waiting: deque[Going] = field(default_factory=deque)
    running: bool = False


class Outgoing:
    """Calls and late answers on their way out; `give` answers a request that is still open."""

    def __init__(self, host: "RunHost", give: Callable[[Heard], bool]) -> None:
        self.host, self.give = host, give
        self.lanes: dict[LaneKey, Lane] = {}
        self.by_seat: Counter[str] = Counter()
        """Calls that are not answered yet, by the seat they are for."""
        self.under_way = 0
        self.sent = 0
        """How much has ever left; who waits for quiet sees by it whether more came."""
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def longest(self) -> int:
        """How many calls wait for the seat that has most."""
        return max(self.by_seat.values(), default=0)

    def gather(self, sending: list[Going], given: list[Heard]) -> None:
        """Take what is to leave; it leaves once everything written so far is on disk (law 13)."""
        self.under_way += len(sending) + len(given)
        self.sent += len(sending) + len(given)
        self._quiet.clear()
        self.by_seat.update(going.call.route.receiver.seat for going in sending)
        self.host.supervise(self._release(sending, given))

    async def quiet(self) -> None:
        """Wait until nothing that left is unanswered."""
        await self._quiet.wait()

    def give_up(self) -> None:
        """Nobody need wait any more: the run is broken."""
        self._quiet.set()

    async def _release(self, sending: list[Going], given: list[Heard]) -> None:
        await self.host.file.durable()
        for heard in given:
            if self.give(heard):
                self._done()
            else:
                self.host.supervise(self._late(heard))
        for going in sending:
            route = going.call.route
            key = (going.call.case.number, route.sender.seat, route.receiver.seat)
            lane = self.lanes.setdefault(key, Lane())
            lane.waiting.append(going)
            if not lane.running:
                lane.running = True
                self.host.supervise(self._run(key, lane))

    async def _run(self, key: LaneKey, lane: Lane) -> None:
        while lane.waiting:
            going = lane.waiting.popleft()
            came = await self.host.caller.call(self.host, going)
            self.host.take(going, came)
            self.by_seat[key[2]] -= 1
            self._done()
        del self.lanes[key]

    async def _late(self, heard: Heard) -> None:
        await self.host.caller.tell_late(self.host, heard)
        self._done()

    def _done(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self._quiet.set()
