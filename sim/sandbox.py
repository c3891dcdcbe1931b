"""The sandbox: parties on one clock, and how what they say reaches each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heappush
from typing import Any

from sim.case import Case
from sim.clock import AFTER_ALL, LINK_MS, Clock, Entry
from sim.desks import Desk, Hours, Job
from sim.draws import salt
from sim.faults import Fault
from sim.gate import Gate
from sim.journal import OK, Journal
from sim.message import Message
from sim.party import File, Party, Standing
from sim.polls import PollPlan, Trays
from sim.posts import HOLD, LATER, SEND, WORK, WORKING, Post, Refusal
from sim.remote import Border
from sim.route import FIRST_TRIP, Route, Trip

Starter = tuple[str, int, Message]
"""A seat whose party hears the message by itself, so many ms after a case begins."""
Beginning = tuple[int, int, Any, Sequence[Starter]]
"""(arrival_ms, case number, dossier, starters)."""


class Sandbox:
    """One isolated world: its parties, cases, desks, faults, clock and journal.

    `clerks(registry, post)` tells how many clerks a post has and `hours(registry)` when its office is open. Everything
    drawn depends on `seed` and the case's number. One case in `sample_every` keeps the bodies of its messages.
    """

    def __init__(
        self, parties: Sequence[Party], clock: Clock, journal: Journal, *, seed: int,
        hours: Callable[[int], Hours], clerks: Callable[[int, str], int],
        polls: Mapping[tuple[str, str], PollPlan] | None = None, faults: Sequence[Fault] = (), sample_every: int = 0,
    ) -> None:  # fmt: skip
        self.parties = list(parties)
        self.seats = {party.seat: party for party in parties}
        if len(self.seats) < len(parties):
            raise ValueError(f"有两个对接系统占用同一席位：{'、'.join(party.seat for party in parties)}")
        for index, party in enumerate(parties):
            if party.index >= 0:
                raise ValueError(f"对接系统“{party.role.title}”已在另一个沙箱中")
            party.index = index
        self.clock, self.journal, self.seed, self.faults, self.sample_every = clock, journal, seed, faults, sample_every
        self.hours, self.clerks = hours, clerks
        self.cases: dict[int, Case] = {}
        self.closed: set[int] = set()
        self.desks: dict[tuple[int, str], Desk] = {}
        self.begun = self.finished = self.folded = 0
        self.fed = True
        self.border: Border | None = None
        """Where remote seats begin; a world of ours alone has none."""
        self.gate = Gate(self)
        self.trays = Trays(self, polls or {})

    # ---- cases ----------------------------------------------------------------------------------------------------
    def feed(self, beginnings: Iterable[Beginning]) -> None:
        """Let cases begin at their times; the next one is drawn only when the one before has begun."""
        self.fed = False
        self._await_next(iter(beginnings))

    def _await_next(self, source: Iterator[Beginning]) -> None:
        beginning = next(source, None)
        if beginning is None:
            self.fed = True
        else:
            self.clock.at(max(beginning[0], self.clock.now_ms), self._arrived, (beginning, source))

    def _arrived(self, entry: Entry) -> None:
        (_, number, dossier, starters), source = entry[6]
        self.begin(number, dossier, starters)
        self._await_next(source)

    def begin(self, number: int, dossier: Any, starters: Sequence[Starter]) -> Case:
        """Begin a case now."""
        known = self.case_of(number)
        if known is not None:
            raise ValueError(f"办件 {number} {'已办结' if known.closed else '正在办理'}，不能重复开始")
        case = self.cases[number] = self.new_case(number, dossier)
        self.begun += 1
        for seat, after_ms, message in starters:
            at = self.standing_of(case, self.seats[seat])
            self._dispatch(at, case, [(LATER, None, after_ms, message)], 0, self.clock.now_ms)
        return case

    def case_of(self, number: int) -> Case | None:
        """The case of this number while it goes on; afterwards its tombstone, to which nothing can be said any more."""
        case = self.cases.get(number)
        if case is None and number in self.closed:
            case = self.new_case(number, None)
            case.let_go()
        return case

    def kept_of(self, number: int, party: Party) -> Any:
        """What a party kept of a case that has been let go, for its queries; None where nothing is kept."""
        return None

    def new_case(self, number: int, dossier: Any) -> Case:
        """What the runtime keeps of a case, before anything of it is known to anybody."""
        case_salt = salt(self.seed, "case", str(number))
        sampled = bool(self.sample_every) and case_salt % self.sample_every == 0
        return Case(number, dossier, case_salt, len(self.parties), sampled)

    def file_of(self, case: Case, party: Party) -> File:
        """The party's file of the case, opened when it is first needed."""
        return self.standing_of(case, party).file

    def standing_of(self, case: Case, party: Party) -> Standing:
        """Where the party's file of the case stands; the file is opened when it is first needed."""
        at = case.files[party.index]
        if at is None:
            at = case.files[party.index] = party.open(case, party.role.parts[0]).standing
        return at

    def is_over(self) -> bool:
        """Whether no case goes on and none is to come."""
        return not self.cases and self.fed

    def deliveries(self) -> int:
        """How many messages parties have heard: rows of the journal, and the direct replies folded into them."""
        return self.journal.count + self.folded

    def settle(self, case: Case) -> None:
        """Let a case go once nothing of it is pending and every track is at an end (design law 12)."""
        if not case.pending and not case.open and not case.closed:
            case.let_go()
            del self.cases[case.number]
            self.closed.add(case.number)
            self.finished += 1

    # ---- delivery -------------------------------------------------------------------------------------------------
    def run(self, until_ms: int) -> None:
        """Deliver everything due up to and including `until_ms`, which then is the present."""
        if until_ms < self.clock.now_ms:
            raise ValueError(f"{until_ms} 早于沙箱当前时刻 {self.clock.now_ms}，时间不能倒退")
        try:
            self.deliver(self.clock.entries(until_ms))
        finally:
            self.clock.put_back()
        self.clock._now = until_ms

    def step(self) -> bool:
        """Deliver the next thing due, and nothing else; False when nothing is."""
        if not self.clock.times:
            return False
        try:
            self.deliver(self.clock.next_alone())
        finally:
            self.clock.put_back()
        return True

    def deliver(self, entries: Iterator[Entry]) -> None:
        """Deliver what the clock hands out. Every line here is paid for a hundred million times."""
        journal, gate, dispatch = self.journal, self.gate, self._dispatch
        rows, note, page = journal.rows, journal.note, journal.page
        for entry in entries:
            due, _, id_, route, case, at, body, _, cause, asked, mark, extra = entry
            if case is None:
                route(entry)
                continue
            track = route.track
            if mark:
                if extra is not None:
                    extra.desk.release(due)
                if at.epochs[track] != mark:
                    continue
                at.timers[track] -= 1
            elif at is None:
                at = case.files[route.slot] if route.key is None else route.find(body)
                if at is None or at.case is not case:
                    at, case = gate.find(route, case, body)
            case.pending -= 1
            if at is None or (row := at.states[track].rows.get(route.kind)) is None:
                gate.unruled(entry, case, at)
                continue
            at.heard = entry
            posts = row.action(at.file, body)
            if type(posts) is Refusal:
                gate.turned_away(entry, case, at, posts)
                continue
            if row.moves:
                at.states[track] = row.next
                if at.timers[track]:
                    at.epochs[track] += 1
                    case.pending -= at.timers[track]
                    at.timers[track] = 0
                case.open += row.delta
            said = dispatch(at, case, posts, id_, due) if posts else None
            at.heard = ()
            if case.sampled:
                journal.keep_bodies(case.number, id_, body, said)
            if extra is not None or not route.folds:
                if route.shows:
                    ref, amount, answered = route.shown(body, said)
                    note(FIRST_TRIP if extra is None else extra.marks, OK, answered, amount, ref)
                elif extra is not None:
                    note(extra.marks, OK, 0, 0, None)
                rows.append((id_, cause, due, asked, case.number, route.code, row.code))
                if len(rows) >= page:
                    journal.turn_page()
            else:
                self.folded += 1
            if not case.pending and not case.open:
                self.settle(case)

    def _dispatch(self, at: Standing, case: Case, posts: Sequence[Post], cause: int, now: int) -> Message | None:
        """Put what a file's action says on its way; returns the direct answer, if there was one."""
        party, clock, said = at.party, self.clock, None
        out, ids, waiting, present = party.out, clock.ids, clock.due, clock.present
        for post in posts:
            how, where, delay, body = post
            kind = type(body)
            if how == SEND:
                seat, target, whose, due, mark = where, None, case, now + LINK_MS, 0
            elif how == LATER:
                seat, target, whose, due = party.seat, at, case, now + delay
            elif how > LATER:
                self._dispatch_special(at, case, post, cause)
                continue
            else:
                said, target, mark = body, at.heard[7], 0
                seat, whose, due = target.party.seat, target.case, now + delay + LINK_MS
            try:
                route = out[seat][kind]
            except KeyError:
                route = self.route(party, seat, kind)
            if how == LATER:
                mark = at.epochs[route.track]
                at.timers[route.track] += 1
            elif route.detours:
                self.gate.lay(route, whose, target, body, at, cause, due)
                continue
            whose.pending += 1
            if due == now and present is not None:
                present.append((due, AFTER_ALL, next(ids), route, whose, target, body, at, cause, now, mark, None))
                continue
            entry = (due, whose.tie ^ route.salt, next(ids), route, whose, target, body, at, cause, now, mark, None)
            if due in waiting:
                waiting[due].append(entry)
            else:
                waiting[due] = [entry]
                heappush(clock.times, due)
        return said

    def _dispatch_special(self, at: Standing, case: Case, post: Post, cause: int) -> None:
        how, where, delay, body = post
        party, now = at.party, int(self.clock._now)
        if how == HOLD:
            seat = self._seat(party, where)
            if self.trays.are_fetched(body, seat):
                self.trays.hold(at.file, seat, body, now + delay, cause)
            else:
                self.gate.lay(self.route(party, seat, type(body)), case, None, body, at, cause, now + delay + LINK_MS)
        elif how in (WORK, WORKING):
            route, clock, registry = self.route(party, party.seat, type(body)), self.clock, case.dossier.registry
            mark = at.epochs[route.track]
            at.timers[route.track] += 1
            case.pending += 1
            rest = (case.tie ^ route.salt, next(clock.ids), route, case, at, body, at, cause, now, mark)
            if how == WORKING:
                clock.push((self.hours(registry).after(now, delay), *rest, None))
            else:
                desk = self.desks.get((registry, where)) or self._new_desk(registry, where)
                desk.take(Job(desk, rest, delay), now)
        else:
            asker = where.asker
            route = self.route(party, asker.party.seat, type(body))
            self.gate.lay(route, asker.case, asker, body, at, cause, now + delay + LINK_MS, Trip(answers=where.id))

    def _new_desk(self, registry: int, post: str) -> Desk:
        desk = Desk((registry, post), self.clerks(registry, post), self.hours(registry), self.clock)
        self.desks[registry, post] = desk
        return desk

    def _seat(self, party: Party, where: str) -> str:
        return party.links.get(where, where)

    def gap_after(self, route: Route, attempt: int) -> int | None:
        """How long after failed attempt number `attempt` (from 1) a message is sent again, or None when it is given up."""
        return route.op.ladder.gap_after(attempt)

    def route(self, party: Party, where: str, kind: type[Message]) -> Route:
        """The route from a party to a seat, or to the seat its link of that name leads to."""
        known: dict[type[Message], Route] = party.out.setdefault(where, {})
        if kind not in known:
            receiver = self.seats[self._seat(party, where)]
            known[kind] = Route(kind, party, receiver, self.journal, self.faults, self.seed)
        return known[kind]
