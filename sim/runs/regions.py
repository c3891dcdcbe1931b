"""The regions of a run: a sandbox each, made when a case of theirs is first spoken of, all at the same present."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from functools import partial
from itertools import count

from sim.case import Case
from sim.faults import Fault
from sim.runs.case_book import CaseBook
from sim.runs.exchanges import CaseUnknownError
from sim.runs.plan import RunPlan
from sim.runs.world import LiveSandbox

Poll = tuple[str, str, str]
"""(its operation, who holds, who collects)."""
MakeWorld = Callable[[str, Iterator[int]], LiveSandbox]
"""Makes the sandbox of a region; the numbers are those of the run's journal rows."""


class Regions:
    """The sandboxes of a run by region, and where a case or a business number lies."""

    def __init__(self, plan: RunPlan, book: CaseBook, make_world: MakeWorld) -> None:
        self.plan, self.book, self.make_world = plan, book, make_world
        self.worlds: dict[str, LiveSandbox] = {}
        self.now_ms = plan.start_ms
        self.faults: tuple[Fault, ...] = ()
        self.struck: Counter[str] = Counter()
        """How often each fault has struck, in all regions together."""
        self.seqs: Iterator[int] = count(1)
        self.lying: frozenset[Poll] | None = None
        """For whom something lies ready where our clock is led from; None where that is not told."""

    def world(self, region: str) -> LiveSandbox:
        """The region's sandbox, at the run's present."""
        known = self.worlds.get(region)
        if known is None:
            known = self.worlds[region] = self.make_world(region, self.seqs)
            known.gate.struck = self.struck
            known.lay_faults(self.faults)
            known.run(self.now_ms)
            known.trays.asks = partial(self._asks, known)
        return known

    def _asks(self, world: LiveSandbox, poll: str, holder: str, collector: str) -> bool:
        """Whether a region polls a remote holder: for all of them, and while something lies there, as far as is known."""
        lies = self.lying is None or (poll, holder, collector) in self.lying
        return lies and world.asks_for_all(self.worlds.values(), holder, collector)

    def lies_ready(self) -> frozenset[Poll]:
        """Which polls of remote collectors would find something, now or later."""
        trays = [(world, tray) for world in self.worlds.values() for tray in world.trays.lying]
        return frozenset(
            (poll, holder.seat, seat) for world, (poll, holder, seat, _) in trays if world.seats[seat].line is not None
        )

    def case(self, number: int) -> tuple[LiveSandbox, Case]:
        """The case of this number; one not spoken of before is known from now on, with nobody acting in it."""
        for world in self.worlds.values():
            case = world.cases.get(number)
            if case is not None:
                return world, case
        if why_not := self.book.why_not(number):
            raise CaseUnknownError(why_not)
        world = self.world(self.book.region(number))
        case = world.case_of(number)
        return world, case or world.begin(number, self.book.dossier(number), ())

    def find(self, seat: str, ledger: str, key: str) -> tuple[LiveSandbox, Case] | None:
        """The case whose business number this is at a seat's ledger, if it is known in any region."""
        for world in self.worlds.values():
            party = world.seats.get(seat)
            file = party.ledgers.get(ledger, {}).get(key) if party is not None else None
            if file is not None:
                return world, file.case
        return None

    @property
    def is_over(self) -> bool:
        """Whether no case goes on and none is to come."""
        return not any(world.cases or world.to_come for world in self.worlds.values())

    def over_beside(self, known: Collection[int]) -> list[int]:
        """The cases that are over, beside those known to be."""
        if len(known) == sum(len(world.closed) for world in self.worlds.values()):
            return []
        return sorted(set().union(*(world.closed for world in self.worlds.values())).difference(known))

    def holds(self, number: int) -> bool:
        """Whether a case is held open for what remote seats may say of it."""
        return any(number in world.held for world in self.worlds.values())

    @property
    def next_due_ms(self) -> int | None:
        """When the next thing is due in any region."""
        first: int | None = None
        for world in self.worlds.values():
            times = world.clock.times
            if times and (first is None or times[0] < first):
                first = times[0]
        return first

    def pass_to(self, ms: int) -> None:
        """Let time pass until `ms`, before which nothing is due in any region."""
        self.now_ms = ms
        for world in self.worlds.values():
            world.clock.pass_to(ms)
