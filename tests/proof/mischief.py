"""What a wire that lies could say: bodies of every kind, real ones where any were heard, brought to any file at any time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import count
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sim.clock import LINK_MS
from sim.draws import draw
from sim.message import Message, Refused, Shape
from sim.party import Standing
from sim.posts import LATER, WORK, WORKING, Asked, Refusal, answer, later, send
from sim.sandbox import Sandbox
from sim.table import Role, Row, State
from tests.proof.watch import Heard, Watch, is_told

PLAIN: dict[Any, Any] = {str: "1", int: 1, bool: True, type(None): None}

SELF = (LATER, WORKING, WORK)
"""Posts by which a file sets a timer."""
MOST = 40
"""How many messages are foisted on a case."""


def made_up(kind: Any) -> Any:
    """A value of a declared type that means nothing to anybody."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if type(None) in parts else made_up(parts[0])
    if origin is tuple:
        return () if parts[-1] is Ellipsis else tuple(made_up(part) for part in parts)
    assert is_dataclass(kind), f"no value of type {kind} can be made up"
    hints = get_type_hints(kind)
    return kind(**{field.name: made_up(hints[field.name]) for field in fields(kind)})


def wire_kinds(role: Role) -> list[type[Message]]:
    """What can come to a role by its seat: every kind its tables or queries hear but the timers of its own states."""
    return [kind for kind in (*role.where, *role.queries) if is_told(kind)]


class Sayings:
    """Bodies by kind, and by case and kind, as they were heard in a run, and who said each kind to whom."""

    def __init__(self, heard: Iterable[Heard], roles: Iterable[Role]) -> None:
        self.bodies: dict[type[Message], list[Message]] = defaultdict(list)
        self.of_case: dict[tuple[int, type[Message]], list[Message]] = defaultdict(list)
        self.senders: dict[tuple[str, type[Message]], dict[str, None]] = defaultdict(dict)
        for each in heard:
            kind = type(each.body)
            self.bodies[kind].append(each.body)
            self.of_case[each.case_no, kind].append(each.body)
            self.senders[each.receiver, kind][each.sender] = None
        kinds = [kind for role in roles for kind in wire_kinds(role)]
        named = {kind.op.name: kind for kind in kinds}
        for kind in kinds:
            if issubclass(kind, Refused):
                errors = named[kind.op.name.removesuffix(":refused")].op.errors
                codes = [*[error.code for error in errors], "not_now", "not_found", "case_closed"]
                self.bodies[kind] = [kind(code, "谎报") for code in codes]
            elif kind not in self.bodies:
                self.bodies[kind] = [made_up(kind)]

    def body(self, at: Standing, kind: type[Message], which: int) -> Message:
        """A body of this case or of another, whole or with one field made up, as `which` says; where files go by number,
        under one of this file, or a new one. What a party says to itself is no lie, nor is a refusal's declared error."""
        bodies = (which % 2 and self.of_case.get((at.case.number, kind))) or self.bodies[kind]
        body = bodies[which // 4 % len(bodies)]
        if which % 4 > 1 and kind.op.shape is not Shape.TIMER and not issubclass(kind, Refused) and fields(kind):
            hints, false = get_type_hints(kind), fields(kind)[which // 4 % len(fields(kind))].name
            body = replace(body, **{false: made_up(hints[false])})  # type: ignore[type-var]
        keys = [key for ledger, key in at.file.keys or () if ledger == kind.op.by]
        if not keys:
            return body
        number = keys[which % len(keys)]
        fresh = kind.op.opens and which % 8 == 7
        return replace(body, **{kind.op.by: f"{number}N{which}" if fresh else number})  # type: ignore[type-var]

    def tell(self, world: Sandbox, at: Standing, kind: type[Message], which: int) -> None:
        """Let a file hear a message of this kind at this very instant, from a seat that might say it."""
        body, seat, sent = self.body(at, kind, which), at.party.seat, world.clock.now_ms - LINK_MS
        known = [sender for sender in self.senders[seat, kind] if sender in world.seats]
        sender = world.standing_of(at.case, world.seats[known[which % len(known)] if known else seat])
        said = answer(Asked(at, 0), body) if kind.op.shape is Shape.REPLY else send(seat, body)
        world._dispatch(sender, at.case, [said], 0, sent)


class Explorer:
    """Brings about what no run has met: the rules that have not run yet, of a watch on all of them.

    A file that has just moved is told what one of them would hear, or what leads to a state with such rules, or what makes it
    set a timer that one waits for; and a timer that one waits for rings at once, as if all others had kept silent so long.
    """

    def __init__(self, watch: Watch, sayings: Sayings) -> None:
        self.watch, self.sayings = watch, sayings
        self.rules = [rule for role in watch.roles for track in role.tracks for rule in track.rows]
        self.setters: dict[type[Message], dict[type[Message], None]] = defaultdict(dict)
        self._look_around()

    def play(self, world: Sandbox, until_ms: int) -> None:
        """Play a world, meddling at every step; a case bears only so much."""
        self.borne = Counter[int]()
        for step in count():
            due = world.clock.next_due_ms
            if due is None or due > until_ms or not world.step():
                return
            if self.watch.last is not None:
                (at, rule, posts), self.watch.last = self.watch.last, None
                if not isinstance(posts, Refusal):
                    self._meddle(world, step, at, rule, [post[3] for post in posts if post[0] in SELF])

    def _meddle(self, world: Sandbox, step: int, at: Standing, rule: Row, timers: list[Message]) -> None:
        for timer in timers:
            self.setters[type(timer)][rule.kind] = None
        if len(self.watch.ran) != self._seen:
            self._look_around()
        states = [*at.states, *(start for part in at.party.role.parts if part.key for start in part.starts)]
        rules = [rule for state in states for rule in self.wanted.get(state, ())]
        if at.case.closed or not rules or self.borne[at.case.number] > MOST:
            return
        kinds = {rule.kind: rule in self.missing for rule in sorted(rules, key=lambda rule: rule in self.missing)}
        for timer in timers:
            if type(timer) in kinds:
                world._dispatch(at, at.case, [later(0, timer)], 0, world.clock.now_ms)
                self.borne[at.case.number] += 1
        for kind, missing in list(kinds.items()):
            if missing and not is_told(kind):
                at_random = wire_kinds(at.party.role)
                kinds |= dict.fromkeys(self.setters[kind] or at_random[step % len(at_random) :][:4], True)
        told = [kind for kind in kinds if is_told(kind) and any(kind in state.rows for state in states)]
        for n, kind in enumerate(told):
            if draw(at.case.salt, kind.op.name.encode(), step) < (0.3 if kinds[kind] else 0.1):
                self.sayings.tell(world, at, kind, step + n)
                self.borne[at.case.number] += 1

    def _look_around(self) -> None:
        self._seen = len(self.watch.ran)
        self.missing = {rule for rule in self.rules if not self.watch.ran[rule]}
        hungry = {rule.state for rule in self.missing}
        self.wanted: dict[State, list[Row]] = defaultdict(list)
        for rule in self.rules:
            if rule in self.missing or (rule.moves and rule.next in hungry):
                self.wanted[rule.state].append(rule)


def live(world: Sandbox) -> Iterator[Standing]:
    """Where every file of every case stands, in a fixed order."""
    for number in sorted(world.cases):
        yield from world.cases[number].standings()


def unsound(world: Sandbox) -> list[str]:
    """What is wrong with the counters and states of the cases that go on."""
    wrong = []
    for case in world.cases.values():
        if case.pending < 0:
            wrong.append(f"办件 {case.number} 的待达数为 {case.pending}")
        if case.open != len(case.open_tracks()):
            wrong.append(f"办件 {case.number} 计有 {case.open} 条未结轨道，实有 {case.open_tracks()}")
        for at in case.standings():
            for track, state, timers in zip(at.part.tracks, at.states, at.timers, strict=True):
                if state not in track.states:
                    wrong.append(f"{at.party.seat} 的轨道“{track.title}”处于未声明的状态 {state}")
                if timers < 0:
                    wrong.append(f"{at.party.seat} 的轨道“{track.title}”有 {timers} 个定时")
    return wrong
