"""Records: the values that messages carry, each with what its receivers may know and no more."""

from dataclasses import dataclass

from sim.dossier import Person

TAX, FEE = "tax", "fee"
BUYER, SELLER = "buyer", "seller"


@dataclass(slots=True, eq=False)
class Home:
    """The home as the register knows it; area in hundredths of a square metre."""

    unit_code: str
    title_no: str
    address: str
    area_m2_x100: int
    residential: bool


@dataclass(slots=True, eq=False)
class Application:
    """The package form with its contract: collected once, used by every item (附件1 ①–⑤)."""

    channel: str
    buyers: tuple[Person, ...]
    sellers: tuple[Person, ...]
    home: Home
    price_fen: int
    contract_no: str
    items: tuple[str, ...]
    accounts: tuple[str, ...]
    copies: int


@dataclass(slots=True, eq=False)
class TaxFacts:
    """What the tax bureau needs to assess a sale: declared facts, no more. Money in fen, time in epoch ms."""

    unit_code: str
    price_fen: int
    area_m2_x100: int
    residential: bool
    acquired_ms: int
    original_price_fen: int
    has_cost_documents: bool
    sole_home: bool
    buyer_home_count: int
    buyer: Person
    seller: Person


@dataclass(slots=True, eq=False)
class Charge:
    """One thing to pay: a tax voucher (三要素: payer's number, tax office code, voucher number) or the fee's pay code."""

    sort: str
    payer: str
    payer_id_no: str
    office: str
    number: str
    title: str
    amount_fen: int


@dataclass(slots=True, eq=False)
class Transfer:
    """What a utility needs to put an account into the new owner's name."""

    account: str
    unit_code: str
    title_no: str
    address: str
    new_owner: Person
    old_owner_name: str
    recorded_ms: int


@dataclass(slots=True, eq=False)
class Withdrawal:
    """What the housing fund needs to decide a withdrawal for a purchase; money in fen."""

    account: str
    centre: int
    person: Person
    unit_code: str
    title_no: str
    price_fen: int
    asked_fen: int
    bank_account_name: str
    recorded_ms: int
