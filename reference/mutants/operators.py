"""Mutants made from the rules: every line of a table, and everything that it says, with one thing wrong."""

import dis
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from reference.mutants import wrongs
from reference.mutants.mutant import Extras, Mutant
from reference.mutants.rules import Edit, Place, Rule, after, at, dropped, leading_to, rules_of
from sim.message import Message, Shape
from sim.posts import NOTHING, SEND, Posts, Refusal
from sim.table import Role, Row

SORTS: Final = {
    "drop": "缺一条规则", "next": "转错状态", "lost": "漏发", "twice": "重发", "early": "早发", "order": "次序颠倒", "seat": "投错对象",
    "amount": "金额有误", "case": "串件", "missing": "缺字段", "personal": "多给个人信息", "poll": "轮询停摆", "again": "去掉幂等",
}  # fmt: skip
Said = tuple[int, str, type[Message]]
"""(how, to whom, kind) of something that a rule was seen to say."""
Trace = Mapping[Place, Iterable[Said]]
"""What the rules were seen to say, where they were taken at all."""


def generated(roles: Iterable[Role], trace: Trace, polls: Iterable[tuple[str, str, str]]) -> Iterator[Mutant]:
    """Every mutant of these roles; `polls` are (batch operation, its title, who asks) of what the reference fetches."""
    for role in roles:
        rules = list(rules_of(role))
        said_before: set[tuple[str, type[Message]]] = set()
        for rule in rules:
            yield from _of_rule(rule, rules)
            said = dict.fromkeys(each for place in rule.places for each in trace.get(place, ()))
            for how, seat, kind in said:
                yield from _of_said(rule, rules, how, seat, kind)
                if (seat, kind) not in said_before:
                    said_before.add((seat, kind))
                    yield from _of_body(rule, how, seat, kind)
    for operation, title, seat in polls:
        yield Mutant(
            f"{seat}/poll/{operation}/poll", f"{title}停了，再没有人来取", "poll", "sim/polls.py", "", (), lambda extras: {},
            frozenset({(operation, seat)}),
        )  # fmt: skip


def _mutant(rule: Rule, sort: str, what: str, make: Callable[[Extras], Edit], tail: str = "") -> Mutant:
    name = rule.role.name
    return Mutant(
        f"{rule.id}/{sort}{tail}", f"{rule.title}，{what}", sort, rule.file, rule.track.name, rule.places,
        lambda extras: {name: at(rule.places, name, make(extras))},
    )  # fmt: skip


# ---- rules -----------------------------------------------------------------------------------------------------------
def _of_rule(rule: Rule, rules: list[Rule]) -> Iterator[Mutant]:
    yield _mutant(rule, "drop", "没有规则处理", lambda extras: dropped)
    row = rule.rows[0]
    if row.moves:
        yield _mutant(rule, "next", f"状态不变，没有转到“{row.next.title}”", _staying)
        states = [state for state in rule.track.states if state not in (row.next, *(each.state for each in rule.rows))]
        if states:
            wrong = states[(rule.track.states.index(row.next) + 1) % len(states)]
            yield _mutant(rule, "next", f"转到了“{wrong.title}”", lambda extras: leading_to(wrong), f"/{wrong.name}")
    first = next((each for each in rules if each.kind is rule.kind and each.track is rule.track), rule)
    if first is not rule and rule.kind.op.shape is not Shape.TIMER and not row.moves:
        act, to = first.action, first.rows[0].next
        yield _mutant(
            rule, "again", f"当作第一次收到，又从“{first.rows[0].state.title}”办起",
            lambda extras: lambda each: replace(each, action=act, next=to),
        )  # fmt: skip


def _always(edit: Edit) -> Callable[[Extras], Edit]:
    return lambda extras: edit


def _staying(extras: Extras) -> Edit:
    return lambda row: replace(row, next=row.state)


# ---- what rules say ------------------------------------------------------------------------------------------------------
def _of_said(rule: Rule, rules: list[Rule], how: int, seat: str, kind: type[Message]) -> Iterator[Mutant]:
    tail, what = f"/{kind.op.name}@{seat or 'asker'}", f"“{kind.op.title}”"
    meant = wrongs.meant(how, seat, kind)
    yield _mutant(rule, "lost", f"没有发出{what}", lambda extras: after(wrongs.lost(meant)), tail)
    yield _mutant(rule, "twice", f"{what}发了两次", lambda extras: after(wrongs.twice(meant)), tail)
    if how != SEND:
        return
    name = rule.role.name

    def held_back(extras: Extras) -> Mapping[str, Edit]:
        """Said only after the next thing that is heard in this case has been dealt with."""
        kept = wrongs.HeldBack(meant)
        places = frozenset(rule.places)

        def edit(row: Row) -> Row | None:
            here = (name, row.state.track, row.state.name, row.kind.op.name) in places
            return after(kept.hold if here else kept.say)(row)

        return {name: edit}

    yield replace(_mutant(rule, "order", f"{what}拖到下一步之后才发", lambda extras: dropped, tail), make=held_back)
    before = _before(rule, rules)
    if before is not None and _ignores_what_it_hears(rule):
        yield replace(
            _mutant(rule, "early", f"{what}在上一步“{before.kind.op.title}”时就发了", lambda extras: dropped, tail),
            make=_early(rule, before, meant), places=(*rule.places, *before.places),
        )  # fmt: skip


def _before(rule: Rule, rules: list[Rule]) -> Rule | None:
    """The rule that leads to the state in which this one is taken."""
    state = rule.rows[0].state
    leading = (each for each in rules if each is not rule and each.rows[0].moves and each.rows[0].next is state)
    return next(leading, None)


def _ignores_what_it_hears(rule: Rule) -> bool:
    code = getattr(getattr(rule.action, "__func__", rule.action), "__code__", None)
    if code is None:
        return False
    heard = code.co_varnames[code.co_argcount - 1]
    return not any(each.argval == heard for each in dis.get_instructions(code))


def _early(rule: Rule, before: Rule, meant: wrongs.Meant) -> Callable[[Extras], Mapping[str, Edit]]:
    name, action = rule.role.name, rule.action

    def make(extras: Extras) -> Mapping[str, Edit]:
        told: set[tuple[int, str]] = set()

        def sooner(file: Any, heard: Any, posts: list[Any]) -> list[Any]:
            said: Posts = action(file, heard)
            own = [] if isinstance(said, Refusal) else [post for post in said if meant(post)]
            if own:
                told.add((file.case.number, file.party.seat))
            return posts + own

        def not_again(file: Any, heard: Any, posts: list[Any]) -> list[Any]:
            if (file.case.number, file.party.seat) not in told:
                return posts
            told.discard((file.case.number, file.party.seat))
            return [post for post in posts if not meant(post)] or list(NOTHING)

        first, then = at(before.places, name, after(sooner)), at(rule.places, name, after(not_again))

        def both(row: Row) -> Row | None:
            made = first(row)
            return then(row) if made is row else made

        return {name: both}

    return make


def _of_body(rule: Rule, how: int, seat: str, kind: type[Message]) -> Iterator[Mutant]:
    """What is wrong with a message itself is tried where it is said first."""
    tail, what = f"/{kind.op.name}@{seat or 'asker'}", f"“{kind.op.title}”"
    meant = wrongs.meant(how, seat, kind)
    wrong_seat = wrongs.WRONG_SEATS.get(seat)
    if how == SEND and wrong_seat:
        yield _mutant(
            rule, "seat", f"{what}发给了 {wrong_seat}", lambda extras: after(wrongs.elsewhere(meant, wrong_seat)), tail
        )
    contents = [("amount", ".".join(path), "多一分", wrongs.one_fen_more(path)) for path in wrongs.amounts_in(kind)]
    contents += [("missing", name, "为空", wrongs.without(name)) for name in wrongs.texts_in(kind)]
    for sort, name, wrong, rewrite in contents:
        edit = after(wrongs.rewritten(meant, rewrite))
        yield _mutant(rule, sort, f"{what}的 {name} {wrong}", _always(edit), f"{tail}/{name}")
    if wrongs.has_fields(kind):
        yield _mutant(rule, "case", f"{what}里是另一件的内容", lambda extras: after(wrongs.Mixed(meant).change), tail)
    if how == SEND:
        yield _mutant(
            rule,
            "personal",
            f"{what}夹带了买方证件号与电话",
            lambda extras: after(wrongs.telling_too_much(meant, extras)),
            tail,
        )
