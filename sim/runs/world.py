"""A region's world within a run: the sandbox of the simulation, with remote seats and its own pace of work."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from sim.calendar import DAY_MS, SECOND_MS
from sim.case import Case
from sim.clock import Entry
from sim.crossing import Open, Sending
from sim.faults import CHANGING, MISSES, Effect, Fault
from sim.journal.live import LiveJournal
from sim.message import Message
from sim.party import Party, Standing
from sim.posts import Post
from sim.remote import Border
from sim.route import Route
from sim.runs.scale import Scale
from sim.sandbox import Sandbox, Starter

QUIET_MS = 2 * DAY_MS
"""How long a case whose people know its end stays open for what a remote seat may still say of it."""
LONG_QUIET_MS = 45 * DAY_MS
"""The same where the people are elsewhere, so that nobody here knows of a rating that is still to come."""
LEAST_QUIET_MS = 90 * SECOND_MS
"""No handling shortens it below this: how soon a real system says once more what did not arrive is its own affair. Ours, and
most, wait 10 s for an answer and a minute before the second sending."""
FORGETS_AFTER = 10_000
"""After at least so many posts a world forgets the timers that are void; before, they may as well lie until they are due."""

AT_SOURCE = frozenset({Effect.LATE, Effect.SLOW, Effect.REORDERED}) | CHANGING | {Effect.WRONG_AMOUNT}
"""What holds a message back or changes it is done where it comes from: whoever hears it can neither be told of it earlier than
it comes, nor take it for anything else than it says."""


class Starts(Protocol):
    """Who begins cases whose day has come."""

    def begin_planned(self, world: "LiveSandbox", number: int) -> None:
        """Begin this case now."""


class Earlier(Protocol):
    """The cases that an implementation held before the run began."""

    def case(self, world: "LiveSandbox", number: int) -> Case | None:
        """The case of this number; None if it is not among them."""

    def kept(self, number: int, seat: str) -> Any:
        """What a party keeps of one of them that is over."""


class AlwaysOpen:
    """Office hours switched off."""

    def is_open(self, t: int) -> bool:
        """Always."""
        return True

    def next_opening(self, t: int) -> int:
        """Now."""
        return t

    def after(self, t: int, working_ms: int) -> int:
        """Office time is elapsed time."""
        return t + working_ms


class LiveSandbox(Sandbox):
    """A sandbox whose cases stay open while remote seats may speak of them.

    `knows_end` tells of a case whether its people have heard how it ended; `scale` shortens what takes long. The faults
    called `elsewhere` strike only what our own parties say to each other: what crosses the border they strike on the other
    side, where the same script is at work. But what holds a message back or changes it is done where it comes from
    (`AT_SOURCE`), and a lawful no where it is heard.
    """

    region: str
    scale: Scale
    border: Border

    def settle_in(
        self, region: str, scale: Scale, *, prompt: bool, led: bool, elsewhere: frozenset[str],
        knows_end: Callable[[Case], bool],
    ) -> None:  # fmt: skip
        """Give every remote party its line and begin to poll those who hold results.

        Where time stands still until whoever leads us moves it, it is for them to say that a case is over: they alone know
        what is still to come of it.
        """
        self.region, self.scale, self.knows_end = region, scale, knows_end
        self.elsewhere = elsewhere
        self.stock: Earlier | None = None
        self.border = Border(self, prompt=prompt)
        self.posts, self.forgets_after = 0, FORGETS_AFTER
        """Posts laid on their way since void timers were forgotten, and after how many they are again."""
        self.to_come = 0
        """Cases planned for a day that has not come."""
        self.held: dict[int, int | None] = {}
        """Cases held open for what remote seats may say, and since when they have been at rest."""
        self.kept: dict[str, dict[int, Any]] = {}
        """What parties keep of cases that have been let go, by seat and case number."""
        remote = [party for party in self.parties if party.remote]
        for party in remote:
            party.line = self.border
        self.holds = bool(remote)
        if remote:
            self.trays.watch()
        if remote and not (led and prompt):
            self.clock.at(self.clock.now_ms + self.quiet_ms, self._sweep)

    @property
    def log(self) -> LiveJournal:
        """The journal, as a run reads it while it is written."""
        assert isinstance(self.journal, LiveJournal)
        return self.journal

    @property
    def quiet_ms(self) -> int:
        """How long a case must be at rest before it is let go."""
        ours = any(party.seat == "buyer" and not party.remote for party in self.parties)
        return max(LEAST_QUIET_MS, self.scale.term(QUIET_MS if ours else LONG_QUIET_MS))

    def begin(self, number: int, dossier: Any, starters: Sequence[Starter]) -> Case:
        """Begin a case now; with remote seats it stays open until its end is known and all is quiet."""
        if self.holds:
            self.held[number] = None
        case = super().begin(number, dossier, starters)
        case.open += self.holds
        return case

    def plan_begin(self, arrival_ms: int, number: int, run: "Starts") -> None:
        """Have the run begin a case when its day comes."""
        self.to_come += 1
        self.clock.at(arrival_ms, self._planned, (number, run))

    def _planned(self, entry: Entry) -> None:
        number, run = entry[6]
        self.to_come -= 1
        run.begin_planned(self, number)

    def lay_faults(self, faults: Sequence[Fault]) -> None:
        """From now on these are the world's faults, on every route there is and will be."""
        self.faults = faults
        for party in self.parties:
            for routes in party.out.values():
                for route in routes.values():
                    self._lay_on(route)

    @property
    def only_sweeps(self) -> bool:
        """Whether nothing is due but the sweep that lets go what is at rest."""
        due = (entry for together in self.clock.due.values() for entry in together)
        return all(map(is_own, due))

    @property
    def has_more_to_come(self) -> bool:
        """Whether anything of a case is due here, however far off: a court that seizes in four months, a message held back."""
        due = (entry for together in self.clock.due.values() for entry in together)
        return any(entry[4] is not None and not is_void(entry) for entry in due)

    def settle(self, case: Case) -> None:
        """As ever; what the parties keep of a case is taken before it is let go."""
        if not case.pending and not case.open and not case.closed:
            for at in case.files:
                keeps = None if at is None else at.party.role.keeps
                if at is not None and keeps is not None and (kept := keeps(at.file)) is not None:
                    self.kept.setdefault(at.party.seat, {})[case.number] = kept
        super().settle(case)

    def kept_of(self, number: int, party: Party) -> Any:
        """What a party kept of a case that has been let go."""
        kept = self.kept.get(party.seat, {}).get(number)
        return self.stock.kept(number, party.seat) if kept is None and self.stock is not None else kept

    def case_of(self, number: int) -> Case | None:
        """As ever, and where it is of the stock."""
        known = super().case_of(number)
        return self.stock.case(self, number) if known is None and self.stock is not None else known

    def take_up(self, number: int, dossier: Any) -> Case:
        """A case that began before the run did goes on in it, as a case begun here would."""
        case = self.cases[number] = self.new_case(number, dossier)
        self.begun += 1
        if self.holds:
            self.held[number] = None
        case.open += self.holds
        return case

    def set_terms(self, at: Standing, case: Case, terms: Sequence[Post]) -> None:
        """Timers of a state that a file was put into."""
        self._dispatch(at, case, terms, 0, self.clock.now_ms)

    def hear(self, route: Route, case: Case, body: Message, sending: Sending) -> Open:
        """A remote seat says something; a case that was at rest begins its rest anew."""
        if self.held.get(case.number) is not None:
            self.held[case.number] = None
        return self.border.hear(route, case, body, sending)

    def close_case(self, case: Case) -> None:
        """Hold a case open no longer: it is let go as soon as nothing of it is under way."""
        if case.number in self.held:
            del self.held[case.number]
            case.open -= 1
            self.settle(case)

    def _sweep(self, entry: Entry) -> None:
        """Let go what has been at rest ever since an earlier sweep, for long enough and for as long as its messages may be held back."""
        for number, since_ms in list(self.held.items()):
            case = self.cases[number]
            if not self.rests(case):
                self.held[number] = None
            elif since_ms is None:
                self.held[number] = entry[0]
            elif entry[0] >= self._held_back_until(number, since_ms) + self.quiet_ms:
                self.close_case(case)
        self.clock.at(entry[0] + self.quiet_ms, self._sweep)

    def _held_back_until(self, number: int, since_ms: int) -> int:
        """Until when the faults at work may hold back or lose what has been said in a case up to an instant."""
        faults = [fault for fault in self.faults if not fault.cases or number in fault.cases]
        ends = [fault.window_ms[1] for fault in faults if fault.window_ms is not None and fault.effect in MISSES]
        return max([since_ms, *(since_ms + fault.longest_ms for fault in faults), *ends])

    def asks_for_all(self, worlds: Iterable["LiveSandbox"], holder: str, collector: str) -> bool:
        """Whether this region polls for all of them: the first one that has a case under way and both seats does."""
        return next((each for each in worlds if each.cases and not each.lacks(holder, collector)), None) is self

    def lacks(self, *seats: str) -> bool:
        """Whether a seat is absent from this region."""
        return not self.seats.keys() >= set(seats)

    def strangers(self, sender: str, seat: str) -> bool:
        """Whether the sender, in this region, speaks to another one of that kind instead."""
        return self.seats[sender].links.get(seat, seat) != seat

    def rests(self, case: Case) -> bool:
        """Whether people know the end of a case that goes on only for what a remote seat may still say of it."""
        return case.number in self.held and not case.pending and case.open == 1 and self.knows_end(case)

    def is_due(self, now_ms: int) -> bool:
        """Whether anything is due by `now_ms`; if not, the world is at that instant now."""
        if self.clock.times and self.clock.times[0] <= now_ms:
            return True
        self.clock.pass_to(now_ms)
        return False

    def route(self, party: Party, where: str, kind: type[Message]) -> Route:
        """The route from a party to a seat; one to itself is near. Messages are counted on all of them."""
        found = super().route(party, where, kind)
        if not found.counted:
            found.counted, found.near = True, found.sender is found.receiver
            self._lay_on(found)
        return found

    def _lay_on(self, route: Route) -> None:
        """Have the world's faults lie on a route, if it is for this world to let them strike there."""
        crosses = route.sender.remote or route.receiver.remote
        route.lay_faults([
            fault for fault in self.faults
            if not (crosses and fault.name in self.elsewhere)
            or (fault.effect in AT_SOURCE and not route.sender.remote)
            or (fault.effect is Effect.BUSINESS and not route.receiver.remote)
        ])  # fmt: skip

    def gap_after(self, route: Route, attempt: int) -> int | None:
        """The ladder's gap, shortened too: what is said again before a term lapses in life is so here."""
        gap = super().gap_after(route, attempt)
        return None if gap is None else self.scale.gap(gap)

    def _dispatch(self, at: Standing, case: Case, posts: Sequence[Post], cause: int, now: int) -> Message | None:
        if self.scale.term_divisor > 1:
            posts = [self.scale.post(post) for post in posts]
        self.posts += len(posts)
        if self.posts > self.forgets_after:
            self.posts, self.forgets_after = 0, max(FORGETS_AFTER, self.clock.forget(is_void))
        return super()._dispatch(at, case, posts, cause, now)


def is_void(entry: Entry) -> bool:
    """Whether an entry is a timer whose state is gone. A desk's work is not: its clerk is free again when it is due."""
    _, _, _, route, case, at, _, _, _, _, mark, extra = entry
    return bool(case is not None and mark and extra is None and at.epochs[route.track] != mark)


def is_own(entry: Entry) -> bool:
    """Whether an entry concerns the sandbox alone, and nobody waits for it: a sweep, or a timer whose state is gone."""
    return getattr(entry[3], "__func__", None) is LiveSandbox._sweep or is_void(entry)
