"""Runs for tests: stepped, small, with the seats a test wants remote."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from contract.records import TaxFacts
from contract.tax import Declare
from liantiao.serving.live import run_of
from sim.calendar import HOUR_MS, parse_day
from sim.package import Package, load_package
from sim.runs.plan import Pace, RunPlan
from sim.runs.run import Run
from sim.runs.scale import Handling

START_MS = parse_day("2024-03-04") + 10 * HOUR_MS
PACKAGE_SEATS = {"portal": "", "registry": "", "hub": "", "local_hub": ""}


@cache
def package() -> Package:
    """The package, read once."""
    return load_package("fujian-2024-55")


def a_run(remote: Mapping[str, str] | None = None, **changes: Any) -> Run:
    """A stepped run of 300 cases in which the package's own seats are remote."""
    values = {"pace": Pace.STEPPED, "handling": Handling.REAL, "cases": 300, "seed": 7} | changes
    plan = RunPlan(
        "test", "fujian-2024-55", start_ms=START_MS, remote=PACKAGE_SEATS if remote is None else remote, **values
    )
    return run_of(plan, package())


def declaration(run: Run, number: int, **changes: Any) -> Declare:
    """The declaration of a case, as our hub would make it."""
    home = run.book.dossier(number)
    facts = TaxFacts(
        home.unit_code, home.price_fen, home.area_m2_x100, home.residential, home.acquired_ms, home.original_price_fen,
        home.has_cost_documents, home.sole_home, home.buyer_home_count, home.buyers[0], home.sellers[0],
    )  # fmt: skip
    values = {"registry_code": list(package().registries)[home.registry], "price_fen": home.price_fen, "facts": facts}
    return Declare(**{**values, **changes})


def a_case_outside_xiamen(run: Run, first: int = 1) -> int:
    """The first case from `first` on that pays its tax by way of the province's hub."""
    return next(number for number in range(first, len(run.book) + 1) if run.book.region(number) != "xiamen")
