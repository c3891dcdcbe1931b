"""A hub with the departments it speaks to, for the tests of its tracks."""

from typing import Any

from contract import hub as said
from contract.people import BillShown, CashierOpened
from contract.records import BUYER, SELLER, TaxFacts
from contract.unionpay import CardReturned, FetchReconciliation, PayByApp
from fake_departments import non_tax, tax, unionpay
from reference import hub
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from sim.durations import Duration
from sim.package.places import Region, Registry
from sim.polls import PollPlan
from tests.town import Town, a_dossier

GULOU = "350102"
REGISTRIES = (Registry(GULOU, "fuzhou", "福州市鼓楼区不动产登记中心", "福州市", True, 7, "standard", 1.0, 1.0),)
FUZHOU = Region("fuzhou", "3501", "福州市", 1.0, "province", 2, ("power",))
XIAMEN = Region("xiamen", "3502", "厦门市", 1.0, "local", 2, ("power",))
FETCH = PollPlan(FetchReconciliation, daily_ms=9 * HOUR_MS + 30 * MINUTE_MS)
ROLES = {"hub": hub.ROLE, "tax": tax.ROLE, "non_tax": non_tax.ROLE, "unionpay": unionpay.ROLE}
TERM_MS = 15 * DAY_MS
PEOPLE = (BUYER, SELLER)


def took(ms: int) -> Duration:
    return Duration((ms,) * 1024, False, "测试")


def town(
    *, apart: bool = False, returned: float = 0.0, failed: float = 0.0, assess_ms: int = 3 * HOUR_MS, region: Region = FUZHOU,
    debit_ms: int = 2_000, price_fen: int = 150_000_000, **more: Any,
) -> Town:  # fmt: skip
    how = {
        "hub": hub.Settings(took(TERM_MS), region),
        "tax": tax.Settings(
            returned, took(assess_ms), took(3_000), took(6_000), took(TERM_MS), took(5 * DAY_MS), REGISTRIES
        ),
        "non_tax": non_tax.Settings(took(1_000), took(3_000), took(6_000), took(TERM_MS), REGISTRIES),
        "unionpay": unionpay.Settings(
            took(100), took(1_000), took(debit_ms), took(2_000), took(2 * DAY_MS), failed
        ),
    }  # fmt: skip
    dossier = a_dossier(buyer_home_count=1, sole_home=False, separate_payers=apart, price_fen=price_fen)
    return Town(ROLES, how, dossier=dossier, polls={(FetchReconciliation.op.name, "hub"): FETCH}, **more)


def pushed(place: Town, exempt: str = "") -> None:
    facts = place.open().dossier
    taxed = TaxFacts(
        facts.unit_code, facts.price_fen, facts.area_m2_x100, True, facts.acquired_ms, facts.original_price_fen, True,
        facts.sole_home, facts.buyer_home_count, facts.buyers[0], facts.sellers[0],
    )  # fmt: skip
    place.say("registry", "hub", said.PushCharges(GULOU, taxed, 0, True, exempt))


def due(place: Town) -> tuple[Any, ...]:
    pushed(place)
    place.run(days=1)
    return place.heard("registry", said.ChargesReady)[-1].charges  # type: ignore[no-any-return]


def shown(place: Town, payer: str = BUYER) -> tuple[str, ...]:
    place.say(payer, "hub", said.OpenPayment(payer))
    place.run(ms=5_000)
    return tuple(charge.number for charge in place.heard(payer, BillShown)[-1].charges)


def cashier(place: Town, payer: str = BUYER, numbers: tuple[str, ...] | None = None) -> str:
    chosen = shown(place, payer) if numbers is None else numbers
    place.say(payer, "hub", said.ChooseAndPay(payer, chosen))
    place.run(ms=1_000)
    return place.heard(payer, CashierOpened)[-1].order_no  # type: ignore[no-any-return]


def pay(place: Town, payer: str = BUYER, **time: float) -> str:
    order_no = cashier(place, payer)
    place.say(payer, "unionpay", PayByApp(order_no))
    place.run(**(time or {"minutes": 1}))
    return order_no


def charges_state(place: Town) -> str:
    return place.state("hub", "charges").name


def total(place: Town, kind: str) -> int:
    return sum(each["amount_fen"] for each in place.rows(kind=kind, outcome="ok"))


def by_state(place: Town, seat: str, ledger: str, *states: str) -> int:
    files = place.sandbox.seats[seat].ledgers.get(ledger, {}).values()
    return sum(file.charge.amount_fen for file in files if file.states[0].name in states)


def kept_fen(place: Town) -> int:
    return by_state(place, "tax", "voucher_no", "paid", "cleared") + by_state(
        place, "non_tax", "pay_code", "paid", "cleared"
    )


def check_the_money(place: Town) -> None:
    """Debited = written off + back on the card; what is given back later = what the ledgers say is given back."""
    taxes_back = by_state(place, "tax", "voucher_no", "refunding", "refunded")
    fees_back = by_state(place, "non_tax", "pay_code", "reversed")
    to_card = sum(each.amount_fen for person in PEOPLE for each in place.heard(person, CardReturned))
    assert total(place, "unionpay.debited") == kept_fen(place) + taxes_back + fees_back + to_card
    assert total(place, "tax.treasury_refunded") == taxes_back
    assert total(place, "unionpay.refunded") == fees_back
    ended = charges_state(place)
    if ended in ("cancelled", "lapsed", "returned"):
        assert kept_fen(place) == 0
        assert by_state(place, "tax", "voucher_no", "unpaid") + by_state(place, "non_tax", "pay_code", "unpaid") == 0
    if ended == "cancelled":
        assert {each.returned_fen for each in place.heard("registry", said.ChargesCancelled)} == {
            taxes_back + fees_back
        }
    if ended == "settled" and place.heard("registry", said.PaymentSettled):
        (told,) = place.heard("registry", said.PaymentSettled)
        assert told.total_fen == kept_fen(place) == place.heard("registry", said.ChargesReady)[-1].total_fen
    assert ended in ("settled", "cancelled", "lapsed", "returned")
    assert not place.unexpected()
    assert not place.open_cases()
