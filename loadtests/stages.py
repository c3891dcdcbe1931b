"""Which worker has which case: the remainder of its number among the workers there are from a certain case on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.runs.shares import owner


@dataclass(frozen=True, slots=True)
class Stage:
    """From this case on, these workers share the cases."""

    first: int
    workers: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is told to workers."""
        return {"first": self.first, "workers": list(self.workers)}


class Stages:
    """All stages so far. A case belongs to who had it when it came in; a worker that comes or goes begins a new stage."""

    def __init__(self, told: Sequence[dict[str, Any]] = ()) -> None:
        self.all = [Stage(each["first"], tuple(each["workers"])) for each in told]

    def begin(self, first: int, workers: Sequence[str]) -> None:
        """From `first` on these workers share; stages that would begin later are void."""
        self.all = [stage for stage in self.all if stage.first < first] + [Stage(first, tuple(sorted(workers)))]

    def owner(self, number: int) -> str:
        """Whose case it is; "" before the first stage."""
        for stage in reversed(self.all):
            if number >= stage.first:
                return stage.workers[owner(number, len(stage.workers))] if stage.workers else ""
        return ""

    def as_json(self) -> list[dict[str, Any]]:
        """As it is told to workers."""
        return [stage.as_json() for stage in self.all]

    def addresses(self, doors: dict[str, str], seat: str) -> list[dict[str, Any]]:
        """The same as the sandbox wants it (`sim.runs.shares`)."""
        return [
            {"from": stage.first, "addresses": [f"{doors[worker]}/{seat}" for worker in stage.workers]}
            for stage in self.all if stage.workers
        ]  # fmt: skip
