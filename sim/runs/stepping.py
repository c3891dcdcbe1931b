"""A stepped clock, moved: to an instant or until all cases are over, in step with the systems outside, and never for ever.

No instant is passed before every call that left in it is answered or has failed. A system that follows our clock is then
moved to the same instant; one that does not is given `settle_ms` of real time to do what it does next.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from sim.calendar import DAY_MS
from sim.clock import Budget, pause, turn
from sim.runs.host import SLICE_MS, RunHost

SILENCE_MS = 60 * DAY_MS
"""After so long (as a term) in which nothing was said, cases that are still open are taken to be stuck."""


SWEEPS = 3
"""After so many sweeps that let nothing go, and with nothing else due, the same."""


class Stop(StrEnum):
    """Why a clock that was moved stands where it stands."""

    ARRIVED = "arrived"
    OVER = "over"
    LIMIT = "limit"
    STUCK = "stuck"


class StepError(Exception):
    """The clock cannot be moved on: the run is broken, or its follower does not follow. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the clock came, and why it stopped."""

    stop: Stop
    from_ms: int
    to_ms: int


class Stepper:
    """Moves the clock of one run; for at most `limit_s` seconds of real time."""

    def __init__(self, host: RunHost, *, grain_ms: int = 0, limit_s: float = 300.0) -> None:
        self.host, self.run, self.grain_ms = host, host.run, grain_ms
        self._left = Budget(int(limit_s * 1_000))
        self._settled = (host.outgoing.sent, host.heard)

    async def to(self, to_ms: int) -> Moved:
        """Move to `to_ms`. Raises StepError."""
        async with self.host.moving:
            began = self.run.now_ms
            arrived = await self._to(to_ms)
            return Moved(Stop.ARRIVED if arrived else Stop.LIMIT, began, self.run.now_ms)

    async def until_over(self) -> Moved:
        """Move until no case goes on and none is to come, or until nobody says anything any more. Raises StepError."""
        run = self.run
        async with self.host.moving:
            began = last_said = run.now_ms
            rows = self._rows()
            while not run.is_over:
                due = self.host.next_due_ms
                if due is None or self._stuck(due - last_said):
                    return Moved(Stop.STUCK, began, run.now_ms)
                if not self._left() or not await self._to(max(due, run.now_ms)):
                    return Moved(Stop.LIMIT, began, run.now_ms)
                if self._rows() != rows:
                    rows, last_said = self._rows(), run.now_ms
            return Moved(Stop.OVER, began, run.now_ms)

    def _stuck(self, silent_ms: int) -> bool:
        """Whether nothing will happen until somebody outside does something."""
        worlds = self.run.worlds.values()
        if any(world.to_come for world in worlds):
            return False
        if not self.host.follower and all(world.only_sweeps for world in worlds):
            return silent_ms > max(SWEEPS * world.quiet_ms for world in worlds)
        return silent_ms > max(world.scale.term(SILENCE_MS) for world in worlds)

    def _rows(self) -> int:
        """How much has been said in the run."""
        return sum(world.journal.count for world in self.run.worlds.values())

    # ---- one instant after the other ------------------------------------------------------------------------------
    async def _to(self, to_ms: int) -> bool:
        run, host = self.run, self.host
        await self._follow(run.now_ms)
        while host.follower:
            due = host.next_due_ms
            upto = to_ms if due is None else min(max(due, run.now_ms) + self.grain_ms, to_ms)
            if not await self._alone(upto):
                return False
            await self._follow(upto)
            due = host.next_due_ms
            if upto == to_ms and (due is None or due > upto):
                return True
            if not self._left():
                return False
        return await self._alone(to_ms)

    async def _alone(self, to_ms: int) -> bool:
        """Move our own clock; False when the time allowed ran out before."""
        run, host = self.run, self.host
        while True:
            arrived = run.advance(to_ms, grain_ms=self.grain_ms, pause=True, budget=Budget(SLICE_MS))
            if arrived:
                run.moved(to_ms)
            host.flush()
            await self._quiet()
            due = run.next_due_ms
            if arrived and (due is None or due > to_ms):
                return True
            await turn()
            if not self._left():
                run.moved(run.now_ms)
                host.flush()
                return False

    async def _quiet(self) -> None:
        """Wait until what left is answered, and what a system that does not follow does next has been heard."""
        host = self.host
        self._check()
        await host.settled()
        self._check()
        plan = host.run.plan
        if host.follower or plan.led or not (plan.settle_ms and any(host.addresses.values())):
            return
        while self._settled != (now := (host.outgoing.sent, host.heard)):
            self._settled = now
            await pause(plan.settle_ms)
            await host.settled()
            self._check()

    async def _follow(self, to_ms: int) -> None:
        """Have the follower come after, if anything is due there by now; what we say to it may change what is."""
        host = self.host
        follower = host.follower
        while follower and not (follower.is_known(host.outgoing.sent) and (follower.due_ms or to_ms + 1) > to_ms):
            follower.comes_after(host.outgoing.sent)
            try:
                follower.due_ms = await host.caller.follow(host, to_ms)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                raise StepError("follower_silent", f"跟随方 {follower.address} 没有跟上时钟：{error}") from error
            await self._quiet()

    def _check(self) -> None:
        if self.host.broken:
            raise StepError("run_broken", f"批次已中断：{self.host.broken}")
