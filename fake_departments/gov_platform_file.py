"""What a government service platform knows of a case, and its settings; the tracks that use them are files of their own."""

from dataclasses import dataclass
from typing import Any

from contract.records import BUYER, SELLER
from sim.durations import Duration
from sim.package.places import Region, Registry
from sim.party import File, Party
from sim.table import Part

SIGNERS = (BUYER, SELLER)

SCRAMBLE = 29_876_543
"""Coprime to ten to the eighth: case numbers become serials that are unique and tell nobody the case number."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Times and shares by their names in package.toml; the region whose mode of reflow holds; the registries by index."""

    identity_failed: float
    certificate_missing: float
    identity: Duration
    certificate: Duration
    backfill: Duration
    receipt_code: Duration
    certificate_issue: Duration
    case_store: Duration
    distribute: Duration
    region: Region
    registries: tuple[Registry, ...]
    unauthorised_agent: float = 0.0
    shared_field_missing: float = 0.0
    three_certificates_missing: float = 0.0


class PlatformFile(File):
    """One application as the platform sees it; the seats are those that hear the outcomes. Times in epoch ms."""

    __slots__ = (
        "at_window", "case_code", "fetches", "initiator", "items", "last_at_ms", "opener", "receipt_code", "remark",
        "reported", "reporter", "review_code", "score", "seen", "stage", "tries", "unsigned",
    )  # fmt: skip

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.tries: dict[str, int] = {}
        self.fetches = self.last_at_ms = self.score = self.seen = 0
        self.at_window = False
        self.receipt_code = self.case_code = self.review_code = self.stage = self.remark = ""
        self.initiator = self.reporter = self.opener = ""
        self.unsigned: tuple[str, ...] = SIGNERS
        self.items: tuple[str, ...] = ()
        self.reported: tuple[str, ...] = ()

    @property
    def serial(self) -> int:
        """Eight digits of this case's own, in no visible order."""
        return self.case.number * SCRAMBLE % 100_000_000  # type: ignore[no-any-return]

    @property
    def registry(self) -> Registry:
        """The county unit's registry that handles this case."""
        registry: Registry = self.settings.registries[self.dossier.registry]
        return registry
