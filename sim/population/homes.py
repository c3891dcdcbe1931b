"""The homes that change hands: register numbers, addresses, sizes, prices and when the seller came to own them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.calendar import DAY_MS, HOUR_MS
from sim.dossier import TITLE_FULL_WIDTH, TITLE_HALF_WIDTH, TITLE_SPACED
from sim.draws import Flags, Luck, Numbers
from sim.population import identifier_columns as columns
from sim.population.identifier_columns import Chinese, Text
from sim.population.name_pools import ESTATES, STREETS
from sim.population.world import World

# Quantiles at even steps, all synthetic: areas in hundredths of a square metre, prices in thousandths of the region's
# median, what the seller paid in thousandths of today's price, by how long it was held.
HOME_AREAS: Final = (3200, 5400, 6800, 7900, 8800, 9200, 10500, 11800, 12900, 14300, 26000)
OTHER_AREAS: Final = (900, 1200, 1300, 1500, 2800, 4500, 6500, 9000, 15000, 26000, 60000)
PRICE_SPREAD: Final = (450, 620, 720, 810, 900, 1000, 1110, 1240, 1400, 1650, 2600)
PRICES_PAID: Final = (
    (780, 900, 960, 1000, 1060, 1250),
    (620, 760, 860, 950, 1040, 1250),
    (120, 220, 330, 480, 680, 1000),
)
HOLDING_DAYS: Final = ((31, 730), (731, 1825), (1827, 8000))
"""How long a home has been held, at least and at most, by the options of the mix `holding`. The least is longer than a live run's
days of arrival, so that who applies before their day (`begin` without `at_arrival`) has the home."""
SUBURBAN_PRICE: Final = 720
OTHER_PRICE: Final = 850

UNIFIED_REGISTRATION_MS: Final = 1_443_628_800_000
"""2015-10-01: before it a home's certificate was a 房权证 of the housing bureau, with no brackets to mistype."""

MISSPELT_BRACKETS: Final = {TITLE_HALF_WIDTH: ("(", ")"), TITLE_SPACED: (" (", ") ")}
"""How applicants type the brackets of a certificate number when not as printed (T26)."""
TITLE_WIDTH: Final = "U26"

PLACE_BITS: Final = 26
"""A home's place in the cadastre: 4 bits of zone, 3 of subzone, 8 of parcel, 4 of building, 5 of floor, 2 of door."""
_TITLE_BITS: Final = 23


@dataclass(slots=True)
class HomeColumns:
    """One row a case."""

    residential: Flags
    area_m2_x100: Numbers
    price_fen: Numbers
    acquired_ms: Numbers
    original_price_fen: Numbers
    unit_code: Text
    title_no: Chinese
    address: Chinese
    title_form: Numbers
    old_district: Flags


def draw_homes(world: World, luck: Luck, registry: Numbers, arrival_ms: Numbers) -> HomeColumns:
    """Everything about the home of each case."""
    residential = luck.happens("home/residential", world.share("residential"))
    area = np.where(residential, luck.quantile("home/area", HOME_AREAS), luck.quantile("home/other area", OTHER_AREAS))
    price = _prices(world, luck, registry, residential, area)
    holding = luck.choose("home/holding", world.bounds("holding", "under2", "two_to_five", "over5"))
    acquired = _acquired(luck, holding, arrival_ms)
    old_district, district = _districts(world, luck, registry)
    unit_code, address = _places(world, luck, registry, district)
    typed = luck.choose("home/title form", world.bounds("title_typed", "canonical", "half_width", "spaced"))
    form = np.where(acquired < UNIFIED_REGISTRATION_MS, TITLE_FULL_WIDTH, typed)
    return HomeColumns(
        residential=residential,
        area_m2_x100=area,
        price_fen=price,
        acquired_ms=acquired,
        original_price_fen=_paid(luck, holding, price),
        unit_code=unit_code,
        title_no=_titles(world, luck, registry, acquired, form),
        address=address,
        title_form=form,
        old_district=old_district,
    )


def _prices(world: World, luck: Luck, registry: Numbers, residential: Flags, area: Numbers) -> Numbers:
    """To the thousand yuan, as people bargain."""
    per_m2 = world.price_yuan_m2[registry] * luck.quantile("home/price", PRICE_SPREAD)
    per_m2 = np.where(world.urban[registry], per_m2, per_m2 * SUBURBAN_PRICE // 1000)
    per_m2 = np.where(residential, per_m2, per_m2 * OTHER_PRICE // 1000)
    thousands: Numbers = np.maximum(per_m2 * area // 100_000 // 1000, 10)
    return thousands * 100_000


def _acquired(luck: Luck, holding: Numbers, arrival_ms: Numbers) -> Numbers:
    low, high = (np.array(side, np.int64)[holding] for side in zip(*HOLDING_DAYS, strict=True))
    days = low + luck.below("home/held", high - low + 1)
    local_midnight = (arrival_ms + 8 * HOUR_MS) // DAY_MS * DAY_MS - 8 * HOUR_MS
    return np.asarray(local_midnight - days * DAY_MS)


def _paid(luck: Luck, holding: Numbers, price: Numbers) -> Numbers:
    thousandths = np.select([holding == row for row in range(3)], [luck.quantile("home/paid", t) for t in PRICES_PAID])
    return np.asarray(price * thousandths // 1000 // 10_000 * 10_000)


def _districts(world: World, luck: Luck, registry: Numbers) -> tuple[Flags, Numbers]:
    """Parcels numbered before a district was renamed keep the old code (T25)."""
    now = world.district[registry]
    before = world.old_district[registry]
    old = luck.happens("home/old district", world.share("old_district_code")) & (before > 0)
    return old, np.where(old, before, now)


def _places(world: World, luck: Luck, registry: Numbers, district: Numbers) -> tuple[Text, Chinese]:
    """Cadastre number and street address from the same place, so that neighbours in one are neighbours in the other."""
    place = luck.serial("home/place", PLACE_BITS)
    door, floor, building = place % 4 + 1, place // 4 % 32 + 1, place // 128 % 16 + 1
    parcel, subzone, zone = place // 2048 % 256 + 1, place // 2**19 % 8 + 1, place // 2**22 + 1
    room = floor * 100 + door
    unit_code = columns.unit_codes(district, zone, subzone, parcel, building, room)
    street, estate = zone * 37 + subzone * 11 + registry * 53, parcel * 7 + zone * 3 + registry
    address = columns.joined(
        world.place_name[registry],
        STREETS[street % len(STREETS)],
        _number(parcel),
        ESTATES[estate % len(ESTATES)],
        _number(building, "号楼"),
        _number(room, "室"),
    )
    return unit_code, address


_NUMBERS: Final = np.array([str(n) for n in range(3300)])


def _number(values: Numbers, unit: str = "号") -> Chinese:
    return np.strings.add(_NUMBERS[values], unit)


def _titles(world: World, luck: Luck, registry: Numbers, acquired: Numbers, form: Numbers) -> Chinese:
    """The certificate the seller holds, spelt as the applicant typed it."""
    serial = luck.serial("home/title", _TITLE_BITS)
    year = (acquired + 8 * HOUR_MS).astype("datetime64[ms]").astype("datetime64[Y]").astype(np.int64) + 1970
    title = columns.title_numbers(world.province[registry], year, world.cert_place[registry], serial)
    old = columns.joined(world.title_mark[registry], "房权证字第", columns.digits(serial, 7), "号")
    title = np.where(acquired < UNIFIED_REGISTRATION_MS, old, title).astype(TITLE_WIDTH)
    for wrong_form, (left, right) in MISSPELT_BRACKETS.items():
        rows = np.nonzero(form == wrong_form)[0]
        title[rows] = [text.replace("（", left).replace("）", right) for text in title[rows].tolist()]
    return title
