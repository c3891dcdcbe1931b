"""A run that is open to the outside: its clock moves, what leaves it waits for the disk, and calls go out lane by lane.

Law 13 is kept here: rows are handed to the journal file at once, and neither an answer nor a call leaves before the file says
that they are on disk. One host lives on one event loop and needs no lock.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from sim.clock import Budget, turn, wall_ms
from sim.journal.record import Command, Record
from sim.journal.sqlite import JournalFile
from sim.message import Answers, Message
from sim.runs.caller import Caller, Came
from sim.runs.outgoing import Outgoing
from sim.runs.plan import Pace
from sim.runs.run import Going, Heard, Run

SLICE_MS = 5
"""How long the clock may move before others on the event loop get their turn."""
LATE_MS = 10_000
"""How long an open request waits for its answer before the asker is told to expect it later."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be under way before a run says that it is busy (law 13)."""

    rows: int = 20_000
    open_requests: int = 5_000
    outbox_per_seat: int = 20_000


class BusyError(Exception):
    """The run has more under way than its limits allow; `what` names which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class RunHost:
    """Moves a run's clock, and carries what it hears and says."""

    def __init__(self, run: Run, file: JournalFile, caller: Caller, limits: Limits | None = None) -> None:
        self.run, self.file, self.caller, self.limits = run, file, caller, limits or Limits()
        self.addresses: dict[str, str] = dict(run.plan.remote)
        """Where each remote seat is reached; "" has an inbox instead."""
        self.follower = run.plan.follower
        """The control address of a remote system whose clock moves with ours."""
        self.waiting: dict[str, asyncio.Future[Message]] = {}
        self.outgoing = Outgoing(self, self._give)
        self.poked = asyncio.Event()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.broken = ""
        self.busy_answers = 0
        self._anchor = (wall_ms(), run.now_ms)
        self.moving = asyncio.Lock()
        """Held by whoever moves a stepped clock (`sim.runs.stepping`)."""
        self.heard = 0

    def attach(self, addresses: dict[str, str], follower: str | None) -> None:
        """From now on remote seats are reached there."""
        self.addresses |= addresses
        self.follower = self.follower if follower is None else follower

    # ---- time -----------------------------------------------------------------------------------------------------
    @property
    def is_live(self) -> bool:
        """Whether wall time moves this run's clock."""
        return self.run.plan.pace is Pace.LIVE

    def start(self) -> None:
        """Begin to move with wall time, if the run is live."""
        self._anchor = (wall_ms(), self.run.now_ms)
        if self.is_live:
            self.supervise(self._live())

    def wall_to_sandbox(self) -> int:
        """The sandbox time that wall time stands for now."""
        wall, sandbox = self._anchor
        return sandbox + int((wall_ms() - wall) * self.run.plan.factor)

    def catch_up(self) -> bool:
        """Move a live clock to the present, or as far as a slice allows; False when it is behind."""
        if not self.is_live:
            return True
        return self.run.advance(max(self.wall_to_sandbox(), self.run.now_ms), budget=Budget(SLICE_MS))

    async def _live(self) -> None:
        while True:
            current = self.catch_up()
            self.flush()
            if not current:
                await turn()
                continue
            due = self.run.next_due_ms
            self.poked.clear()
            wait_s = None if due is None else max(0.0, (due - self.run.now_ms) / self.run.plan.factor / 1_000)
            try:
                await asyncio.wait_for(self.poked.wait(), wait_s)
            except TimeoutError:
                continue

    async def settled(self) -> None:
        """Wait until nothing that left this run is unanswered."""
        await self.file.durable()
        await self.outgoing.quiet()

    # ---- in -------------------------------------------------------------------------------------------------------
    async def hear(self, sender: str, seat: str, body: Message, case_no: int | None, theirs: str = "") -> Heard:
        """Hear a message from outside; returns once what came of it is on disk and its answer, if any, is there.

        A request that is answered later than `LATE_MS`, or at all later while the clock stands still, comes back without
        an answer; the answer is then said by a call of its own. Raises BusyError, CaseUnknownError.
        """
        self.check_room()
        self.catch_up()
        self.heard += 1
        heard = self.run.hear(sender, seat, body, case_no, theirs)
        self.flush()
        if heard.open.answer is not None or not type(body).op.answers.awaited or heard.outcome != "ok":
            await self.file.durable()
            return heard
        patient = self.is_live or type(body).op.answers is not Answers.LATER
        waiting = asyncio.get_running_loop().create_future()
        self.waiting[heard.message_id] = waiting
        self.poked.set()
        await self.file.durable()
        try:
            heard.open.answer = await asyncio.wait_for(waiting, LATE_MS / 1_000 if patient else 0)
        except TimeoutError:
            del self.waiting[heard.message_id]
        return heard

    async def collect(self, sender: str, seat: str, kind: type[Message]) -> tuple[str, list[tuple[int, Message]]]:
        """Hand out what lies ready at a seat; returns once that is on disk. Raises BusyError."""
        self.check_room()
        self.catch_up()
        self.heard += 1
        handed = self.run.collect(sender, seat, kind)
        self.flush()
        await self.file.durable()
        return handed

    def note_malformed(self, sender: str, seat: str, kind: type[Message], case_no: int, raw: bytes, code: str) -> None:
        """Write down a message that could not be read."""
        self.run.note_malformed(sender, seat, kind.op, case_no, raw, code)
        self.flush()

    def late_answer(self, message_id: str, came: Came) -> bool:
        """A remote seat answers what it took without an answer; False when nothing waits under this number."""
        region, _, number = message_id.rpartition("-")
        world = self.run.worlds.get(region)
        call = world.border.calls.get(int(number)) if world is not None and number.isdigit() else None
        if call is None:
            return False
        self.take(Going(region, call), came)
        return True

    def check_room(self) -> None:
        """Raise BusyError when more is under way than the limits allow."""
        what = ""
        if self.file.pending > self.limits.rows:
            what = "待落盘的日志"
        elif len(self.waiting) > self.limits.open_requests:
            what = "未答复的请求"
        elif self.outgoing.longest > self.limits.outbox_per_seat:
            what = "待发送的报文"
        if what:
            self.busy_answers += 1
            raise BusyError(what)

    # ---- out ------------------------------------------------------------------------------------------------------
    def flush(self) -> None:
        """Hand over to the file what the run has written; once it is on disk, let go what waits for it."""
        run = self.run
        if run.written:
            self._hand_over(run.written)
            run.written = []
        if run.sending or run.given:
            sending, given, run.sending, run.given = run.sending, run.given, [], []
            self.outgoing.gather(sending, given)
        self.poked.set()

    def _hand_over(self, written: list[Record | Command]) -> None:
        records: list[Record] = []
        for each in written:
            if isinstance(each, Record):
                records.append(each)
                continue
            self.file.extend(records)
            records = []
            self.file.append_command(each)
        self.file.extend(records)

    def _give(self, heard: Heard) -> bool:
        """Answer a request that is still open; False when its asker no longer waits."""
        waiting = self.waiting.pop(heard.message_id, None)
        if waiting is None or waiting.done():
            return False
        assert heard.open.answer is not None
        waiting.set_result(heard.open.answer)
        return True

    def take(self, going: Going, came: Came) -> None:
        """Hear what came back for a call."""
        self.catch_up()
        if came.how == "pending":
            return
        if came.how == "failed":
            self.run.failed(going, came.error, came.raw)
        elif came.how == "refused":
            self.run.turned_down(going, came.error, came.detail, came.raw)
        elif came.entries is not None:
            self.run.fetched(going, list(came.entries), came.raw)
        else:
            self.run.answered(going, came.said, came.raw)
        self.flush()

    # ---- supervision ------------------------------------------------------------------------------------------------
    def supervise(self, work: "Awaitable[Any]") -> "asyncio.Task[Any]":
        """Run in the background; if it fails, the run is broken and says so (law 10)."""
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.broken = self.broken or f"{type(error).__name__}: {error}"
            self.outgoing.give_up()

    async def close(self) -> None:
        """Stop moving; what was heard is on disk when this returns."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.flush()
        await self.file.durable()
