"""The gate: what happens to a message that no rule takes, that an action turns away, or that a fault strikes."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from sim.alterations import altered
from sim.case import Case
from sim.clock import LINK_MS, Entry
from sim.draws import salt
from sim.faults import DELAYING, MISSES, MISSES_WITHIN, ON_WIRE, Effect, Fault, Strike, with_wrong_amount
from sim.journal import NO_RULE
from sim.message import Error, Message, Shape, refused
from sim.party import Standing
from sim.posts import REPLY, Refusal
from sim.route import FIRST_TRIP, Route, Trip

if TYPE_CHECKING:
    from sim.sandbox import Sandbox

NOT_FOUND = Error("not_found", "查无此号", "核对业务号码后重新提交")
NOT_NOW = Error("not_now", "当前状态不受理", "刷新办件状态后再办")
CASE_CLOSED = Error("case_closed", "办件已办结", "无须再报；如需办理请另行申请")
UNEXPECTED = Error("unexpected", "收到未预期的报文", "检查发送方的流程")


class Gate:
    """Stands between the clock and the parties. It decides nothing about the domain."""

    def __init__(self, world: "Sandbox") -> None:
        self.world = world
        self.unmarked: Counter[str] = Counter()
        """Strikes that leave no mark in the journal, by fault: what only comes later, or twice."""
        self.struck: Counter[str] = Counter()
        """All strikes, by fault; the worlds of a run share one count."""

    # ---- finding --------------------------------------------------------------------------------------------------
    def find(self, route: Route, case: Case, body: Message) -> tuple[Standing | None, Case]:
        """Where the file stands that a message is about, by case or by ledger key, and the case that file belongs to."""
        party = route.receiver
        if case.closed:
            return None, case
        if not route.by:
            return self.world.standing_of(case, party), case
        key = getattr(body, route.by)
        file = party.ledgers.get(route.by, {}).get(key)
        if file is None:
            if not route.op.opens or route.part is None:
                return None, case
            file = party.open(case, route.part)
            file.enter(route.by, key)
            case.subs = [*(case.subs or ()), file.standing]
        at = file.standing
        if route.part is not None and route.part is not at.part:
            return None, case
        if file.case is not case:
            case.pending -= 1
            file.case.pending += 1
            self.world.settle(case)
        return at, file.case

    # ---- refusing -------------------------------------------------------------------------------------------------
    def unruled(self, entry: Entry, case: Case, at: Standing | None) -> None:
        """A message no rule takes: a query is answered from the records, a request refused, the rest is unexpected."""
        route, body, role = entry[3], entry[6], entry[3].receiver.role
        if route.receiver.line is not None:
            route.receiver.line.take(entry, case)
        elif case.closed:
            self._after_its_end(entry, case)
        elif at is None and (route.part is not None or route.query is not None):
            self.turned_away(entry, case, None, Refusal(NOT_FOUND, f"{role.title}查无此号"))
        elif at is not None and route.query is not None:
            at.heard = entry
            said = route.query(at.file, body)
            if isinstance(said, Refusal):
                self.turned_away(entry, case, at, said)
                return
            self.world._dispatch(at, case, [(REPLY, None, 0, said)], entry[2], entry[0])
            self._write(entry, case, at, "ok", said)
            self.world.settle(case)
        elif route.op.shape is Shape.REQUEST:
            self.turned_away(entry, case, at, Refusal(NOT_NOW, role.closest(at, route.kind)))
        else:
            self._write(entry, case, at, f"refused:{UNEXPECTED.code}")
            self.world.settle(case)

    def _after_its_end(self, entry: Entry, case: Case) -> None:
        """A case that has been let go hears nothing more; a query is answered from what its party kept of it."""
        route, body, asker = entry[3], entry[6], entry[7]
        kept = None if route.query is None or asker is None else self.world.kept_of(case.number, route.receiver)
        said = Refusal(CASE_CLOSED) if kept is None else route.query(kept, body)
        if isinstance(said, Refusal):
            self.turned_away(entry, case, None, said)
            return
        self._write(entry, case, None, "ok", said)
        back = self.world.route(route.receiver, asker.party.seat, type(said))
        self.lay(back, asker.case, asker, said, None, entry[2], self.world.clock.now_ms + LINK_MS)

    def turned_away(self, entry: Entry, case: Case, at: Standing | None, no: Refusal) -> None:
        """A refusal is journaled, and heard by whoever sent the request; a reply or notice is never answered."""
        route, asker = entry[3], entry[7]
        self._write(entry, case, at, f"refused:{no.error.code}")
        if route.op.shape is Shape.REQUEST and asker is not None:
            body = refused(route.kind)(no.error.code, no.detail or no.error.title)
            back = self.world.route(route.receiver, asker.party.seat, type(body))
            due = self.world.clock.now_ms + LINK_MS
            self.lay(back, asker.case, asker, body, at, entry[2], due)
        self.world.settle(case)

    def _write(self, entry: Entry, case: Case, at: Standing | None, outcome: str, said: Message | None = None) -> None:
        due, _, id_, route, _, _, body, _, cause, asked, _, extra = entry
        rule = -1 - at.states[route.track].code if at is not None else NO_RULE
        ref, amount, answered = route.shown(body, said)
        journal = self.world.journal
        journal.note(FIRST_TRIP if extra is None else extra.marks, journal.words[outcome], answered, amount, ref)
        if case.sampled:
            journal.keep_bodies(case.number, id_, body, said)
        journal.write((id_, cause, due, asked, case.number, route.code, rule))

    # ---- faults ---------------------------------------------------------------------------------------------------
    def lay(
        self, route: Route, case: Case, target: Standing | None, body: Message, asker: Standing | None, cause: int, due: int,
        trip: Trip | None = None, n: int = 0,
    ) -> None:  # fmt: skip
        """Send a message on its way through the faults that lie on its route.

        Its luck hangs on its place among the case's messages of this operation to this seat (`n`, from 1; 0: not sent before)
        and on its attempt: what one fault does moves no draw of another.
        """
        if self.world.border is not None:
            due = self.world.border.due(route, self.world.clock.now_ms, due)
        if not (route.faults or route.counted):
            self._push(route, case, target, body, asker, cause, due, trip)
            return
        now, operation = self.world.clock.now_ms, f"{route.op.name}@{route.receiver.seat}"
        n = n or case.count(operation) + 1
        remote = route.receiver.line is not None and route.op.shape is not Shape.REPLY
        if remote:
            trip = Trip(n=n) if trip is None else trip.copy()
            trip.n = n
        luck = n if trip is None else n + (trip.marks[3] - 1 << 32)
        for fault in route.faults:
            if not self._hits(fault, case, operation, luck, now):
                continue
            effect = fault.effect
            if effect in MISSES or (effect in ON_WIRE and not remote):
                self._struck(fault.name, route, case, target, body, asker, cause, trip, n)
                return
            self.unmarked[fault.name] += 1
            if effect is Effect.BUSINESS:
                no = (fault.error, route, case, body, asker, cause, now, trip)
                case.pending += 1
                self.world.clock.at(max(due, now), self._say_no, no)
                return
            if effect is Effect.DUPLICATED:
                late = due + fault.delay_ms(case.salt, operation, luck)
                self._push(route, case, target, body, asker, cause, late, Trip() if trip is None else trip.copy())
            elif effect in DELAYING:
                due = max(due + fault.delay_ms(case.salt, operation, luck), fault.not_before_ms)
            elif effect is Effect.ALTERED:
                body = altered(body, fault.changes)
            elif effect is Effect.STRAY:
                stray = altered(body, fault.changes)
                self._push(route, case, target, stray, asker, cause, due, Trip() if trip is None else trip.copy())
            elif effect is Effect.WRONG_AMOUNT:
                body = with_wrong_amount(body, fault.strike(case.salt, operation, luck).u)
            elif remote and trip is not None:
                trip.strike = trip.strike or fault.strike(case.salt, operation, luck)
            else:  # its sender is never told that it arrived, and says it once more
                gap = self.world.gap_after(route, 1 if trip is None else trip.marks[3])
                if gap is not None:
                    self._push(route, case, target, body, asker, cause, due + gap, Trip(2))
        self._push(route, case, target, body, asker, cause, due, trip)

    def _hits(self, fault: Fault, case: Case, operation: str, luck: int, now: int) -> bool:
        """Whether a fault strikes a message, within what it may strike in all; counts the strike."""
        if fault.cases and case.number not in fault.cases:
            return False
        if fault.nth and luck & 0xFFFFFFFF != fault.nth:
            return False
        if not fault.strikes(case.salt, operation, luck, now):
            return False
        if fault.total is not None and self.struck[fault.name] >= fault.total:
            return False
        if fault.most is not None and self._on_this(fault, case) >= fault.most:
            return False
        self.struck[fault.name] += 1
        return True

    def _on_this(self, fault: Fault, case: Case) -> int:
        """How often it has struck this case. A case that is over may be let go while what it sends again beyond the wire still
        strays, so a fault on one case alone is counted with the run."""
        return self.struck[fault.name] if len(fault.cases) == 1 else case.count(fault.name)

    def strikes_from_outside(self, route: Route, case: Case) -> list[Strike]:
        """What strikes a remote seat's message at our door; one that keeps it from being heard comes alone."""
        operation, now = f"{route.op.name}@{route.receiver.seat}", self.world.clock.now_ms
        n, found = case.count(operation) + 1, []
        for fault in route.faults:
            if not self._hits(fault, case, operation, n, now):
                continue
            strike = fault.strike(case.salt, operation, n)
            if fault.effect in MISSES_WITHIN or fault.effect is Effect.BUSINESS:
                return [strike]
            found.append(strike)
        return found

    def strike_on_fetch(self, envelope: Route) -> Strike | None:
        """What strikes a remote seat's fetch; its luck hangs on the instant, and is the same in every region of a run.

        A fault on some cases, or on the n-th message of a case, strikes none: a fetch is of no case.
        """
        name, now = envelope.op.name, self.world.clock.now_ms
        luck = salt(self.world.seed, "fetch", name, envelope.receiver.seat, envelope.sender.seat)
        for fault in envelope.faults:
            spent = fault.total is not None and self.struck[fault.name] >= fault.total
            if not (spent or fault.cases or fault.nth) and fault.strikes(luck, name, now, now):
                self.struck[fault.name] += 1
                return fault.strike(luck, name, now)
        return None

    def _say_no(self, entry: Entry) -> None:
        """A department's lawful no that was asked for by a fault: heard as any other refusal is."""
        error, route, case, body, asker, cause, asked, trip = entry[6]
        case.pending -= 1
        heard = (entry[0], 0, entry[2], route, case, None, body, asker, cause, asked, 0, trip)
        self.turned_away(heard, case, None, Refusal(self.refusal(route, error)))

    def refusal(self, route: Route, code: str) -> Error:
        """The refusal of this code that an operation's sender may hear."""
        every = (*route.op.errors, NOT_FOUND, NOT_NOW)
        return next(error for error in every if error.code == code)

    def _push(
        self, route: Route, case: Case, target: Standing | None, body: Message, asker: Standing | None, cause: int, due: int,
        trip: Trip | None,
    ) -> None:  # fmt: skip
        clock, border = self.world.clock, self.world.border
        tie = case.tie ^ route.salt
        entry = (due, tie, next(clock.ids), route, case, target, body, asker, cause, clock.now_ms, 0, trip)
        if border is not None and border.prompt and route.receiver.line is not None and route.op.shape is Shape.REPLY:
            border.answer(entry)
            return
        case.pending += 1
        clock.push(entry)

    def _struck(self, name: str, route: Route, case: Case, *rest: Any) -> None:
        """A message that did not arrive: journaled, and sent again as its operation's ladder says."""
        body, cause, trip, n = rest[1], rest[3], rest[4], rest[5]
        clock = self.world.clock
        marks = FIRST_TRIP if trip is None else trip.marks
        _, part_of, answers, attempt = marks
        now, journal = clock.now_ms, self.world.journal
        journal.note(marks, journal.words[f"fault:{name}"], 0, 0, route.shown(body, None)[0])
        journal.write((next(clock.ids), cause, now, now, case.number, route.code, NO_RULE))
        border = self.world.border
        if border is not None and route.op.shape is Shape.REPLY:
            border.loses_answer(answers or cause)
        gap = self.world.gap_after(route, attempt)
        case.pending += 1
        if gap is not None:
            again_of = 0 if trip is None else trip.again_of
            again = (*rest[:4], Trip(attempt + 1, part_of, answers, n, again_of), n)
            clock.at(now + gap, self._resend, (route, case, again))
        else:
            clock.at(now, self._give_up, case)  # not at once: its sender may not have said everything yet

    def _resend(self, entry: Entry) -> None:
        route, case, (target, body, asker, cause, trip, n) = entry[6]
        case.pending -= 1
        self.lay(route, case, target, body, asker, cause, entry[0] + LINK_MS, trip, n)

    def _give_up(self, entry: Entry) -> None:
        case = entry[6]
        case.pending -= 1
        self.world.settle(case)
