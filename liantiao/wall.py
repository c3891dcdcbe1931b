"""Wall time, for those who wait for a real system: it has no other clock."""

import asyncio

from sim.clock import Stopwatch, pause, wall_ms

__all__ = ["Stopwatch", "now_ms", "wait_ms"]


def now_ms() -> int:
    """Wall time in milliseconds since the Unix epoch."""
    return wall_ms()


def wait_ms(ms: float) -> None:
    """Let so much wall time pass; a Ctrl-C ends it."""
    asyncio.run(pause(ms))
