"""UnionPay's orders: paid, failed, and what the departments do not take."""

from typing import Any

import pytest

from contract.errors import ALREADY_PAID
from contract.people import PaymentFailed
from contract.records import BUYER
from contract.unionpay import (
    Cancel,
    CardReturned,
    CreateOrder,
    PayByApp,
    PayByBank,
    PaymentNotice,
    Reverse,
    Split,
)
from sim.message import refused
from tests.fake_departments.unionpay_channel import (
    ALL,
    DEED,
    FEE_DUE,
    INCOME,
    LATE,
    ORDER_NO,
    TOTAL,
    TWICE,
    Books,
    ask,
    codes,
    habits,
    ordered,
    paid,
    returned_fen,
    state,
    town,
)


def test_the_ordinary_payment() -> None:
    books = Books()
    place = town(books)
    created = ordered(place)
    assert (created.amount_fen, len(created.tn), created.tn.isdigit()) == (TOTAL, 21, True)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(minutes=1)
    (told,) = place.heard("hub", PaymentNotice)
    assert (told.amount_fen, told.written_off, told.returned) == (TOTAL, tuple(c.number for c in ALL), ())
    assert set(books.paid_by.values()) == {ORDER_NO}
    assert [each.amount_fen for each in place.heard("tax", Split)] == [DEED.amount_fen, INCOME.amount_fen]
    assert [each.amount_fen for each in place.heard("non_tax", Split)] == [FEE_DUE.amount_fen]
    assert (state(place), codes(place)) == ("paid", ("00", "00"))
    (debit,) = place.rows(kind="unionpay.debited")
    assert (debit["amount_fen"], debit["ref"]) == (TOTAL, ORDER_NO)
    assert returned_fen(place) == 0


def test_payment_by_bank_is_the_same() -> None:
    place = town()
    ordered(place)
    place.say("buyer", "unionpay", PayByBank(ORDER_NO))
    place.run(minutes=1)
    assert state(place) == "paid"


@pytest.mark.parametrize(
    ("order_no", "amount_fen", "charges", "error"),
    [
        ("short", TOTAL, ALL, "order_no_invalid"),
        ("8983-9109_3990001", TOTAL, ALL, "order_no_invalid"),
        (ORDER_NO, TOTAL - 1, ALL, "order_amount_differs"),
        (ORDER_NO, 0, (), "order_amount_differs"),
    ],
)
def test_orders_that_cannot_be_taken(order_no: str, amount_fen: int, charges: Any, error: str) -> None:
    no = ask(town(), CreateOrder(order_no, BUYER, charges, amount_fen))
    assert (type(no), no.error) == (refused(CreateOrder), error)


def test_an_order_number_counts_once() -> None:
    place = town()
    ordered(place)
    no = ask(place, CreateOrder(ORDER_NO, BUYER, ALL, TOTAL))
    assert (type(no), no.error) == (refused(CreateOrder), "duplicate_order")


def test_an_unpaid_order_closes_after_fifteen_minutes() -> None:
    place = town()
    ordered(place)
    assert codes(place) == ("34", "34")
    place.run(minutes=14)
    assert state(place) == "waiting"
    place.run(minutes=1)
    assert (state(place), codes(place)) == ("closed", ("00", "34"))
    assert ask(place, PayByApp(ORDER_NO), "buyer").error == "order_closed"


def test_a_failed_debit_takes_nothing_and_tells_the_payer() -> None:
    place = town(how=habits(failed=1.0))
    ordered(place)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(minutes=1)
    (told,) = place.heard("buyer", PaymentFailed)
    assert told.reason == "余额不足"
    assert (state(place), codes(place)) == ("closed", ("00", "77"))
    assert not place.rows(kind="unionpay.debited")
    assert not place.heard("hub", PaymentNotice)
    assert ask(place, Cancel(ORDER_NO)).order_no == ask(place, Reverse(ORDER_NO)).order_no == ORDER_NO


def test_paying_twice_on_one_order_is_refused() -> None:
    place = town()
    ordered(place)
    for _ in range(2):
        place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(minutes=1)
    assert [no.error for no in place.heard("buyer", refused(PayByApp))] == ["being_paid"]
    assert len(place.rows(kind="unionpay.debited")) == 1


def test_what_a_payment_is_called_while_it_is_made() -> None:
    place = town(how=habits(debit_ms=5_000, book_ms=3_000))
    ordered(place)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(ms=1_000)
    seen = [(state(place), codes(place))]
    for ms in (5_000, 3_000):
        place.run(ms=ms)
        seen.append((state(place), codes(place)))
    assert seen == [("debiting", ("00", "03")), ("debited", ("00", "05")), ("writing_off", ("00", "05"))]


def test_a_double_payment_goes_back_whole() -> None:
    place = town()
    paid(place)
    second = ORDER_NO[:-1] + "2"
    paid(place, order_no=second)
    (back,) = place.heard("buyer", CardReturned)
    assert (back.order_no, back.amount_fen, back.reason) == (second, TOTAL, ALREADY_PAID.title)
    assert place.heard("hub", PaymentNotice)[-1].written_off == ()
    assert (state(place, second), codes(place, second)) == ("returned", ("00", "00"))


def test_a_refused_leg_goes_back_and_the_others_stand() -> None:
    place = town(Books(FEE_DUE))
    paid(place)
    assert returned_fen(place) == FEE_DUE.amount_fen
    told = place.heard("hub", PaymentNotice)[0]
    assert (told.returned, told.amount_fen) == ((FEE_DUE.number,), TOTAL)
    assert sum(each.amount_fen for each in place.heard("tax", Split)) == TOTAL - FEE_DUE.amount_fen


def test_one_refused_tax_among_two_is_found_by_asking_each_apart() -> None:
    place = town(Books(INCOME))
    paid(place)
    assert place.heard("hub", PaymentNotice)[0].returned == (INCOME.number,)
    assert returned_fen(place) == INCOME.amount_fen
    assert {state(place, f"{ORDER_NO}L0"), state(place, f"{ORDER_NO}L1")} == {"leg_known"}
    assert codes(place, f"{ORDER_NO}L0") == ("34", "34")


@pytest.mark.parametrize("seed", range(12))
def test_write_offs_repeated_and_late_lose_no_fen(seed: int) -> None:
    books = Books(INCOME)
    place = town(books, faults=(TWICE, LATE), seed=seed)
    paid(place)
    assert returned_fen(place) == INCOME.amount_fen
    assert set(books.paid_by) == {DEED.number, FEE_DUE.number}
    assert not place.unexpected()
