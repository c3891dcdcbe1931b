"""A role's rules, as a mutant sees and changes them: the original tables are read, never touched."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.message import Message
from sim.posts import Post, Posts, Refusal
from sim.table import Action, Part, Role, Row, State, Track

Edit = Callable[[Row], Row | None]
"""What becomes of a rule: itself, another one, or none."""
Place = tuple[str, str, str, str]
"""(role, track, state, kind): where a rule stands."""


def place_of(role: str, row: Row) -> Place:
    """Where a rule stands."""
    return role, row.state.track, row.state.name, row.kind.op.name


def recast(role: Role, edit: Edit) -> Role:
    """A copy of a role whose rules are what `edit` makes of them."""
    return Role(
        role.name, role.title, tuple(_part(part, edit) for part in role.parts), role.settings, role.queries, role.keeps
    )


def _part(part: Part[Any], edit: Edit) -> Part[Any]:
    return Part(part.file, [_track(track, edit) for track in part.tracks], part.key)


def _track(track: Track, edit: Edit) -> Track:
    states = {state: State(state.name, state.title, end=state.end) for state in track.states}
    kept = [each for row in track.rows if (each := edit(row)) is not None]
    rows = [[Row(states[each.state], each.kind, states[each.next], each.action, each.reason)] for each in kept]
    for (made,), each in zip(rows, kept, strict=True):
        if not (made.moves or made.reason) and each.action.__name__ == "quiet":
            made.reason = "缺陷植入"
    return Track(track.name, track.title, states[track.start], rows)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one line of a table says: the rows of all the states it was written for."""

    role: Role
    track: Track
    rows: tuple[Row, ...]

    @property
    def id(self) -> str:
        """The same as long as the line stands there for that state."""
        return "/".join(place_of(self.role.name, self.rows[0]))

    @property
    def title(self) -> str:
        """Who hears what in which state."""
        states = "、".join(row.state.title for row in self.rows[:2]) + ("等" if len(self.rows) > 2 else "")
        return f"{self.role.title}“{states}”时收到“{self.kind.op.title}”"

    @property
    def kind(self) -> type[Message]:
        """What it hears."""
        return self.rows[0].kind

    @property
    def action(self) -> Action:
        """What it does."""
        return self.rows[0].action

    @property
    def places(self) -> tuple[Place, ...]:
        """Where its rows stand."""
        return tuple(place_of(self.role.name, row) for row in self.rows)

    @property
    def file(self) -> str:
        """Where its action is written."""
        return self.action.__module__.replace(".", "/") + ".py"


def rules_of(role: Role) -> Iterator[Rule]:
    """Every line of a role's tables."""
    for track in role.tracks:
        lines: dict[tuple[Any, ...], list[Row]] = {}
        for row in track.rows:
            lines.setdefault((row.kind, row.action, row.next if row.moves else None, row.reason), []).append(row)
        yield from (Rule(role, track, tuple(rows)) for rows in lines.values())


# ---- edits ---------------------------------------------------------------------------------------------------------
Change = Callable[[Any, Any, list[Post]], list[Post]]
"""What becomes of the posts of a rule: (file, heard, posts) -> posts."""


def at(places: Iterable[Place], role: str, edit: Edit) -> Edit:
    """The edit, for the rules at these places only."""
    wanted = frozenset(places)
    return lambda row: edit(row) if place_of(role, row) in wanted else row


def dropped(row: Row) -> None:
    """The rule is missing."""


def leading_to(state: State) -> Edit:
    """The rule leads to another state."""
    return lambda row: replace(row, next=state)


def doing(action: Action) -> Edit:
    """The rule does something else."""
    return lambda row: replace(row, action=action)


def after(change: Change) -> Edit:
    """The rule does what it did, and says something else; a refusal stays one."""

    def edit(row: Row) -> Row:
        action = row.action

        def changed(file: Any, heard: Any) -> Posts:
            posts = action(file, heard)
            return posts if isinstance(posts, Refusal) else change(file, heard, list(posts))

        return replace(row, action=changed)

    return edit


def hearing(misread: Callable[[Any, Any], Any]) -> Edit:
    """The rule takes what it hears for something else: (file, heard) -> what it takes it for."""

    def edit(row: Row) -> Row:
        action = row.action
        return replace(row, action=lambda file, heard: action(file, misread(file, heard)))

    return edit
