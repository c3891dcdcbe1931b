"""Casting: a scenario's cases are found in the population and given what the scenario asks for, and nothing else odd."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from sim.calendar import DAY_MS, HOUR_MS
from sim.circumstances import Circumstances
from sim.dossier import IDENTITY_CARD, ITEMS, PLAIN_NAME, Dossier, Person
from sim.faults import Fault
from sim.identifiers import account_number
from sim.plain import PlainError
from sim.population import Population, PopulationChunk

BLOCK: Final = 8_192
YEAR_MS: Final = 365 * DAY_MS
ALL_ITEMS: Final = (1 << len(ITEMS)) - 1
METERED: Final = ALL_ITEMS & ~(1 << ITEMS.index("housing_fund"))
"""What a company can choose: it has no housing fund."""
HOME_REGION: Final = "longyan"
"""Where a scenario plays that names no place: nothing there bypasses the provincial hub."""

UNEVENTFUL: Final = {
    "identity_failed": 0.0, "certificate_missing": 0.0, "signing_abandoned": 0.0, "correction_asked": 0.0,
    "not_accepted": 0.0, "review_refused": 0.0, "seized_during_handling": 0.0, "withdrawn_before_tax": 0.0,
    "withdrawn_after_bill": 0.0, "withdrawn_after_payment": 0.0, "tax_returned": 0.0, "never_pays": 0.0,
    "payment_failed": 0.0, "paid_twice": 0.0, "receipt_requested": 1.0, "water_rejected": 0.0, "power_rejected": 0.0,
    "gas_rejected": 0.0, "cable_tv_rejected": 0.0, "housing_fund_rejected": 0.0, "rejected_again": 0.0, "resubmitted": 1.0, "recalled": 0.0,
    "rating_given": 1.0, "bad_rating": 0.0, "payment_failed_again": 0.0, "tax_returned_again": 0.0,
}  # fmt: skip
"""A case in which nothing goes wrong, and in which people ask for their receipts and rate."""
SOON: Final = {"receipt_request": HOUR_MS}
"""Receipts are asked for on the day of payment: left to luck, a case can be over before."""
ORDINARY: Final[dict[str, Any]] = {
    "channel": 0, "residential": True, "area_m2_x100": 8_900, "price_fen": 100_000_000, "original_price_fen": 60_000_000,
    "has_cost_documents": False, "sole_home": True, "buyer_home_count": 1, "agent": False, "minor": False, "loan": False,
    "mortgage": 0, "net_signed": False, "contract_no": "", "copies": 0, "separate_payers": False, "account_wrong": 0,
    "fund_centre": 0,
}  # fmt: skip
"""An ordinary home, sold for a million yuan by its owner of eight years to a family that has no other."""
HELD_YEARS: Final = 8
ARRANGED_FROM: Final = 90_000_000
"""Serials of the accounts of items that the case found in the population had not chosen."""


class CastingError(PlainError):
    """A scenario that asks for what no case can be; the message is for people."""


@dataclass(frozen=True, slots=True)
class Variant:
    """In what one of several like cases differs: its region, its registry, facts of its dossier."""

    region: str = ""
    registry: str = ""
    facts: tuple[tuple[str, Any], ...] = ()


@dataclass(slots=True)
class Cast:
    """One case of a scenario, as its steps have arranged it so far.

    `start_ms` is when the play begins; `after_ms` how long after that the application is begun. `search` are conditions on
    the population's columns, `edits` are done on the dossier found, with the stock of people at hand.
    """

    start_ms: int
    region: str = HOME_REGION
    registry: str = ""
    after_ms: int = 0
    shares: dict[str, float] = field(default_factory=lambda: dict(UNEVENTFUL))
    facts: dict[str, Any] = field(default_factory=lambda: dict(ORDINARY))
    search: list[Callable[[PopulationChunk], Any]] = field(default_factory=list)
    edits: list[Callable[[Dossier, "Stock"], Dossier]] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    durations: dict[str, int] = field(default_factory=lambda: dict(SOON))
    faults: list[Fault] = field(default_factory=list)
    company: str = ""
    """Which side is a company: buyer, seller or neither."""
    name_kind: int = PLAIN_NAME
    alike: list["Variant"] = field(default_factory=list)
    """Where the same is done, one case each; none is one case, as it stands."""
    second: Callable[[Dossier, Dossier], Dossier] | None = None
    """Makes the dossier of another case beside this one from what was found for it and the first one's."""
    second_after_ms: int = 0

    @property
    def begins_ms(self) -> int:
        """When the parties come to terms and fill in the form."""
        return self.start_ms + self.after_ms

    def each(self) -> list["Cast"]:
        """One cast for every case that is alike."""
        return [
            replace(
                self, region=it.region or self.region, registry=it.registry or self.registry,
                facts={**self.facts, **dict(it.facts)}, alike=[],
            )
            for it in self.alike or [Variant()]
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """One case as it will be played: its number and what was arranged."""

    number: int
    circumstances: Circumstances
    dossier: Dossier


class Stock:
    """People of the population who take part in no scenario, for cases that need more of them."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._natural = [each for each in people if not each.is_company and each.id_type == IDENTITY_CARD]
        self._at = 0

    def people(self, count: int) -> tuple[Person, ...]:
        """So many natural persons, no two scenarios the same."""
        taken = tuple(self._natural[self._at : self._at + count])
        self._at += count
        if len(taken) < count:
            raise CastingError(f"人口库里没有 {count} 名未用过的自然人了")
        return taken


class Casting:
    """Hands out the cases of a population, each once."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self._taken: set[int] = set()
        self._codes = list(population.package.registries)
        self._regions = list(population.package.regions)
        self._blocks: dict[int, PopulationChunk] = {}
        last = population.chunk(len(population) - 2_048, len(population)).dossiers()
        self._stock = Stock([person for dossier in last for person in (*dossier.buyers, *dossier.sellers)])
        self._searched = len(population) - 2_048

    def cast(self, cast: Cast) -> Played:
        """A case for this cast. Raises CastingError if the population has none like it."""
        number = self._find(cast) + 1
        found = self.population.case(number - 1)
        usual = self._ordinary(found, cast)
        for edit in cast.edits:
            usual = edit(usual, self._stock)
        circumstances = Circumstances(
            cast.shares, facts_between(found, usual), cast.reasons, tuple(cast.faults), cast.durations
        )
        return Played(number, circumstances, usual)

    def beside(self, cast: Cast, first: Played) -> Played:
        """Another case of the same registry, made from the first one as the cast says; nothing else happens in it."""
        assert cast.second is not None
        registry = self._codes[first.dossier.registry]
        number = self._find(replace(cast, registry=registry)) + 1
        found = self.population.case(number - 1)
        wanted = cast.second(replace(found, arrival_ms=cast.begins_ms + cast.second_after_ms), first.dossier)
        return Played(number, Circumstances(dict(UNEVENTFUL), facts_between(found, wanted)), wanted)

    def _ordinary(self, found: Dossier, cast: Cast) -> Dossier:
        arrival, items = cast.begins_ms, METERED if cast.company == "buyer" else ALL_ITEMS
        accounts = tuple(
            (number or account_number(item, ARRANGED_FROM + found.index)) if items >> bit & 1 else ""
            for bit, (item, number) in enumerate(zip(ITEMS, found.accounts, strict=True))
        )
        ordinary = replace(
            found, accounts=accounts,  # type: ignore[arg-type]
            buyers=self._plain(found.buyers[0]), sellers=self._plain(found.sellers[0]), arrival_ms=arrival,
            items=items, acquired_ms=arrival - HELD_YEARS * YEAR_MS,
        )  # fmt: skip
        return replace(ordinary, **cast.facts)

    def _plain(self, person: Person) -> tuple[Person]:
        """Alone, and with a resident's identity card; companies as they are."""
        plain = person.is_company or person.id_type == IDENTITY_CARD
        return (person,) if plain else (self._stock.people(1)[0],)

    def _find(self, cast: Cast) -> int:
        for start in range(0, self._searched, BLOCK):
            fits = self._fits(self._block(start), cast)
            for at in np.nonzero(fits)[0].tolist():
                if start + at not in self._taken:
                    self._taken.add(start + at)
                    return int(start + at)
        raise CastingError("人口库里找不到合乎情形的办件；换一个 --seed，或放宽这个场景的情形")

    def _block(self, start: int) -> PopulationChunk:
        if start not in self._blocks:
            self._blocks[start] = self.population.chunk(start, min(start + BLOCK, self._searched))
        return self._blocks[start]

    def _fits(self, block: PopulationChunk, cast: Cast) -> Any:
        fits = block.region == self._regions.index(cast.region)
        if cast.registry:
            fits = fits & (block.registry == self._codes.index(cast.registry))
        fits = fits & (block.accounts.wrong == 0)
        fits = fits & (block.cases.name_kind == cast.name_kind) & ~block.cases.minor
        fits = fits & (block.cases.company_buys == (cast.company == "buyer"))
        fits = fits & (block.cases.company_sells == (cast.company == "seller"))
        for condition in cast.search:
            fits = fits & condition(block)
        return fits


def facts_between(found: Dossier, wanted: Dossier) -> dict[str, Any]:
    """What of a dossier was changed, by name."""
    return {
        name: getattr(wanted, name)
        for name in Dossier.__slots__
        if name != "circumstances" and getattr(wanted, name) != getattr(found, name)
    }
