"""The digest of a run's whole state: equal for equal states, whatever process holds them and however they came about."""

from collections import deque
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from itertools import count
from types import MethodType
from typing import Any

import xxhash

from sim.case import Case
from sim.crossing import Call, Open
from sim.desks import Job
from sim.dossier import Dossier
from sim.party import File, Standing
from sim.route import Trip
from sim.runs.composition import Name, dossier_name, names_of, next_of, state_of
from sim.runs.exchanges import Heard
from sim.runs.run import Run

OBJECTS = (Case, File, Standing, Call, Open, Job, Heard)
"""What is one thing wherever it is spoken of; everything else is a value, equal to its copies."""
NOT_STATE = frozenset({"heard"})
"""A standing keeps the last message heard for the action that hears it; nobody asks for it afterwards."""


def state_digest(run: Run) -> str:
    """The digest of a run, of which nothing waits to be written or to leave. It walks everything: ask seldom."""
    return _Walk(run).digest()


class _Walk:
    """One walk: objects are numbered in the order in which they are met, and told of one after another."""

    def __init__(self, run: Run) -> None:
        self._names = names_of(run)
        self._state = state_of(run)
        self._hash = xxhash.xxh3_128()
        self._met: dict[int, int] = {}
        self._to_tell: deque[Any] = deque()
        self._of: dict[type, Callable[[Any], None]] = {
            int: self._plain, str: self._plain, bool: self._plain, float: self._plain, bytes: self._plain,
            type(None): self._plain, tuple: self._list, list: self._list, deque: self._list, dict: self._dict,
            set: self._set, frozenset: self._set, MethodType: self._method, type: self._type, count: self._count,
            Dossier: lambda dossier: self._name(dossier_name(dossier)), Trip: lambda trip: self._list(trip.marks),
        }  # fmt: skip

    def digest(self) -> str:
        """Walk."""
        self._tell(self._state)
        while self._to_tell:
            each = self._to_tell.popleft()
            self._put(type(each).__name__)
            for name in slots_of(type(each)):
                self._tell(getattr(each, name, None))
        return self._hash.hexdigest()

    def _put(self, what: str) -> None:
        self._hash.update(what.encode("utf-8", "surrogatepass"))
        self._hash.update(b"\x1f")

    def _tell(self, what: Any) -> None:
        kind = type(what)
        name = self._names.get(id(what))
        if name is not None and kind is not int:
            self._name(name)
            return
        tell = self._of.get(kind)
        if tell is None:
            tell = self._of[kind] = self._way_of(kind)
        tell(what)

    def _way_of(self, kind: type) -> Callable[[Any], None]:
        """How values of a type met for the first time are told."""
        if issubclass(kind, OBJECTS):
            return self._object
        if issubclass(kind, dict):
            return self._dict
        if is_dataclass(kind):
            return self._record
        if issubclass(kind, (str, int)):  # enumerations
            return self._plain
        if issubclass(kind, type):
            return self._type
        if issubclass(kind, tuple):
            return self._list
        if slots_of(kind):  # what a file keeps in an object of its own
            return self._object
        raise TypeError(f"{kind.__qualname__} 不知如何计入状态摘要")

    def _plain(self, what: Any) -> None:
        self._put(f"{what!r}" if not isinstance(what, str) else f"'{what!s}")

    def _list(self, what: Any) -> None:
        self._put(f"[{len(what)}")
        for each in what:
            self._tell(each)

    def _dict(self, what: Any) -> None:
        self._put(f"{{{len(what)}")
        for key, value in what.items():
            self._tell(key)
            self._tell(value)

    def _set(self, what: Any) -> None:
        self._list(sorted(what))

    def _object(self, what: Any) -> None:
        number = self._met.get(id(what))
        if number is None:
            number = self._met[id(what)] = len(self._met)
            self._to_tell.append(what)
        self._put(f"@{number}")

    def _record(self, what: Any) -> None:
        self._put(type(what).__qualname__)
        for field in fields(what):
            self._tell(getattr(what, field.name))

    def _method(self, what: Any) -> None:
        self._put(f".{what.__name__}")
        self._tell(what.__self__)

    def _type(self, what: Any) -> None:
        self._put(f"{what.__module__}.{what.__qualname__}")

    def _count(self, what: Any) -> None:
        self._put(f"#{next_of(what)}")

    def _name(self, name: Name) -> None:
        self._put("&" + "/".join(str((getattr(each, "op", None) and each.op.name) or each) for each in name))


def slots_of(kind: Any) -> tuple[str, ...]:
    """The attributes of an object's type, those of its bases first, without what is no state."""
    known = _SLOTS.get(kind)
    if known is None:
        found = [name for each in reversed(kind.__mro__) for name in vars(each).get("__slots__", ())]
        known = _SLOTS[kind] = tuple(dict.fromkeys(name for name in found if name not in NOT_STATE))
    return known


_SLOTS: dict[Any, tuple[str, ...]] = {}
