"""Snapshots: a run's whole state as bytes, and a run made from them.

The bytes are a pickle, in which code and composition stand as names. Loading a pickle can run what its writer wanted: read
only what this server has written into its own folder (mode 0700). What a snapshot may name is limited to this product's
modules all the same.
"""

import copyreg
import gc
import pickle
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

from sim.clock import Clock
from sim.desks import Desk
from sim.dossier import Dossier
from sim.gate import Gate
from sim.message import Message, Refused
from sim.party import Party, Standing
from sim.polls import Trays
from sim.remote import Border
from sim.route import Route
from sim.runs.composition import Composition, Name, dossier_name, names_of, restore_state, state_of
from sim.runs.run import Run
from sim.runs.world import LiveSandbox
from sim.table import Part, State

OURS = frozenset({"sim", "contract", "fake_departments", "reference", "people", "liantiao", "collections", "copyreg"})
"""The packages whose names a snapshot may hold."""
BUILTINS = frozenset({"getattr", "set", "frozenset"})
COMPOSED = (Party, Route, State, Part, LiveSandbox, Gate, Trays, Border, Clock, Desk, Run)


class SnapshotError(Exception):
    """A snapshot cannot be read; the message is for people."""


def refer(*name: Any) -> Any:
    """Stands in a snapshot for what is found by its name when it is read."""
    raise SnapshotError(f"快照中的引用 {name} 只能在读取快照时解释")


def _standing(at: Standing) -> Any:
    """A standing without the message it heard last, which nobody asks for once it has been heard."""
    state = {name: getattr(at, name) for name in Standing.__slots__ if name != "heard"} | {"heard": ()}
    return copyreg.__newobj__, (Standing,), (None, state)  # type: ignore[attr-defined]


def dump(run: Run) -> bytes:
    """The state of a run, of which nothing waits to be written or to leave."""
    names = names_of(run)

    def by_name(what: Any) -> tuple[Callable[..., Any], Name]:
        return refer, names[id(what)]

    table: dict[type, Callable[[Any], Any]] = dict.fromkeys(COMPOSED, by_name)
    settings = {type(party.settings) for world in run.worlds.values() for party in world.parties}
    table |= dict.fromkeys(settings - {type(None)}, by_name)
    table[Dossier] = lambda dossier: (refer, dossier_name(dossier))
    table[Standing] = _standing
    out = BytesIO()
    pickler = _Writer(out, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = table
    state = state_of(run)
    pickler.dump((list(run.worlds), run.now_ms))
    pickler.dump(state)
    return out.getvalue()


class _Writer(pickle.Pickler):
    """Writes a snapshot; a kind that some function made, and no module holds, is written by its name."""

    def reducer_override(self, what: Any) -> Any:
        """How a kind is written that a module does not hold under its own name."""
        if isinstance(what, type) and issubclass(what, Message) and not issubclass(what, Refused):
            held = getattr(sys.modules.get(what.__module__), what.__qualname__, None)
            if held is not what:
                return refer, ("kind", what.op.name)
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Reads a snapshot into a fresh run."""

    def __init__(self, file: BytesIO, composition: Composition) -> None:
        super().__init__(file)
        self._composition = composition

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the snapshot means; only names of this product mean anything."""
        if module == __name__ and name == "refer":
            return self._composition.find
        if module.partition(".")[0] in OURS or (module == "builtins" and name in BUILTINS):
            return super().find_class(module, name)
        raise SnapshotError(f"快照中有不属于本程序的 {module}.{name}，不予读取")


def load(fresh: Run, raw: bytes) -> None:
    """Put the state of a snapshot into a run that has just been made from the same plan. Raises SnapshotError."""
    held = gc.isenabled()
    gc.disable()  # what is read is all kept: looking for garbage in it would take longer than reading it
    try:
        reader = _Reader(BytesIO(raw), Composition(fresh))
        regions, _ = reader.load()
        for region in regions:
            fresh.world(region)
        restore_state(fresh, reader.load())
    except (pickle.UnpicklingError, LookupError, AttributeError, TypeError, EOFError) as error:
        raise SnapshotError(f"快照读不出来（{type(error).__name__}：{error}）") from error
    finally:
        if held:
            gc.enable()
