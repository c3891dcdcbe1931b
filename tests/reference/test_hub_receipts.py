"""Receipts and reconciliation at the hub."""

from contract import hub as said
from contract.people import ReceiptsReady
from contract.records import BUYER, SELLER
from contract.unionpay import ReconciliationEntry
from sim.calendar import DAY_MS
from sim.faults import Effect, Fault
from tests.reference.hub_place import charges_state, check_the_money, due, pay, took, town
from tests.town import START_MS


def test_receipts_belong_to_who_owed() -> None:
    place = town()
    due(place)
    place.say("gov_platform", "hub", said.RequestReceipts(BUYER))
    place.run(ms=500)
    assert place.heard("gov_platform")[-1].error == "not_settled"
    pay(place)
    for role in (BUYER, BUYER, SELLER):
        place.say("gov_platform", "hub", said.RequestReceipts(role))
    place.run(minutes=1)
    place.say("gov_platform", "hub", said.RequestReceipts(BUYER))
    place.run(minutes=1)
    first, again = (each.numbers for each in place.heard(BUYER, ReceiptsReady))
    assert first == again
    assert [len(first), len(place.heard(SELLER, ReceiptsReady)[0].numbers)] == [2, 1]
    assert len(place.rows(kind="tax.fetch_certificate")) == 2
    place.run(days=3)
    check_the_money(place)


def test_one_receipt_missing_holds_up_no_other() -> None:
    slow = Fault("slow", Effect.LATE, "non_tax.fetch_receipt", delay=took(2 * DAY_MS))
    place = town(faults=(slow,))
    due(place)
    pay(place)
    place.say("gov_platform", "hub", said.RequestReceipts(BUYER))
    place.run(days=1)
    place.say("registry", "hub", said.CancelCharges("撤回"))
    place.run(days=20)
    assert len(place.heard(BUYER, ReceiptsReady)[0].numbers) == 1
    check_the_money(place)


def test_a_line_that_does_not_agree_is_put_on_record() -> None:
    place = town()
    charges = due(place)
    order_no = pay(place)
    numbers = tuple(charge.number for charge in charges)
    for entry in (
        ReconciliationEntry(order_no, "20230306", 1, numbers),
        ReconciliationEntry("98765432", "20230306", 5, ()),
    ):
        place.hold("unionpay", "hub", entry)
    place.hold("unionpay", "hub", ReconciliationEntry(order_no, "20230306", -8_000, (charges[-1].number,)))
    place.run(days=2)
    differences = place.rows(kind="hub.reconciliation_difference")
    assert [each["ref"] for each in differences].count(order_no) == 2
    assert 5 in [each["amount_fen"] for each in differences]


def test_a_line_about_an_open_order_is_asked_after() -> None:
    lost = Fault("lost", Effect.LOST, "unionpay.payment_notice")
    outage = Fault("outage", Effect.OUTAGE, "unionpay.query_status", window_ms=(0, START_MS + 3 * DAY_MS))
    place = town(faults=(lost, outage))
    due(place)
    pay(place)
    place.run(days=6)
    assert place.rows(kind="hub.reconciliation_difference")
    assert charges_state(place) == "settled"
    check_the_money(place)


def test_a_document_that_never_comes_is_not_asked_for_for_ever() -> None:
    never = Fault("never", Effect.BUSINESS, "non_tax.fetch_receipt", error="not_now")
    place = town(faults=(never,))
    due(place)
    pay(place)
    place.say("gov_platform", "hub", said.RequestReceipts(BUYER))
    place.run(days=10)
    assert place.state("hub", "receipts").name == "fetched"
    assert len(place.heard(BUYER, ReceiptsReady)[-1].numbers) == 1
    assert not place.unexpected()
