"""One case as the people in it know it: plain values, nothing that happens later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.circumstances import Circumstances

ITEMS: Final = ("power", "water", "gas", "cable_tv", "housing_fund")
"""The linked items in the order of their bits: bit 0 is power."""

NO_MORTGAGE, MORTGAGE_TO_RELEASE, WITH_MORTGAGE = 0, 1, 2
OWN_CITY_FUND, OTHER_CITY_FUND, PROVINCIAL_FUND = 0, 1, 2
PLAIN_NAME, RARE_NAME, DOTTED_NAME = 0, 1, 2
TITLE_FULL_WIDTH, TITLE_HALF_WIDTH, TITLE_SPACED = 0, 1, 2

IDENTITY_CARD, PASSPORT, TAIWAN_PERMIT, HONG_KONG_PERMIT, CREDIT_CODE = "111", "414", "511", "516", "900"
ID_TYPES: Final = {
    IDENTITY_CARD: "居民身份证", PASSPORT: "普通护照", TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    HONG_KONG_PERMIT: "港澳居民来往内地通行证", CREDIT_CODE: "统一社会信用代码（单位；代码自拟）",
}  # fmt: skip
"""Certificate codes (as of GA/T 517, which has none for companies) and what they are; columns keep their positions."""


@dataclass(slots=True)
class Person:
    """A buyer or a seller, natural or legal."""

    name: str
    id_type: str
    id_no: str
    phone: str
    is_company: bool


@dataclass(slots=True)
class Dossier:
    """A case on the day it is applied for; money in fen, area in hundredths of a square metre, time in epoch ms."""

    index: int
    region: int
    registry: int
    channel: int
    arrival_ms: int
    residential: bool
    area_m2_x100: int
    price_fen: int
    acquired_ms: int
    original_price_fen: int
    has_cost_documents: bool
    sole_home: bool
    buyer_home_count: int
    buyers: tuple[Person, ...]
    sellers: tuple[Person, ...]
    agent: bool
    minor: bool
    unit_code: str
    title_no: str
    address: str
    items: int
    accounts: tuple[str, str, str, str, str]
    account_wrong: int
    fund_centre: int
    loan: bool
    mortgage: int
    net_signed: bool
    contract_no: str
    copies: int
    separate_payers: bool
    name_kind: int
    title_form: int
    old_district: bool
    circumstances: Circumstances | None = None
    """What was arranged for this case; None for one that is drawn like any other."""

    def chose(self, item: str) -> bool:
        """Is this linked item part of the application?"""
        return bool(self.items >> ITEMS.index(item) & 1)

    @property
    def head(self) -> Person:
        """The buyer in whose name the utilities will run."""
        return self.buyers[0]
