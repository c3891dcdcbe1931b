"""Requests of remote seats that are still open, and whoever waits for their answers: each answer is given once."""

import asyncio
from typing import TYPE_CHECKING

from sim.runs.exchanges import Heard

if TYPE_CHECKING:
    from sim.runs.host import RunHost


class Awaited:
    """Those who wait, by the numbers of their messages; nobody does longer than `within_s`."""

    def __init__(self, within_s: float) -> None:
        self.within_s = within_s
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(self, host: "RunHost", heard: Heard, *, patient: bool) -> None:
        """Wait until what was heard is on disk, and its answer there or not to be waited for: then it is told by a call of its own."""
        self._waiting[heard.message_id] = waiting = asyncio.get_running_loop().create_future()
        try:
            await host.file.durable()
            if patient:
                await asyncio.wait((waiting,), timeout=self.within_s)
            if heard.open.answer is not None:  # it has come meanwhile: given here once it is on disk, and nowhere else
                await asyncio.wait((waiting,), timeout=self.within_s)
                if not waiting.done():
                    await host.file.durable()
        finally:
            self._waiting.pop(heard.message_id, None)

    def give(self, heard: Heard) -> bool:
        """Its answer is on disk; False when its asker no longer waits."""
        waiting = self._waiting.pop(heard.message_id, None)
        if waiting is not None:
            waiting.set_result(None)
        return waiting is not None
