"""UnionPay's combined bill."""

from contract.non_tax import QueryFee
from contract.records import BUYER, FEE, TAX, Charge
from contract.tax import QueryBill as QueryTaxBill
from contract.tax import TaxBill
from contract.unionpay import (
    BillFound,
    QueryBill,
)
from sim.faults import Effect, Fault
from sim.message import refused
from sim.posts import answer
from tests.fake_departments.unionpay_channel import ALL, DEED, FEE_DUE, INCOME, Books, ask, took, town


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
