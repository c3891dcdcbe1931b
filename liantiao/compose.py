"""The composition root: who sits at which seat of a region's world, linked to whom, with which settings."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from contract import cable_tv, data_exchange, gas, housing_fund, hub, people, power, unionpay
from contract.court import Decides
from fake_departments import ROLES as DEPARTMENTS
from people import ROLES as PEOPLE
from reference import ROLES as REFERENCE
from reference.mutants.mutant import Changes
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS, OfficeHours, WorkingCalendar
from sim.clock import Clock
from sim.days import compact_day
from sim.desks import Hours
from sim.dossier import Dossier
from sim.draws import draw, salt
from sim.faults import Fault
from sim.journal import Journal, Store
from sim.message import Message
from sim.package import Package
from sim.package.places import Region
from sim.party import Party
from sim.polls import PollPlan
from sim.sandbox import Sandbox, Starter
from sim.table import Role

ROLES: dict[str, Role] = {role.name: role for role in (*DEPARTMENTS, *REFERENCE, *PEOPLE)}
SECOND_SEATS = {"city_platform": "gov_platform"}
"""Seats at which a role sits a second time: the provincial and the city platform (附件1)."""
OWN_TAX_PATH = {"local_hub": "hub", "local_tax": "tax", "local_non_tax": "non_tax", "local_pay": "unionpay"}
"""A region outside the provincial tax-and-fee service has these of its own (FJ-69)."""
_REFERENCE = {role.name for role in REFERENCE}
REFERENCE_SEATS = tuple(
    seat
    for seat, role in {**{name: name for name in ROLES}, **SECOND_SEATS, **OWN_TAX_PATH}.items()
    if role in _REFERENCE
)
"""Seats that the package's own systems take; all of them together are what is usually under test."""
PROVINCE_LINKS = {"tax_hub": "hub", "pay": "unionpay"}
LOCAL_LINKS = {"tax_hub": "local_hub", "pay": "local_pay"}
OWN_LINKS = LOCAL_LINKS | {"tax": "local_tax", "non_tax": "local_non_tax"}
FETCH_FILE_MS = 9 * HOUR_MS + 30 * MINUTE_MS
"""When the daily reconciliation file is fetched (domain: ready after 09:30)."""
LINKED_POLLS = (
    power.FetchResults,
    gas.FetchResults,
    cable_tv.FetchResults,
    housing_fund.FetchResults,
    hub.FetchResults,
)
POLLS = (*LINKED_POLLS, data_exchange.FetchRecords, unionpay.FetchReconciliation)
NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})
UNCHANGED = Changes()
"""No mutant is asked for."""
DEAL_DONE, DECIDES = people.DealDone(), Decides()


def seats_of(region: Region) -> dict[str, tuple[Role, dict[str, str]]]:
    """Every seat of a region's world, with its role and its links."""
    local = region.tax_path == "local"
    links = LOCAL_LINKS if local else PROVINCE_LINKS
    seats = {name: (role, links) for name, role in ROLES.items()}
    seats |= {seat: (ROLES[name], links) for seat, name in SECOND_SEATS.items()}
    if local:
        seats |= {name: (ROLES[name], PROVINCE_LINKS) for name in OWN_TAX_PATH.values()}
        seats |= {seat: (ROLES[name], OWN_LINKS) for seat, name in OWN_TAX_PATH.items()}
    return seats


def settings_of(role: Role, package: Package, region: Region, more: Mapping[str, Any] = NOTHING_MORE) -> Any:
    """A role's settings, each field filled by its name: a duration, a share, a fact of the place, or of what is held before."""
    places = {"region": region, "registries": tuple(package.registries.values())}
    known = {**package.durations, **package.shares, **places, **more}
    if role.settings is type(None):
        return None
    return role.settings(**{f.name: known[f.name] for f in fields(role.settings) if f.name in known})


def parties_of(
    package: Package, region: Region, changes: Changes = UNCHANGED, more: Mapping[str, Any] = NOTHING_MORE
) -> list[Party]:
    """The parties of a region's world; a mutant's roles take the place of the reference's own."""
    return [
        Party(changes.roles.get(role.name, role), seat, settings_of(role, package, region, more), dict(links))
        for seat, (role, links) in seats_of(region).items()
    ]


class Offices:
    """Office hours and clerks of every registry, by its index in the package."""

    def __init__(self, package: Package, calendar: WorkingCalendar) -> None:
        profiles = {name: profile.office_hours(calendar) for name, profile in package.hours.items()}
        self.registries = list(package.registries.values())
        self._hours = [profiles[registry.hours] for registry in self.registries]
        self._clerks = package.capacity.clerks

    def hours(self, registry: int) -> OfficeHours:
        """When a registry is open."""
        return self._hours[registry]

    def clerks(self, registry: int, post: str) -> int:
        """How many clerks a registry's post has."""
        return self._clerks[self.registries[registry].code, post]


def polls_of(package: Package, hours: Hours) -> dict[tuple[str, str], PollPlan]:
    """When each batch poll runs, by its operation and the seat that asks."""
    every = {name: poll.interval_ms for name, poll in package.capacity.polls.items()}
    plans: dict[tuple[str, str], PollPlan] = {}
    for kind in LINKED_POLLS:
        plans[kind.op.name, "registry"] = PollPlan(kind, every["registry_hub"], hours, by_registry=True)
        plans[kind.op.name, "hub"] = PollPlan(kind, every["hub_department"], hours)
    records = data_exchange.FetchRecords
    plans[records.op.name, "housing"] = PollPlan(records, every["housing_exchange"], hours)
    for seat in ("hub", "local_hub"):
        plans[unionpay.FetchReconciliation.op.name, seat] = PollPlan(
            unionpay.FetchReconciliation, daily_ms=FETCH_FILE_MS, ask=yesterdays_file
        )
    return plans


def yesterdays_file(now_ms: int) -> Message:
    """The reconciliation file of the day before."""
    return unionpay.FetchReconciliation(compact_day(now_ms - DAY_MS))


def starters(package: Package, seed: int) -> Callable[[int, Dossier], list[Starter]]:
    """What sets a case going: the deal, and for a few homes a court's ruling some time later."""
    share, delay = package.share("seized_during_handling"), package.duration("seizure_delay")
    deal: Starter = ("buyer", 0, DEAL_DONE)

    def of(number: int, dossier: Dossier) -> list[Starter]:
        luck = salt(seed, "court", str(number))
        arranged = dossier.circumstances
        likely = share if arranged is None else arranged.shares.get("seized_during_handling", share)
        if draw(luck, b"court.seizes") >= likely:
            return [deal]
        message: Message = DECIDES
        after_ms = delay.at(draw(luck, b"court.delay"))
        if arranged is not None:
            after_ms = arranged.durations.get("seizure_delay", after_ms)
        return [deal, ("court", after_ms, message)]

    return of


def world_of(
    package: Package, region: Region, store: Store, *, seed: int, start_ms: int, faults: tuple[Fault, ...] = (),
    sample_every: int = 0, calendar: WorkingCalendar | None = None,
) -> Sandbox:  # fmt: skip
    """A region's world, ready to be fed with cases."""
    offices = Offices(package, calendar or WorkingCalendar.load())
    parties = parties_of(package, region)
    hours = package.hours["standard"].office_hours(calendar or WorkingCalendar.load())
    return Sandbox(
        parties, Clock(start_ms), Journal(parties, store), seed=seed, hours=offices.hours, clerks=offices.clerks,
        polls=polls_of(package, hours), faults=faults, sample_every=sample_every,
    )  # fmt: skip
