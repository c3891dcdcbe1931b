"""Two runs that sit in each other's seats, without HTTP between them: the sandbox's departments and our own reference."""

from collections.abc import Callable
from pathlib import Path

from liantiao.directory import directory
from liantiao.serving.live import run_of
from liantiao.serving.reopen import reader
from sim.durations import Duration
from sim.faults import Effect, Fault
from sim.journal.record import Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.message import Refused
from sim.package import load_package
from sim.runs.exchanges import Going, Heard
from sim.runs.plan import Pace, RunPlan
from sim.runs.replay import Replay, Replayed
from sim.runs.run import Run
from sim.runs.scale import Handling
from sim.runs.snapshot import load

DAY_MS = 86_400_000
START_MS = 1_700_000_000_000
PACKAGE = load_package("fujian-2024-55")
KNOWN = directory()
OURS = ("portal", "registry", "hub")


def plan(name: str, remote: tuple[str, ...], cases: int = 40, seed: int = 7) -> RunPlan:
    """The plan of a stepped run, with things as they are in life."""
    return RunPlan(
        name, PACKAGE.id, seed, cases, START_MS, Pace.STEPPED, handling=Handling.REAL,
        remote=dict.fromkeys(remote, ""),
    )  # fmt: skip


read = reader(KNOWN)


class Kept:
    """A run and its file; what it writes is handed over after each step, as a host does."""

    def __init__(self, plan_: RunPlan, path: Path) -> None:
        self.plan, self.path = plan_, path
        self.run: Run = run_of(plan_, PACKAGE)
        self.file = JournalFile(path)

    def hand_over(self) -> list[Going]:
        """Write what there is to write, and take what is to leave."""
        for each in self.run.written:
            if isinstance(each, Record):
                self.file.append(each)
            else:
                self.file.append_command(each)
        self.run.written = []
        sending, self.run.sending = self.run.sending, []
        return sending

    def again(self, snapshot: tuple[int, bytes] | None = None) -> tuple[Run, Replayed]:
        """A second run, made from the file and perhaps a snapshot (its seq, its bytes)."""
        self.file.flush()
        run = run_of(self.plan, PACKAGE)
        if snapshot is not None:
            load(run, snapshot[1])
        reads = JournalReads(self.path)
        told = Replay(run, KNOWN.kinds, read).feed(reads, snapshot[0] if snapshot else 0)
        reads.close()
        return run, told


class Bridge:
    """Carries what one run says to the other; `between` is called after every step, with the number of steps so far."""

    def __init__(self, folder: Path, between: Callable[["Bridge"], None] | None = None, seed: int = 7) -> None:
        theirs = tuple(seat for seat in KNOWN.seats if seat not in OURS)
        self.a, self.b = (
            Kept(plan("demo", OURS, seed=seed), folder / "a.db"),
            Kept(plan("demo", theirs, seed=seed), folder / "b.db"),
        )
        self.between, self.steps = between, 0
        self.spoil: Callable[[int], bool] = lambda step: False
        """Whether the call of this step is lost."""
        self.unheard: Callable[[Heard], bool] = lambda heard: False
        """Whether an answer that came later is lost."""
        self.told_when = False
        """Whether who fetches is told when to hear what is late."""

    def begin(self, first: int, last: int) -> None:
        """People apply."""
        self.a.run.begin(first, last, at_arrival=False)
        self.carry()

    def play(self, until_ms: int) -> None:
        """Move both clocks until nothing is left to do or the time has come."""
        while not (self.a.run.is_over and self.b.run.is_over):
            due = min(d for d in (self.a.run.next_due_ms, self.b.run.next_due_ms) if d is not None)
            if due > until_ms:
                return
            for side in (self.a, self.b):
                side.run.advance(due)
            self.carry()

    def carry(self) -> None:
        """Let everything that has left arrive and be answered."""
        self._tell(self.a, self.b)
        self._tell(self.b, self.a)
        todo = [(self.a, self.b, going) for going in self.a.hand_over()]
        todo += [(self.b, self.a, going) for going in self.b.hand_over()]
        while todo:
            here, there, going = todo.pop(0)
            self.steps += 1
            self._say(here, there, going)
            todo += [(here, there, each) for each in here.hand_over()]
            todo += [(there, here, each) for each in there.hand_over()]
            self._tell(self.a, self.b)
            self._tell(self.b, self.a)
            todo += [(here, there, each) for each in here.hand_over()]
            todo += [(there, here, each) for each in there.hand_over()]
            if self.between is not None:
                self.between(self)

    def _say(self, here: Kept, there: Kept, going: Going) -> None:
        call, route = going.call, going.call.route
        if self.spoil(self.steps):
            here.run.failed(going, "timeout", b"nothing")
            return
        there.run.advance(max(there.run.now_ms, here.run.now_ms))
        here.run.advance(max(there.run.now_ms, here.run.now_ms))
        sender, seat, kind = route.sender.seat, route.receiver.seat, route.kind
        if KNOWN.doors[seat].by_kind[kind].fetches:
            here.run.fetched(going, there.run.collect(sender, seat, kind, self.told_when)[1])
            return
        heard = there.run.hear(sender, seat, call.body, call.case.number, going.message_id)
        answer = heard.open.answer
        if isinstance(answer, Refused):
            here.run.turned_down(going, answer.error, answer.detail)
        elif heard.outcome != "ok":
            here.run.turned_down(going, heard.outcome.partition(":")[2], "")
        elif answer is not None or not route.op.answers.awaited:
            here.run.answered(going, answer)

    def _tell(self, here: Kept, there: Kept) -> None:
        """Answers that came later."""
        given, here.run.given = here.run.given, []
        lost = [heard for heard in given if self.unheard(heard)]
        for heard in lost:
            here.run.not_told(heard, "timeout")
        given = [heard for heard in given if heard not in lost]
        for heard in given:
            region, _, number = heard.open.theirs.rpartition("-")
            going = Going(region, there.run.worlds[region].border.calls[int(number)])
            if isinstance(heard.open.answer, Refused):
                there.run.turned_down(going, heard.open.answer.error, heard.open.answer.detail)
            else:
                there.run.answered(going, heard.open.answer)
        if given:
            here.run.told(given)


def at_rest(run: Run) -> Run:
    """The run without what it would send again."""
    run.written, run.sending, run.given = [], [], []
    return run


def played(folder: Path, days: int = 6, between: object = None, seed: int = 7) -> Bridge:
    bridge = Bridge(folder, between, seed)  # type: ignore[arg-type]
    bridge.spoil = lambda step: step % 17 == 0
    bridge.begin(1, 4)
    lost = Fault("lost", Effect.LATE, "*", share=0.2, delay=Duration((60_000,) * 1_024, False, "test"))
    bridge.a.run.lay_faults((lost,), {"title": "late"})
    bridge.play(START_MS + days * DAY_MS)
    return bridge
