"""A run: the worlds of a package's regions behind one name, heard, moved and journaled together.

Everything that can change a run comes through here, and is journaled in the order in which it came: that order, fed to a
fresh run, gives the same state. Nothing here waits, and nothing here knows HTTP.
"""

from collections.abc import Callable
from json import loads
from typing import Any

from sim.crossing import FIRST_SENDING, Sending
from sim.fault_json import fault_as_json
from sim.faults import Fault, Strike
from sim.journal.live import Source
from sim.journal.record import SOURCE_REPORTED, Command, Record
from sim.message import Message, Operation
from sim.polls import MISSES_A_FETCH, Handed
from sim.runs.case_book import CaseBook
from sim.runs.exchanges import CaseUnknownError, Going, Heard, SeatAbsentError
from sim.runs.kept import AS_JSON, Entries, Told, after_ms_of, kept_of_call, kept_of_fetch, kept_of_heard, kept_of_poll
from sim.runs.plan import RunPlan
from sim.runs.regions import MakeWorld, Poll, Regions
from sim.runs.world import LiveSandbox
from sim.sandbox import Starter

Begin = Callable[[int, Any], list[Starter]]
NOTHING_TOLD: Told = {}


class Run(Regions):
    """One isolated world, and everything that may change it."""

    def __init__(self, plan: RunPlan, book: CaseBook, make_world: MakeWorld, begin: Begin) -> None:
        super().__init__(plan, book, make_world)
        self.begin_of = begin
        self.written: list[Record | Command] = []
        self.sending: list[Going] = []
        self.given: list[Heard] = []
        self.untold: dict[tuple[str, int], Heard] = {}
        """Answers given after their requests had been heard, until the face says that they have been told."""
        self.waiting: Heard | None = None

    # ---- what comes from outside ------------------------------------------------------------------------------------
    def hear(
        self, sender: str, seat: str, body: Message, case_no: int | None, theirs: str = "", text: str = "",
        raw: bytes | None = None, sending: Sending = FIRST_SENDING,
    ) -> Heard:  # fmt: skip
        """A remote seat says something to one of ours; everything it leads to at once has happened when this returns.

        `theirs` is the sender's number for it, `text` the JSON in which it came, where that says all of it; `raw` are the
        bytes in which it came, where they are no JSON of ours.
        Raises CaseUnknownError for a case number the run has not, SeatAbsentError where its region lacks one of the seats.
        """
        self.catch_up()
        kind = type(body)
        found = self.find(seat, kind.op.by, getattr(body, kind.op.by)) if kind.op.by != "case" else None
        if found is not None:
            world, case = found
        elif case_no is not None:
            world, case = self.case(case_no)
        else:
            world = self.world(self.book.regions[0])
            case = world.border.nobody
        if world.lacks(sender, seat):
            raise SeatAbsentError(f"办件号 {case.number} 所在地区“{world.region}”没有席位“{sender}”或“{seat}”")
        self._check_links(world, sender, seat)
        route = world.route(world.seats[sender], seat, kind)
        if route.receiver.remote:  # its row comes with what becomes of it there, and tells of that alone
            said = {"sender": sender, "seat": seat, "kind": kind.op.name, "case_no": case_no, "theirs": theirs}
            self._command("carried", {**said, "body": loads(world.log.encode(body))})
        heard = world.hear(route, case, body, sending)
        heard.theirs = theirs
        if text:
            world.log.heard_as(heard.id, text)
        if not route.receiver.remote:
            world.log.sources[heard.id] = Source("in", raw, kept_of_heard(heard))
        told = self.waiting = Heard(world.region, heard, "")
        self.drain(world)
        return told

    def _check_links(self, world: LiveSandbox, sender: str, seat: str) -> None:
        """Raise SeatAbsentError where the sender has another of the receiver's kind to speak to (厦门: its own tax bureau)."""
        if world.strangers(sender, seat):
            other = world.seats[sender].links[seat]
            raise SeatAbsentError(f"地区“{world.region}”的席位“{sender}”只与“{other}”往来，不与“{seat}”往来")

    def note_malformed(self, sender: str, seat: str, operation: Operation, case_no: int, raw: bytes, code: str) -> None:
        """Write down a message that could not be read, and so changes nothing."""
        self.written.append(
            Record(next(self.seqs), self.book.regions[0], t_ms=self.now_ms, asked_ms=self.now_ms, case_no=case_no,
                   item=operation.item, sender=sender, receiver=seat, kind=operation.name, outcome=f"refused:{code}", raw=raw)
        )  # fmt: skip

    def note_observation(
        self, sender: str, seat: str, operation: Operation, case_no: int, t_ms: int, ref: str | None, kept: str
    ) -> None:
        """Write down what a real system says that it did without a message to us; it changes nothing."""
        region = self.book.regions[self.book.dossier(case_no).region]
        registry = self.world(region).log.registry_of(case_no)
        self.catch_up()
        self.written.append(
            Record(next(self.seqs), region, t_ms=t_ms, asked_ms=t_ms, case_no=case_no, item=operation.item, sender=sender,
                   receiver=seat, kind=operation.name, registry=registry, ref=ref, source=SOURCE_REPORTED, answered=kept)
        )  # fmt: skip

    def collect(self, sender: str, seat: str, kind: type[Message], when: bool) -> tuple[str, Entries, Strike | None]:
        """A remote seat fetches what lies ready for it at one of ours, in every region: (message id, by case number, the
        fault that struck the fetch). What strikes it does so in the first region, and the others are not asked then."""
        first, entries, strike = "", Entries(), None
        for region in [*self.worlds] or self.book.regions[:1]:
            world = self.world(region)
            if (
                world.lacks(sender, seat)
                or world.strangers(sender, seat)
                or (first and not world.trays.holds(kind, world.seats[seat], sender))
            ):
                continue
            handed = self.collect_in(region, sender, seat, kind, when)
            entries += handed.entries
            if not first:
                first, strike = f"{region}-{handed.id}", handed.strike
                if strike is not None and strike.effect in MISSES_A_FETCH:
                    break
        if not first:
            raise SeatAbsentError(f"在办的地区没有席位“{seat}”或“{sender}”")
        return first, entries, strike

    def collect_in(self, region: str, sender: str, seat: str, kind: type[Message], when: bool) -> Handed:
        """The same in one region, which is how it is journaled."""
        self.catch_up()
        world = self.world(region)
        handed = world.trays.collect(kind, world.seats[seat], sender, told_when=when)
        world.log.sources[handed.id] = Source("in", None, kept_of_fetch(handed.entries))
        self.drain(world)
        return handed

    def answered(self, going: Going, said: Message | None, raw: bytes | None = None, told: Told = NOTHING_TOLD) -> None:
        """A remote seat took what we said to it, and answered it if `said` is given. `told` is what a face keeps of it;
        `after_ms` in it is how much later than now the answer is to be heard."""
        self._came_back(going, raw, told).border.answered(going.call, said, after_ms_of(told))
        self.drain(self.worlds[going.region])

    def turned_down(
        self, going: Going, error: str, detail: str, raw: bytes | None = None, told: Told = NOTHING_TOLD
    ) -> None:
        """A remote seat refused what we said to it."""
        asked = self._came_back(going, raw, {**told, "detail": detail})
        asked.border.turned_down(going.call, error, detail, after_ms_of(told))
        self.drain(self.worlds[going.region])

    def failed(self, going: Going, why: str, raw: bytes | None = None, told: Told = NOTHING_TOLD) -> None:
        """What we said did not reach the remote seat, or nothing intelligible came back."""
        self._came_back(going, raw, told).border.failed(going.call, why)
        self.drain(self.worlds[going.region])

    def fetched(self, going: Going, entries: Entries, raw: bytes | None = None, told: Told = NOTHING_TOLD) -> None:
        """A remote seat handed out what lay ready with it, of whichever region; an unknown case's entry is left out."""
        kept = kept_of_poll(entries, self.worlds[going.region].log.encode)
        asked = self._came_back(going, raw, {**told, **kept})
        known = [(*self.case(each.case_no), each) for each in entries if each.case_no in self.book]
        asked.border.close_poll(going.call)
        for world in dict.fromkeys([asked, *(each for each, _, _ in known)]):
            own = [(case, entry.body, entry.after_ms) for each, case, entry in known if each is world]
            world.border.fetched(going.call, own, part_of=going.call.id if world is asked else 0)
            self.drain(world)

    def _came_back(self, going: Going, raw: bytes | None, told: Told) -> LiveSandbox:
        self.catch_up()
        world = self.worlds[going.region]
        world.log.sources[going.call.id] = Source("out", raw, kept_of_call(going.region, going.call, told))
        return world

    # ---- what people do -----------------------------------------------------------------------------------------------
    def begin(self, first: int, last: int, *, at_arrival: bool) -> None:
        """People apply in these cases, now or on their days; begun ones, and those of other sandboxes, are left alone."""
        if not 1 <= first <= last <= len(self.book):
            raise CaseUnknownError(f"办件号 {first} 至 {last} 不是本批次 1 至 {len(self.book)} 之内的一段")
        self._command("begin", {"first": first, "last": last, "at_arrival": at_arrival})
        for number in filter(self.book.__contains__, range(first, last + 1)):
            dossier = self.book.dossier(number)
            world = self.world(self.book.regions[dossier.region])
            if at_arrival and dossier.arrival_ms > self.now_ms:
                world.plan_begin(dossier.arrival_ms, number, self)
            else:
                self._begin_in(world, number)

    def begin_planned(self, world: LiveSandbox, number: int) -> None:
        """The day of a case planned earlier has come."""
        self._begin_in(world, number)

    def _begin_in(self, world: LiveSandbox, number: int) -> None:
        if world.case_of(number) is None:
            dossier = self.book.dossier(number)
            ours = [each for each in self.begin_of(number, dossier) if not world.seats[each[0]].remote]
            world.begin(number, dossier, ours)  # what sets others going is theirs to know

    def lay_faults(self, faults: tuple[Fault, ...], kept: dict[str, Any]) -> None:
        """From now on these faults are at work; `kept` is what is written down of them."""
        self._command("faults", {**kept, "faults": [fault_as_json(fault) for fault in faults]})
        for fault in set(faults) - set(self.faults):
            del self.struck[fault.name]
        self.faults = faults
        for world in self.worlds.values():
            world.lay_faults(faults)

    def close_case(self, number: int) -> None:
        """Hold a case open no longer for what remote seats may say of it."""
        self._command("close_case", {"number": number})
        world, case = self.case(number)
        world.close_case(case)

    def resend(self, going: Going, kept: dict[str, Any]) -> None:
        """Say once more what was said before, by hand; `kept` is what is written down of it (`sim.runs.outbox`)."""
        self._command("resend", kept)
        world = self.worlds[going.region]
        world.border.resend(going.call)
        self.drain(world)

    def told(self, heard: list[Heard]) -> None:
        """These answers have been told to whoever asked: they need not be told again."""
        self._command("told", {"ids": [[each.region, each.open.id] for each in heard]})
        for each in heard:
            self.untold.pop((each.region, each.open.id), None)

    def not_told(self, heard: Heard, why: str) -> None:
        """This answer did not reach whoever asked; a row says so, and it is told again as its ladder says."""
        id_ = heard.open.id
        self._command("not_told", {"region": heard.region, "id": id_, "why": why})
        world = self.worlds[heard.region]
        if not world.border.not_told(heard.open, why):
            self.untold.pop((heard.region, id_), None)
        self.drain(world)

    def _command(self, name: str, args: dict[str, Any]) -> None:
        self.catch_up()
        self.written.append(Command(next(self.seqs), self.now_ms, name, AS_JSON(args)))

    # ---- time ---------------------------------------------------------------------------------------------------------
    def catch_up(self) -> None:
        """Let everything happen that is due by now, before something else comes: a replay has the same order then.

        Where somebody leads our clock, what comes at an instant is as good as what is due then: neither is first.
        """
        if not self.plan.led and (self.next_due_ms or self.now_ms + 1) <= self.now_ms:
            self.advance(self.now_ms)

    def advance(
        self, to_ms: int, *, grain_ms: int = 0, pause: bool = False, budget: Callable[[], bool] | None = None
    ) -> bool:
        """Move to `to_ms`; True when arrived. With `pause`, stop at the first instant at which something leaves.

        Instants up to `grain_ms` apart are taken together. `budget` tells after each of them whether to go on.
        """
        while (due := self.next_due_ms) is not None and due <= to_ms:
            upto = min(due + grain_ms, to_ms)
            self.now_ms = upto
            for world in list(self.worlds.values()):
                if world.is_due(upto):
                    world.run(upto)
                    self.drain(world)
            if (pause and (self.sending or self.given)) or (budget is not None and not budget()):
                return False
        self.pass_to(to_ms)
        return True

    def reach(self, to_ms: int) -> None:
        """Move to `to_ms` and leave what is due then undone: whoever leads our clock speaks to us at that instant."""
        self.advance(to_ms - 1)
        self.pass_to(to_ms)
        self._command("reached", {"to_ms": to_ms})

    def told_what_lies(self, lying: frozenset[Poll]) -> None:
        """Whoever leads our clock says for whom something lies ready there: where nothing does, nobody need ask."""
        if lying != self.lying:
            self._command("lying", {"polls": sorted(lying)})
            self.lying = lying

    def moved(self, to_ms: int) -> None:
        """Write down that the clock was moved to `to_ms` by hand, so that a replay moves it too."""
        self._command("moved", {"to_ms": to_ms})

    # ---- out ------------------------------------------------------------------------------------------------------------
    def drain(self, world: LiveSandbox) -> None:
        """Gather what the world has written and what is to leave it."""
        waiting = self.waiting
        for record in world.log.drain():
            self.written.append(record)
            if waiting is not None and record.id == waiting.open.id and world.region == waiting.region:
                waiting.outcome = record.outcome
        border = world.border
        if border.sending:
            self.sending += [Going(world.region, call) for call in border.sending]
            border.sending.clear()
        if border.given:
            for each in border.given:
                if waiting is None or each is not waiting.open:
                    self.given.append(late := Heard(world.region, each, ""))
                    self.untold[world.region, each.id] = late
            border.given.clear()
        self.waiting = None
