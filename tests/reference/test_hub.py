"""In any story the hub keeps or gives back every fen."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contract import hub as said
from contract.people import BillShown, CashierOpened
from contract.unionpay import PayByApp
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from sim.faults import Effect, Fault
from sim.message import refused
from tests.reference.hub_place import PEOPLE, charges_state, check_the_money, pushed, took, town
from tests.town import Town


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
@settings(max_examples=150)
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
