"""In any sequence every debited fen is written off or given back."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.records import BUYER
from contract.unionpay import (
    Cancel,
    CreateOrder,
    PayByApp,
    PayByBank,
    QueryBill,
    QueryStatus,
    ReconciliationEntry,
    Refund,
    Refunded,
    Reverse,
)
from sim.message import Message
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
    habits,
    returned_fen,
    town,
)

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
@settings(max_examples=60)
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
