"""What one remote seat says to another: it is carried across, and its sender hears what the other seat said to it."""

import asyncio
from typing import TYPE_CHECKING

from sim.message import Message
from sim.runs.caller import Came
from sim.runs.exchanges import Going, Heard

if TYPE_CHECKING:
    from sim.runs.host import RunHost

LATER = "later"
"""The outcome of what has not been taken yet: we say it again as its ladder tells, and its sender need not."""


class Carried:
    """The messages that are being carried, by their numbers, while their senders wait for what becomes of them."""

    def __init__(self, within_s: float) -> None:
        self.within_s = within_s
        self._waiting: dict[str, asyncio.Future[Message | str]] = {}

    async def wait(self, host: "RunHost", heard: Heard) -> Heard:
        """Wait until the other seat has answered, taken or refused it, but no longer than a sender waits for anybody."""
        waiting = self._waiting[heard.message_id] = asyncio.get_running_loop().create_future()
        await host.file.durable()
        try:
            came = await asyncio.wait_for(waiting, self.within_s)
        except TimeoutError:
            came = LATER
        finally:
            self._waiting.pop(heard.message_id, None)
        if isinstance(came, str):
            heard.outcome = came
        else:
            heard.outcome, heard.open.answer = "ok", came
        return heard

    def took(self, going: Going, came: Came) -> None:
        """A call came back: one that was merely taken, or did not arrive, has no answer that would tell its sender so."""
        waiting = self._waiting.get(going.message_id)
        if waiting is None or waiting.done():
            return
        if came.how == "failed":
            waiting.set_result(LATER)
        elif came.said is None and came.how == "ok":
            waiting.set_result("ok")

    def answer(self, heard: Heard) -> bool:
        """Give its sender the answer; False when nobody waits for it."""
        waiting = self._waiting.get(heard.message_id)
        if waiting is None or waiting.done() or heard.open.answer is None:
            return False
        waiting.set_result(heard.open.answer)
        return True
