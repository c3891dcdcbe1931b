"""Wrong amounts, lawful refusals and what only a wire can show, within a world where there is no wire."""

from typing import Any

import pytest

from sim.calendar import MINUTE_MS
from sim.clock import LINK_MS
from sim.faults import MOST_FEN, ON_WIRE, Effect, Fault
from sim.message import Message, notice
from sim.posts import NOTHING
from tests.sim.toys import WRONG, Do, Told, counter
from tests.town import START_MS, Town


@notice("toy.money", "到账", amount="amount_fen")
class Money(Message):
    amount_fen: int


def told(*faults: Fault, messages: tuple[Message, ...] = (Told(1),), cases: int = 1, days: float = 1) -> Town:
    town = Town({}, faults=faults)
    for case in range(1, cases + 1):
        for message in messages:
            town.say("hub", "tax", message, case=case)
    town.run(days=days)
    return town


@pytest.mark.parametrize("effect", [*sorted(ON_WIRE), Effect.HTTP_ERROR, Effect.RESET])
def test_what_a_wire_would_spoil_does_not_arrive_and_is_sent_again(effect: Effect) -> None:
    town = told(Fault("spoilt", effect, "toy.told", most=1))
    assert [(each["outcome"], each["attempt"]) for each in town.rows()] == [("fault:spoilt", 1), ("ok", 2)]


def test_what_is_never_answered_is_heard_and_said_once_more() -> None:
    town = told(Fault("silent", Effect.NEVER, "toy.told", most=1))
    assert [t - START_MS - LINK_MS for t, _, _ in town.heard_at("tax")] == [0, MINUTE_MS]
    assert [each["attempt"] for each in town.rows()] == [1, 2]


def test_a_wrong_amount_is_wrong_by_a_seeded_number_of_fen() -> None:
    fault = Fault("short", Effect.WRONG_AMOUNT, "toy.*")
    messages = (Money(100_000), Money(5), Told(1))

    def amounts() -> list[int]:
        town = told(fault, messages=messages, cases=30)
        return [m.amount_fen for case in range(1, 31) for m in town.heard("tax", Money, case)]

    heard = amounts()
    assert all(0 < abs(amount - (5 if amount <= 5 + MOST_FEN else 100_000)) <= MOST_FEN for amount in heard)
    assert all(amount > 0 for amount in heard)
    assert len(set(heard)) > 40
    assert heard == amounts()
    assert (messages[0].amount_fen, messages[1].amount_fen) == (100_000, 5)  # type: ignore[attr-defined]


def test_a_lawful_no_is_heard_by_the_sender_and_changes_nothing() -> None:
    heard: list[Any] = []
    toy = counter(lambda file, said: heard.append(said) or NOTHING)
    town = Town({"toy": toy}, faults=(Fault("no", Effect.BUSINESS, "toy.do", error=WRONG.code, most=1),))
    for n in (1, 2):
        town.say("buyer", "toy", Do(n))
        town.run(minutes=1)
    assert [(no.error, no.detail) for no in town.heard("buyer")] == [(WRONG.code, WRONG.title)]
    assert [each.n for each in heard] == [2]
    assert [(each["kind"], each["outcome"], each["attempt"]) for each in town.rows()] == [
        ("toy.do", f"refused:{WRONG.code}", 1), ("toy.do", "ok", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        Fault("no", Effect.BUSINESS, "*", error="nobody_says_this"),
        Fault("no", Effect.BUSINESS, "toy.told", error="not_now"),
        Fault("short", Effect.WRONG_AMOUNT, "toy.told"),
        Fault("other", Effect.LOST, "*", cases=(7, 9)),
    ],
)
def test_what_has_no_meaning_for_a_message_does_not_strike_it(fault: Fault) -> None:
    assert [each["outcome"] for each in told(fault).rows()] == ["ok"]


def test_cases_and_totals_bound_what_is_struck() -> None:
    some = told(Fault("some", Effect.LOST, "toy.told", cases=(3, 5), most=1), cases=8)
    assert [each["case_no"] for each in some.rows(outcome="fault:some")] == [3, 5]
    few = told(Fault("few", Effect.LOST, "toy.told", total=3), cases=8)
    assert len(few.rows(outcome="fault:few")) == 3


def test_a_fault_on_one_case_alone_is_counted_with_the_run() -> None:
    town = Town({}, faults=(Fault("once", Effect.LOST, "toy.told", cases=(3,), most=1),))
    for days in (1, 2):
        town.say("hub", "tax", Told(1), case=3)
        town.run(days=days)
        town.sandbox.cases[3].counts = None  # as where the case was over and is begun anew
    assert len(town.rows(outcome="fault:once")) == 1
