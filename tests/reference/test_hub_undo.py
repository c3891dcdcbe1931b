"""Charges undone at the hub: cancelled or lapsed at any moment, everything void or given back."""

import pytest

from contract import hub as said
from contract.people import CashierOpened
from contract.records import BUYER
from contract.unionpay import CardReturned, PayByApp
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from tests.reference.hub_place import (
    TERM_MS,
    cashier,
    charges_state,
    check_the_money,
    due,
    pay,
    pushed,
    shown,
    total,
    town,
)

MOMENTS_MS = [0, 60, 120, 900, 1_200, 3 * HOUR_MS - 10, 3 * HOUR_MS + 60, 3 * HOUR_MS + 110, 6 * HOUR_MS]


@pytest.mark.parametrize("ms", MOMENTS_MS)
def test_cancelled_before_anybody_pays(ms: int) -> None:
    place = town()
    pushed(place)
    place.run(ms=ms)
    place.say("registry", "hub", said.CancelCharges("双方撤回"))
    place.run(days=1)
    assert charges_state(place) == "cancelled"
    assert place.heard("registry", said.ChargesCancelled)[0].returned_fen == 0
    check_the_money(place)


@pytest.mark.parametrize("ms", [0, 60, 160, 2_100, 2_160, 2_260, 3_000, 5_400, 9_000, 30_000, DAY_MS])
def test_cancelled_at_any_moment_of_a_payment(ms: int) -> None:
    place = town()
    charges = due(place)
    order_no = cashier(place)
    place.say(BUYER, "unionpay", PayByApp(order_no))
    place.run(ms=ms)
    place.say("registry", "hub", said.CancelCharges("双方撤回"))
    place.run(days=15)
    (told,) = place.heard("registry", said.ChargesCancelled)
    to_card = sum(each.amount_fen for each in place.heard(BUYER, CardReturned))
    assert told.returned_fen + to_card in (0, sum(charge.amount_fen for charge in charges))
    assert total(place, "unionpay.debited") == told.returned_fen + to_card
    check_the_money(place)


def test_cancelled_with_an_open_cashier() -> None:
    place = town()
    due(place)
    cashier(place)
    place.say("registry", "hub", said.CancelCharges("双方撤回"))
    place.run(minutes=1)
    assert charges_state(place) == "cancelled"
    check_the_money(place)


def test_cancelled_while_the_order_is_being_made() -> None:
    place = town()
    due(place)
    numbers = shown(place)
    place.say(BUYER, "hub", said.ChooseAndPay(BUYER, numbers))
    place.run(ms=60)
    place.say("registry", "hub", said.CancelCharges("双方撤回"))
    place.run(minutes=1)
    assert not place.heard(BUYER, CashierOpened)
    assert charges_state(place) == "cancelled"
    check_the_money(place)


def test_cancelled_twice_is_told_twice() -> None:
    place = town()
    due(place)
    for _ in range(2):
        place.say("registry", "hub", said.CancelCharges("双方撤回"))
        place.run(days=1)
    assert [each.returned_fen for each in place.heard("registry", said.ChargesCancelled)] == [0, 0]


def test_what_one_payer_paid_goes_back_when_the_other_never_pays() -> None:
    place = town(apart=True)
    due(place)
    pay(place)
    place.run(days=40)
    assert charges_state(place) == "lapsed"
    assert len(place.heard("registry", said.ChargesLapsed)) == 1
    assert (
        total(place, "tax.treasury_refunded") + total(place, "unionpay.refunded")
        == total(place, "unionpay.debited")
        > 0
    )
    assert not place.rows(kind="hub.reconciliation_difference")
    check_the_money(place)


@pytest.mark.parametrize(("debit_ms", "ended"), [(50_000, "settled"), (60_000, "lapsed")])
def test_an_order_in_flight_at_the_end_of_the_term_may_still_settle(debit_ms: int, ended: str) -> None:
    place = town(debit_ms=debit_ms, assess_ms=2_000)
    charges = due(place)
    term_ms = place.heard_at("registry", said.ChargesReady)[0][0] + TERM_MS
    place.run(until=term_ms - MINUTE_MS)
    order_no = cashier(place)
    place.say(BUYER, "unionpay", PayByApp(order_no))
    place.run(until=term_ms)
    assert charges_state(place) == "due"
    place.run(days=30)
    assert charges_state(place) == ended
    assert total(place, "unionpay.debited") == sum(charge.amount_fen for charge in charges)
    check_the_money(place)


def test_cancelled_while_lapsing() -> None:
    place = town(apart=True)
    due(place)
    pay(place)
    place.run(days=16)
    assert charges_state(place) == "undoing"
    place.say("registry", "hub", said.CancelCharges("撤回"))
    place.run(days=30)
    assert not place.heard("registry", said.ChargesLapsed)
    assert len(place.heard("registry", said.ChargesCancelled)) == 1
    check_the_money(place)
