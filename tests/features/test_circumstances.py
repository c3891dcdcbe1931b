"""Circumstances: told and read back, and nothing else of the case is changed."""

import json

from hypothesis import given
from hypothesis import strategies as st

from fake_departments.tax import ROLE as TAX
from features.casting import Cast, Casting, Stock
from liantiao.compose import settings_of
from liantiao.serving.live import run_of
from sim.circumstances import Circumstances
from sim.package import load_package
from sim.runs.plan import Pace, RunPlan

PACKAGE = load_package("fujian-2024-55")
START_MS = 1_740_962_400_000
POPULATION = run_of(RunPlan("t", PACKAGE.id, 5, 20_000, START_MS, Pace.STEPPED), PACKAGE).book.population


@given(st.sampled_from(["fuzhou", "xiamen", "longyan"]), st.integers(1, 10_000_000_00), st.booleans())
def test_what_was_arranged_survives_the_telling(region: str, price_fen: int, company: bool) -> None:
    cast = Cast(START_MS, region=region, company="buyer" if company else "")
    cast.facts["price_fen"] = price_fen
    cast.reasons["power.reject"] = "arrears"
    played = Casting(POPULATION).cast(cast)
    again = Circumstances.from_json(json.loads(json.dumps(played.circumstances.as_json())))
    usual = POPULATION.case(played.number - 1)
    assert again.dossier(usual) == played.circumstances.dossier(usual)
    assert played.dossier.price_fen == price_fen
    assert played.dossier.region == list(PACKAGE.regions).index(region)


def test_people_from_the_stock_are_handed_out_once() -> None:
    people = [person for dossier in POPULATION.chunk(0, 50).dossiers() for person in dossier.buyers]
    stock = Stock(people)
    first, then = stock.people(3), stock.people(3)
    assert not {each.id_no for each in first} & {each.id_no for each in then}


def test_an_arranged_duration_is_always_the_same_and_survives_the_telling() -> None:
    arranged = Circumstances(durations={"tax_assessment": 3_600_000})
    again = Circumstances.from_json(json.loads(json.dumps(arranged.as_json())))
    assert again == arranged
    usual = settings_of(TAX, PACKAGE, PACKAGE.regions["longyan"])
    assert {again.settings(usual).tax_assessment.at(u) for u in (0.0, 0.5, 0.999)} == {3_600_000}
    assert again.settings(usual).receipt == usual.receipt
