"""A tax bureau with sales to declare, for its tests."""

from typing import Any

from contract.records import TaxFacts
from contract.tax import (
    Assessed,
    Declare,
    WriteOff,
)
from fake_departments import tax
from sim.calendar import DAY_MS, HOUR_MS
from sim.dossier import Person
from sim.durations import Duration
from sim.message import Message
from sim.package.places import Registry
from tests.town import START_MS, Town

GULOU, MINHOU = "350102", "350121"
REGISTRIES = (
    Registry(GULOU, "fuzhou", "福州市鼓楼区不动产登记中心", "福州市", True, 7, "standard", 0.6, 0.6),
    Registry(MINHOU, "fuzhou", "福州市闽侯县不动产登记中心", "闽侯县", False, 5, "standard", 0.4, 0.4),
)
PRICE = 150_000_000
BUYER_PERSON = Person("林晓", "111", "359999199001010015", "15400000001", False)
SELLER_PERSON = Person("陈明", "111", "359999198001010010", "15400000002", False)
BUYING_COMPANY = Person("闽江置业有限公司", "900", "91359999MA00000001", "15400000003", True)
SELLING_COMPANY = Person("鼓山置业有限公司", "900", "91359999MA00000002", "15400000004", True)


def took(ms: int) -> Duration:
    return Duration((ms,) * 1024, True, "测试")


def bureau(returned: float = 0.0) -> tax.Settings:
    """Three hours to assess, three seconds to write off, six to print, fifteen days to pay, five to refund."""
    return tax.Settings(
        returned, took(3 * HOUR_MS), took(3_000), took(6_000), took(15 * DAY_MS), took(5 * DAY_MS), REGISTRIES
    )


def facts(**changed: Any) -> TaxFacts:
    """A home sold after three years and a bit, the buyer's first."""
    usual: dict[str, Any] = {
        "unit_code": "350102001001GB00001F00010001",
        "price_fen": PRICE,
        "area_m2_x100": 8_900,
        "residential": True,
        "acquired_ms": START_MS - 1_200 * DAY_MS,
        "original_price_fen": 100_000_000,
        "has_cost_documents": False,
        "sole_home": False,
        "buyer_home_count": 1,
        "buyer": BUYER_PERSON,
        "seller": SELLER_PERSON,
    }
    return TaxFacts(**(usual | changed))


def declaration(**changed: Any) -> Declare:
    given_facts = facts(**changed)
    return Declare(GULOU, given_facts.price_fen, given_facts)


def town(returned: float = 0.0, **more: Any) -> Town:
    return Town({"tax": tax.ROLE}, {"tax": bureau(returned)}, **more)


def declared(sale: Declare, **more: Any) -> Town:
    """A town in which a sale has been declared and assessed."""
    place = town(**more)
    place.say("hub", "tax", sale)
    place.run(hours=4)
    return place


NEW_HOME = {"acquired_ms": START_MS - 300 * DAY_MS}
SHOP = {"residential": False}


def three() -> tuple[Town, list[Any]]:
    """A sale within two years: all three vouchers of a home."""
    place = declared(declaration(**NEW_HOME))
    return place, list(place.heard("hub", Assessed)[0].charges)


def ask(place: Town, message: Message, seat: str = "hub", **time: float) -> Any:
    """What the asker heard last, once the bureau has had its time."""
    place.say(seat, "tax", message)
    place.run(**(time or {"minutes": 1}))
    heard = place.heard(seat)
    return heard[-1] if heard else None


def pay(place: Town, charge: Any, order: str = "order0001") -> Any:
    return ask(place, WriteOff(charge.number, order, charge.amount_fen), "unionpay")
