"""The one clock: a SimPy environment whose queue carries the sandbox's messages beside SimPy's own events."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

import simpy

LINK_MS = 50
"""Time a message spends between two systems. It is the same everywhere, so that what is sent together arrives together
and the order drawn by the sandbox, not the wire, decides (design law 8)."""

Entry = tuple[Any, ...]
"""(due_ms, tie, id, route, case, standing, body, asker, cause, asked_ms, mark, extra). `case` is None for what concerns no
case; such an entry's `route` is a function of the entry. Due, tie and id decide the order; ids never repeat."""
BEFORE_ALL = -1
"""The tie of what comes before all messages of an instant."""
AFTER_ALL = 2**62
"""The tie of what parties say to themselves at once, where it waits its turn in the queue."""


class Clock(simpy.Environment):
    """Time in integer milliseconds since the Unix epoch. It moves only when someone steps it.

    What is due at one instant lies together in `due[instant]`; `times` is the heap of such instants. Messages sent together
    arrive together, so this orders far fewer things than a heap of messages would.
    """

    def __init__(self, start_ms: int) -> None:
        super().__init__(initial_time=start_ms)
        self.times: list[int] = []
        self.due: dict[int, list[Entry]] = {}
        self.present: list[Entry] | None = None
        """While an instant is being delivered: where what is said during it and due at once goes."""
        self.left: Iterator[Entry] = iter(())
        """What of the instant being delivered has not been handed out."""
        self.ids = count(1)

    def push(self, entry: Entry) -> None:
        """Lay an entry ready for its instant; what is due at the instant being delivered comes after all else due then."""
        if self.present is not None and entry[0] == self._now:
            self.present.append((entry[0], AFTER_ALL, *entry[2:]))
            return
        together = self.due.get(entry[0])
        if together is None:
            self.due[entry[0]] = [entry]
            heappush(self.times, entry[0])
        else:
            together.append(entry)

    def pop(self) -> Entry:
        """Take the next entry out, which must exist, and move to its instant."""
        instant = self.times[0]
        together = self.due[instant]
        together.sort()
        entry = together.pop(0)
        if not together:
            del self.due[heappop(self.times)]
        self._now = instant
        return entry

    def entries(self, until_ms: int) -> Iterator[Entry]:
        """Hand out everything due up to and including `until_ms`, in order, moving with it; then `put_back`.

        What is said without delay joins the instant being delivered, after all else that is due then.
        """
        times, due = self.times, self.due
        while times and times[0] <= until_ms:
            self._now = instant = heappop(times)
            self.present = together = due.pop(instant)
            if len(together) > 1:
                together.sort()
            self.left = left = iter(together)
            yield from left

    def next_alone(self) -> Iterator[Entry]:
        """Hand out the next entry, which must exist, and nothing else; then `put_back`."""
        entry = self.pop()
        at_once: list[Entry] = []
        self.present = at_once
        self.left = iter(at_once)
        yield entry

    def put_back(self) -> None:
        """Lay what was not handed out ready again; nothing is being delivered now."""
        self.present = None
        for entry in self.left:
            self.push(entry)

    def forget(self, is_void: Callable[[Entry], bool]) -> int:
        """Let go of what lies ready and would be passed over when it is due; tells how many entries are left."""
        left = 0
        for instant, together in list(self.due.items()):
            living = [entry for entry in together if not is_void(entry)]
            left += len(living)
            if living:
                self.due[instant] = living
            else:
                del self.due[instant]
        self.times[:] = self.due
        heapify(self.times)
        return left

    def at(self, due_ms: int, what: Callable[[Entry], None], body: Any = None) -> None:
        """Call `what(entry)` when the clock reaches `due_ms`, before all messages due then, or, being there, after them."""
        if due_ms < self._now:
            raise ValueError(f"{due_ms} 早于沙箱当前时刻 {self._now}，时间不能倒退")
        self.push((due_ms, BEFORE_ALL, next(self.ids), what, None, None, body, None, 0, 0, 0, None))

    def schedule(self, event: simpy.Event, priority: int = 1, delay: float = 0) -> None:
        """Take a SimPy event into the same queue, so that ordinary SimPy processes run beside the parties."""
        due_ms = self._now + int(delay)
        self.push((due_ms, priority, next(self.ids), self._fire, None, None, event, None, 0, 0, 0, None))

    def pass_to(self, ms: int) -> None:
        """Let time pass until `ms`, before which nothing is due. Raises ValueError if something is, or for the past.

        What is due at `ms` itself is still to come.
        """
        if ms < self._now or (self.times and self.times[0] < ms):
            raise ValueError(f"不能从 {self._now} 直接到 {ms}：其间有到期的事项，或时间倒退")
        self._now = ms

    @property
    def now_ms(self) -> int:
        """The present instant."""
        return int(self._now)

    @property
    def next_due_ms(self) -> int | None:
        """When the next thing is due, or None when nothing is."""
        return self.times[0] if self.times else None

    def peek(self) -> float:
        """When the next thing is due, in SimPy's words."""
        return self.times[0] if self.times else float("inf")

    def step(self) -> None:
        """Fire the next entry, which concerns no case; raises SimPy's EmptySchedule when there is none."""
        if not self.times:
            raise simpy.core.EmptySchedule
        entry = self.pop()
        if entry[4] is not None:
            self.push(entry)
            raise RuntimeError("队列中有办件报文，请用 Sandbox.step 或 Sandbox.run 推进时间")
        entry[3](entry)

    @staticmethod
    def _fire(entry: Entry) -> None:
        event = entry[6]
        callbacks, event.callbacks = event.callbacks, None
        for callback in callbacks:
            callback(event)
        if not event._ok and not hasattr(event, "_defused"):
            raise event._value


# ---- wall time, for the clocks that must follow it -----------------------------------------------------------------
def wall_ms() -> int:
    """Wall time in milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


def unguessable(size: int = 24) -> str:
    """A secret for tokens and keys: of no use to a simulation, and never drawn from its seed."""
    return secrets.token_hex(size)


async def turn() -> None:
    """Let everybody else on the event loop have a turn."""
    await asyncio.sleep(0)


async def pause(ms: float) -> None:
    """Let so much wall time pass, while everybody else on the event loop goes on."""
    await asyncio.sleep(ms / 1_000)


def let_pass(ms: float) -> None:
    """Let so much wall time pass, for those who have no event loop; a Ctrl-C ends it."""
    asyncio.run(pause(ms))


class Budget:
    """So much wall time to work in; calling it tells whether some is left."""

    def __init__(self, ms: int) -> None:
        self._end = time.perf_counter() + ms / 1_000

    def __call__(self) -> bool:
        return time.perf_counter() < self._end


class Stopwatch:
    """How much wall time has passed since it was made: for telling how long something took, never for deciding anything."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._begun

    @property
    def ms(self) -> int:
        """Whole milliseconds so far."""
        return int(self.seconds * 1_000)
