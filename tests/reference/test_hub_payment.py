"""Payments at the hub: orders, notices, doubts, and money that goes back."""

from contract import hub as said
from contract.people import BillShown, PaymentFailed, ResultShown
from contract.records import BUYER, SELLER
from contract.unionpay import PayByApp, PaymentNotice
from sim.calendar import DAY_MS, HOUR_MS
from sim.faults import Effect, Fault
from tests.reference.hub_place import (
    PEOPLE,
    cashier,
    charges_state,
    check_the_money,
    due,
    pay,
    shown,
    took,
    total,
    town,
)
from tests.town import START_MS


def test_all_is_paid_in_one_order() -> None:
    place = town()
    charges = due(place)
    pay(place)
    (settled,) = place.heard("registry", said.PaymentSettled)
    assert settled.total_fen == sum(charge.amount_fen for charge in charges)
    assert place.heard(BUYER, ResultShown)[0].settled
    place.run(days=3)
    assert not place.rows(kind="hub.reconciliation_difference")
    check_the_money(place)


def test_two_payers_pay_at_once() -> None:
    place = town(apart=True)
    due(place)
    orders = [cashier(place, payer) for payer in PEOPLE]
    for payer, order_no in zip(PEOPLE, orders, strict=True):
        place.say(payer, "unionpay", PayByApp(order_no))
    place.run(minutes=1)
    assert len(place.heard("registry", said.PaymentSettled)) == 1
    assert [place.heard(payer, ResultShown)[0].settled for payer in PEOPLE] == [True, True]
    place.run(days=3)
    check_the_money(place)


def test_the_page_refuses_what_is_not_due_or_not_chosen() -> None:
    place = town()
    place.say(BUYER, "hub", said.OpenPayment(BUYER))
    place.run(ms=500)
    charges = due(place)
    for choice in ((), ("nothing",), (charges[0].number,)):
        place.say(BUYER, "hub", said.ChooseAndPay(BUYER, choice))
        place.run(ms=500)
    place.say(SELLER, "hub", said.OpenPayment(SELLER))
    place.run(ms=500)
    assert [no.error for no in place.heard(BUYER)] == ["not_due", "nothing_chosen", "not_due", "not_due"]
    assert place.heard(SELLER)[-1].error == "not_due"


def test_a_part_may_be_paid_first() -> None:
    place = town()
    charges = due(place)
    shown(place)
    order_no = cashier(place, numbers=(charges[0].number,))
    place.say(BUYER, "unionpay", PayByApp(order_no))
    place.run(minutes=1)
    assert not place.heard(BUYER, ResultShown)[-1].settled
    assert not place.heard("registry", said.PaymentSettled)
    pay(place)
    assert len(place.heard("registry", said.PaymentSettled)) == 1
    place.run(days=3)
    check_the_money(place)


def test_two_tabs_pay_twice_and_one_payment_goes_back() -> None:
    place = town()
    charges = due(place)
    numbers = shown(place)
    orders = [cashier(place, numbers=numbers) for _ in range(2)]
    for order_no in orders:
        place.say(BUYER, "unionpay", PayByApp(order_no))
    place.run(days=3)
    assert total(place, "unionpay.debited") == 2 * sum(charge.amount_fen for charge in charges)
    assert len(place.heard("registry", said.PaymentSettled)) == 1
    check_the_money(place)


def test_a_failed_payment_is_found_out_and_tried_again() -> None:
    place = town(failed=1.0)
    due(place)
    pay(place)
    assert place.heard(BUYER, PaymentFailed)
    place.run(minutes=10)
    assert place.state("hub", "payment").name == "quiet"
    assert shown(place)
    place.run(days=30)
    assert charges_state(place) == "lapsed"
    check_the_money(place)


def test_a_lost_notice_is_healed_by_asking() -> None:
    place = town(faults=(Fault("lost", Effect.LOST, "unionpay.payment_notice"),))
    due(place)
    pay(place)
    assert not place.heard("registry", said.PaymentSettled)
    place.run(minutes=6)
    assert len(place.heard("registry", said.PaymentSettled)) == 1
    place.run(days=3)
    check_the_money(place)


def test_a_late_and_repeated_notice_counts_once() -> None:
    delay = took(3 * DAY_MS)
    place = town(faults=(Fault("twice", Effect.DUPLICATED, "unionpay.payment_notice", delay=delay),))
    due(place)
    pay(place)
    place.run(days=5)
    assert len(place.rows(kind="unionpay.payment_notice")) == 2
    assert len(place.heard("registry", said.PaymentSettled)) == len(place.heard(BUYER, ResultShown)) == 1
    check_the_money(place)


def test_a_forged_or_wrong_notice_counts_not_at_all() -> None:
    place = town()
    charges = due(place)
    order_no = cashier(place)
    numbers = tuple(charge.number for charge in charges)
    for number, amount_fen in (("98765432", 1), (order_no, 1)):
        place.say(SELLER, "hub", PaymentNotice(number, BUYER, numbers, (), amount_fen))
    place.say(SELLER, "hub", PaymentNotice(order_no, BUYER, (), (), sum(charge.amount_fen for charge in charges)))
    place.run(minutes=1)
    assert len(place.rows(kind="hub.reconciliation_difference")) == 3
    assert not place.heard("registry", said.PaymentSettled)


def test_nobody_pays_a_second_time_while_a_payment_is_in_doubt() -> None:
    outage = Fault("outage", Effect.OUTAGE, "*.write_off", window_ms=(0, START_MS + 2 * DAY_MS))
    place = town(faults=(outage,))
    due(place)
    pay(place, minutes=7)
    place.say(BUYER, "hub", said.OpenPayment(BUYER))
    place.run(minutes=1)
    assert place.heard(BUYER)[-1].error == "not_due"
    place.run(hours=3)
    assert place.rows(kind="unionpay.reverse", outcome="refused:being_paid")
    place.run(days=4)
    assert charges_state(place) == "settled"
    check_the_money(place)


def test_an_unknown_debit_is_reversed_after_the_last_check() -> None:
    place = town(debit_ms=5 * HOUR_MS)
    due(place)
    pay(place, hours=3)
    assert place.heard(BUYER, PaymentFailed)[0].reason == "支付结果不明，已冲正"
    assert place.state("hub", "payment").name == "quiet"
    place.run(days=30)
    assert total(place, "unionpay.debited") == 0
    check_the_money(place)


def test_a_partial_list_can_be_seen_but_not_paid() -> None:
    outage = Fault("outage", Effect.OUTAGE, "non_tax.query_bill")
    place = town(faults=(outage,))
    due(place)
    place.say(BUYER, "hub", said.OpenPayment(BUYER))
    place.run(minutes=1)
    bill = place.heard(BUYER, BillShown)[0]
    assert (bill.complete, [charge.sort for charge in bill.charges]) == (False, ["tax", "tax"])
    place.say(BUYER, "hub", said.ChooseAndPay(BUYER, tuple(charge.number for charge in bill.charges)))
    place.run(minutes=1)
    assert place.heard(BUYER)[-1].error == "not_due"
