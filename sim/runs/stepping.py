"""A stepped clock, moved: to an instant or until all cases are over, in step with the systems outside, and never for ever.

No instant is passed before every call that left in it is answered or has failed. A system that follows our clock is then
moved to the same instant; one that does not is given `settle_ms` of real time to do what it does next.

Instants at which nothing crosses need no round trip: we go through ours up to the next thing due at the follower, and a
follower that stops when it speaks goes through its own up to the next thing due here. What happens, and when, is the same.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sim.calendar import DAY_MS
from sim.clock import Budget, pause, turn
from sim.runs.host import SLICE_MS, RunHost

SILENCE_MS = 60 * DAY_MS
"""After so long (as a term) in which nothing was said, cases that are still open are taken to be stuck; not while anything of a
case is still due here."""


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
        self._ends_when_over = False

    async def to(self, to_ms: int | None) -> Moved:
        """Move to `to_ms`, or to the next thing due here. Raises StepError."""
        async with self.host.moving:
            await self._quiet()  # what left before is heard of at its own instant, however soon the clock is moved
            began = self.run.now_ms
            arrived = await self._to((self.run.next_due_ms or began) if to_ms is None else to_ms)
            await self._written()
            return Moved(Stop.ARRIVED if arrived else Stop.LIMIT, began, self.run.now_ms)

    async def follow(self, to_ms: int, *, until_said: bool) -> None:
        """Move to `to_ms` as whoever leads our clock bids, or to the first instant at which something leaves us.

        It is not for where the clock stands that anybody waits for the disk: only what is said waits. Raises StepError.
        """
        async with self.host.moving:
            await self._alone(to_ms, until_said=until_said)

    async def until_over(self) -> Moved:
        """Move until no case goes on and none is to come, or until nobody says anything any more. Raises StepError."""
        async with self.host.moving:
            await self._quiet()
            began, self._ends_when_over = self.run.now_ms, True
            stop = await self._until_over()
            await self._written()
            return Moved(stop, began, self.run.now_ms)

    async def _until_over(self) -> Stop:
        run, last_said, rows = self.run, self.run.now_ms, self._rows()
        while not run.is_over:
            due = self.host.next_due_ms
            if due is None or self._stuck(due - last_said):
                return Stop.STUCK
            upto = max(due, run.now_ms) + (DAY_MS if self._nobody_else_speaks else 0)
            if not self._left() or not await self._to(upto):
                return Stop.LIMIT
            if self._rows() != rows:
                rows, last_said = self._rows(), run.now_ms
        return Stop.OVER

    def _stuck(self, silent_ms: int) -> bool:
        """Whether nothing will happen until somebody outside does something."""
        worlds = self.run.worlds.values()
        if any(world.to_come for world in worlds):
            return False
        if not self.host.follower and all(world.only_sweeps for world in worlds):
            return silent_ms > max(SWEEPS * world.quiet_ms for world in worlds)
        silent = silent_ms > max(world.scale.term(SILENCE_MS) for world in worlds)
        return silent and not any(world.has_more_to_come for world in worlds)

    def _rows(self) -> int:
        """How much has been said in the run."""
        return sum(world.journal.count for world in self.run.worlds.values())

    # ---- one instant after the other ------------------------------------------------------------------------------
    async def _to(self, to_ms: int) -> bool:
        """Move to an instant, the follower with us; False when the time allowed ran out before."""
        run, host = self.run, self.host
        while host.follower:
            await self._follow(run.now_ms)
            due = host.next_due_ms
            if self._is_over() or (run.now_ms == to_ms and (due is None or due > to_ms)):
                return True
            if not self._left():
                return False
            ours, theirs = run.next_due_ms, host.follower.due_ms
            free = to_ms if ours is None else min(ours - 1, to_ms)
            if theirs is not None and theirs <= free and self._nobody_else_speaks:
                await self._have_follow(free, ahead=True)
            else:
                upto = to_ms if theirs is None else min(theirs + self.grain_ms, to_ms)
                await self._alone(upto, until_said=True)
        return await self._alone(to_ms)

    async def _alone(self, to_ms: int, *, until_said: bool = False) -> bool:
        """Move our own clock, with `until_said` no further than to the end of the first instant at which something leaves;
        False when the time allowed ran out before."""
        run, host = self.run, self.host
        while True:
            left_over = (run.next_due_ms or to_ms + 1) <= run.now_ms
            arrived = run.advance(to_ms, grain_ms=self.grain_ms, pause=True, budget=self._slice())
            says = bool(run.sending or run.given)
            if until_said and says:
                to_ms = run.now_ms
            if run.plan.led and (arrived or (left_over and says)):  # neither is to be seen from what is said next
                run.moved(run.now_ms)
            host.flush()
            await self._quiet()
            due = run.next_due_ms
            if self._is_over() or (arrived and (due is None or due > to_ms)):
                return True
            if not self._left():
                return False
            await turn()

    def _slice(self) -> Callable[[], bool]:
        """Whether the clock may go on before others on the event loop get their turn."""
        left = Budget(SLICE_MS)
        return lambda: left() and not self._is_over()

    def _is_over(self) -> bool:
        return self._ends_when_over and self.run.is_over

    async def _written(self) -> None:
        """Where the clock stands now is on disk when this returns."""
        self.run.moved(self.run.now_ms)
        self.host.flush()
        await self.host.file.durable()

    async def _quiet(self) -> None:
        """Wait until what left is answered, and what a system that does not follow does next has been heard."""
        host = self.host
        self._check()
        await host.outgoing.quiet()
        self._check()
        plan = host.run.plan
        if host.follower or plan.led or not (plan.settle_ms and any(host.addresses.values())):
            return
        while self._settled != (now := (host.outgoing.sent, host.heard)):
            self._settled = now
            await pause(plan.settle_ms)
            await host.outgoing.quiet()
            self._check()

    # ---- in step with a follower ------------------------------------------------------------------------------------
    @property
    def _nobody_else_speaks(self) -> bool:
        """Whether all remote seats are those of a follower that stops when it speaks, so that it may go ahead of us."""
        host = self.host
        return host.follower.stops and all(host.follower.is_at(host.addresses[seat]) for seat in self.run.plan.remote)

    async def _follow(self, to_ms: int) -> None:
        """Have the follower come after, if anything is due there by now; what we say to it may change what is."""
        host = self.host
        follower = host.follower
        while follower and not (follower.is_known(host.outgoing.sent) and (follower.due_ms or to_ms + 1) > to_ms):
            await self._have_follow(to_ms)

    async def _have_follow(self, to_ms: int, *, ahead: bool = False) -> None:
        """Have the follower move its clock; let `ahead` of ours, it stops when it speaks, and ours is as late then."""
        host, follower = self.host, self.host.follower
        follower.sets_out(host.outgoing.sent, to_ms)
        try:
            follower.has_come(await host.caller.follow(host, to_ms, ahead=ahead))
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise StepError("follower_silent", f"跟随方 {follower.address} 没有跟上时钟：{error}") from error
        await self._quiet()

    def _check(self) -> None:
        if self.host.broken:
            raise StepError("run_broken", f"批次已中断：{self.host.broken}")
