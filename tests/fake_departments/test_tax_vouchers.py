"""The tax bureau's vouchers: paid, written off, refunded, and what each state says."""

from collections.abc import Callable
from typing import Any

import pytest

from contract.tax import (
    Assessed,
    Declare,
    FetchCertificate,
    QueryBill,
    TaxBill,
    TaxCertificate,
    TreasuryRefund,
    TreasuryRefunded,
    Void,
    VoucherVoided,
    WriteOff,
    WrittenOff,
)
from contract.unionpay import Split
from fake_departments import tax, tax_vouchers
from sim.message import Message, refused
from tests.fake_departments.tax_bureau import ask, bureau, declaration, pay, three
from tests.town import Town


def test_a_voucher_is_asked_for_written_off_cleared_and_certified() -> None:
    place, charges = three()
    charge = charges[0]
    bill = ask(place, QueryBill(charge.number), "unionpay")
    assert isinstance(bill, TaxBill)
    assert (bill.charge, bill.amount_fen) == (charge, charge.amount_fen)
    asked_ms = place.clock.now_ms
    assert isinstance(pay(place, charge), WrittenOff)
    assert place.heard_at("unionpay", WrittenOff)[0][0] == asked_ms + 3_000 + 100  # there and back
    for _ in range(2):
        place.say("unionpay", "tax", Split(charge.number, "order0001", charge.amount_fen))
        place.run(minutes=1)
        assert place.state("tax", "voucher", "voucher_no", charge.number) is tax_vouchers.CLEARED
    first, second = (ask(place, FetchCertificate(charge.number)) for _ in range(2))
    assert isinstance(first, TaxCertificate)
    assert (len(first.certificate_no), first.amount_fen) == (18, charge.amount_fen)
    assert first.certificate_no == second.certificate_no
    assert not place.unexpected()


def test_the_same_payment_asking_again_hears_the_same_answer_and_another_is_refused() -> None:
    place, charges = three()
    for _ in range(2):
        assert isinstance(pay(place, charges[0]), WrittenOff)
    assert pay(place, charges[0], "order0002").error == "already_paid"
    assert ask(place, WriteOff(charges[0].number, "order0001", 1)).error == "amount_differs"
    moves = [row for row in place.rows(kind="tax.write_off", outcome="ok") if row["state_from"] != row["state_to"]]
    assert len(moves) == 1


def test_one_fen_too_much_or_too_little_is_refused() -> None:
    place, charges = three()
    for wrong in (-1, 1):
        said = WriteOff(charges[1].number, "order0001", charges[1].amount_fen + wrong)
        assert ask(place, said).error == "amount_differs"
    assert isinstance(pay(place, charges[1]), WrittenOff)


def test_an_unpaid_voucher_lapses_on_its_own_and_the_case_is_let_go() -> None:
    place = Town({"tax": tax.ROLE}, {"tax": bureau()}, let_go=True)
    place.say("hub", "tax", declaration())
    place.run(days=15, hours=2)
    assert place.open_cases()
    number = place.heard("hub", Assessed)[0].charges[0].number
    assert place.state("tax", "voucher", "voucher_no", number) is tax_vouchers.UNPAID
    place.run(hours=2)
    assert not place.open_cases()
    assert not place.sandbox.seats["tax"].ledgers["voucher_no"]


def test_a_treasury_refund_is_answered_when_it_is_done() -> None:
    place, charges = three()
    charge = charges[1]
    pay(place, charge)
    place.say("hub", "tax", TreasuryRefund(charge.number, charge.amount_fen, "撤件"))
    place.run(days=4.9)
    assert not place.heard("hub", TreasuryRefunded)
    place.run(hours=3)
    back = place.heard("hub", TreasuryRefunded)
    assert [(each.voucher_no, each.amount_fen) for each in back] == [(charge.number, charge.amount_fen)]
    assert charge.number not in place.file("tax").live


def brought(state: str) -> tuple[Town, Any]:
    """A voucher brought to a state."""
    place, charges = three()
    charge = charges[0]
    if state in ("paid", "cleared", "refunding", "refunded"):
        pay(place, charge)
    if state == "cleared":
        place.say("unionpay", "tax", Split(charge.number, "order0001", charge.amount_fen))
    elif state in ("refunding", "refunded"):
        place.say("hub", "tax", TreasuryRefund(charge.number, charge.amount_fen, "撤件"))
    elif state == "void":
        place.say("hub", "tax", Void(charge.number, "撤件"))
    place.run(days=16 if state in ("lapsed", "refunded") else 0, minutes=1)
    assert place.state("tax", "voucher", "voucher_no", charge.number).name == state
    return place, charge


ASKING: dict[type[Message], Callable[[Any], Message]] = {
    QueryBill: lambda c: QueryBill(c.number),
    WriteOff: lambda c: WriteOff(c.number, "order0002", c.amount_fen),
    Void: lambda c: Void(c.number, "撤件"),
    FetchCertificate: lambda c: FetchCertificate(c.number),
    TreasuryRefund: lambda c: TreasuryRefund(c.number, c.amount_fen, "撤件"),
}
ANSWERS = {
    QueryBill: TaxBill, WriteOff: WrittenOff, Void: VoucherVoided, FetchCertificate: TaxCertificate,
    TreasuryRefund: TreasuryRefunded,
}  # fmt: skip
PAID, BACK = "already_paid", "already_refunded"
SAID = {  # what each state says to QueryBill, WriteOff, Void, FetchCertificate, TreasuryRefund; "" is the answer
    "unpaid": ("", "", "", "not_paid", "not_paid"),
    "paid": (PAID, PAID, PAID, "", ""),
    "cleared": (PAID, PAID, PAID, "", ""),
    "refunding": (PAID, PAID, PAID, BACK, BACK),
    "refunded": (PAID, PAID, PAID, BACK, BACK),
    "lapsed": ("expired", "expired", "", "not_paid", "not_paid"),
    "void": ("voided", "voided", "", "not_paid", "not_paid"),
}


@pytest.mark.parametrize("state", SAID)
@pytest.mark.parametrize("kind", ASKING)
def test_what_a_voucher_says_in_each_state(state: str, kind: type[Message]) -> None:
    place, charge = brought(state)
    heard = ask(place, ASKING[kind](charge), "clerk", days=6)
    error = SAID[state][list(ASKING).index(kind)]
    if error:
        assert (type(heard), heard.error) == (refused(kind), error)
    else:
        assert type(heard) is ANSWERS[kind]


def test_every_declared_refusal_is_given() -> None:
    given_by = {(kind, SAID[state][at]) for state in SAID for at, kind in enumerate(ASKING)}
    given_by |= {(WriteOff, "amount_differs"), (TreasuryRefund, "amount_differs"), (Declare, "already_declared")}
    given_by |= {(Declare, code) for code in ("price_missing", "foreign_sender", "registry_differs")}
    declared_by = {(kind, error.code) for kind in (*ASKING, Declare) for error in kind.op.errors}
    assert {pair for pair in given_by if pair[1]} == declared_by


def test_a_refund_of_another_amount_is_refused() -> None:
    place, charge = brought("cleared")
    assert ask(place, TreasuryRefund(charge.number, charge.amount_fen - 1, "撤件")).error == "amount_differs"


def test_an_unknown_voucher_is_not_found() -> None:
    place, _ = three()
    for kind, asking in ASKING.items():
        charge = place.heard("hub", Assessed)[0].charges[0]
        charge.number = "10013523999999999999"
        heard = ask(place, asking(charge))
        assert (type(heard), heard.error) == (refused(kind), "not_found")
