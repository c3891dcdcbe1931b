"""What UnionPay undoes, and its reconciliation file."""

from typing import Any

import pytest

from contract.people import PaymentFailed
from contract.unionpay import (
    Cancel,
    Cancelled,
    PayByApp,
    PaymentNotice,
    QueryStatus,
    ReconciliationEntry,
    Refund,
    Refunded,
    Reverse,
    Reversed,
)
from sim.calendar import HOUR_MS
from sim.message import Message
from tests.fake_departments.unionpay_channel import (
    DEED,
    FEE_DUE,
    INCOME,
    ORDER_NO,
    TOTAL,
    Books,
    ask,
    habits,
    ordered,
    paid,
    returned_fen,
    state,
    town,
)
from tests.town import START_MS


def test_an_unpaid_order_can_be_cancelled_or_reversed() -> None:
    for kind, said in ((Cancel, Cancelled), (Reverse, Reversed)):
        place = town()
        ordered(place)
        for _ in range(2):
            assert isinstance(ask(place, kind(ORDER_NO)), said)
        assert state(place) == "closed"
        assert returned_fen(place) == 0


def test_an_order_being_paid_cannot_be_cancelled() -> None:
    place = town(how=habits(debit_ms=10_000))
    ordered(place)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    assert ask(place, Cancel(ORDER_NO)).error == "being_paid"
    place.run(minutes=1)
    assert ask(place, Cancel(ORDER_NO)).error == "being_paid"


@pytest.mark.parametrize(("kind", "said"), [(Cancel, Cancelled), (Reverse, Reversed)])
def test_a_debit_not_yet_written_off_goes_back(kind: Any, said: type[Message]) -> None:
    place = town(how=habits(book_ms=10_000))
    ordered(place)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(ms=5_000)
    for _ in range(2):
        assert isinstance(ask(place, kind(ORDER_NO)), said)
    place.run(minutes=5)
    assert returned_fen(place) == TOTAL
    assert state(place) == "returned"
    assert not place.heard("tax")
    assert not place.heard("hub", PaymentNotice)


def test_the_clearing_day_ends_at_eleven_at_night() -> None:
    place = town(how=habits(debit_ms=1_000, book_ms=30_000))
    place.run(hours=14, ms=-5_000)
    ordered(place)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(ms=5_500)
    assert ask(place, Cancel(ORDER_NO)).error == "not_same_day"
    place.run(minutes=2)
    assert (state(place), ask(place, Cancel(ORDER_NO)).error) == ("paid", "not_same_day")
    place.run(days=2)
    (entry,) = place.heard("hub", ReconciliationEntry)
    assert entry.settle_date == "20230306"


def test_a_payment_of_unknown_outcome_is_reversed_without_a_debit() -> None:
    place = town(how=habits(debit_ms=10_000))
    ordered(place)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(ms=200)
    assert isinstance(ask(place, Reverse(ORDER_NO)), Reversed)
    place.run(minutes=5)
    assert not place.rows(kind="unionpay.debited")
    assert len(place.heard("buyer", PaymentFailed)) == 1


def test_a_write_off_under_way_or_done_is_not_reversed() -> None:
    place = town(Books(handling_ms=20_000))
    ordered(place)
    place.say("buyer", "unionpay", PayByApp(ORDER_NO))
    place.run(ms=10_000)
    assert ask(place, Reverse(ORDER_NO)).error == "being_paid"
    place.run(minutes=1)
    assert ask(place, Reverse(ORDER_NO)).error == "already_paid"


def test_only_the_fee_is_refunded_by_card_once_and_whole() -> None:
    place = town()
    paid(place)
    assert ask(place, Refund(ORDER_NO, DEED.number, DEED.amount_fen)).error == "tax_not_by_card"
    assert ask(place, Refund(ORDER_NO, FEE_DUE.number, 1)).error == "not_refundable"
    assert ask(place, Refund(ORDER_NO, "nothing", 1)).error == "not_refundable"
    done = ask(place, Refund(ORDER_NO, FEE_DUE.number, FEE_DUE.amount_fen), days=3)
    assert isinstance(done, Refunded)
    assert done.amount_fen == FEE_DUE.amount_fen
    assert ask(place, Refund(ORDER_NO, FEE_DUE.number, FEE_DUE.amount_fen)).error == "not_refundable"
    assert ask(place, Refund(ORDER_NO, DEED.number, DEED.amount_fen)).error == "tax_not_by_card"
    assert (state(place), returned_fen(place)) == ("refunded", 0)


def test_nothing_is_refunded_before_it_is_paid() -> None:
    place = town()
    ordered(place)
    assert ask(place, Refund(ORDER_NO, FEE_DUE.number, FEE_DUE.amount_fen)).error == "not_refundable"


@pytest.mark.parametrize(
    ("hours", "date", "fetched"), [(5, "20230306", 1), (13.9, "20230306", 1), (14.1, "20230307", 2)]
)
def test_what_is_paid_after_eleven_belongs_to_the_next_day(hours: float, date: str, fetched: int) -> None:
    place = town()
    place.run(hours=hours)
    paid(place)
    place.run(days=4)
    ((at_ms, _, entry),) = place.heard_at("hub", ReconciliationEntry)
    assert (entry.settle_date, entry.amount_fen) == (date, TOTAL)
    assert (at_ms - START_MS) // HOUR_MS == fetched * 24


def test_the_file_holds_what_was_kept_and_what_was_refunded() -> None:
    place = town(Books(INCOME))
    paid(place)
    ask(place, Refund(ORDER_NO, FEE_DUE.number, FEE_DUE.amount_fen), days=5)
    entries = place.heard("hub", ReconciliationEntry)
    assert [each.amount_fen for each in entries] == [TOTAL - INCOME.amount_fen, -FEE_DUE.amount_fen]
    assert [each.numbers for each in entries] == [(DEED.number, FEE_DUE.number), (FEE_DUE.number,)]


def test_an_unknown_order_is_not_found() -> None:
    assert ask(town(), QueryStatus(ORDER_NO)).error == "not_found"
