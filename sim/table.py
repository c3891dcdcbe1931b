"""Tables: the rules of a role, `(state, heard) -> (next state, action)`, one table per track (design law 2).

An action is a plain function of the file and the message; it returns what to send, or a refusal, and touches nothing but
its own file. The runtime moves the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from types import NoneType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim.message import Answers, Message, Refused, Shape
from sim.posts import NOTHING, Posts, Refusal

if TYPE_CHECKING:
    from sim.party import File, Standing


class State:
    """One state of one track; `end` marks states in which nothing is outstanding. Table building fills `rows`."""

    __slots__ = ("code", "end", "name", "owner", "rows", "title", "track")
    _codes = count()

    def __init__(self, name: str, title: str, *, end: bool = False) -> None:
        self.name, self.title, self.end = name, title, end
        self.code = next(State._codes)
        self.track = ""
        self.owner: Track | None = None
        self.rows: dict[type[Message], Row] = {}

    def __repr__(self) -> str:
        return f"State({self.track}:{self.name})"


Action = Callable[[Any, Any], Posts]
_ROW_CODES = count()


@dataclass(eq=False, slots=True)
class Row:
    """One rule: in `state`, hearing `kind`, run `action` and move to `next`."""

    state: State
    kind: type[Message]
    next: State
    action: Action
    reason: str = ""
    delta: int = 0
    code: int = 0
    moves: bool = False

    def __post_init__(self) -> None:
        self.moves = self.next is not self.state
        self.code = next(_ROW_CODES)
        self.delta = int(self.state.end) - int(self.next.end)


F = TypeVar("F", bound="File")
M = TypeVar("M", bound=Message)


def quiet(file: Any, heard: Any) -> Posts:
    """The action of a rule that only moves the state."""
    return NOTHING


def row(
    states: State | Sequence[State], kind: type[M], to: State | None, action: Callable[[F, M], Posts] = quiet
) -> list[Row]:
    """A rule, or one for each of several states; `to=None` stays where it is."""
    return [Row(state, kind, to or state, action) for state in _each(states)]


def ignored(states: State | Sequence[State], kind: type[Message], reason: str) -> list[Row]:
    """A rule that hears a message and rightly does nothing; the reason is listed in the documentation."""
    return [Row(state, kind, state, quiet, reason) for state in _each(states)]


def _each(states: State | Sequence[State]) -> Sequence[State]:
    return (states,) if isinstance(states, State) else states


class TableError(ValueError):
    """A table that contradicts itself; found when it is built, not when it is used."""


class Track:
    """One thing that goes on in a case: its name, its first state and its rules."""

    __slots__ = ("name", "rows", "start", "states", "title")

    def __init__(self, name: str, title: str, start: State, rows: Iterable[list[Row]]) -> None:
        self.name, self.title, self.start = name, title, start
        self.rows = [each for group in rows for each in group]
        self.states = list(dict.fromkeys([start, *(s for r in self.rows for s in (r.state, r.next))]))
        self._attach()

    def _attach(self) -> None:
        if not self.start.end:
            raise TableError(f"轨道“{self.title}”的起始状态必须是无待办状态（end=True）")
        for state in self.states:
            if state.owner is not None:
                raise TableError(f"状态“{state.title}”同时属于轨道“{state.owner.title}”和“{self.title}”")
            state.owner, state.track = self, self.name
        for each in self.rows:
            self._check(each)
            each.state.rows[each.kind] = each

    def _check(self, rule: Row) -> None:
        where = f"轨道“{self.title}”在“{rule.state.title}”时对“{rule.kind.op.title}”"
        if rule.kind in rule.state.rows:
            raise TableError(f"{where}有两条规则")
        if rule.kind.op.answers is Answers.QUERY:
            raise TableError(f"{where}写了规则，而查询不需要规则，请写进 queries")
        if rule.action is quiet and rule.kind.op.answers in (Answers.NOW, Answers.LATER):
            raise TableError(f"{where}没有动作，而这种请求必须应答")
        if rule.action is quiet and not rule.moves and not rule.reason:
            raise TableError(f"{where}既无动作也不转移，请用 ignored 写明理由")

    @property
    def kinds(self) -> set[type[Message]]:
        """Every kind some rule of this track hears."""
        return {each.kind for each in self.rows}


Query = Callable[[Any, Any], Message | Refusal]


class Part(Generic[F]):
    """One sort of file a role keeps: one per case, or (with `key`) one per business number."""

    def __init__(self, file: type[F], tracks: Sequence[Track], key: str = "") -> None:
        self.file, self.tracks, self.key = file, tuple(tracks), key
        self.track_names = [track.name for track in tracks]
        if len(set(self.track_names)) < len(tracks):
            raise TableError(f"同一份档案有两条同名轨道：{'、'.join(self.track_names)}")
        self.starts = [track.start for track in tracks]
        self.ones, self.zeros = [1] * len(tracks), [0] * len(tracks)


@dataclass(eq=False)
class Role:
    """A department's or system's whole behaviour: its parts, its queries and its settings. It knows no clock."""

    name: str
    title: str
    parts: tuple[Part[Any], ...]
    settings: type = NoneType
    queries: dict[type[Message], Query] = field(default_factory=dict)
    keeps: Callable[[Any], Any] | None = None
    """What is kept of a file when its case is let go: queries read it in the file's place. None: nothing is."""

    def __post_init__(self) -> None:
        self.where: dict[type[Message], tuple[Part[Any], int]] = {}
        for part in self.parts:
            for index, track in enumerate(part.tracks):
                for kind in track.kinds:
                    if kind in self.where:
                        raise TableError(f"“{self.title}”的两条轨道都处理“{kind.op.title}”")
                    self.where[kind] = (part, index)

    @property
    def tracks(self) -> list[Track]:
        """All tracks of all parts."""
        return [track for part in self.parts for track in part.tracks]

    def closest(self, at: Standing | None, kind: type[Message]) -> str:
        """What this role would accept instead, in one Chinese sentence."""
        found = self.where.get(kind)
        if found is None:
            return f"{self.title}不受理“{kind.op.title}”"
        part, index = found
        state = at.states[index] if at is not None and at.part is part else part.tracks[index].start
        accepts = "、".join(
            k.op.title for k in state.rows if k.op.shape is not Shape.TIMER and not issubclass(k, Refused)
        )
        return f"{self.title}处于“{state.title}”，此时只接受：{accepts or '（无）'}"
