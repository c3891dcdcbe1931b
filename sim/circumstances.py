"""Circumstances: what was arranged for one case instead of being drawn, so that a scenario can ask for exactly one thing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from sim.dossier import Dossier, Person
from sim.durations import STEPS, Duration
from sim.fault_json import fault_as_json, fault_from_json
from sim.faults import Fault

NAMES = frozenset(each.name for each in fields(Dossier)) - {"circumstances"}
PEOPLE = ("buyers", "sellers")
ARRANGED = "为本件安排"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`shares` are habits and mishaps by their names in package.toml, `facts` values of the dossier by theirs, `reasons`
    the codes of the errors with which something is turned down, by the name of the draw that decides it, `durations`
    how long something takes, in ms by its name in package.toml.

    A share of 1 makes something happen in this case, 0 keeps it from happening. What is named in neither is drawn as ever.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    """What misbehaves about this case only, from the beginning."""
    durations: Mapping[str, int] = field(default_factory=dict)

    def settings(self, usual: Any) -> Any:
        """A party's settings as they are for this case."""
        if usual is None:
            return None
        own = {each.name for each in fields(usual)}
        arranged = {**self.shares, **{name: fixed(ms) for name, ms in self.durations.items()}}
        return replace(usual, **{name: value for name, value in arranged.items() if name in own})

    def dossier(self, usual: Dossier) -> Dossier:
        """The case's dossier with what was arranged."""
        return replace(usual, **self.facts, circumstances=self)

    def faults_of(self, number: int) -> tuple[Fault, ...]:
        """The faults, bound to the case whose circumstances these are, under names of its own."""
        return tuple(
            replace(fault, name=f"{fault.name}-{number}-{n}", cases=(number,)) for n, fault in enumerate(self.faults)
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values; lists for tuples, objects for people."""
        facts = {
            name: [asdict(person) for person in value] if name in PEOPLE else value
            for name, value in self.facts.items()
        }
        faults = [fault_as_json(fault) for fault in self.faults]
        told = {"shares": dict(self.shares), "facts": facts, "reasons": dict(self.reasons), "faults": faults}
        return told | {"durations": dict(self.durations)} if self.durations else told

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` told. Raises KeyError for a fact that no dossier has."""
        facts: dict[str, Any] = {}
        for name, value in kept["facts"].items():
            if name not in NAMES:
                raise KeyError(name)
            if name in PEOPLE:
                value = tuple(Person(**each) for each in value)
            facts[name] = tuple(value) if isinstance(value, list) else value
        faults = tuple(map(fault_from_json, kept["faults"]))
        return cls(dict(kept["shares"]), facts, dict(kept["reasons"]), faults, dict(kept.get("durations", {})))


def fixed(ms: int) -> Duration:
    """A duration that is always the same, so that it matters not whether by the clock or in office time."""
    return Duration((ms,) * STEPS, False, ARRANGED)
