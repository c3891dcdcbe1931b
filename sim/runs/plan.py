"""What a run is made from: everything that, together with what comes from outside, decides what happens in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from sim.circumstances import Circumstances
from sim.runs.scale import Handling


class Pace(StrEnum):
    """What moves a run's clock: wall time, or a person or test."""

    LIVE = "live"
    STEPPED = "stepped"


PACE_TITLES = {Pace.LIVE: "实时", Pace.STEPPED: "步进"}


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The settings of a run. `remote` maps each seat that a real system takes to its base URL; an empty one has an inbox.

    `start_ms` is where the clock begins, `factor` how fast it runs when live. `follower` is the control address of a remote
    system that moves its clock with ours. `scheme` says how calls are signed. `follows_clock` is the owners' word that the
    real systems follow our clock (`X-Sandbox-Time`, `GET …/clock`); `settle_ms` is how long, in real time, a stepped clock
    waits for what a system that does not follow does next. `faults` is the package's script at work from the beginning, "" for
    none.
    """

    name: str
    package: str
    seed: int
    cases: int
    start_ms: int
    pace: Pace = Pace.LIVE
    factor: float = 1.0
    handling: Handling = Handling.REAL
    term_factor: int = 1
    """How many times as long shortened terms run (`sim.runs.scale`)."""
    office_hours: bool = True
    remote: Mapping[str, str] = field(default_factory=dict)
    follower: str = ""
    scheme: str = "open"
    owner: str = ""
    faults: str = ""
    led: bool = False
    """Whether the clock follows that of the system its remote seats belong to, where `follower` is this run."""
    follows_clock: bool = False
    settle_ms: int = 200
    dialects: Mapping[str, str] = field(default_factory=dict)
    """The file of the dialect that a remote seat's system speaks, by seat; it is kept with the run."""
    share: int = 0
    among: int = 1
    """Which cases are this run's where several sandboxes share them: those with this remainder among so many (`sim.runs.shares`)."""
    by_hand: tuple[str, ...] = ()
    """Operations for which the real systems have no door: people do them there, and say so in the inbox."""
    stock: int = 0
    """How many cases the reference holds from the beginning: numbers 1 to this, which nobody begins again."""
    arranged: Mapping[int, Circumstances] = field(default_factory=dict)
    """What was arranged for single cases, by case number."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, as kept with the journal and shown to people."""
        arranged = {str(number): each.as_json() for number, each in self.arranged.items()}
        plain = asdict(replace(self, arranged={}))
        return plain | {"remote": dict(self.remote), "dialects": dict(self.dialects), "arranged": arranged}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The plan that `as_json` wrote."""
        arranged = {int(number): Circumstances.from_json(each) for number, each in kept.get("arranged", {}).items()}
        words = {"pace": Pace(kept["pace"]), "handling": Handling(kept["handling"]), "arranged": arranged,
                 "by_hand": tuple(kept.get("by_hand", ()))}  # fmt: skip
        return cls(**{**kept, **words})
