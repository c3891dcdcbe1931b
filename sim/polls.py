"""Polls: results laid ready by one party and fetched in batches by another, at set times (design §6)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.alterations import altered
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from sim.clock import LINK_MS, Entry
from sim.crossing import Fetched
from sim.desks import Hours
from sim.draws import salt
from sim.faults import MISSES_WITHIN, Effect, Strike, with_wrong_amount
from sim.journal import NO_RULE
from sim.message import Message
from sim.party import File, Party
from sim.route import FIRST_TRIP, Route, Trip

if TYPE_CHECKING:
    from sim.sandbox import Sandbox

UTC8_MS = 8 * HOUR_MS
MISSES_A_FETCH = MISSES_WITHIN | {Effect.NEVER, Effect.BUSINESS}
"""What keeps a remote collector from what lies ready, on the way there or back."""
Tray = tuple[str, Party, str, int]
"""(poll, holder, collector, registry)."""


class Handed(NamedTuple):
    """What a remote collector gets: the envelope's id, the entries, and the fault that struck the fetch."""

    id: int
    entries: list[Fetched]
    strike: Strike | None = None


@dataclass(frozen=True, slots=True)
class PollPlan:
    """When a batch operation runs: every `every_ms` within office hours (`hours`; None: round the clock), or, with
    `daily_ms`, once a day at that time of day. `by_registry` polls for each registry apart."""

    kind: type[Message]
    every_ms: int = HOUR_MS
    hours: Hours | None = None
    daily_ms: int | None = None
    by_registry: bool = False
    ask: Callable[[int], Message] | None = None
    """What a remote holder is asked at such a time; None asks for everything."""

    def asked(self, now_ms: int) -> Message:
        """What a remote holder is asked now."""
        return self.kind() if self.ask is None else self.ask(now_ms)

    def next(self, now_ms: int, offset_ms: int = 0) -> int:
        """The first poll strictly after `now_ms`; `offset_ms` staggers the grid."""
        if self.daily_ms is not None:
            day = (now_ms + UTC8_MS - self.daily_ms) // DAY_MS + 1
            return day * DAY_MS + self.daily_ms - UTC8_MS
        due = self._grid(now_ms + 1, offset_ms)
        if self.hours is None or self.hours.is_open(due):
            return due
        opening = self.hours.next_opening(due)
        due = self._grid(opening, offset_ms)
        return due if self.hours.is_open(due) else opening

    def _grid(self, from_ms: int, offset_ms: int) -> int:
        return -((offset_ms - from_ms) // self.every_ms) * self.every_ms + offset_ms


class Trays:
    """What lies ready for collection, by (poll, holder, collector, registry); `plans` go by poll and collector.

    A poll runs only while something lies there.
    """

    def __init__(self, world: "Sandbox", plans: Mapping[tuple[str, str], PollPlan]) -> None:
        self.world, self.plans = world, plans
        self.asks: Callable[[str, str, str], bool] = lambda poll, holder, collector: True
        """Whether it is for this world to poll a remote holder, who may be asked by several worlds for all of them."""
        self.lying: dict[Tray, list[Any]] = {}
        """(ready_ms, file, message, cause, whether faults have had their say) of everything that lies there."""

    def are_fetched(self, body: Message, seat: str) -> bool:
        """Whether a seat comes for such messages; one that asked though it never does is told when they are ready.

        Raises KeyError where nobody at all comes for them: a poll was forgotten.
        """
        name = body.op.polled
        if (name, seat) in self.plans:
            return True
        if all(poll != name for poll, _ in self.plans):
            raise KeyError(name)
        return False

    def hold(self, file: File, seat: str, body: Message, ready_ms: int, cause: int) -> None:
        """Lay a message ready for the next poll from `seat`."""
        name = body.op.polled
        plan = self.plans[name, seat]
        registry = file.case.dossier.registry if plan.by_registry else -1
        tray = (name, file.party, seat, registry)
        file.case.pending += 1
        lying = self.lying.get(tray)
        if lying is None:
            self.lying[tray] = lying = []
            if self.world.seats[seat].line is None:  # a remote system comes for it when it likes
                self._plan(tray, plan, self.world.clock.now_ms)
        lying.append((ready_ms, file, body, cause, False))

    def holds(self, kind: type[Message], holder: Party, seat: str) -> bool:
        """Whether anything lies with a holder for whoever fetches this kind from it."""
        return any(tray[:3] == (kind.op.name, holder, seat) for tray in self.lying)

    def collect(self, kind: type[Message], holder: Party, seat: str, *, told_when: bool = False) -> Handed:
        """What lies ready for a remote collector, after the faults on its way; a row is written for each entry.

        What a fault makes late is on its way from now on, as within a world, if the collector can be told when it is to be heard
        (`told_when`); else it stays here so long.
        A fetch that a fault keeps away, or whose answer it spoils, takes nothing: what lay ready is there the next time.
        """
        world, now = self.world, self.world.clock.now_ms
        envelope = world.route(world.seats[seat], holder.seat, kind)
        strike = world.gate.strike_on_fetch(envelope)
        missed = strike is not None and strike.effect in MISSES_A_FETCH
        trays = [] if missed else [tray for tray in self.lying if tray[:3] == (kind.op.name, holder, seat)]
        ready = [each for tray in trays for each in self.lying[tray] if each[0] <= now]
        outcome, id_ = "ok", next(world.clock.ids)
        if strike is not None and missed:
            outcome = f"refused:{strike.error}" if strike.effect is Effect.BUSINESS else f"fault:{strike.name}"
        world.journal.note(FIRST_TRIP, world.journal.words[outcome], 0, 0, str(len(ready)))
        world.journal.write((id_, 0, now, now, 0, envelope.code, NO_RULE))
        entries = []
        for tray in trays:
            due = [each for each in self.lying[tray] if each[0] <= now]
            self.lying[tray] = [each for each in self.lying[tray] if each[0] > now]
            for each in due:
                entries += self._hand_out(tray, each, id_, told_when)
            if not self.lying[tray]:
                del self.lying[tray]
        for _, file, *_ in ready:
            world.settle(file.case)
        return Handed(id_, entries, strike)

    def _hand_out(self, tray: Tray, lay: Any, part_of: int, told_when: bool) -> list[Fetched]:
        """One entry to a remote collector, as the faults on its way leave it, after what comes astray beside it; none when it is
        lost, or comes later."""
        _, file, body, cause, struck = lay
        world, now, case = self.world, self.world.clock.now_ms, file.case
        route, outcome = world.route(tray[1], tray[2], type(body)), "ok"
        strikes = [] if struck else world.gate.strikes_from_outside(route, case)
        strays: list[Message] = []
        for strike in strikes:
            if strike.effect in MISSES_WITHIN:
                outcome = f"fault:{strike.name}"
                break
            world.gate.unmarked[strike.name] += 1
            if strike.effect is Effect.WRONG_AMOUNT:
                body = with_wrong_amount(body, strike.u)
            elif strike.effect is Effect.ALTERED:
                body = altered(body, strike.changes)
            elif strike.effect is Effect.STRAY:
                strays.append(altered(body, strike.changes))
        late = _lateness_ms(strikes, now)
        twice = [each.delay_ms for each in strikes if each.effect is Effect.DUPLICATED]
        if outcome == "ok":
            for again_ms in ([0] if late and not told_when else []) + twice:
                case.pending += 1
                self.lying[tray].append((now + late + again_ms, file, body, cause, True))
            if late and told_when and world.border is not None:
                world.border.goes_on(case, now + LINK_MS + late)
        case.pending -= 1
        handed = [Fetched(case.number, stray) for stray in strays]
        if outcome != "ok" or told_when or not late:
            handed.append(Fetched(case.number, body, late))
        for each in handed:
            ref, amount, answered = route.shown(each.body, None)
            id_ = next(world.clock.ids)
            world.journal.note((0, part_of, 0, 1), world.journal.words[outcome], answered, amount, ref)
            if case.sampled:
                world.journal.keep_bodies(case.number, id_, each.body, None)
            world.journal.write((id_, cause, now, now, case.number, route.code, NO_RULE))
        return handed if outcome == "ok" else []

    def watch(self) -> None:
        """Poll remote holders, of whom nobody here knows what lies ready with them."""
        for (name, seat), plan in self.plans.items():
            for holder in self.world.parties:
                collector = self.world.seats.get(seat)
                if holder.line is None or holder.role.name != name.partition(".")[0] or collector is None:
                    continue
                meant = holder.seat == holder.role.name or holder.seat in collector.links.values()
                if meant and collector.line is None:
                    self.world.clock.at(plan.next(self.world.clock.now_ms), self._ask, (name, holder, seat))

    def _ask(self, entry: Entry) -> None:
        name, holder, seat = entry[6]
        plan, world, border = self.plans[name, seat], self.world, self.world.border
        if world.cases and border is not None and self.asks(name, holder.seat, seat):
            envelope = world.route(world.seats[seat], holder.seat, plan.kind)
            world.gate.lay(envelope, border.nobody, None, plan.asked(entry[0]), None, 0, entry[0])
        world.clock.at(plan.next(entry[0]), self._ask, entry[6])

    def _plan(self, tray: Tray, plan: PollPlan, now_ms: int) -> None:
        offset = (tray[3] + 1) * 7 * MINUTE_MS % plan.every_ms
        self.world.clock.at(plan.next(now_ms, offset), self._poll, tray)

    def _poll(self, entry: Entry) -> None:
        due, id_, tray = entry[0], entry[2], entry[6]
        name, holder, seat, registry = tray
        plan, lying, world = self.plans[name, seat], self.lying[tray], self.world
        ready = [each for each in lying if each[0] <= due]
        envelope = world.route(world.seats[seat], holder.seat, plan.kind)
        luck = salt(world.seed, "poll", name, holder.seat, seat, str(registry))
        # A poll that fails comes again at its next time. A late or doubled one fetches the same results.
        # One laid on single cases strikes their entries, not the fetch that brings everybody's.
        missing = [fault for fault in envelope.faults if fault.effect in MISSES_WITHIN and not fault.cases]
        fault = next((each for each in missing if each.strikes(luck, plan.kind.op.name, due, due)), None)
        outcome = "ok" if fault is None else f"fault:{fault.name}"
        world.journal.note(FIRST_TRIP, world.journal.words[outcome], 0, 0, str(len(ready)))
        world.journal.write((id_, 0, due, due, 0, envelope.code, NO_RULE))
        if fault is None:
            for _, file, body, cause, _ in ready:
                route: Route = world.route(holder, seat, type(body))
                file.case.pending -= 1
                world.gate.lay(route, file.case, None, body, file.standing, cause, due + LINK_MS, Trip(part_of=id_))
            lying[:] = [each for each in lying if each[0] > due]
        if lying:
            self._plan(tray, plan, due)
        else:
            del self.lying[tray]


def _lateness_ms(strikes: list[Strike], now_ms: int) -> int:
    """How much later than it could be heard at once an entry comes."""
    late = sum(each.delay_ms for each in strikes if each.effect in (Effect.LATE, Effect.SLOW, Effect.REORDERED))
    return max([late, *(each.not_before_ms - LINK_MS - now_ms for each in strikes)])
