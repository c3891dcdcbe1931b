"""Desks: the clerks of one registry's post, their queue, and the office hours in which they work."""

from collections import deque
from typing import Protocol

from sim.clock import Clock, Entry


class Hours(Protocol):
    """Office hours, as `sim.calendar.OfficeHours` keeps them."""

    def is_open(self, t: int) -> bool:
        """Whether the office is open at `t` ms."""

    def next_opening(self, t: int) -> int:
        """The first open instant from `t` ms on."""

    def after(self, t: int, working_ms: int) -> int:
        """When `working_ms` of office time have passed since `t` ms."""


class Job:
    """Work asked of a desk. It is void once the state that asked for it has moved on."""

    __slots__ = ("desk", "marks", "rest", "work_ms")

    def __init__(self, desk: "Desk", rest: Entry, work_ms: int) -> None:
        """`rest` is the entry to come, less when it is due and this job, its first and last."""
        self.desk, self.rest, self.work_ms = desk, rest, work_ms
        self.marks: tuple[int, int, int, int]

    def is_void(self) -> bool:
        """Whether the state that asked for this work is gone."""
        _, _, route, _, at, _, _, _, _, mark = self.rest
        return bool(at.epochs[route.track] != mark)


class Desk:
    """First come, first served; `clerks` work side by side, in office hours only."""

    __slots__ = ("clerks", "clock", "free", "hours", "key", "opening", "waiting")

    def __init__(self, key: tuple[int, str], clerks: int, hours: Hours, clock: Clock) -> None:
        self.key, self.clerks, self.free, self.hours, self.clock = key, clerks, clerks, hours, clock
        self.waiting: deque[Job] = deque()
        self.opening = False

    def take(self, job: Job, now_ms: int) -> None:
        """Begin the job if a clerk is free and the office open; else it waits its turn."""
        if self.free and self.hours.is_open(now_ms):
            self._begin(job, now_ms)
            return
        self.waiting.append(job)
        if self.free and not self.opening:
            self._wait_for_opening(now_ms)

    def release(self, now_ms: int) -> None:
        """A clerk has finished; the next living job begins, now or when the office opens."""
        self.free += 1
        if not self.waiting:
            return
        if self.hours.is_open(now_ms):
            self._begin_next(now_ms)
        elif not self.opening:
            self._wait_for_opening(now_ms)

    def _wait_for_opening(self, now_ms: int) -> None:
        self.opening = True
        self.clock.at(self.hours.next_opening(now_ms), self._open)

    def _open(self, entry: Entry) -> None:
        self.opening = False
        self._begin_next(entry[0])

    def _begin_next(self, now_ms: int) -> None:
        while self.free and self.waiting:
            job = self.waiting.popleft()
            if not job.is_void():
                self._begin(job, now_ms)

    def _begin(self, job: Job, now_ms: int) -> None:
        self.free -= 1
        job.marks = (now_ms, 0, 0, 1)
        self.clock.push((self.hours.after(now_ms, job.work_ms), *job.rest, job))

    @property
    def queue_length(self) -> int:
        """Living jobs that wait for a clerk."""
        return sum(not job.is_void() for job in self.waiting)
