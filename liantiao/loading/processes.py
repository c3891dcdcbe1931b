"""How busy our own processes are while a load goes on, second by second, so that they are not taken for the implementation."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, Final

import psutil

from sim.clock import wall_ms

EVERY_S: Final = 1.0
MACHINE: Final = "本机各核平均"
Pids = Callable[[], Mapping[str, int]]
"""The processes there are now, by what they are called; one may come again under another number."""


class ProcessWatch:
    """The share of one core that each process took since the last look, in percent; of the whole machine, of all its cores."""

    def __init__(self, pids: Pids) -> None:
        self._pids = pids
        self._known: dict[int, psutil.Process] = {}
        self.points: dict[str, list[tuple[int, float]]] = {}

    def look(self) -> None:
        """One more point for every process that was there at the last look and still is."""
        now = wall_ms()
        self._add(MACHINE, now, psutil.cpu_percent(None), new=MACHINE not in self.points)
        for name, pid in self._pids().items():
            try:
                new = pid not in self._known
                process = self._known.setdefault(pid, psutil.Process(pid))
                self._add(name, now, process.cpu_percent(None), new=new)
            except psutil.Error:  # it has just ended
                self._known.pop(pid, None)

    def _add(self, name: str, at_ms: int, percent: float, *, new: bool) -> None:
        points = self.points.setdefault(name, [])
        if not new:  # the first figure of a process is of no interval
            points.append((at_ms, percent))

    def as_json(self) -> list[dict[str, Any]]:
        """As it is kept in the record of a load."""
        return [{"title": name, "points": [list(point) for point in points]} for name, points in self.points.items()]


@contextmanager
def watched(pids: Pids) -> Iterator[ProcessWatch]:
    """Look every second on a thread of its own, for as long as the block goes on."""
    watch, over = ProcessWatch(pids), Event()

    def look_on() -> None:
        while not over.wait(EVERY_S):
            watch.look()

    watch.look()
    thread = Thread(target=look_on, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
