"""The people of one worker's cases: the same tables as everywhere, moved by wall time; what they say waits for a free hand.

Nothing here speaks HTTP: Locust's users take `Act`s and bring back what came of them, the door brings what is said to people.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gevent.event import Event
from gevent.queue import SimpleQueue

from liantiao.compose import OWN_TAX_PATH, ROLES, SECOND_SEATS
from liantiao.serving.live import run_of
from loadtests.recorder import Recorder
from sim.circumstances import Circumstances
from sim.clock import wall_ms
from sim.journal.live import LiveJournal
from sim.journal.record import SOURCE_IN, Record
from sim.message import Message
from sim.package import load_package
from sim.runs.caller import Came
from sim.runs.exchanges import Going, Heard
from sim.runs.kept import parts_of
from sim.runs.plan import Pace, RunPlan
from sim.runs.run import Run
from sim.runs.scale import Handling
from sim.runs.world import LiveSandbox

PEOPLE: Final = ("buyer", "seller", "clerk")
LATE_MS: Final = 100
"""What leaves so much later than it should, though nothing of its case was under way, counts against the generator."""
LANE = tuple[int, str, str]


@dataclass(slots=True)
class Act:
    """One thing somebody says. `intended_ms` is when it should leave, `ready_ms` when nothing of its own lane held it back."""

    going: Going
    intended_ms: float
    ready_ms: float

    @property
    def lane(self) -> LANE:
        """One call at a time of one sender to one receiver about one case."""
        call = self.going.call
        return call.case.number, call.route.sender.seat, call.route.receiver.seat


class Unkept(LiveJournal):
    """The evidence of a load is the sandbox's journal: here rows are made only to tell what became of a message just heard."""

    def drain(self) -> list[Record]:
        """The rows of what came to the door, and of nothing else."""
        if any(source[0] == SOURCE_IN for source in self.sources.values()):
            return super().drain()
        self.sources.clear()
        self._let_go()
        return []


class Crowd:
    """Buyers, sellers and clerks of the cases begun here."""

    def __init__(self, about: Mapping[str, Any], arranged: Mapping[str, Any], now_ms: int) -> None:
        """`about` is what the sandbox tells of the run, `now_ms` its clock now."""
        self.run = people_of(about, arranged)
        self.ahead_ms = now_ms - wall_ms()
        self.run.pass_to(max(now_ms, self.run.now_ms))
        self.acts: SimpleQueue[Act] = SimpleQueue()
        self.recorder = Recorder()
        self.lanes: dict[LANE, deque[Act]] = {}
        self.open: dict[int, int] = {}
        """Cases begun here that go on, with the instant at which each should have begun."""
        self.begun = 0
        self.newly_ended: list[int] = []
        self.woken = Event()

    # ---- time -----------------------------------------------------------------------------------------------------
    @property
    def now_ms(self) -> int:
        """The run's time that wall time stands for now."""
        return wall_ms() + self.ahead_ms

    def catch_up(self) -> None:
        """Let everything happen that is due by now; each thing at its own instant."""
        now = self.now_ms
        if now > self.run.now_ms:
            due = self.run.next_due_ms
            if due is not None and due <= now - LATE_MS:
                self.recorder.count(wall_ms(), "late")
            self.run.advance(now)
            self._gather()

    # ---- cases ----------------------------------------------------------------------------------------------------
    def begin(self, number: int, intended_ms: int) -> None:
        """People apply in a case that should begin at `intended_ms`, which may have passed."""
        if intended_ms > self.run.now_ms:
            self.run.advance(intended_ms)
            self._gather()
        self.begun += 1
        self.open[number] = intended_ms
        self.recorder.count(intended_ms - self.ahead_ms, "arrived")
        self.run.begin(number, number, at_arrival=False)
        self.run.advance(
            self.run.now_ms
        )  # what people do at once belongs to the instant at which they should have begun
        self._gather(number, intended_ms - self.ahead_ms)

    def sweep(self) -> None:
        """See which cases have ended since the last time."""
        now = wall_ms()
        for number in [number for number in self.open if self._has_ended(number)]:
            self.recorder.count(now, "ended")
            self.newly_ended.append(number)
            del self.open[number]

    def _has_ended(self, number: int) -> bool:
        world = self.run.worlds[self.run.book.region(number)]
        case = world.cases.get(number)
        return world.rests(case) if case is not None else number in world.closed

    # ---- what people hear and say -----------------------------------------------------------------------------------
    def hear(self, sender: str, seat: str, body: Message, case_no: int | None, theirs: str) -> Heard:
        """Somebody says something to one of the people."""
        self.catch_up()
        heard = self.run.hear(sender, seat, body, case_no, theirs)
        self._gather()
        return heard

    def done(self, act: Act, came: Came) -> None:
        """What came of an act is heard, and the next of its lane may leave."""
        self.catch_up()
        waiting = self.lanes[act.lane]
        if waiting:
            following = waiting.popleft()
            following.ready_ms = wall_ms()
            self.acts.put(following)
        else:
            del self.lanes[act.lane]
        self._take(act.going, came)

    def late_answer(self, message_id: str, came: Came) -> bool:
        """An answer that comes in a call of its own; False when nobody waits for it."""
        region, number = parts_of(message_id)
        world = self.run.worlds.get(region)
        call = None if world is None else world.border.calls.get(number)
        if call is None:
            return False
        self.catch_up()
        self._take(Going(region, call), came)
        return True

    def _take(self, going: Going, came: Came) -> None:
        if came.how == "pending" or going.call.id not in self.run.worlds[going.region].border.calls:
            return
        if came.how == "failed":
            self.run.failed(going, came.error)
        elif came.how == "refused":
            self.run.turned_down(going, came.error, came.detail)
        else:
            self.run.answered(going, came.said)
        self._gather()

    def _gather(self, begun: int = 0, intended_ms: float = 0.0) -> None:
        """Lay what is to leave ready for a free hand, or behind what its lane still has under way.

        What is said in a case that has just begun should have left when the case should have begun.
        """
        run = self.run
        for going in run.sending:
            asked_ms = intended_ms if going.call.case.number == begun else going.call.asked_ms - self.ahead_ms
            act = Act(going, asked_ms, asked_ms)
            lane = self.lanes.get(act.lane)
            if lane is None:
                self.lanes[act.lane] = deque()
                self.acts.put(act)
            else:
                lane.append(act)
        run.sending.clear()
        run.written.clear()
        run.given.clear()
        self.woken.set()


def people_of(about: Mapping[str, Any], arranged: Mapping[str, Any]) -> Run:
    """The people's part of a run elsewhere: everybody else sits there."""
    seats = {*ROLES, *SECOND_SEATS, *OWN_TAX_PATH} - set(PEOPLE)
    plan = RunPlan(
        name=about["name"], package=about["package"], seed=about["seed"], cases=about["cases"], start_ms=about["start_ms"],
        pace=Pace.LIVE, factor=about["factor"], handling=Handling(about["handling"]),
        term_factor=about.get("term_factor", 1), office_hours=about["office_hours"],
        remote=dict.fromkeys(sorted(seats), ""),
        arranged={int(number): Circumstances.from_json(each) for number, each in arranged.items()},
    )  # fmt: skip
    run = run_of(plan, load_package(plan.package), journal=Unkept)
    make_world = run.make_world

    def unwatched(region: str, seqs: Any) -> LiveSandbox:
        world = make_world(region, seqs)
        world.sample_every = 0  # the evidence is the sandbox's journal
        return world

    run.make_world = unwatched
    return run
