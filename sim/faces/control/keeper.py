"""Who makes and keeps runs for the control API."""

from typing import Any, Protocol

from sim.faces.control.shapes import NewRun
from sim.faces.doors import Directory
from sim.faces.hosted import Hosted, Runs
from sim.faces.keys import KeyRing
from sim.package import Package


class Keeper(Protocol):
    """Makes and keeps runs."""

    runs: Runs
    directory: Directory

    def package(self, name: str) -> Package:
        """A package, read once. Raises Refusal."""

    async def create(self, new: NewRun, keys: KeyRing | None = None) -> Hosted:
        """A new run, with keys of its own or those of a run elsewhere that it is part of. Raises Refusal."""

    async def verdict(self, hosted: Hosted) -> dict[str, Any]:
        """What the judge says of a run, as JSON types; the server goes on meanwhile."""

    def record(self, hosted: Hosted) -> dict[str, Any]:
        """What a run's record says of it now, every open case by number: what a judge elsewhere must know beside the journal."""

    async def delete(self, name: str) -> None:
        """The run and its journal are gone."""

    async def reset(self, name: str) -> Hosted:
        """The run from its beginning, with an empty journal."""

    async def restore(self, name: str, snapshot: str) -> tuple[Hosted, dict[str, Any]]:
        """The run as it was when a snapshot was taken, and what people are told of what went. Raises Refusal, JournalError."""
