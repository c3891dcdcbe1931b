"""What a person should look at in a dialect that is valid: what it leaves unmapped, and what looks like a mistake."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sim.faces.dialects.dialect import Dialect, Spelling
from sim.faces.dialects.fields import Leaf
from sim.faces.dialects.manners import ALWAYS_200, NOWHERE, PATH, UNSIGNED, Manner
from sim.faces.dialects.paths import MISSING, text_of
from sim.faces.dialects.units import AREA, MOMENT, MONEY, UNITS, sort_of
from sim.faces.doors import CASE
from sim.faces.error_list import errors_of
from sim.message import Shape

WRONG, DOUBTFUL, UNMAPPED = "不通过", "可疑", "未对应"
_YUAN: Final = re.compile(r"yuan|(?<![a-z])元", re.IGNORECASE)
_FEN: Final = re.compile(r"fen(?![a-z])|分$", re.IGNORECASE)
_OURS: Final = {MONEY: "分", AREA: "平方米×100", MOMENT: "毫秒"}
_SECONDS: Final = re.compile(r"(sec|second|miao)s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: how grave, where in the file, what."""

    sort: str
    key: str
    what: str


def findings(dialect: Dialect, seats: Iterable[str]) -> list[Finding]:
    """Everything to look at, for a system that takes these seats."""
    taken = tuple(seats)
    wanted = operations_of(dialect, taken)
    found = [*_envelope(dialect), *_unmapped(dialect, wanted)]
    for name, spelling in dialect.spellings.items():
        found += _of_fields(dialect, name, spelling)
        found += _of_numbers(dialect, name, spelling, taken)
        if spelling.path and spelling.kind.op.shape is not Shape.REPLY and name not in wanted:
            found.append(Finding(DOUBTFUL, f"operations.{name}", f"席位 {'、'.join(taken)} 不收也不发这个操作"))
    return found


def operations_of(dialect: Dialect, seats: Iterable[str]) -> list[str]:
    """The operations between these seats and others, by name."""
    directory, own = dialect.directory, set(seats)
    roles = {directory.seats[seat] for seat in own}
    found = []
    for name, kind in directory.kinds.items():
        says, hears = directory.ways.get(name, ((), ()))
        if kind.op.shape in (Shape.REQUEST, Shape.NOTICE) and bool(roles & set(says)) != bool(roles & set(hears)):
            found.append(name)
    return sorted(found)


def _unmapped(dialect: Dialect, wanted: list[str]) -> Iterator[Finding]:
    for name in wanted:
        if name not in dialect.spellings:
            title = dialect.directory.kinds[name].op.title
            yield Finding(UNMAPPED, f"operations.{name}", f"没有写“{title}”，将按我方接口收发")


def _envelope(dialect: Dialect) -> Iterator[Finding]:
    for seat, manner in dialect.manners.items():
        key = f"seats.{seat}.answer" if seat else "answer"
        yield from _of_answer(dialect, key, manner)
        if manner.places.case.where == NOWHERE:
            yield Finding(DOUBTFUL, key.replace("answer", "place.case"), "办件号哪里都没有，只能靠业务编号找到办件")


def _of_answer(dialect: Dialect, key: str, manner: Manner) -> Iterator[Finding]:
    answering = manner.answering
    if answering.code and not answering.success:
        yield Finding(WRONG, f"{key}.success", "有结果代码，没有写哪些代码是成功：任何应答都不会算成功")
    if answering.success and not answering.code:
        yield Finding(WRONG, f"{key}.code", "写了成功代码，没有写代码在哪个字段")
    if answering.code and not answering.refusals and not answering.unlisted:
        yield Finding(DOUBTFUL, f"{key}.refusals", "没有一个业务退回代码：对方的退回都会当作没有送达而重发")
    if answering.code and answering.other is MISSING:
        yield Finding(DOUBTFUL, f"{key}.other", "没有写其他退回用哪个代码，将原样给出我方的退回代码")
    if manner.signing.kind == UNSIGNED and manner.places.token.where != NOWHERE and not manner.places.token_value:
        yield Finding(DOUBTFUL, f"{key.replace('answer', 'place')}.token_value", "有令牌的位置，没有令牌的值")
    if answering.code and answering.http == ALWAYS_200 and answering.pending is MISSING:
        yield Finding(DOUBTFUL, f"{key}.pending", "没有写“已收下、以后答复”用哪个代码")


def _of_fields(dialect: Dialect, name: str, spelling: Spelling) -> Iterator[Finding]:
    manner = dialect.manner("")
    for leaf in dialect.fields(spelling.kind, manner.textual).leaves:
        field, key = leaf.ours[-1][0], f"operations.{name}.fields.{leaf.name}"
        if not leaf.mapped and leaf.ours[0][0] not in spelling.parameters:
            yield Finding(UNMAPPED, key, f"没有对应，将用我方名称 {text_of(leaf.theirs or ())}")
        yield from _of_unit(key, field, leaf)


def _of_unit(key: str, field: str, leaf: Leaf) -> Iterator[Finding]:
    sort, unit, theirs = sort_of(field), leaf.rule.unit, leaf.theirs[-1][0] if leaf.theirs else ""
    if leaf.type is not int or not theirs:
        return
    if leaf.mapped and unit is None and sort in (MONEY, AREA, MOMENT):
        names = "、".join(each.name for each in UNITS.values() if each.of == sort)
        yield Finding(DOUBTFUL, key, f"{sort}没有写单位，将按我方的（{_OURS[sort]}）收发；可用 {names}")
    if sort == MONEY and (unit is None or unit.name.startswith("fen")) and _YUAN.search(theirs):
        yield Finding(DOUBTFUL, key, f"对方字段叫“{theirs}”，却按分收发")
    if sort == MONEY and unit is not None and unit.name.startswith("yuan") and _FEN.search(theirs):
        yield Finding(DOUBTFUL, key, f"对方字段叫“{theirs}”，却按元收发")
    if sort == MOMENT and (unit is None or unit.name.startswith("ms")) and _SECONDS.search(theirs):
        yield Finding(DOUBTFUL, key, f"对方字段叫“{theirs}”，却按毫秒收发")
    if unit is not None and unit.loses == "时分秒" and field != "acquired_ms":
        yield Finding(DOUBTFUL, key, f"单位 {unit.name} 没有{unit.loses}，读回来是当日零时")


def _of_numbers(dialect: Dialect, name: str, spelling: Spelling, seats: tuple[str, ...]) -> Iterator[Finding]:
    """Whether the case can be found, and its refusals told apart."""
    kind = spelling.kind
    if not spelling.path:
        return
    heard_by = [seat for seat, each in dialect.heard_at.items() if spelling in each]
    for seat in heard_by:
        place = dialect.manner(seat).places.case
        if place.where == PATH and CASE not in spelling.parameters and kind.op.by == CASE:
            yield Finding(WRONG, f"operations.{name}.path", "办件号说是在路径里，而路径没有 {case}")
            break
    mine = [seat for seat in heard_by if seat in seats]
    if mine:
        known = dialect.manner(mine[0]).answering.refusals
        lacking = [error.code for error in errors_of(kind.op) if error.code not in known and error in kind.op.errors]
        if lacking and dialect.manner(mine[0]).answering.code:
            yield Finding(UNMAPPED, f"answer.refusals（{name}）", f"这些业务退回没有代码：{'、'.join(lacking)}")
