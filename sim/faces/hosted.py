"""A run as the faces hold it: its host, the keys of its seats, and the nonces it has seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sim.faces.keys import KeyRing
from sim.faces.nonces import NonceMemory
from sim.faces.refusals import Problem
from sim.journal.sqlite_reads import JournalReads
from sim.runs.host import RunHost
from sim.runs.run import Run
from sim.runs.snapshots import Snapshots

if TYPE_CHECKING:
    from sim.faces.dialects.speech import Speech


BOUND: Final = "numbers"
"""Metadata of the journal: the cases of the real systems' own numbers."""


@dataclass
class Hosted:
    """A run on the server."""

    host: RunHost
    keys: KeyRing
    reads: JournalReads
    snapshots: Snapshots
    nonces: NonceMemory = field(default_factory=NonceMemory)
    speeches: "Mapping[str, Speech]" = field(default_factory=dict)
    """How the remote seats speak that have a dialect."""
    clauses: Mapping[str, str] = field(default_factory=dict)
    """The clause that asks for a step of the package (`basis` of a refusal), by the step."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Of numbers of the real systems' own, the cases to which people have bound them."""

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.host.run

    def bind(self, numbers: Mapping[str, int]) -> None:
        """From now on these numbers name these cases, after a restart too."""
        self.numbers |= numbers
        self.host.file.put_meta(BOUND, self.numbers)


class Runs(dict[str, Hosted]):
    """The server's runs by name, and, for those that it has but that are not open, what their callers are told."""

    def __init__(self) -> None:
        super().__init__()
        self.shut: dict[str, Problem] = {}
