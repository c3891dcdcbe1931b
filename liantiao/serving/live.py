"""The worlds of a run on the server: a package at its own pace, with real systems in some of its seats."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from liantiao.compose import UNCHANGED, Offices, parties_of, polls_of, starters
from liantiao.stock.stocked import Register, WorldStock
from liantiao.stock.store import StockStore
from reference.mutants.mutant import Changes
from sim.calendar import DAY_MS, WorkingCalendar
from sim.case import Case
from sim.clock import Clock
from sim.desks import Hours
from sim.faces.bodies import body_of
from sim.journal.live import LiveJournal
from sim.message import Message
from sim.package import Package
from sim.party import Party
from sim.polls import PollPlan
from sim.population import Population
from sim.remote import remote_party
from sim.runs.case_book import CaseBook
from sim.runs.plan import Pace, RunPlan
from sim.runs.run import Run
from sim.runs.scale import Scale, scale_of
from sim.runs.world import AlwaysOpen, LiveSandbox

ARRIVAL_DAYS = 30
"""Over how long a time from a run's start its cases arrive, where they keep the days of their population."""
NEVER_MS = 1_000_000 * DAY_MS
"""How often a poll runs that a mutant has stopped."""
TERMS = ("bill_validity",)
"""Durations of a package that are terms: parties reckon with them as they are, and what waits for one is shortened on its way.
All others are time somebody takes."""


def at_pace(package: Package, scale: Scale) -> Package:
    """The package with what people and departments take shortened, and polls as often as that needs."""
    durations = {
        name: each if name in TERMS else replace(each, steps=tuple(map(scale.handled, each.steps)))
        for name, each in package.durations.items()
    }
    polls = {
        name: replace(poll, interval_ms=scale.gap(poll.interval_ms)) for name, poll in package.capacity.polls.items()
    }
    return replace(package, durations=durations, capacity=replace(package.capacity, polls=polls))


def polls_at(package: Package, scale: Scale, hours: Hours) -> dict[tuple[str, str], PollPlan]:
    """When polls run; what is fetched once a day is fetched whenever a shortened day has passed."""
    plans = polls_of(package, hours)
    if scale.term_divisor == 1:
        return plans
    day = scale.gap(DAY_MS)
    return {key: replace(plan, daily_ms=None, every_ms=day) if plan.daily_ms else plan for key, plan in plans.items()}


def run_of(
    plan: RunPlan, package: Package, changes: Changes = UNCHANGED, journal: type[LiveJournal] = LiveJournal,
    store: StockStore | None = None,
) -> Run:  # fmt: skip
    """A run, ready to be heard; with a mutant's `changes`, its defect in the place of the reference's own ways.

    `journal` is how its rows are taken, `store` the stock that its reference holds from the beginning.
    """
    calendar = WorkingCalendar.load()
    scale = scale_of(plan.handling, plan.term_factor)
    paced = at_pace(package, scale)
    start = plan.start_ms - (plan.start_ms + 8 * 3_600_000) % DAY_MS
    population = Population(package, plan.seed, plan.cases, start, start + ARRIVAL_DAYS * DAY_MS)
    offices = Offices(package, calendar)
    hours = (lambda registry: AlwaysOpen()) if not plan.office_hours else offices.hours
    poll_hours = package.hours["standard"].office_hours(calendar) if plan.office_hours else AlwaysOpen()

    book = CaseBook(population, list(package.regions), plan.arranged, plan.share, plan.among)
    codes = list(package.registries)
    stock = None if store is None else WorldStock(store, book)
    held: dict[str, Any] = {} if store is None else {"register": Register(store)}
    script = package.fault_script(plan.faults).faults if plan.faults else ()
    arranged = [fault for number, each in plan.arranged.items() for fault in each.faults_of(number)]
    script = tuple(map(scale.fault, (*script, *arranged)))
    elsewhere = frozenset(fault.name for fault in script if plan.led)
    polls = {
        key: replace(each, every_ms=NEVER_MS, daily_ms=None, hours=None) if key in changes.stopped_polls else each
        for key, each in polls_at(paced, scale, poll_hours).items()
    }
    encode = encoded if changes is UNCHANGED else partial(encoded_with, changes)

    def make_world(region_id: str, seqs: Iterator[int]) -> LiveSandbox:
        def registry_of(number: int) -> str:
            case = world.cases.get(number)
            return codes[book.registry(number) if case is None else case.dossier.registry]

        region = package.regions[region_id]
        parties = with_remote(parties_of(paced, region, changes, held), plan.remote)
        log = journal(parties, region_id, seqs, registry_of, encode)
        world = LiveSandbox(
            parties, Clock(plan.start_ms), log, seed=plan.seed, hours=hours, clerks=offices.clerks,
            polls=polls, sample_every=1,
        )  # fmt: skip
        world.settle_in(
            region_id, scale, prompt=plan.pace is Pace.STEPPED, led=plan.led, elsewhere=elsewhere,
            knows_end=partial(knows_end, world.seats["buyer"]),
        )  # fmt: skip
        if stock is not None:
            stock.lay_into(world)
        return world

    run = Run(plan, book, make_world, starters(paced, plan.seed))
    run.faults = script
    return run


def encoded(message: Message) -> bytes:
    """A message's JSON text, as it goes over the wire."""
    return body_of(type(message)).dump(message)


def encoded_with(changes: Changes, message: Message) -> bytes:
    """The same with the fields that a mutant adds."""
    text, more = encoded(message), changes.extras.of(message)
    if not more:
        return text
    return json.dumps(json.loads(text) | more, ensure_ascii=False).encode()


def with_remote(parties: list[Party], remote: Collection[str]) -> list[Party]:
    """The parties, with real systems in the seats named."""
    return [remote_party(party.role, party.seat, party.links) if party.seat in remote else party for party in parties]


def knows_end(buyer: Party, case: Case) -> bool:
    """Whether the buyers of a case have heard how it ended; where they are not ours, who knows is not asked."""
    at = case.files[buyer.index]
    return at is not None and (buyer.remote or bool(getattr(at.file, "outcome", "")))
