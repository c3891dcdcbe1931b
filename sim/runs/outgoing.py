"""What leaves a run: one lane for each sender, receiver and case, one call at a time in each (law 8)."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.runs.exchanges import Going, Heard

if TYPE_CHECKING:
    from sim.runs.host import RunHost

LaneKey = tuple[int, str, str]
"""(case number, sender, receiver)."""

AT_ONCE = 256
"""How many calls to one seat may be under way at a time: a peer that hangs holds up no other."""


@dataclass
class Lane:
    """Calls that wait for the one before them."""

    waiting: deque[Going] = field(default_factory=deque)
    running: bool = False
    first: Going | None = None
    """The one whose turn it is."""
    flying: bool = False
    """Whether that one has left, and is not kept back by others to the same seat."""


class Outgoing:
    """Calls and late answers on their way out; `give` answers a request that is still open."""

    def __init__(self, host: "RunHost", give: Callable[[Heard], bool]) -> None:
        self.host, self.give = host, give
        self.lanes: dict[LaneKey, Lane] = {}
        self.by_seat: Counter[str] = Counter()
        """Calls that are not answered yet, by the seat they are for."""
        self.at_once: dict[str, asyncio.Semaphore] = {}
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

    def held(self) -> dict[str, str]:
        """Of every call that is here, whether it waits its turn or has left, by its message's number."""
        found: dict[str, str] = {}
        for lane in self.lanes.values():
            found |= {going.message_id: "waiting" for going in lane.waiting}
            if lane.first is not None:
                found[lane.first.message_id] = "in_flight" if lane.flying else "waiting"
        return found

    async def quiet(self) -> None:
        """Wait until nothing that left is unanswered, unless the run is broken: then nothing need be."""
        if not self.host.broken:
            await self._quiet.wait()

    def give_up(self) -> None:
        """Nobody need wait any more: the run is broken."""
        self._quiet.set()

    async def _release(self, sending: list[Going], given: list[Heard]) -> None:
        await self.host.file.durable()
        at_once = []
        for heard in given:
            if self.give(heard):
                at_once.append(heard)
                self._done()
            else:
                self.host.supervise(self._late(heard))
        self._told(at_once)
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
            lane.first = going = lane.waiting.popleft()
            async with self.at_once.setdefault(key[2], asyncio.Semaphore(AT_ONCE)):
                lane.flying = True
                came = await self.host.caller.call(self.host, going)
            lane.first, lane.flying = None, False
            self.host.take(going, came)
            self.by_seat[key[2]] -= 1
            self._done()
        del self.lanes[key]

    async def _late(self, heard: Heard) -> None:
        why = await self.host.caller.tell_late(self.host, heard)
        if why:
            self.host.run.not_told(heard, why)
            self.host.flush()
        else:
            self._told([heard])
        self._done()

    def _told(self, heard: list[Heard]) -> None:
        if heard:
            self.host.run.told(heard)
            self.host.flush()

    def _done(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self._quiet.set()
