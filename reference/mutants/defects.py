"""How a defect is written by hand: which rules it touches, and what it makes of them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from reference.mutants.mutant import Extras, Mutant
from reference.mutants.rules import Change, Edit, Place, after, at, doing, dropped, hearing, place_of
from sim.message import Message
from sim.posts import Post
from sim.table import Action, Role, Row, State

BY_HAND = "hand"
MakeEdit = Callable[[Extras], Edit]


@dataclass(frozen=True, slots=True)
class Touch:
    """Some rules of a role, and what becomes of them."""

    role: Role
    rows: tuple[Row, ...]
    make: MakeEdit

    @property
    def places(self) -> tuple[Place, ...]:
        """Where they stand."""
        return tuple(place_of(self.role.name, row) for row in self.rows)


def on(
    role: Role, kinds: type[Message] | Collection[type[Message]] | None, make: MakeEdit, *, states: Collection[str] = ()
) -> Touch:
    """The rules that hear one of these kinds (None: any), in these states (none named: in any). Raises LookupError."""
    wanted = kinds if kinds is None or isinstance(kinds, Collection) else (kinds,)
    rows = tuple(
        row for track in role.tracks for row in track.rows
        if (wanted is None or row.kind in wanted) and (not states or row.state.name in states)
    )  # fmt: skip
    if not rows:
        raise LookupError(f"{role.title}没有这样的规则：{kinds} {states}")
    return Touch(role, rows, make)


def defect(name: str, title: str, trap: str, *touches: Touch) -> Mutant:
    """A mutant written by hand. Where two touches meet, the later one comes on top."""
    first = touches[0].rows[0]

    def make(extras: Extras) -> dict[str, Edit]:
        edits: dict[str, Edit] = {}
        for touch in touches:
            edit = at(touch.places, touch.role.name, touch.make(extras))
            edits[touch.role.name] = _then(edits.get(touch.role.name), edit)
        return edits

    places = tuple(dict.fromkeys(place for touch in touches for place in touch.places))
    file = first.action.__module__.replace(".", "/") + ".py"
    return Mutant(f"hand/{name}", title, BY_HAND, file, first.state.track, places, make, trap=trap)


def _then(first: Edit | None, then: Edit) -> Edit:
    if first is None:
        return then
    before = first
    return lambda row: None if (made := before(row)) is None else then(made)


# ---- what becomes of rules -----------------------------------------------------------------------------------------------
def saying(change: Change) -> MakeEdit:
    """It says something else."""
    return lambda extras: after(change)


def taking(misread: Callable[[Any, Any], Any]) -> MakeEdit:
    """It takes what it hears for something else."""
    return lambda extras: hearing(misread)


def acting(action: Action, to: State | None = None) -> MakeEdit:
    """It does something else, and may lead elsewhere."""
    if to is None:
        return lambda extras: doing(action)
    return lambda extras: lambda row: replace(row, next=to, action=action)


def gone(extras: Extras) -> Edit:
    """It is missing."""
    return dropped


def also(more: Callable[[Any, Any], Iterable[Post]]) -> MakeEdit:
    """It says this too: (file, heard) -> posts."""
    return saying(lambda file, heard, posts: [*posts, *more(file, heard)])


def silent_on(*kinds: type[Message], to: str = "") -> MakeEdit:
    """It does not say these; with `to`, not to that seat."""
    return saying(lambda file, heard, posts: [p for p in posts if type(p[3]) not in kinds or (to and p[1] != to)])


def rewriting(kinds: Collection[type[Message]] | type[Message], rewrite: Callable[[Any, Any], Any]) -> MakeEdit:
    """It says these in other words: (file, body) -> body."""
    wanted = kinds if isinstance(kinds, Collection) else (kinds,)
    return saying(
        lambda file, heard, posts: [(*p[:3], rewrite(file, p[3])) if type(p[3]) in wanted else p for p in posts]
    )


def texts_as(spell: Callable[[str, str], str]) -> Callable[[Any], Any]:
    """Every text in a body, however deep, in another spelling: (field, text) -> text."""

    def through(value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return spell(name, value)
        if isinstance(value, tuple):
            return tuple([through(each, name) for each in value])
        if is_dataclass(value) and not isinstance(value, type):
            return replace(
                value, **{each.name: through(getattr(value, each.name), each.name) for each in fields(value)}
            )
        return value

    return through
