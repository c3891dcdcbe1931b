"""Exchanges between a run and the systems outside it, as the run's host and its faces hold them."""

from dataclasses import dataclass

from sim.crossing import Call, Open


class CaseUnknownError(LookupError):
    """A case number that this run has not, or in whose region a seat is absent."""


class SeatAbsentError(LookupError):
    """A seat that the region of a case has not."""


@dataclass(slots=True)
class Heard:
    """What came of a message from outside: where, its number there, how it ended so far, and the answer if there is one."""

    region: str
    open: Open
    outcome: str

    @property
    def message_id(self) -> str:
        """The number by which the run knows the message."""
        return f"{self.region}-{self.open.id}"


@dataclass(frozen=True, slots=True)
class Going:
    """A call that is to leave, and the region whose border it leaves from."""

    region: str
    call: Call

    @property
    def message_id(self) -> str:
        """The number by which the run knows the message."""
        return f"{self.region}-{self.call.id}"
