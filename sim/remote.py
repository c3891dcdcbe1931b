"""Remote seats: what a world and the systems outside it say to each other, and still owe each other.

A party whose seat is taken by somebody else's system has a line. Its messages go through the same routes, faults and journal
as everybody's; only their hearing happens elsewhere. Nothing here knows HTTP: a face gives what was heard and takes what is
to be said.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from sim.case import Case
from sim.clock import LINK_MS, Entry
from sim.crossing import FIRST_SENDING, Call, Open, Sending
from sim.faults import MISSES_WITHIN, Effect
from sim.journal import NO_RULE, OK
from sim.message import Message, Shape, refused
from sim.party import File, Party, Standing
from sim.route import FIRST_TRIP, Route, Trip
from sim.table import Part, Role, State, Track

if TYPE_CHECKING:
    from sim.sandbox import Sandbox

MOST_GIVEN_UP = 10_000
ELSEWHERE = State("elsewhere", "在对方系统中", end=True)
_PART: Part[File] = Part(File, [Track("remote", "对方系统", ELSEWHERE, [])])


def remote_role(role: Role) -> Role:
    """The seat's role when a real system takes it: nothing of ours is done there."""
    return Role(role.name, role.title, (_PART,))


class Line(Protocol):
    """How a remote party is reached."""

    def take(self, entry: Entry, case: Case) -> None:
        """A message leaves now."""


class Border:
    """The lines of one world's remote seats.

    `sending` gathers calls that are to leave, `given` the answers to requests heard from outside; a face empties both once
    the journal rows behind them are durable. With `prompt`, where time stands still until somebody moves it, an answer
    leaves at once and says how much later it is to be heard; anything else leaves when it is to be heard.
    """

    def __init__(self, world: "Sandbox", *, prompt: bool = False) -> None:
        self.world, self.prompt = world, prompt
        self.open: dict[int, Open] = {}
        self.calls: dict[int, Call] = {}
        self.sending: list[Call] = []
        self.given: list[Open] = []
        self.outcomes: dict[int, str] = {}
        self.again: dict[int, tuple[int, Call]] = {}
        """What failed and is to be sent again: (when, the call), by the id it had."""
        self.given_up: dict[int, Call] = {}
        """What no attempt has brought across and none will, unless somebody sends it by hand; the newest of them."""
        self.forgotten = 0
        """How many more were given up, and are in the journal only."""
        self.nobody = world.new_case(0, None)
        """Whose messages are that are about no case anybody knows; it is never let go."""
        self.nobody.open = 1

    # ---- in -------------------------------------------------------------------------------------------------------
    def hear(self, route: Route, case: Case, body: Message, sending: Sending = FIRST_SENDING) -> Open:
        """A remote seat's message is heard now; what it leads to at once has happened when this returns."""
        world, clock = self.world, self.world.clock
        now, id_ = clock.now_ms, next(clock.ids)
        asked_ms = min(sending.asked_ms or now, now)
        trip = Trip(sending.attempt) if sending.attempt > 1 else None
        asker = world.standing_of(case, route.sender)
        heard = Open(id_, route, case.number)
        strikes = world.gate.strikes_from_outside(route, case)
        heard.strike = next((each for each in strikes if each.effect is not Effect.DUPLICATED), None)
        if heard.strike is not None and self._turned_back(heard, case, body, trip, asked_ms):
            return heard
        self.open[id_] = heard
        case.pending += 1
        tie = case.tie ^ route.salt
        clock.push((now, tie, id_, route, case, None, body, asker, 0, asked_ms, 0, trip))
        for each in strikes:
            if each.effect is Effect.DUPLICATED:
                case.pending += 1
                clock.push(
                    (now + each.delay_ms, tie, next(clock.ids), route, case, None, body, asker, id_, now, 0, Trip())
                )
                heard.strike = heard.strike or each
        world.run(now)
        if not (route.op.answers.awaited or id_ in self.calls):
            self.open.pop(id_, None)  # what goes on to another remote seat is open until that seat has taken it
        return heard

    def _turned_back(self, heard: Open, case: Case, body: Message, trip: Trip | None, asked_ms: int) -> bool:
        """Whether a fault keeps a message from being heard, or has it refused; a row tells of it, with the body."""
        strike, route, world = heard.strike, heard.route, self.world
        assert strike is not None
        if strike.effect is Effect.BUSINESS:
            error = world.gate.refusal(route, strike.error)
            outcome, heard.answer = f"refused:{error.code}", refused(route.kind)(error.code, error.title)
        elif strike.effect in MISSES_WITHIN:
            outcome = f"fault:{strike.name}"
        else:
            return False
        now = world.clock.now_ms
        marks = FIRST_TRIP if trip is None else trip.marks
        self._write(heard.id, route, case, 0, asked_ms, marks, world.journal.words[outcome], body, None)
        world.run(now)
        return True

    # ---- out ------------------------------------------------------------------------------------------------------
    def due(self, route: Route, now_ms: int, due_ms: int) -> int:
        """When a message is heard, or leaves, that would be heard at `due_ms` in a world without a border.

        To a remote seat the wire takes the time that the link takes within a world, or none while time stands still. What a
        party says to itself is heard at once: an outside system must never come between a department's two hands.
        """
        if route.near:
            return now_ms
        if route.receiver.line is None or self.prompt:
            return due_ms
        return max(now_ms, due_ms - LINK_MS)

    def take(self, entry: Entry, case: Case) -> None:
        """An answer to an open request is given; anything else becomes a call."""
        if entry[3].op.shape is Shape.REPLY:
            self.answer(entry)
            self.world.settle(case)
            return
        case.pending += 1
        self.calls[entry[2]] = call = Call(entry, case)
        self.sending.append(call)

    def answer(self, entry: Entry) -> None:
        """An answer leaves now, to be heard when its entry is due; nobody hears the answer to what is open no longer."""
        route, case, body, extra = entry[3], entry[4], entry[6], entry[11]
        asked = extra.marks[2] if extra is not None and extra.marks[2] else entry[8]
        heard = self.open.pop(asked, None)
        if heard is not None:
            heard.answer, heard.after_ms = body, max(0, entry[0] - self.world.clock.now_ms)
            self.given.append(heard)
            if heard.after_ms > LINK_MS:
                self.goes_on(case, entry[0])
        if extra is not None:
            self._write(entry[2], route, case, entry[8], entry[9], extra.marks, OK, body, None)

    def loses_answer(self, asked: int) -> None:
        """A fault keeps back the answer to what was asked: a remote seat that waits for it need not while time stands still."""
        if (heard := self.open.get(asked)) is not None:
            heard.lost = True

    def goes_on(self, case: Case, until_ms: int) -> None:
        """A case goes on at least until what is on its way to a remote seat is heard there."""
        case.pending += 1
        self.world.clock.at(until_ms, self._is_heard, case)

    def _is_heard(self, entry: Entry) -> None:
        entry[6].pending -= 1
        self.world.settle(entry[6])

    def not_told(self, heard: Open, why: str) -> bool:
        """An answer did not reach whoever asked: it is told again as its ladder says; False when it is given up."""
        world, now = self.world, self.world.clock.now_ms
        body, case = heard.answer, self.world.cases.get(heard.case_no, self.nobody)
        assert body is not None
        heard.tries += 1
        route = world.route(heard.route.receiver, heard.sender, type(body))
        self._write(
            next(world.clock.ids), route, case, heard.id, now, (0, 0, heard.id, heard.tries),
            world.journal.words[f"fault:{why}"], body, None,
        )  # fmt: skip
        gap = world.gap_after(route, heard.tries)
        heard.waits = gap is not None
        if gap is not None:
            world.clock.at(now + gap, self._tell_again, heard)
        return heard.waits

    def _tell_again(self, entry: Entry) -> None:
        heard: Open = entry[6]
        heard.waits = False
        self.given.append(heard)

    # ---- what became of a call --------------------------------------------------------------------------------------
    def answered(self, call: Call, said: Message | None, after_ms: int = 0) -> None:
        """The peer took the message, and answered it if `said` is given; the answer is heard `after_ms` from now."""
        self._close(call, OK, said)
        if said is not None:
            self._tell(call, said, after_ms)
        else:
            self.open.pop(call.id, None)
        self._go_on(call)

    def close_poll(self, call: Call) -> None:
        """The peer handed out what lay ready with it: the envelope is written down."""
        self._close(call, OK, None)

    def fetched(self, call: Call, entries: Sequence[tuple[Case, Message, int]], part_of: int) -> None:
        """Each entry of a poll that is of this world is heard by who fetched it, so many ms later than now; `part_of` is 0 if
        another world asked."""
        world, now = self.world, self.world.clock.now_ms
        holder, collector = call.route.receiver.seat, call.route.sender.seat
        for case, body, after_ms in entries:
            route = world.route(world.seats[holder], collector, type(body))
            world.gate.lay(route, case, None, body, None, part_of, now + LINK_MS + after_ms, Trip(part_of=part_of))
        world.run(now)

    def turned_down(self, call: Call, error: str, detail: str, after_ms: int = 0) -> None:
        """The peer refused the message; who sent a request hears it `after_ms` from now."""
        self._close(call, self.world.journal.words[f"refused:{error}"], None)
        if call.route.op.shape is Shape.REQUEST:
            self._tell(call, refused(call.route.kind)(error, detail), after_ms)
        else:
            self.open.pop(call.id, None)
        self._go_on(call)

    def failed(self, call: Call, why: str) -> None:
        """The message did not reach the peer, or its answer could not be read: it is sent again as its ladder says.

        A poll has no ladder: it comes again at its next time.
        """
        self._close(call, self.world.journal.words[f"fault:{why}"], None)
        gap = self.world.gap_after(call.route, call.attempt)
        if call.case is self.nobody:
            pass
        elif gap is None:
            self.given_up[call.id] = call
            if len(self.given_up) > MOST_GIVEN_UP:
                del self.given_up[next(iter(self.given_up))]
                self.forgotten += 1
        else:
            self._lay_by(call, self.world.clock.now_ms + gap, call.again_of)
        self._go_on(call)

    def resend(self, call: Call) -> None:
        """Say once more, now, what was said before, by hand; it is an attempt of its own, and no other is to come."""
        self.given_up.pop(call.id, None)
        if self.again.pop(call.id, None) is not None:
            call.case.pending -= 1
        self._lay_by(call, self.world.clock.now_ms, call.again_of or call.id)
        self._go_on(call)

    def _lay_by(self, call: Call, due_ms: int, again_of: int) -> None:
        call.case.pending += 1
        self.again[call.id] = (due_ms, call)
        self.world.clock.at(due_ms, self._again, (call, due_ms, again_of))

    def _again(self, entry: Entry) -> None:
        call, due_ms, again_of = entry[6]
        if self.again.get(call.id) != (due_ms, call):
            return  # it was sent by hand meanwhile
        del self.again[call.id]
        call.case.pending -= 1
        marks, n = (FIRST_TRIP, 0) if call.trip is None else (call.trip.marks, call.trip.n)
        trip = Trip(marks[3] + 1, marks[1], marks[2], n, again_of)
        now = self.world.clock.now_ms
        self.world.gate.lay(call.route, call.case, None, call.body, call.asker, call.cause, now, trip, n)

    def _close(self, call: Call, outcome: int, said: Message | None) -> None:
        del self.calls[call.id]
        call.case.pending -= 1
        marks = FIRST_TRIP if call.trip is None else call.trip.marks
        self._write(call.id, call.route, call.case, call.cause, call.asked_ms, marks, outcome, call.body, said)

    def _tell(self, call: Call, said: Message, after_ms: int) -> None:
        asker: Standing | None = call.asker
        if asker is None:
            return
        world, clock, whose = self.world, self.world.clock, asker.case
        back = world.route(call.route.receiver, asker.party.seat, type(said))
        whose.pending += 1
        now, tie = clock.now_ms, whose.tie ^ back.salt
        clock.push((now + after_ms, tie, next(clock.ids), back, whose, asker, said, None, call.id, now, 0, None))

    def _go_on(self, call: Call) -> None:
        self.world.settle(call.case)
        self.world.run(self.world.clock.now_ms)

    def _write(
        self, id_: int, route: Route, case: Case, cause: int, asked_ms: int, marks: tuple[int, int, int, int], outcome: int,
        body: Message, said: Message | None,
    ) -> None:  # fmt: skip
        journal = self.world.journal
        ref, amount, answered = route.shown(body, said)
        journal.note(marks, outcome, answered, amount, ref)
        if case.sampled:
            journal.keep_bodies(case.number, id_, body, said)
        journal.write((id_, cause, self.world.clock.now_ms, asked_ms, case.number, route.code, NO_RULE))


def remote_party(role: Role, seat: str, links: dict[str, str]) -> Party:
    """A party at a remote seat, to which a border gives its line."""
    party = Party(remote_role(role), seat, None, links)
    party.remote = True
    return party
