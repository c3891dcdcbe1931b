"""Buyers and sellers: names, documents and telephones, one row a person, no two sharing an identity number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.dossier import CREDIT_CODE, DOTTED_NAME, ID_TYPES, RARE_NAME, Person
from sim.draws import Flags, Index, Luck, Numbers
from sim.identifiers import UNASSIGNED_DISTRICT
from sim.population import identifier_columns as columns
from sim.population.cases import CaseColumns
from sim.population.identifier_columns import Chinese, Text
from sim.population.name_pools import (
    COMPANY_WORDS,
    DOTTED_NAMES,
    FEMALE_NAMES,
    MALE_NAMES,
    RARE_GIVEN_NAMES,
    SURNAME_BOUNDS,
    SURNAMES,
)
from sim.population.world import World

SEATS: Final = 5
"""Three for buyers, then two for sellers; a person's number is case x 5 + seat."""
FIRST_SELLER_SEAT: Final = 3

# How many of each birth date exist, by year of birth: the pool of 2**23 identities is laid out over these years, so the
# ages come out like a housing market's (synthetic) and every identity is used once.
IDENTITY_BITS: Final = 23
FIRST_BIRTH_YEAR: Final = 1936
_LIVELINESS: Final = tuple(
    [100] * 10 + [220] * 8 + [380] * 8 + [560] * 8 + [760] * 6 + [900] * 12 + [700] * 5 + [460] * 4 + [200] * 4
)
MINOR_BIRTH_YEAR: Final = 2010
"""Minors are born from 2010 to 2019: alive and under age whatever day from 2020 to 2027 their case comes in."""
_MINOR_DISTRICT: Final = 359_900
_CODES: Final = tuple(ID_TYPES)
_BORN_BEFORE_MONTH: Final = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30])


@dataclass(slots=True)
class PeopleColumns:
    """One row a person, in order of case and seat; the people of row r are first[r] up to first[r + 1]."""

    first: Numbers
    row: Numbers
    seat: Numbers
    name: Chinese
    id_type: Numbers
    id_no: Text
    phone: Text
    is_company: Flags

    def persons(self) -> list[Person]:
        """All rows as plain values."""
        types = [_CODES[position] for position in self.id_type.tolist()]
        ids, phones = self.id_no.astype(np.str_).tolist(), self.phone.astype(np.str_).tolist()
        return list(map(Person, self.name.tolist(), types, ids, phones, self.is_company.tolist()))


def draw_people(world: World, seed: int, index: Index, cases: CaseColumns) -> PeopleColumns:
    """The people of each case; a minor is the last of its buyers, an odd name the first one's."""
    seats = np.arange(SEATS)
    taken = np.where(
        seats < FIRST_SELLER_SEAT, seats < cases.buyers[:, None], seats - FIRST_SELLER_SEAT < cases.sellers[:, None]
    )
    row, seat = np.nonzero(taken)
    number = index[row] * np.uint64(SEATS) + seat.astype(np.uint64)
    luck = Luck(seed, number)
    minor = cases.minor[row] & (seat == cases.buyers[row] - 1)
    kind = np.where(seat == 0, cases.name_kind[row], 0)
    company = np.where(seat < FIRST_SELLER_SEAT, cases.company_buys[row], cases.company_sells[row])
    id_type = luck.choose("person/document", world.document_bounds)
    id_type[minor | (kind > 0)] = 0
    id_type[company] = _CODES.index(CREDIT_CODE)
    birth, sequence, district = _identities(luck, minor)
    return PeopleColumns(
        first=np.concatenate([[0], np.cumsum(cases.buyers + cases.sellers)]),
        row=row,
        seat=seat,
        name=_names(luck, sequence, kind, company),
        id_type=id_type,
        id_no=_documents(luck, id_type, columns.identity_numbers(district, birth, sequence)),
        phone=columns.phone_numbers(luck.serial("person/phone", 26)),
        is_company=company,
    )


def _slots() -> tuple[Numbers, Numbers]:
    """Identities below each year of birth, and how many each birth date has; the last year takes what is left."""
    a_day = np.array(_LIVELINESS, np.int64) * (1 << IDENTITY_BITS) // (sum(_LIVELINESS) * 365)
    below = np.concatenate([[0], np.cumsum(a_day * 365)])
    left = (1 << IDENTITY_BITS) - int(below[-1])
    a_day[-1] += -(-left // 365)
    return below, a_day


_BELOW, _A_DAY = _slots()


def _identities(luck: Luck, minor: Flags) -> tuple[Numbers, Numbers, Numbers]:
    """Birth date as yyyymmdd, sequence and district; past 2**23 people another unassigned district begins."""
    slot = luck.serial("person/identity", IDENTITY_BITS)
    district = int(UNASSIGNED_DISTRICT) - (luck.index >> np.uint64(IDENTITY_BITS)).astype(np.int64)
    ordinal = np.minimum(np.searchsorted(_BELOW, slot, side="right") - 1, len(_A_DAY) - 1)
    within, a_day = slot - _BELOW[ordinal], _A_DAY[ordinal]
    day = within // a_day
    sequence = within - day * a_day + 1
    year = FIRST_BIRTH_YEAR + ordinal
    decade = year // 10 - FIRST_BIRTH_YEAR // 10
    district = np.where(minor, _MINOR_DISTRICT + decade, district)
    year = np.where(minor, MINOR_BIRTH_YEAR + year % 10, year)
    month = np.searchsorted(_BORN_BEFORE_MONTH, day, side="right")
    return year * 10_000 + month * 100 + day - _BORN_BEFORE_MONTH[month - 1] + 1, sequence, district


def _names(luck: Luck, sequence: Numbers, kind: Numbers, company: Flags) -> Chinese:
    """An odd sequence is a man; the names agree."""
    surname = SURNAMES[luck.choose("person/surname", SURNAME_BOUNDS)]
    male = MALE_NAMES[luck.below("person/given", len(MALE_NAMES))]
    female = FEMALE_NAMES[luck.below("person/given", len(FEMALE_NAMES))]
    given = np.where(sequence % 2 == 1, male, female)
    rare = RARE_GIVEN_NAMES[luck.below("person/rare", len(RARE_GIVEN_NAMES))]
    name = np.strings.add(surname, np.where(kind == RARE_NAME, rare, given)).astype("U16")
    dotted = np.nonzero(kind == DOTTED_NAME)[0]
    name[dotted] = DOTTED_NAMES[luck.below("person/dotted", len(DOTTED_NAMES))[dotted]]
    firms = np.nonzero(company)[0]
    words = COMPANY_WORDS[luck.below("person/company", len(COMPANY_WORDS))[firms]]
    name[firms] = columns.joined("联调", words, "实业有限公司") if len(firms) else []
    return name


def _documents(luck: Luck, id_type: Numbers, identity: Text) -> Text:
    """Identity numbers for most; permits, passports and credit codes have their own shapes (synthetic serials)."""
    serial = luck.serial("person/document number", 26)
    made = identity.copy()
    for code, make in enumerate((None, _passports, _taiwan_permits, _hong_kong_permits, _companies)):
        rows = np.nonzero(id_type == code)[0]
        if make is not None and len(rows):
            made[rows] = make(serial[rows])
    return made


def _passports(serial: Numbers) -> Text:
    """XX is the country code of nobody."""
    return columns.text("XX", columns.digits(serial, 8))


def _taiwan_permits(serial: Numbers) -> Text:
    """台湾居民来往大陆通行证: eight digits."""
    return columns.text(columns.digits(serial, 8))


def _hong_kong_permits(serial: Numbers) -> Text:
    """港澳居民来往内地通行证: a letter and eight digits."""
    return columns.text("H", columns.digits(serial, 8))


def _companies(serial: Numbers) -> Text:
    return columns.credit_codes("91", UNASSIGNED_DISTRICT, serial)
