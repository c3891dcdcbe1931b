"""What a registry knows of a case: its file, its settings and the small facts its tracks share."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from contract.records import Application, Charge
from sim.durations import Duration
from sim.package.places import Region, Registry
from sim.party import File, Party
from sim.table import Part

ITEMS = ("power", "water", "gas", "cable_tv", "housing_fund")


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the register of a home that an earlier case was about."""

    unit_code: str
    title_no: str
    seized: bool
    mortgaged: bool


class Register(Protocol):
    """The homes that earlier cases were about; of all others the register says what the applicants' own papers say."""

    def get(self, unit_code: str) -> Entry | None:
        """The entry of a home, if there is one."""


class NoEntries:
    """A register in which nobody has written yet."""

    def get(self, unit_code: str) -> Entry | None:
        """None."""
        return None


@dataclass(frozen=True, slots=True)
class Settings:
    """Times and shares by their names in package.toml; the region's way of working; the registries by index."""

    resubmitted: float
    recalled: float
    resubmission: Duration
    tax_correction: Duration
    registries: tuple[Registry, ...]
    region: Region
    register: Register = field(default_factory=NoEntries)


class RegistryFile(File):
    """One application at its registry. Money in fen, times in epoch ms."""

    __slots__ = (
        "accept_nos", "acceptance_no", "application", "attempts", "authorisation", "charges", "completed", "corrections",
        "distributed", "noted", "open_items", "passed", "pushed_again", "queried", "reasons",
        "receipt_code", "recorded_ms", "results", "seal_no", "seized", "settled", "taken_back", "tax_round", "title_no",
        "turned_down", "unstored",
    )  # fmt: skip

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.application: Application
        self.receipt_code = self.seal_no = self.authorisation = self.acceptance_no = self.title_no = ""
        self.charges: tuple[Charge, ...] = ()
        self.seized = self.settled = self.distributed = False
        self.corrections = self.tax_round = self.pushed_again = self.turned_down = self.open_items = self.noted = (
            self.completed
        ) = 0
        self.recorded_ms = 0
        self.queried: dict[str, int] = {}
        self.attempts: dict[str, int] = {}
        self.accept_nos: dict[str, str] = {}
        self.taken_back: dict[str, str] = {}
        self.results: dict[str, str] = {}
        self.reasons: dict[str, str] = {}
        self.unstored: dict[str, int] = {}
        self.passed: dict[str, bool] = {}

    @property
    def registry(self) -> Registry:
        """The county unit's registry that handles this case."""
        registry: Registry = self.party.settings.registries[self.dossier.registry]
        return registry
