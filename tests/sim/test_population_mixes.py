"""A population as a whole looks like its package: places, mixes, shares, holding spans and prices."""

import numpy as np
import pytest

from sim.calendar import DAY_MS
from sim.package import load_package
from sim.population import Population

PACKAGE = load_package("fujian-2024-55")
ROWS = 40_000


@pytest.fixture(scope="module")
def chunk():
    return Population(PACKAGE, 7, ROWS, PACKAGE.volume.first_day_ms, PACKAGE.volume.last_day_ms).chunk(0, ROWS)


@pytest.fixture(scope="module")
def dossiers(chunk):
    return chunk.dossiers()


def test_places_follow_their_weights(chunk):
    weights = [region.weight for region in PACKAGE.regions.values()]
    assert np.bincount(chunk.region) / ROWS == pytest.approx(weights, abs=0.01)
    registries = [registry.weight for registry in PACKAGE.registries.values()]
    assert np.bincount(chunk.registry, minlength=len(registries)) / ROWS == pytest.approx(registries, abs=0.006)


@pytest.mark.parametrize(
    ("mix", "column", "first"),
    [
        ("channel", "channel", 0),
        ("buyer_homes", "buyer_home_count", 1),
        ("mortgage", "mortgage", 0),
        ("fund_centre", "fund_centre", 0),
        ("extra_certificates", "copies", 0),
    ],
)
def test_mixes(dossiers, mix, column, first):
    shares = np.bincount([getattr(dossier, column) - first for dossier in dossiers]) / ROWS
    assert shares == pytest.approx(PACKAGE.mix(mix).weights, abs=0.012)


@pytest.mark.parametrize(
    ("share", "column"),
    [
        ("residential", "residential"),
        ("seller_sole_home", "sole_home"),
        ("cost_proved", "has_cost_documents"),
        ("loan", "loan"),
        ("net_signed_before", "net_signed"),
        ("separate_payers", "separate_payers"),
        ("rare_name", "name_kind"),
        ("minor", "minor"),
        ("account_wrong", "account_wrong"),
    ],
)
def test_shares(dossiers, share, column):
    found, expected = np.mean([bool(getattr(dossier, column)) for dossier in dossiers]), PACKAGE.share(share)
    assert found == pytest.approx(expected, abs=5 * (expected * (1 - expected) / ROWS) ** 0.5)


def test_holding_spans_follow_their_mix(dossiers):
    days = np.array([(dossier.arrival_ms - dossier.acquired_ms) / DAY_MS for dossier in dossiers])
    found = [(days < 731).mean(), ((days >= 731) & (days < 1826)).mean(), (days >= 1826).mean()]
    assert found == pytest.approx(PACKAGE.mix("holding").weights, abs=0.012)
    assert days.min() >= 20


def test_prices_differ_by_city(chunk):
    per_m2 = chunk.homes.price_fen / chunk.homes.area_m2_x100
    medians = {key: np.median(per_m2[chunk.region == i]) for i, key in enumerate(PACKAGE.regions)}
    assert max(medians, key=medians.__getitem__) == "xiamen"
    assert chunk.homes.price_fen.min() > 0
    assert (chunk.homes.original_price_fen > 0).all()
