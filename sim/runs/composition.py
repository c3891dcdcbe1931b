"""What of a run is made anew from its plan, and what is state: the names by which state refers to what is made anew.

A snapshot and a digest both walk a run's state. Parties, routes, tables and the like are the same in every run of one plan and
one version of the code; state says which of them it means by a name such as ("party", "fujian-fuzhou", "tax").
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sim.case import CLOSED
from sim.dossier import Dossier
from sim.message import Message, Refused, refused
from sim.party import Party
from sim.runs.run import Run
from sim.runs.world import LiveSandbox

Name = tuple[Any, ...]
NOT_STATE = {
    LiveSandbox: frozenset(
        "parties seats clock journal seed sample_every hours clerks border gate trays region scale knows_end holds desks"
        " faults elsewhere stock".split()
    ),
    "border": frozenset({"world", "prompt"}),
    "gate": frozenset({"world", "struck"}),
    "trays": frozenset({"world", "plans", "asks"}),
}
"""Attributes that the plan decides, or that are kept in another way; every other attribute is state."""


def state_of(run: Run) -> dict[str, Any]:
    """Everything of a run that its plan does not say, as values, cases and files, in an order that is always the same.

    Nothing may wait to be written or to leave.
    """
    if run.written or run.sending or run.given:
        raise ValueError("批次还有未交出的日志或报文，此时不能取其状态")
    return {
        "now_ms": run.now_ms, "faults": run.faults, "untold": run.untold, "struck": run.struck,
        "lying": None if run.lying is None else sorted(run.lying),
        "worlds": [(region, _state_of_world(world)) for region, world in run.worlds.items()],
    }  # fmt: skip


def _state_of_world(world: LiveSandbox) -> dict[str, Any]:
    clock = world.clock
    return {
        "now_ms": clock.now_ms, "next_id": next_of(clock.ids), "written": world.journal.count,
        "world": own_state(world, NOT_STATE[LiveSandbox]),
        "gate": own_state(world.gate, NOT_STATE["gate"]),
        "trays": own_state(world.trays, NOT_STATE["trays"]),
        "border": own_state(world.border, NOT_STATE["border"]),
        "ledgers": [
            (party.seat, ledger, dict(files)) for party in world.parties for ledger, files in sorted(party.ledgers.items()) if files
        ],
        "desks": {key: (desk.free, desk.opening, desk.waiting) for key, desk in sorted(world.desks.items())},
        "due": [(at, sorted(clock.due[at], key=_order)) for at in sorted(clock.times)],
    }  # fmt: skip


def own_state(of: Any, not_state: frozenset[str]) -> dict[str, Any]:
    """An object's attributes that are state."""
    return {name: value for name, value in vars(of).items() if name not in not_state}


def next_of(counter: Any) -> int:
    """The next number of an `itertools.count`, without drawing it."""
    return int(counter.__reduce__()[1][0])


def _order(entry: tuple[Any, ...]) -> tuple[int, int, int]:
    return entry[:3]


def names_of(run: Run) -> dict[int, Name]:
    """The name of everything composed that state may refer to, by its identity."""
    names: dict[int, Name] = {id(run): ("run",), id(CLOSED): ("closed",)}
    for region, world in run.worlds.items():
        for name, each in _parts_of(world):
            names[id(each)] = (name, region)
        for party in world.parties:
            names |= _names_of_party(region, party)
        for key, desk in world.desks.items():
            names[id(desk)] = ("desk", region, *key)
        names |= _names_of_arranged(region, world)
    return names


def _names_of_arranged(region: str, world: LiveSandbox) -> dict[int, Name]:
    """The settings of cases for which something was arranged; each of their files has its own."""
    return {
        id(at.file.settings): ("arranged", region, at.party.seat, case.number)
        for case in world.cases.values() if getattr(case.dossier, "circumstances", None) is not None
        for at in case.standings() if at.file.settings is not None
    }  # fmt: skip


def _parts_of(world: LiveSandbox) -> Iterator[tuple[str, Any]]:
    yield from (("world", world), ("gate", world.gate), ("trays", world.trays), ("border", world.border))
    yield "clock", world.clock


def _names_of_party(region: str, party: Party) -> dict[int, Name]:
    at = (region, party.seat)
    names: dict[int, Name] = {id(party): ("party", *at)}
    if party.settings is not None:
        names[id(party.settings)] = ("settings", *at)
    for where, routes in party.out.items():
        for kind, route in routes.items():
            names[id(route)] = ("route", *at, where, *kind_name(kind))
    for p, part in enumerate(party.role.parts):
        names[id(part)] = ("part", *at, p)
        for t, track in enumerate(part.tracks):
            names |= {id(state): ("state", *at, p, t, s) for s, state in enumerate(track.states)}
    return names


def kind_name(kind: type[Message]) -> tuple[type[Message], bool]:
    """A kind as one that a module declares, and whether its refusal is meant."""
    return (kind.of, True) if issubclass(kind, Refused) else (kind, False)


class Composition:
    """Finds in a run, by its name, what was made anew; makes the worlds that a name speaks of."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def find(self, what: str, *name: Any) -> Any:
        """What has this name. Raises LookupError when nothing has."""
        if what == "run":
            return self.run
        if what == "closed":
            return CLOSED
        if what == "kind":
            return self._kinds[name[0]]
        if what == "dossier":
            return self.run.book.dossier(name[0])
        world = self.run.worlds[name[0]]
        if what == "world":
            return world
        if what in ("gate", "trays", "border", "clock"):
            return getattr(world, what)
        if what == "desk":
            return world.desks.get(name[1:]) or world._new_desk(*name[1:])
        return self._of_party(world, world.seats[name[1]], what, *name[2:])

    @cached_property
    def _kinds(self) -> dict[str, type[Message]]:
        """Every kind that a table hears, by name; made by functions or not."""
        parties = [party for world in self.run.worlds.values() for party in world.parties]
        return {kind.op.name: kind for party in parties for kind in party.role.where}

    def _of_party(self, world: LiveSandbox, party: Party, what: str, *name: Any) -> Any:
        if what == "party":
            return party
        if what == "settings":
            return party.settings
        if what == "arranged":
            return self.run.plan.arranged[name[0]].settings(party.settings)
        if what == "route":
            where, kind, is_refusal = name
            return world.route(party, where, refused(kind) if is_refusal else kind)
        part = party.role.parts[name[0]]
        return part if what == "part" else part.tracks[name[1]].states[name[2]]


def dossier_name(dossier: Dossier) -> Name:
    """A dossier is the population's: it is drawn again."""
    return "dossier", dossier.index + 1


def restore_state(run: Run, state: dict[str, Any]) -> None:
    """Put a state that `state_of` gave into a run whose worlds have just been made."""
    run.now_ms, run.untold = state["now_ms"], state["untold"]
    run.faults, run.struck = state["faults"], state["struck"]
    run.lying = None if state["lying"] is None else frozenset(map(tuple, state["lying"]))
    for region, kept in state["worlds"]:
        _restore_world(run.worlds[region], kept)
        run.worlds[region].lay_faults(run.faults)
        run.worlds[region].gate.struck = run.struck


def _restore_world(world: LiveSandbox, kept: dict[str, Any]) -> None:
    clock = world.clock
    clock._now, clock.times = kept["now_ms"], [at for at, _ in kept["due"]]
    clock.due = dict(kept["due"])
    clock.ids = type(clock.ids)(kept["next_id"])
    world.journal.count = kept["written"]
    for name in ("gate", "trays", "border"):
        vars(getattr(world, name)).update(kept[name])
    vars(world).update(kept["world"])
    for seat, ledger, files in kept["ledgers"]:  # routes hold the ledgers themselves, so they are filled, not replaced
        world.seats[seat].ledgers.setdefault(ledger, {}).update(files)
    for key, (free, opening, waiting) in kept["desks"].items():
        desk = world.desks.get(key) or world._new_desk(*key)
        desk.free, desk.opening, desk.waiting = free, opening, waiting
