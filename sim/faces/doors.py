"""Doors: which operation of a seat a method and a path mean, worked out from the declarations once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from sim.faces.bodies import Body, body_of
from sim.message import Message, Refused, Shape
from sim.table import Role

CASE: Final = "case"


@dataclass(frozen=True, slots=True)
class Door:
    """One operation as it is reached over HTTP. `parts` are the segments of its path, parameters in braces."""

    kind: type[Message]
    method: str
    path: str
    parts: tuple[str, ...]
    fetches: bool
    body: Body[Any]

    @property
    def names_case(self) -> bool:
        """Whether the path itself says which case is meant."""
        return f"{{{CASE}}}" in self.parts

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(part[1:-1] for part in self.parts if part.startswith("{"))

    def take(self, parts: list[str]) -> dict[str, str] | None:
        """The parameters that these segments give the path, or None if they are of another path."""
        found: dict[str, str] = {}
        for mine, theirs in zip(self.parts, parts, strict=True):
            if mine[0] == "{":
                if not theirs:
                    return None
                found[mine[1:-1]] = theirs
            elif mine != theirs:
                return None
        return found

    def fill(self, body: Message, case_no: int) -> str:
        """The path with its parameters filled from a message."""
        values = {
            name: str(case_no) if name == CASE else quote(str(getattr(body, name)), safe="") for name in self.parameters
        }
        return self.path.format(**values) if values else self.path


def path_of(kind: type[Message]) -> str:
    """The path of an operation below its seat's address; what declares none is heard below /messages."""
    return kind.op.path or f"/messages/{kind.op.name}"


def door_of(kind: type[Message], fetches: bool = False) -> Door:
    """The door of one operation."""
    path = path_of(kind)
    return Door(kind, kind.op.method, path, tuple(path.strip("/").split("/")), fetches, body_of(kind))


class SeatDoors:
    """All doors of a role."""

    def __init__(self, role: Role, fetched: Iterable[type[Message]] = ()) -> None:
        self.role = role
        heard = {kind for kind in (*role.where, *role.queries) if is_heard(kind)}
        fetching = [kind for kind in fetched if kind.op.name.partition(".")[0] == role.name]
        doors = [door_of(kind) for kind in heard] + [door_of(kind, True) for kind in fetching]
        self.doors = sorted(doors, key=lambda door: (door.path, door.method))
        self.by_kind: dict[type[Message], Door] = {door.kind: door for door in self.doors}
        self._plain = {(d.method, d.path): d for d in self.doors if not d.parameters}
        self._sized: dict[tuple[str, int], list[Door]] = {}
        for door in self.doors:
            if door.parameters:
                self._sized.setdefault((door.method, len(door.parts)), []).append(door)

    def match(self, method: str, path: str) -> tuple[Door, dict[str, str]] | None:
        """The door a request is at, and what its path says; None when there is none."""
        door = self._plain.get((method, path))
        if door is not None:
            return door, {}
        return self.match_parts(method, path[1:].split("/"))

    def match_parts(self, method: str, parts: list[str]) -> tuple[Door, dict[str, str]] | None:
        """The door with parameters whose path these segments are; None when there is none."""
        for each in self._sized.get((method, len(parts)), ()):
            found = each.take(parts)
            if found is not None:
                return each, found
        return None

    def methods(self, path: str) -> list[str]:
        """The methods with which this path is a door."""
        return [method for method in ("GET", "POST", "PUT", "DELETE") if self.match(method, path)]

    def nearest(self, path: str) -> Door | None:
        """The door whose path is most like this one."""
        found = get_close_matches(path, [door.path for door in self.doors], 1, 0.0)
        return next((door for door in self.doors if found and door.path == found[0]), None)


def is_heard(kind: type[Message]) -> bool:
    """Whether this kind comes from another system, and not as a direct answer."""
    return not issubclass(kind, Refused) and kind.op.shape in (Shape.REQUEST, Shape.NOTICE)


class Directory:
    """Everything the faces know of the contract: doors by role, kinds by name, and who may say what."""

    def __init__(
        self, roles: Mapping[str, Role], seats: Mapping[str, str], fetched: Iterable[type[Message]],
        ways: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
        replies: Mapping[type[Message], type[Message]] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """`seats` gives the role of every seat, `ways` the roles that say and hear each operation, by its name, `replies`
        what each awaited operation is answered with."""
        fetched = tuple(fetched)
        self.roles, self.seats, self.ways, self.replies = roles, seats, ways, replies
        by_role = {name: SeatDoors(role, fetched) for name, role in roles.items()}
        self.doors = {seat: by_role[role] for seat, role in seats.items()}
        kinds = {kind for role in roles.values() for kind in (*role.where, *role.queries)}
        kinds |= {*fetched, *replies.values()}
        self.kinds = {kind.op.name: kind for kind in kinds if not issubclass(kind, Refused)}

    def senders(self, kind: type[Message]) -> tuple[str, ...]:
        """The seats from which an operation may come."""
        roles = self.ways.get(kind.op.name, ((), ()))[0]
        return tuple(seat for seat, role in self.seats.items() if role in roles)
