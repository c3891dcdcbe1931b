"""Checks on how it was paid: whoever chooses what to pay is the one for whom the cashier opens, each time and soon."""

from features.evidence import Check
from features.steps.payments import opened_for_each_choice
from sim.calendar import MINUTE_MS
from sim.journal.record import Record
from sim.judge.verdict import Result
from tests.features.test_steps_of_order import row, told


def chose(n: int, t_ms: int, payer: str) -> Record:
    return row(n, "hub.choose_and_pay", t_ms, sender="gov_platform", receiver="hub", body=f'{{"payer": "{payer}"}}')


def opened(n: int, t_ms: int, payer: str) -> Record:
    return row(n, "person.cashier_opened", t_ms, sender="hub", receiver=payer)


def result(*rows: Record) -> Result:
    check: Check = opened_for_each_choice(told(*rows), 2 * MINUTE_MS)
    return check.result


def test_the_cashier_opens_for_who_chose_every_time_and_in_time() -> None:
    buyer, seller = chose(1, 0, "buyer"), chose(2, 5, "seller")
    assert result(buyer, opened(3, 2 * MINUTE_MS, "buyer")) is Result.KEPT
    assert result(buyer, opened(3, 2 * MINUTE_MS + 1, "buyer")) is Result.BROKEN
    assert result(buyer, seller, opened(3, 6, "buyer")) is Result.BROKEN
    assert result(buyer, seller, opened(3, 6, "buyer"), opened(4, 7, "seller")) is Result.KEPT
    again = chose(5, 60 * MINUTE_MS, "buyer")
    assert result(buyer, opened(3, 6, "buyer"), again) is Result.BROKEN


def test_without_a_choice_there_is_nothing_to_judge_by() -> None:
    assert result(opened(1, 5, "buyer")) is Result.BROKEN
