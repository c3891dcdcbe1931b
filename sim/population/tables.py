"""A population as the tables a real system must hold before it can be tested: register, accounts and people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa

from sim.dossier import ID_TYPES, ITEMS
from sim.identifiers import canonical_title
from sim.masking import mask_account, mask_address, mask_id, mask_name, mask_phone, mask_title, mask_unit
from sim.package import Package
from sim.population import PopulationChunk
from sim.population.people import FIRST_SELLER_SEAT

Columns = dict[str, object]

TABLES: Final = ("people", "homes", "register_entries", "utility_accounts", "fund_accounts")

MASKS: Final[dict[str, Callable[[str], str]]] = {
    "name": mask_name,
    "id_no": mask_id,
    "phone": mask_phone,
    "account": mask_account,
    "address": mask_address,
    "unit_code": mask_unit,
    "title_no": mask_title,
}
"""What becomes of a column, by its name, when personal data are to be hidden."""

MORTGAGES: Final = {"none": "无抵押", "to_release": "有抵押，先注销", "with_mortgage": "带押过户"}
CENTRES: Final = {"own_city": "本市中心", "other_city": "外市中心", "provincial": "省直中心"}
"""Codes in the order of the numbers by which cases keep them, and what people read."""
_MORTGAGES, _CENTRES, _ID_TYPES = (np.array(list(codes)) for codes in (MORTGAGES, CENTRES, ID_TYPES))
_FUND: Final = ITEMS.index("housing_fund")


def tables_of(package: Package, chunk: PopulationChunk, masked: bool) -> dict[str, pa.Table]:
    """The five tables of some cases; `case` is the case's number in the population."""
    columns = {
        "people": _people(chunk),
        "homes": _homes(package, chunk),
        "register_entries": _register_entries(chunk),
        "utility_accounts": _utility_accounts(chunk),
        "fund_accounts": _fund_accounts(chunk),
    }
    return {
        name: pa.table({key: _array(key, column, masked) for key, column in columns[name].items()}) for name in TABLES
    }


def _array(name: str, column: object, masked: bool) -> pa.Array:
    values = np.asarray(column)
    if values.dtype.kind == "S":
        values = values.astype(np.str_)
    if masked and name in MASKS:
        mask = MASKS[name]
        return pa.array([mask(value) for value in values.tolist()], pa.string())
    return pa.array(values.tolist() if values.dtype.kind == "U" else values, _type_of(values))


def _type_of(values: np.ndarray) -> pa.DataType:
    if values.dtype.kind == "U":
        return pa.string()
    if values.dtype.kind == "M":
        return pa.date32()
    return pa.bool_() if values.dtype.kind == "b" else pa.int64()


def _who(chunk: PopulationChunk, rows: np.ndarray) -> Columns:
    """Who some rows of the people are."""
    people = chunk.people
    return {
        "name": people.name[rows],
        "id_type": _ID_TYPES[people.id_type[rows]],
        "id_no": people.id_no[rows],
        "phone": people.phone[rows],
    }


def _people(chunk: PopulationChunk) -> Columns:
    people = chunk.people
    seller = people.seat >= FIRST_SELLER_SEAT
    return {
        "case": chunk.index[people.row],
        "role": np.where(seller, "seller", "buyer"),
        "position": np.where(seller, people.seat - FIRST_SELLER_SEAT, people.seat) + 1,
        **_who(chunk, np.arange(len(people.row))),
        "is_company": people.is_company,
    }


def _homes(package: Package, chunk: PopulationChunk) -> Columns:
    homes = chunk.homes
    return {
        "case": chunk.index,
        "registry": np.array(list(package.registries))[chunk.registry],
        "unit_code": homes.unit_code,
        "title_no": _titles(chunk),
        "address": homes.address,
        "area_m2_x100": homes.area_m2_x100,
        "residential": homes.residential,
    }


def _register_entries(chunk: PopulationChunk) -> Columns:
    """What the register says before the transfer: one row an owner, that is, a seller."""
    owners = np.nonzero(chunk.people.seat >= FIRST_SELLER_SEAT)[0]
    rows = chunk.people.row[owners]
    return {
        "case": chunk.index[rows],
        "unit_code": chunk.homes.unit_code[rows],
        "title_no": _titles(chunk)[rows],
        **_who(chunk, owners),
        "owners": chunk.cases.sellers[rows],
        "acquired_on": _days(chunk.homes.acquired_ms[rows]),
        "original_price_fen": chunk.homes.original_price_fen[rows],
        "mortgage": _MORTGAGES[chunk.cases.mortgage[rows]],
    }


def _utility_accounts(chunk: PopulationChunk) -> Columns:
    """The accounts that really exist, in the first seller's name, whatever the applicants typed."""
    chosen = np.array([chunk.accounts.items >> bit & 1 for bit in range(_FUND)], bool)
    item, rows = np.nonzero(chosen)
    numbers = [chunk.accounts.numbers[bit][chosen[bit]].astype(np.str_) for bit in range(_FUND)]
    return {
        "case": chunk.index[rows],
        "item": np.array(ITEMS)[item],
        "account": np.concatenate(numbers),
        **_who(chunk, chunk.people.first[:-1][rows] + chunk.cases.buyers[rows]),
        "unit_code": chunk.homes.unit_code[rows],
        "address": chunk.homes.address[rows],
    }


def _fund_accounts(chunk: PopulationChunk) -> Columns:
    """Housing-fund accounts belong to the first buyer."""
    rows = np.nonzero(chunk.accounts.items >> _FUND & 1)[0]
    return {
        "case": chunk.index[rows],
        "account": chunk.accounts.numbers[_FUND][rows],
        **_who(chunk, chunk.people.first[:-1][rows]),
        "centre": _CENTRES[chunk.accounts.fund_centre[rows]],
    }


def _titles(chunk: PopulationChunk) -> np.ndarray:
    """Certificate numbers as the register spells them."""
    titles = chunk.homes.title_no.copy()
    typed = np.nonzero(chunk.homes.title_form)[0]
    titles[typed] = [canonical_title(text) for text in titles[typed].tolist()]
    return titles


def _days(moments: np.ndarray) -> np.ndarray:
    return (moments + 8 * 3_600_000).astype("datetime64[ms]").astype("datetime64[D]")
