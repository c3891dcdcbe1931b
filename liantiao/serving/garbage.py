"""The garbage collector of a server's process: what outlives its first look is put aside, and looked at again seldom.

Nearly all that a run makes is kept, and next to none of it is garbage in cycles. Looking at all of it every now and then, as
Python does, holds up whoever calls meanwhile, the longer the more is kept: some 0.3 µs an object. So the young are looked at
in small lots, and what is left of a lot is put aside (`gc.freeze`); it still goes as soon as nobody refers to it. Cycles
among what was put aside are looked for at long intervals, and soon after a run has gone, for its parts hold each other.
"""

import asyncio
import gc
from typing import Any

LOT = 5_000
"""Young objects looked at together; some two milliseconds."""
AGAIN_S = 600.0
"""Between two looks at everything."""
SOON_S = 10.0
"""After a run has gone; those that go in the meantime are looked for together."""


class Garbage:
    """The collector of this process, of which there is one. Raises RuntimeError without a running event loop."""

    def __init__(self) -> None:
        self._before = gc.get_threshold()
        self._loop = asyncio.get_running_loop()
        gc.set_threshold(LOT, *self._before[1:])
        gc.callbacks.append(_put_aside)
        self._look()
        self._alarm = self._loop.call_later(AGAIN_S, self._again)

    def run_has_gone(self) -> None:
        """Look for its parts soon."""
        if self._alarm.when() > self._loop.time() + SOON_S:
            self._alarm.cancel()
            self._alarm = self._loop.call_later(SOON_S, self._again)

    def end(self) -> None:
        """Leave the collector as it was found; once."""
        self._alarm.cancel()
        gc.callbacks.remove(_put_aside)
        gc.set_threshold(*self._before)
        gc.unfreeze()

    def _again(self) -> None:
        self._look()
        self._alarm = self._loop.call_later(AGAIN_S, self._again)

    def _look(self) -> None:
        """Look at everything; what is left is put aside once more."""
        gc.unfreeze()
        gc.collect()


def _put_aside(phase: str, info: dict[str, Any]) -> None:
    if phase == "stop":
        gc.freeze()
