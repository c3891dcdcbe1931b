"""A run that is open to the outside: its clock moves, what leaves it waits for the disk, and calls go out lane by lane.

Law 13 is kept here: rows are handed to the journal file at once, and neither an answer nor a call leaves before the file says
that they are on disk. One host lives on one event loop and needs no lock.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from itertools import groupby
from typing import Any

from sim.clock import Budget, wall_ms
from sim.crossing import FIRST_SENDING, Sending
from sim.faults import Strike
from sim.journal.record import Command, Record
from sim.journal.sqlite import JournalFile
from sim.message import Answers, Message
from sim.runs.awaited import Awaited
from sim.runs.busy import BusyError, BusyNotes, Limits
from sim.runs.caller import Caller, Came
from sim.runs.carried import Carried
from sim.runs.exchanges import Going, Heard
from sim.runs.follower import Follower, Stands
from sim.runs.kept import Entries, parts_of
from sim.runs.outgoing import Outgoing
from sim.runs.plan import Pace
from sim.runs.run import Run
from sim.runs.shares import NOT_SHARED, Shares, Stages

SLICE_MS = 5
"""How long the clock may move before others on the event loop get their turn."""
ANCHOR, ATTACHED = "anchor", "attached"
"""Metadata of the journal: which wall time stood for which sandbox time, and where remote seats are reached."""
LATE_MS = 10_000
"""How long an open request waits for its answer before the asker is told to expect it later."""


class RunHost:
    """Moves a run's clock, and carries what it hears and says."""

    def __init__(self, run: Run, file: JournalFile, caller: Caller, limits: Limits | None = None) -> None:
        self.run, self.file, self.caller, self.limits = run, file, caller, limits or Limits()
        self.addresses: dict[str, str] = dict(run.plan.remote)
        """Where each remote seat is reached; "" has an inbox instead."""
        self.follower = Follower(run.plan.follower)
        """A remote system whose clock moves with ours."""
        self.awaited = Awaited(LATE_MS / 1_000)
        self.outgoing = Outgoing(self, self._give)
        self.carried = Carried(LATE_MS / 1_000)
        self.shares = Shares()
        self._alarm: asyncio.TimerHandle | asyncio.Handle | None = None
        self.tasks: set[asyncio.Task[Any]] = set()
        self.broken = ""
        self._alarm_due = self.busy_answers = 0
        self._busy = BusyNotes()
        self.on_rows: Callable[[], None] | None = None
        """Told after rows have been handed to the file (`sim.runs.snapshots`)."""
        self._anchor: tuple[int, int] = (wall_ms(), run.now_ms)
        self.moving = asyncio.Lock()
        """Held by whoever moves a stepped clock (`sim.runs.stepping`)."""
        self.heard = 0

    def attach(
        self, addresses: dict[str, str], follower: Follower | None, shares: Mapping[str, Stages] = NOT_SHARED
    ) -> None:
        """From now on remote seats are reached there; `shares` are of seats in which several processes sit."""
        self.addresses |= addresses
        self.shares.update(shares)
        self.follower = follower or self.follower
        about = {"addresses": self.addresses, "follower": self.follower.address, "shares": dict(self.shares)}
        self.file.put_meta(ATTACHED, about | {"stops": self.follower.stops})

    def address(self, seat: str, case_no: int) -> str:
        """Where a remote seat is reached about a case; "" has an inbox instead."""
        return self.shares.address(seat, case_no) or self.addresses.get(seat, "")

    def resume(self, kept: Mapping[str, Any]) -> None:
        """Go on where a host before this one ended, by the metadata of its journal: same clock, seats where they were."""
        if ANCHOR in kept:
            self._anchor = tuple(kept[ANCHOR])
        attached = kept.get(ATTACHED, {})
        self.addresses |= attached.get("addresses", {})
        self.shares.update(attached.get("shares", {}))
        self.follower = Follower(attached.get("follower", self.follower.address), stops=attached.get("stops", False))

    # ---- time -----------------------------------------------------------------------------------------------------
    @property
    def is_live(self) -> bool:
        """Whether wall time moves this run's clock."""
        return self.run.plan.pace is Pace.LIVE

    def start(self) -> None:
        """Begin to move with wall time, if the run is live."""
        self.file.put_meta(ANCHOR, list(self._anchor))
        self._set_alarm()

    def wall_to_sandbox(self) -> int:
        """The sandbox time that wall time stands for now."""
        return self._anchor[1] + int((wall_ms() - self._anchor[0]) * self.run.plan.factor)

    def catch_up(self) -> bool:
        """Move a live clock to the present, or as far as a slice allows; False when it is behind."""
        if not self.is_live:
            return True
        run = self.run
        present = self.wall_to_sandbox()
        if present <= run.now_ms:
            return True
        if (due := run.next_due_ms) is None or due > present:
            run.pass_to(present)
            return True
        return run.advance(present, budget=Budget(SLICE_MS))

    def reach(self, to_ms: int) -> None:
        """Be as late as whoever leads us, or was let go ahead, and speaks now; what is due at this instant stays due."""
        if to_ms > self.run.now_ms and self.run.plan.led:
            self.run.reach(to_ms)
            self._anchor = (wall_ms(), max(to_ms, self.wall_to_sandbox()))
            self._drop_alarm()  # it was set by a clock that was behind
        elif self.run.now_ms < to_ms <= self.follower.ahead_ms:
            self.run.advance(to_ms - 1)
            self.run.pass_to(to_ms)

    def _drop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _set_alarm(self) -> None:
        """Have a live clock go on when the next thing is due."""
        due = self.run.next_due_ms
        if due is None or not self.is_live or (self._alarm is not None and self._alarm_due <= due):
            return
        self._drop_alarm()
        self._alarm_due = due
        wait_ms = (due - self.wall_to_sandbox()) / self.run.plan.factor
        self._alarm = asyncio.get_running_loop().call_later(max(0.0, wait_ms / 1_000), self._ring)

    def _ring(self) -> None:
        try:
            current = self.catch_up()
            self._alarm = None
            if not current:  # others get their turn before the next slice
                self._alarm = asyncio.get_running_loop().call_soon(self._ring)
            self.flush()
        except Exception as error:  # nobody awaits an alarm: what goes wrong must be said here (law 10)
            self._break(error)

    @property
    def next_due_ms(self) -> int | None:
        """When the next thing is due, here or where a system follows our clock."""
        theirs = self.follower.due_ms if self.follower else None
        return min((due for due in (self.run.next_due_ms, theirs) if due is not None), default=None)

    def stands(self) -> Stands:
        """How things stand here, for whoever leads our clock."""
        return Stands(self.heard, self.outgoing.under_way, self.run.next_due_ms)

    # ---- in -------------------------------------------------------------------------------------------------------
    async def hear(
        self, sender: str, seat: str, body: Message, case_no: int | None, theirs: str = "", text: str = "",
        raw: bytes | None = None, sending: Sending = FIRST_SENDING,
    ) -> Heard:  # fmt: skip
        """Hear a message from outside; returns once what came of it is on disk and its answer, if any, is there.

        A request that is answered later than `LATE_MS`, or at all later while the clock stands still, comes back without
        an answer; the answer is then said by a call of its own. Raises BusyError, CaseUnknownError.
        """
        self.check_room()
        self.catch_up()
        self.heard += 1
        heard = self.run.hear(sender, seat, body, case_no, theirs, text, raw, sending)
        self.flush()
        if heard.open.route.receiver.remote and not heard.outcome:
            return await self.carried.wait(self, heard)
        op = type(body).op
        if heard.open.answer is not None or not op.answers.awaited or heard.outcome != "ok":
            await self.file.durable()
            return heard
        patient = self.is_live or not (op.answers is Answers.LATER or heard.open.lost)
        await self.awaited.wait(self, heard, patient=patient)
        return heard

    async def collect(self, sender: str, seat: str, kind: type[Message]) -> tuple[str, Entries, Strike | None]:
        """Hand out what lies ready at a seat; returns once that is on disk. Raises BusyError."""
        self.check_room()
        self.catch_up()
        self.heard += 1
        when = self.follower.stops and self.follower.is_at(self.addresses[sender])
        handed = self.run.collect(sender, seat, kind, when)
        self.flush()
        await self.file.durable()
        return handed

    def note_malformed(self, sender: str, seat: str, kind: type[Message], case_no: int, raw: bytes, code: str) -> None:
        """Write down a message that could not be read. Raises BusyError."""
        self.check_room()
        self.run.note_malformed(sender, seat, kind.op, case_no, raw, code)
        self.flush()

    def late_answer(self, message_id: str, came: Came, signer: str | None = None) -> bool:
        """A remote seat answers what it took without an answer; False when nothing of its own waits under this number."""
        region, number = parts_of(message_id)
        world = self.run.worlds.get(region)
        call = world.border.calls.get(number) if world is not None else None
        if call is None or signer not in (None, call.route.receiver.seat):
            return False
        if not call.route.op.answers.awaited and call.route.op.name not in self.run.plan.by_hand:
            return False
        self.heard += 1
        self.take(Going(region, call), came)
        return True

    def check_room(self) -> None:
        """Raise BusyError when more is under way than the limits allow."""
        if not (what := self.limits.exceeded(self.file.pending, len(self.awaited), self.outgoing)):
            return
        self.busy_answers += 1
        if self._busy.note(self.run, self.busy_answers):
            self.flush()
        raise BusyError(what)

    # ---- out ------------------------------------------------------------------------------------------------------
    def flush(self) -> None:
        """Hand over to the file what the run has written; once it is on disk, let go what waits for it."""
        run = self.run
        if run.written:
            self._hand_over(run.written)
            run.written = []
            if self.on_rows is not None:
                self.on_rows()
        if run.sending or run.given:
            sending, given, run.sending, run.given = run.sending, run.given, [], []
            self.outgoing.gather(sending, given)
        self._set_alarm()

    def _hand_over(self, written: list[Record | Command]) -> None:
        for _, together in groupby(written, type):
            rows = list(together)
            self.file.extend([each for each in rows if isinstance(each, Record)])
            for each in rows:
                if isinstance(each, Command):
                    self.file.append_command(each)

    def _give(self, heard: Heard) -> bool:
        """Answer a request that is still open; False when its asker no longer waits."""
        return self.carried.answer(heard) or self.awaited.give(heard)

    def take(self, going: Going, came: Came) -> None:
        """Hear what came back for a call."""
        self.catch_up()
        if came.how == "pending" or going.call.id not in self.run.worlds[going.region].border.calls:
            return  # answered by a call of its own, perhaps while this one was still under way
        if came.how == "failed":
            self.run.failed(going, came.error, came.raw, came.told)
        elif came.how == "refused":
            self.run.turned_down(going, came.error, came.detail, came.raw, came.told)
        elif came.entries is not None:
            self.run.fetched(going, list(came.entries), came.raw, came.told)
        else:
            self.run.answered(going, came.said, came.raw, came.told)
        self.carried.took(going, came)
        self.flush()

    # ---- supervision ------------------------------------------------------------------------------------------------
    def supervise(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Run in the background; if it fails, the run is broken and says so (law 10)."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._break(error)

    def _break(self, error: BaseException) -> None:
        self.broken = self.broken or f"{type(error).__name__}: {error}"
        self.outgoing.give_up()

    async def close(self) -> None:
        """Stop moving; what was heard is on disk when this returns."""
        self._drop_alarm()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.flush()
        await self.file.durable()
