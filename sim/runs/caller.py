"""What a host needs of the outside: someone who reaches remote seats, and what may come back from there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sim.crossing import Fetched
from sim.message import Message
from sim.runs.exchanges import Going, Heard
from sim.runs.follower import Stands
from sim.runs.troubles import told_of

if TYPE_CHECKING:
    from sim.runs.host import RunHost


@dataclass(frozen=True, slots=True)
class Came:
    """What came back from a remote seat. `how` is ok, refused, failed or pending (the answer comes by a call of its own);
    `error` is the refusal's code or what failed, `raw` the peer's answer as it came, `status` its HTTP status; `after_ms` is
    how much later than now an answer is to be heard; `sent` is what went over the wire where our body does not say it."""

    how: str
    said: Message | None = None
    entries: tuple[Fetched, ...] | None = None
    error: str = ""
    detail: str = ""
    raw: bytes | None = None
    status: int = 0
    took_ms: int = 0
    after_ms: int = 0
    sent: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """What the journal keeps of how it came; of what failed, also what it was and what to do about it."""
        kept: dict[str, Any] = {"status": self.status, "ms": self.took_ms, "after_ms": self.after_ms, "sent": self.sent}
        if self.how == "failed":
            kept["trouble"], kept["next_step"] = told_of(self.error, self.detail)
        return {name: value for name, value in kept.items() if value}


class Caller(Protocol):
    """Reaches remote seats."""

    async def call(self, host: "RunHost", going: Going) -> Came:
        """Say it and tell what came back; raises nothing that has to do with the peer."""

    async def tell_late(self, host: "RunHost", heard: Heard) -> str:
        """Say an answer whose request is no longer open; returns what failed, "" when it was taken or nobody waits for it."""

    async def follow(self, host: "RunHost", to_ms: int, *, ahead: bool) -> Stands:
        """Have the follower move its clock, and tell how things stand there then; one let go `ahead` stops when it speaks."""
