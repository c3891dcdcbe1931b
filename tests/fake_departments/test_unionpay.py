"""The payment channel alone: bills, orders, every code and refusal, the 23:00 roll, and each fen accounted for."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.errors import ALREADY_PAID, EXPIRED
from contract.non_tax import FeeBill, FeeWrittenOff, QueryFee, WriteOffFee
from contract.people import PaymentFailed
from contract.records import BUYER, FEE, SELLER, TAX, Charge
from contract.tax import QueryBill as QueryTaxBill
from contract.tax import TaxBill, WrittenOff
from contract.unionpay import (
    BillFound,
    Cancel,
    Cancelled,
    CardReturned,
    CreateOrder,
    FetchReconciliation,
    OrderCreated,
    PayByApp,
    PayByBank,
    PaymentNotice,
    QueryBill,
    QueryStatus,
    ReconciliationEntry,
    Refund,
    Refunded,
    Reverse,
    Reversed,
    Split,
    StatusFound,
)
from fake_departments import unionpay
from sim.calendar import HOUR_MS, MINUTE_MS
from sim.durations import Duration
from sim.faults import Effect, Fault
from sim.message import Message, refused
from sim.party import File
from sim.polls import PollPlan
from sim.posts import NOTHING, Posts, answer, refuse, reply
from tests.town import START_MS, Town

ORDER_NO = "09000120230306090000000000101"
DEED = Charge(TAX, BUYER, "350000199001010015", "13501020000", "10013523000000001001", "契税", 1_500_000)
INCOME = Charge(TAX, SELLER, "350000198001010010", "13501020000", "10013523000000001003", "个人所得税", 1_000_001)
FEE_DUE = Charge(FEE, BUYER, "", "350102", "35010223300000000100", "不动产登记费", 8_000)
ALL = (DEED, INCOME, FEE_DUE)
TOTAL = sum(charge.amount_fen for charge in ALL)
DAILY = {
    ("unionpay.fetch_reconciliation", "hub"): PollPlan(FetchReconciliation, daily_ms=9 * HOUR_MS + 30 * MINUTE_MS),
}


def took(ms: int) -> Duration:
    return Duration((ms,) * 1024, False, "测试")


def habits(failed: float = 0.0, debit_ms: int = 2_000, book_ms: int = 100) -> unionpay.Settings:
    return unionpay.Settings(took(book_ms), took(1_000), took(debit_ms), took(2_000), took(40 * HOUR_MS), failed)


class Books:
    """Both departments' ledgers: what is due, and by which order it has been written off."""

    def __init__(self, *closed: Charge, handling_ms: int = 3_000) -> None:
        self.closed = {charge.number for charge in closed}
        self.paid_by: dict[str, str] = {}
        self.due = {charge.number: charge for charge in ALL}
        self.handling_ms = handling_ms
        self.silent: set[type[Message]] = set()

    def answers(self, file: File, heard: Any) -> Posts:
        if type(heard) in self.silent or isinstance(heard, Split):
            return NOTHING
        number = heard.pay_code if isinstance(heard, QueryFee | WriteOffFee) else heard.voucher_no
        error = EXPIRED if number in self.closed else None
        if isinstance(heard, QueryFee | QueryTaxBill):
            error = ALREADY_PAID if number in self.paid_by else error
            found = FeeBill if isinstance(heard, QueryFee) else TaxBill
            return refuse(error) if error else [reply(found(self.due[number], self.due[number].amount_fen))]
        if error or self.paid_by.setdefault(number, heard.order_no) != heard.order_no:
            return refuse(error or ALREADY_PAID)
        done = FeeWrittenOff(number) if isinstance(heard, WriteOffFee) else WrittenOff(number)
        return [reply(done, self.handling_ms)]


def town(books: Books | None = None, how: unionpay.Settings | None = None, **more: Any) -> Town:
    say = (books or Books()).answers
    polls = more.pop("polls", DAILY)
    return Town(
        {"unionpay": unionpay.ROLE}, {"unionpay": how or habits()}, answers={"tax": say, "non_tax": say}, polls=polls, **more
    )  # fmt: skip


def ask(place: Town, message: Message, seat: str = "hub", **time: float) -> Any:
    place.say(seat, "unionpay", message)
    place.run(**(time or {"ms": 200}))
    return place.heard(seat)[-1]


def ordered(
    place: Town, charges: tuple[Charge, ...] = ALL, order_no: str = ORDER_NO, payer: str = BUYER
) -> OrderCreated:
    amount_fen = sum(charge.amount_fen for charge in charges)
    created = ask(place, CreateOrder(order_no, payer, charges, amount_fen))
    assert isinstance(created, OrderCreated)
    return created


def paid(place: Town, charges: tuple[Charge, ...] = ALL, order_no: str = ORDER_NO) -> None:
    ordered(place, charges, order_no)
    place.say("buyer", "unionpay", PayByApp(order_no))
    place.run(minutes=1)


def state(place: Town, order_no: str = ORDER_NO) -> str:
    return place.state("unionpay", "order", "order_no", order_no).name


def codes(place: Town, order_no: str = ORDER_NO) -> tuple[str, str]:
    found = ask(place, QueryStatus(order_no))
    assert isinstance(found, StatusFound)
    return found.answer_code, found.origin_code


def returned_fen(place: Town) -> int:
    return sum(each.amount_fen for each in place.heard("buyer", CardReturned))


# ---- the combined bill ------------------------------------------------------------------------------------------------
def test_one_query_asks_both_departments_and_returns_one_list() -> None:
    books = Books()
    place = town(books)
    found = ask(place, QueryBill("Q00000001", BUYER, ALL), minutes=1)
    assert isinstance(found, BillFound)
    assert found.complete
    assert [charge.number for charge in found.charges] == [charge.number for charge in ALL]
    assert len(place.heard("tax", QueryTaxBill)) == 2
    assert len(place.heard("non_tax", QueryFee)) == 1
    assert not books.paid_by
    assert place.state("unionpay", "bill", "query_no", "Q00000001").name == "answered"


def test_a_refused_leg_makes_the_list_incomplete() -> None:
    found = ask(town(Books(FEE_DUE)), QueryBill("Q00000001", BUYER, ALL), minutes=1)
    assert not found.complete
    assert [charge.sort for charge in found.charges] == [TAX, TAX]


def test_a_department_that_does_not_answer_is_not_waited_for() -> None:
    books = Books(handling_ms=0)
    books.silent = {QueryTaxBill}
    place = town(books)
    found = ask(place, QueryBill("Q00000001", BUYER, ALL), minutes=1)
    assert not found.complete
    assert [charge.sort for charge in found.charges] == [FEE]
    assert place.state("unionpay", "bill", "query_no", "Q00000001").name == "partly_answered"
    place.say("hub", "unionpay", QueryBill("Q00000001", BUYER, ALL))
    place.run(ms=200)
    for voucher in (DEED, INCOME):
        record = place.file("tax").record
        asked = next(asked for heard, asked, _, _ in record if heard.voucher_no == voucher.number)
        place._post("tax", [answer(asked, TaxBill(voucher, voucher.amount_fen))], place.open())
    place.run(minutes=1)
    assert place.heard("hub")[-1].complete
    assert place.state("unionpay", "bill", "query_no", "Q00000001").name == "answered"
    assert not place.unexpected()


def test_a_last_answer_just_before_patience_ends_is_the_last() -> None:
    late = Fault("late", Effect.LATE, "non_tax.query_bill", delay=took(29_500))
    place = town(faults=(late,))
    place.say("hub", "unionpay", QueryBill("Q00000001", BUYER, ALL))
    place.run(minutes=1)
    assert [each.complete for each in place.heard("hub", BillFound)] == [True]
    assert place.state("unionpay", "bill", "query_no", "Q00000001").name == "answered"


def test_a_query_needs_every_element() -> None:
    for charges in (
        (),
        (Charge(TAX, BUYER, "", "13501020000", "1", "契税", 1),),
        (Charge(FEE, BUYER, "", "", "", "费", 1),),
    ):
        no = ask(town(), QueryBill("Q00000001", BUYER, charges))
        assert (type(no), no.error) == (refused(QueryBill), "bill_incomplete")


def test_the_same_query_again_is_answered_again() -> None:
    place = town()
    for _ in range(2):
        place.say("hub", "unionpay", QueryBill("Q00000001", BUYER, ALL))
    place.run(minutes=1)
    ask(place, QueryBill("Q00000001", BUYER, ALL), minutes=1)
    assert [each.complete for each in place.heard("hub", BillFound)] == [True] * 3


# ---- orders -----------------------------------------------------------------------------------------------------------
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


# ---- what the departments do not take -------------------------------------------------------------------------------------
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


TWICE = Fault("twice", Effect.DUPLICATED, "*.write_off", delay=took(300))
LATE = Fault("late", Effect.LATE, "tax.write_off", share=0.5, delay=took(1_000))


@pytest.mark.parametrize("seed", range(12))
def test_write_offs_repeated_and_late_lose_no_fen(seed: int) -> None:
    books = Books(INCOME)
    place = town(books, faults=(TWICE, LATE), seed=seed)
    paid(place)
    assert returned_fen(place) == INCOME.amount_fen
    assert set(books.paid_by) == {DEED.number, FEE_DUE.number}
    assert not place.unexpected()


# ---- undoing --------------------------------------------------------------------------------------------------------------
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


# ---- reconciliation ----------------------------------------------------------------------------------------------------------
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


# ---- any sequence --------------------------------------------------------------------------------------------------------------
SAYABLE: tuple[Callable[[str], Message], ...] = (
    lambda no: CreateOrder(no, BUYER, ALL, TOTAL), lambda no: CreateOrder(no, BUYER, ALL[:2], 1), PayByApp, PayByBank, Cancel,
    Reverse, QueryStatus, lambda no: Refund(no, FEE_DUE.number, FEE_DUE.amount_fen),
    lambda no: Refund(no, DEED.number, DEED.amount_fen), lambda no: QueryBill("Q" + no, BUYER, ALL),
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(SAYABLE), st.sampled_from(["1", "2"]), st.sampled_from([0, 60, 700, 2_500, 9_000, 1_000_000])),
    max_size=25,
)  # fmt: skip


@given(steps=STEPS, failed=st.sampled_from([0.0, 0.5]), closed=st.sampled_from([(), (FEE_DUE,), (INCOME,), ALL]),
       seed=st.integers(0, 99), book_ms=st.sampled_from([100, 5_000]))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_in_any_sequence_every_debited_fen_is_written_off_or_given_back(
    steps: Any, failed: float, closed: Any, seed: int, book_ms: int
) -> None:
    books = Books(*closed)
    place = town(books, habits(failed, book_ms=book_ms), seed=seed, faults=(TWICE, LATE))
    for say, last, pause_ms in steps:
        place.say("hub", "unionpay", say(ORDER_NO[:-1] + last))
        place.run(ms=pause_ms)
    place.run(days=5)
    debited = sum(each["amount_fen"] for each in place.rows(kind="unionpay.debited", outcome="ok"))
    written = sum(books.due[number].amount_fen for number in books.paid_by)
    assert debited == written + returned_fen(place)
    refunds = {each.order_no: each.amount_fen for each in place.heard("hub", Refunded)}
    kept = sum(each.amount_fen for each in place.heard("hub", ReconciliationEntry))
    assert kept == written - sum(refunds.values())
    assert not place.unexpected()
    assert not place.open_cases()
