"""The one clock: a SimPy environment whose queue carries the sandbox's messages beside SimPy's own events."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy

LINK_MS = 50
"""Time a message spends between two systems. It is the same everywhere, so that what is sent together arrives together
and the order drawn by the sandbox, not the wire, decides (design law 8)."""

Entry = tuple[Any, ...]
"""(due_ms, tie, id, route, case, file, body, asker, cause, asked_ms, mark, extra). `case` is None for what concerns no
case; such an entry's `route` is a function of the entry. Due, tie and id decide the order; ids never repeat."""
BEFORE_ALL, AFTER_ALL = -1, 2**62
"""Ties of what comes before and after all messages of an instant."""


class Clock(simpy.Environment):
    """Time in integer milliseconds since the Unix epoch. It moves only when someone steps it."""

    def __init__(self, start_ms: int) -> None:
        super().__init__(initial_time=start_ms)
        self.queue: list[Entry] = self._queue
        self.ids = count(1)

    def at(self, due_ms: int, what: Callable[[Entry], None], body: Any = None) -> None:
        """Call `what(entry)` when the clock reaches `due_ms`, before all messages due at that instant."""
        if due_ms < self._now:
            raise ValueError(f"{due_ms} 早于沙箱当前时刻 {self._now}，时间不能倒退")
        heappush(self.queue, (due_ms, BEFORE_ALL, next(self.ids), what, None, None, body, None, 0, 0, 0, None))

    def schedule(self, event: simpy.Event, priority: int = 1, delay: float = 0) -> None:
        """Take a SimPy event into the same queue, so that ordinary SimPy processes run beside the parties."""
        due_ms = self._now + int(delay)
        heappush(self.queue, (due_ms, priority, next(self.ids), self._fire, None, None, event, None, 0, 0, 0, None))

    @property
    def now_ms(self) -> int:
        """The present instant."""
        return int(self._now)

    @property
    def next_due_ms(self) -> int | None:
        """When the next thing is due, or None when nothing is."""
        return self.queue[0][0] if self.queue else None

    def step(self) -> None:
        """Fire the next entry, which concerns no case; raises SimPy's EmptySchedule when there is none."""
        if not self.queue:
            raise simpy.core.EmptySchedule
        if self.queue[0][4] is not None:
            raise RuntimeError("队列中有办件报文，请用 Sandbox.step 或 Sandbox.run 推进时间")
        entry = heappop(self.queue)
        self._now = entry[0]
        entry[3](entry)

    @staticmethod
    def _fire(entry: Entry) -> None:
        event = entry[6]
        callbacks, event.callbacks = event.callbacks, None
        for callback in callbacks:
            callback(event)
        if not event._ok and not hasattr(event, "_defused"):
            raise event._value
