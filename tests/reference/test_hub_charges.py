"""Charges at the hub: assessed, issued, told, returned for correction."""

from contract import hub as said
from contract.people import ReceiptsReady
from contract.records import BUYER, SELLER
from sim.calendar import DAY_MS
from tests.reference.hub_place import XIAMEN, charges_state, check_the_money, due, pay, pushed, town


def test_charges_come_back_with_three_elements_and_pay_code() -> None:
    place = town()
    charges = due(place)
    assert [(charge.sort, charge.payer) for charge in charges] == [("tax", BUYER), ("tax", SELLER), ("fee", BUYER)]
    (ready,) = place.heard("registry", said.ChargesReady)
    assert ready.total_fen == sum(charge.amount_fen for charge in charges)
    assert charges_state(place) == "due"


def test_nothing_to_pay_is_said_at_once() -> None:
    place = town(price_fen=1)
    pushed(place, exempt="micro_enterprise")
    place.run(days=1)
    (ready,) = place.heard("registry", said.ChargesReady)
    assert (ready.charges, ready.total_fen, charges_state(place)) == ((), 0, "settled")
    place.say("gov_platform", "hub", said.RequestReceipts(BUYER))
    place.run(minutes=1)
    assert place.heard(BUYER, ReceiptsReady)[0].numbers == ()
    check_the_money(place)


def test_a_pay_code_that_grew_old_during_assessment_is_issued_anew() -> None:
    place = town(assess_ms=4 * DAY_MS)
    pushed(place)
    place.run(days=5)
    fee = place.heard("registry", said.ChargesReady)[0].charges[-1]
    assert len(place.rows(kind="non_tax.issue_pay_code")) == 2
    assert place.state("non_tax", "pay_code", "pay_code", fee.number).name == "unpaid"
    place.run(days=13)
    pay(place)
    assert charges_state(place) == "settled"
    place.run(days=3)
    check_the_money(place)


def test_the_tax_bureau_wants_a_correction() -> None:
    place = town(returned=1.0)
    pushed(place)
    place.run(days=1)
    assert place.heard("registry", said.ChargesReturned)[0].reason
    assert charges_state(place) == "returned"
    check_the_money(place)
    pushed(place)
    place.run(days=1)
    assert len(place.heard("registry", said.ChargesReturned)) == 2
    place.say("registry", "hub", said.CancelCharges("撤回"))
    place.run(days=1)
    assert place.heard("registry", said.ChargesCancelled)[0].returned_fen == 0
    check_the_money(place)


def test_a_declaration_without_price_goes_back() -> None:
    place = town(price_fen=0)
    pushed(place)
    place.run(days=1)
    assert charges_state(place) == "returned"
    assert "成交价" in place.heard("registry", said.ChargesReturned)[0].reason
    check_the_money(place)


def test_a_region_with_its_own_tax_path_is_not_served() -> None:
    place = town(region=XIAMEN)
    pushed(place)
    place.run(minutes=1)
    assert place.heard("registry")[-1].error == "not_served"
