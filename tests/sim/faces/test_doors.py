"""Every operation has one door, found by method and path, and filled from its message."""

import json

import pytest

from contract.tax import Declare
from liantiao.directory import directory
from sim.faces.doors import Door
from sim.message import Shape

DIRECTORY = directory()
DOORS = [(seat, door) for seat, doors in DIRECTORY.doors.items() for door in doors.doors]


@pytest.mark.parametrize(
    ("seat", "door"), DOORS, ids=lambda each: each.kind.op.name if isinstance(each, Door) else each
)
def test_a_door_is_found_by_the_path_it_fills(seat: str, door: Door) -> None:
    message = door.body.parse(b"" if not door.body.hints else _json(door))
    path = door.fill(message, 42)
    found = DIRECTORY.doors[seat].match(door.method, path)
    assert found is not None
    assert found[0] is door
    expected = {name: "42" if name == "case" else str(getattr(message, name)) for name in door.parameters}
    assert found[1] == expected


def _json(door: Door) -> bytes:

    return json.dumps(door.body.example(), ensure_ascii=False).encode()


def test_what_systems_say_to_each_other_has_a_door_and_what_they_tell_themselves_none() -> None:
    for doors in DIRECTORY.doors.values():
        for kind in doors.role.where:
            heard = kind in doors.by_kind
            assert heard == (kind.op.shape in (Shape.REQUEST, Shape.NOTICE))


def test_the_nearest_door_is_named_for_a_slip() -> None:
    near = DIRECTORY.doors["tax"].nearest("/declaration")
    assert near is not None
    assert near.path == "/declarations"
    assert DIRECTORY.doors["tax"].methods("/declarations") == ["POST"]


def test_only_those_may_send_whose_roles_say_it() -> None:

    assert set(DIRECTORY.senders(Declare)) == {"hub", "local_hub"}
