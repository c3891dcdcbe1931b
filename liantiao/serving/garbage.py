"""The garbage collector of a server's process: what outlives its first look is put aside, and looked at again seldom.

Nearly all that a run makes is kept, and next to none of it is garbage in cycles. Looking at all of it every now and then, as
Python does, holds up whoever calls meanwhile, the longer the more is kept: some 0.3 µs an object. So the young are looked at
in small lots, and what is left of a lot is put aside (`gc.freeze`); it still goes as soon as nobody refers to it. Cycles
among what was put aside are looked for at long intervals, and soon after a run has gone, for its parts hold each other.
"""

import asyncio
import gc
from typing import Any, Self

LOT = 5_000
"""Young objects looked at together; some two milliseconds."""
AGAIN_S, SELDOM_S = 600.0, 86_400.0
"""Between two looks at everything, and how far apart they may grow: as long as a look finds little, the next waits twice as long."""
SOON_S = 10.0
"""After a run has gone; those that go in the meantime are looked for together."""


class Garbage:
    """The collector of this process, of which there is one; from entering to leaving it, on a running event loop."""

    def __init__(self) -> None:
        self._alarm: asyncio.TimerHandle | None = None
        self._wait_s = AGAIN_S
        self._gone_at = -SOON_S

    def __enter__(self) -> Self:
        self._before = gc.get_threshold()
        gc.set_threshold(LOT, *self._before[1:])
        gc.callbacks.append(_put_aside)
        self._look()
        return self

    def __exit__(self, *why: object) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        gc.callbacks.remove(_put_aside)
        gc.set_threshold(*self._before)
        gc.unfreeze()

    def run_has_gone(self) -> None:
        """Look for its parts soon, once nobody holds it any more."""
        if self._alarm is not None:
            now = self._gone_at = asyncio.get_running_loop().time()
            if self._alarm.when() > now + SOON_S:
                self._look_in(SOON_S)

    def _look(self) -> None:
        """Look at everything; what is left is put aside once more."""
        gc.unfreeze()
        found = gc.collect()
        if asyncio.get_running_loop().time() < self._gone_at + SOON_S:  # it may still be held
            self._look_in(SOON_S)
            return
        self._wait_s = AGAIN_S if found > LOT else min(2 * self._wait_s, SELDOM_S)
        self._look_in(self._wait_s)

    def _look_in(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._look)


def _put_aside(phase: str, info: dict[str, Any]) -> None:
    if phase == "stop":
        gc.freeze()
