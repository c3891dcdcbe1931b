"""The hub's charges with the real tax bureau, non-tax system and channel: every end, and each fen accounted for."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import hub as said
from contract.people import BillShown, CashierOpened, PaymentFailed, ReceiptsReady, ResultShown
from contract.records import BUYER, SELLER, TaxFacts
from contract.unionpay import CardReturned, FetchReconciliation, PayByApp, PaymentNotice, ReconciliationEntry
from fake_departments import non_tax, tax, unionpay
from reference import hub
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from sim.durations import Duration
from sim.faults import Effect, Fault
from sim.message import refused
from sim.package.places import Region, Registry
from sim.polls import PollPlan
from tests.town import START_MS, Town, a_dossier

GULOU = "350102"
REGISTRIES = (Registry(GULOU, "fuzhou", "福州市鼓楼区不动产登记中心", "福州市", True, 7, "standard", 1.0, 1.0),)
FUZHOU = Region("fuzhou", "3501", "福州市", 1.0, "province", 2, ("power",))
XIAMEN = Region("xiamen", "3502", "厦门市", 1.0, "local", 2, ("power",))
FETCH = PollPlan(FetchReconciliation, daily_ms=9 * HOUR_MS + 30 * MINUTE_MS)
ROLES = {"hub": hub.ROLE, "tax": tax.ROLE, "non_tax": non_tax.ROLE, "unionpay": unionpay.ROLE}
TERM_MS = 15 * DAY_MS
PEOPLE = (BUYER, SELLER)


def took(ms: int) -> Duration:
    return Duration((ms,) * 1024, False, "测试")


def town(
    *, apart: bool = False, returned: float = 0.0, failed: float = 0.0, assess_ms: int = 3 * HOUR_MS, region: Region = FUZHOU,
    debit_ms: int = 2_000, price_fen: int = 150_000_000, **more: Any,
) -> Town:  # fmt: skip
    how = {
        "hub": hub.Settings(took(TERM_MS), region),
        "tax": tax.Settings(
            returned, took(assess_ms), took(3_000), took(6_000), took(TERM_MS), took(5 * DAY_MS), REGISTRIES
        ),
        "non_tax": non_tax.Settings(took(1_000), took(3_000), took(6_000), took(TERM_MS), REGISTRIES),
        "unionpay": unionpay.Settings(
            took(100), took(1_000), took(debit_ms), took(2_000), took(2 * DAY_MS), failed
        ),
    }  # fmt: skip
    dossier = a_dossier(buyer_home_count=1, sole_home=False, separate_payers=apart, price_fen=price_fen)
    return Town(ROLES, how, dossier=dossier, polls={(FetchReconciliation.op.name, "hub"): FETCH}, **more)


def pushed(place: Town, exempt: str = "") -> None:
    facts = place.open().dossier
    taxed = TaxFacts(
        facts.unit_code, facts.price_fen, facts.area_m2_x100, True, facts.acquired_ms, facts.original_price_fen, True,
        facts.sole_home, facts.buyer_home_count, facts.buyers[0], facts.sellers[0],
    )  # fmt: skip
    place.say("registry", "hub", said.PushCharges(GULOU, taxed, 0, True, exempt))


def due(place: Town) -> tuple[Any, ...]:
    pushed(place)
    place.run(days=1)
    return place.heard("registry", said.ChargesReady)[-1].charges  # type: ignore[no-any-return]


def shown(place: Town, payer: str = BUYER) -> tuple[str, ...]:
    place.say(payer, "hub", said.OpenPayment(payer))
    place.run(ms=5_000)
    return tuple(charge.number for charge in place.heard(payer, BillShown)[-1].charges)


def cashier(place: Town, payer: str = BUYER, numbers: tuple[str, ...] | None = None) -> str:
    chosen = shown(place, payer) if numbers is None else numbers
    place.say(payer, "hub", said.ChooseAndPay(payer, chosen))
    place.run(ms=1_000)
    return place.heard(payer, CashierOpened)[-1].order_no  # type: ignore[no-any-return]


def pay(place: Town, payer: str = BUYER, **time: float) -> str:
    order_no = cashier(place, payer)
    place.say(payer, "unionpay", PayByApp(order_no))
    place.run(**(time or {"minutes": 1}))
    return order_no


def charges_state(place: Town) -> str:
    return place.state("hub", "charges").name


def total(place: Town, kind: str) -> int:
    return sum(each["amount_fen"] for each in place.rows(kind=kind, outcome="ok"))


def by_state(place: Town, seat: str, ledger: str, *states: str) -> int:
    files = place.sandbox.seats[seat].ledgers.get(ledger, {}).values()
    return sum(file.charge.amount_fen for file in files if file.states[0].name in states)


def kept_fen(place: Town) -> int:
    return by_state(place, "tax", "voucher_no", "paid", "cleared") + by_state(
        place, "non_tax", "pay_code", "paid", "cleared"
    )


def check_the_money(place: Town) -> None:
    """Debited = written off + back on the card; what is given back later = what the ledgers say is given back."""
    taxes_back = by_state(place, "tax", "voucher_no", "refunding", "refunded")
    fees_back = by_state(place, "non_tax", "pay_code", "reversed")
    to_card = sum(each.amount_fen for person in PEOPLE for each in place.heard(person, CardReturned))
    assert total(place, "unionpay.debited") == kept_fen(place) + taxes_back + fees_back + to_card
    assert total(place, "tax.treasury_refunded") == taxes_back
    assert total(place, "unionpay.refunded") == fees_back
    ended = charges_state(place)
    if ended in ("cancelled", "lapsed", "returned"):
        assert kept_fen(place) == 0
        assert by_state(place, "tax", "voucher_no", "unpaid") + by_state(place, "non_tax", "pay_code", "unpaid") == 0
    if ended == "cancelled":
        assert {each.returned_fen for each in place.heard("registry", said.ChargesCancelled)} == {
            taxes_back + fees_back
        }
    if ended == "settled" and place.heard("registry", said.PaymentSettled):
        (told,) = place.heard("registry", said.PaymentSettled)
        assert told.total_fen == kept_fen(place) == place.heard("registry", said.ChargesReady)[-1].total_fen
    assert ended in ("settled", "cancelled", "lapsed", "returned")
    assert not place.unexpected()
    assert not place.open_cases()


# ---- charges ------------------------------------------------------------------------------------------------------------
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


# ---- payment -------------------------------------------------------------------------------------------------------------
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


# ---- cancellation and lapse ------------------------------------------------------------------------------------------------
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


# ---- receipts and reconciliation --------------------------------------------------------------------------------------------
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


# ---- any story ---------------------------------------------------------------------------------------------------------------
class Story:
    """People and registry doing, in any order and at any moment, what they can do."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.paid: set[str] = set()

    def open(self, payer: str) -> None:
        self.place.say(payer, "hub", said.OpenPayment(payer))

    def choose(self, payer: str) -> None:
        bills = self.place.heard(payer, BillShown)
        numbers = tuple(charge.number for charge in bills[-1].charges) if bills else ()
        self.place.say(payer, "hub", said.ChooseAndPay(payer, numbers))

    def choose_one(self, payer: str) -> None:
        bills = self.place.heard(payer, BillShown)
        numbers = tuple(charge.number for charge in bills[-1].charges[:1]) if bills else ()
        self.place.say(payer, "hub", said.ChooseAndPay(payer, numbers))

    def pay(self, payer: str) -> None:
        for cashier in self.place.heard(payer, CashierOpened):
            if cashier.order_no not in self.paid:
                self.paid.add(cashier.order_no)
                self.place.say(payer, "unionpay", PayByApp(cashier.order_no))

    def pay_through(self, payer: str) -> None:
        for step in (self.open, self.choose, self.pay):
            step(payer)
            self.place.run(ms=3_000)

    def cancel(self, payer: str) -> None:
        self.place.say("registry", "hub", said.CancelCharges("撤回"))

    def ask_receipts(self, payer: str) -> None:
        self.place.say("gov_platform", "hub", said.RequestReceipts(payer))


ACTS = (Story.open, Story.choose, Story.choose_one, Story.pay, Story.pay_through, Story.pay_through, Story.ask_receipts)
PAUSES_MS = st.sampled_from([0, 40, 120, 1_000, 2_100, 5_000, 20_000, 6 * MINUTE_MS, HOUR_MS, 9 * HOUR_MS, 4 * DAY_MS])
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), PAUSES_MS), max_size=12)
FAULTS = (
    Fault("notice_lost", Effect.LOST, "unionpay.payment_notice", share=0.5),
    Fault("notice_twice", Effect.DUPLICATED, "unionpay.payment_notice", share=0.5, delay=took(7 * MINUTE_MS)),
    Fault("write_offs_twice", Effect.DUPLICATED, "*.write_off", share=0.5, delay=took(5 * MINUTE_MS)),
    Fault("write_offs_late", Effect.LATE, "*.write_off", share=0.3, delay=took(3 * HOUR_MS)),
    Fault("orders_refused", Effect.REFUSED, "unionpay.create_order", share=0.3),
    Fault("assessed_twice", Effect.DUPLICATED, "tax.assessed", share=0.5, delay=took(MINUTE_MS)),
    Fault("slow", Effect.SLOW, "*", share=0.3, delay=took(20_000)),
)


@given(
    steps=STEPS, first_ms=st.sampled_from([30, 1_000, 3 * HOUR_MS, 4 * HOUR_MS]), cancel_after=st.one_of(st.none(), st.integers(0, 12)),
    apart=st.booleans(), failed=st.sampled_from([0.0, 0.3]), returned=st.sampled_from([0.0, 0.0, 1.0]), seed=st.integers(0, 9_999),
    faults=st.sets(st.sampled_from(range(len(FAULTS)))), assess_ms=st.sampled_from([3 * HOUR_MS, 40 * HOUR_MS]),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_in_any_story_every_fen_is_kept_or_given_back(
    steps: Any, first_ms: int, cancel_after: int | None, apart: bool, failed: float, returned: float, seed: int, faults: set[int],
    assess_ms: int,
) -> None:  # fmt: skip
    struck = tuple(FAULTS[n] for n in sorted(faults))
    place = town(apart=apart, failed=failed, returned=returned, assess_ms=assess_ms, seed=seed, faults=struck)
    pushed(place)
    place.run(ms=first_ms)
    story = Story(place)
    for n, (act, payer, pause_ms) in enumerate(steps):
        if n == cancel_after:
            story.cancel(payer)
        act(story, payer)
        place.run(ms=pause_ms)
    place.run(days=60)
    check_the_money(place)
    cancelled = cancel_after is not None and cancel_after < len(steps)
    if cancelled:
        assert charges_state(place) == "cancelled"
        assert len(place.heard("registry", said.ChargesCancelled)) == 1
    refusals = [each for person in PEOPLE for each in place.heard(person, refused(said.ChooseAndPay))]
    assert {each.error for each in refusals} <= {"not_due", "nothing_chosen"}
    if not faults:
        assert not place.rows(kind="hub.reconciliation_difference")
