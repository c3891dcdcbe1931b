"""A run that is too busy to hear more says so in its journal, as ours, but not so often as to add to what is too much."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.clock import wall_ms
from sim.journal.record import Record
from sim.runs.run import Run

if TYPE_CHECKING:
    from sim.runs.outgoing import Outgoing

EVERY_MS = 1_000

BUSY = "sandbox.busy"
"""The kind of the rows that say how often callers were turned away."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be under way before a run says that it is busy (law 13)."""

    rows: int = 20_000
    open_requests: int = 5_000
    outbox_per_seat: int = 20_000

    def exceeded(self, rows: int, open_requests: int, outgoing: "Outgoing") -> str:
        """What there is too much of, "" when there is room."""
        if rows > self.rows:
            return "待落盘的日志"
        if open_requests > self.open_requests:
            return "未答复的请求"
        return "待发送的报文" if outgoing.under_way > self.outbox_per_seat < outgoing.longest else ""


class BusyError(Exception):
    """The run has more under way than its limits allow; `what` names which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class BusyNotes:
    """Writes a row once a second at most; its `ref` is how often the run has been too busy so far."""

    def __init__(self) -> None:
        self._last_ms = 0

    def note(self, run: Run, times: int) -> bool:
        """Write a row if it is time for one; whether it was."""
        now = wall_ms()
        if now - self._last_ms < EVERY_MS:
            return False
        self._last_ms = now
        run.written.append(
            Record(next(run.seqs), run.book.regions[0], t_ms=run.now_ms, asked_ms=run.now_ms, kind=BUSY,
                   outcome="refused:sandbox_busy", ref=str(times))
        )  # fmt: skip
        return True
