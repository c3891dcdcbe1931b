"""What a mutant is: its name, what it touches, and what it puts in the place of the reference's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reference.mutants.rules import Edit, Place, recast
from sim.message import Message
from sim.table import Role


class Extras:
    """Fields that messages carry beyond their declaration, as a careless sender adds them on the wire."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Message, dict[str, Any]]] = {}

    def add(self, body: Message, values: dict[str, Any]) -> Message:
        """This message carries these too. It is kept, so that no other can be taken for it."""
        self._known[id(body)] = (body, values)
        return body

    def of(self, body: Message) -> dict[str, Any]:
        """What a message carries beyond its declaration."""
        return self._known[id(body)][1] if id(body) in self._known else {}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a mutant puts in the place of the reference's own; by default, nothing."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    stopped_polls: frozenset[tuple[str, str]] = frozenset()
    """(batch operation, who asks) of polls that never run."""
    extras: Extras = field(default_factory=Extras)


Make = Callable[[Extras], Mapping[str, Edit]]
"""The edits of a mutant, by role; made anew for every play, so that nothing is remembered from one to the next."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect. `sort` is the class of defect (`operators.SORTS`, or by hand), `places` the rules that it changes."""

    id: str
    title: str
    sort: str
    file: str
    track: str
    places: tuple[Place, ...]
    make: Make
    stopped_polls: frozenset[tuple[str, str]] = frozenset()
    trap: str = ""

    def changes(self, reference: Mapping[str, Role], around: Callable[[str], Edit]) -> Changes:
        """The reference with this defect; `around(role)` is a last edit of every rule, for whoever watches."""
        extras = Extras()
        edits = self.make(extras)
        roles = {
            name: recast(role, _both(edits.get(name), around(name))) for name, role in reference.items()
        }  # fmt: skip
        return Changes(roles, self.stopped_polls, extras)


def _both(first: Edit | None, then: Edit) -> Edit:
    if first is None:
        return then
    edit = first

    def both(row: Any) -> Any:
        made = edit(row)
        return None if made is None else then(made)

    return both
