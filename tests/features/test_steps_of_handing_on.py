"""Checks on one thing after the other: passed on in time each time, said once, filled in."""

from typing import Any

import pytest

from features.evidence import Check, Seen
from features.steps.handing_on import (
    all_filled,
    apart,
    not_far_apart,
    nothing_added,
    nothing_twice,
    passed_on,
    said_again,
    told_soon,
)
from sim.calendar import MINUTE_MS
from sim.journal.record import Record
from sim.judge.verdict import Result
from tests.features.test_promptness import FAULTY
from tests.features.test_steps_of_order import KINDS, PLAYED, row, told

ACCEPT, TOLD = frozenset({"registry.accept"}), frozenset({"portal.accepted"})


def accept(n: int, t_ms: int) -> Record:
    return row(n, "registry.accept", t_ms, sender="clerk", receiver="registry")


def accepted(n: int, t_ms: int, **more: Any) -> Record:
    return row(n, "portal.accepted", t_ms, **{"sender": "registry", "receiver": "portal"} | more)


def passed(*rows: Record) -> Check:
    return passed_on(told(*rows), "registry", ACCEPT, 10 * MINUTE_MS, "portal", TOLD)


def test_what_is_heard_is_passed_on_in_time_every_time() -> None:
    assert passed(accept(1, 0), accepted(2, 10 * MINUTE_MS)).result is Result.KEPT
    assert passed(accept(1, 0), accepted(2, 10 * MINUTE_MS + 1)).result is Result.BROKEN
    assert passed(accept(1, 5), accepted(2, 4)).result is Result.BROKEN
    assert passed(accept(1, 0)).result is Result.BROKEN
    later = 60 * MINUTE_MS
    assert passed(accept(1, 0), accepted(2, 1), accept(3, later)).result is Result.BROKEN
    assert passed(accept(1, 0), accepted(2, 1), accept(3, later), accepted(4, later)).result is Result.KEPT


def test_what_is_lost_or_held_up_on_the_way_was_passed_on_all_the_same() -> None:
    lost = accepted(2, 1, outcome="fault:lost")
    late = accepted(2, 60 * MINUTE_MS, asked_ms=10 * MINUTE_MS)
    assert passed(accept(1, 0), lost).result is Result.KEPT
    assert passed(accept(1, 0), late).result is Result.BROKEN
    seen = Seen(FAULTY, (accept(1, 0), late), {}, (), True, KINDS)
    assert passed_on(seen, "registry", ACCEPT, 10 * MINUTE_MS, "portal", TOLD).result is Result.KEPT


def test_what_is_sent_again_answers_nothing_new() -> None:
    earlier, again = accepted(1, 0, outcome="fault:lost"), accepted(3, 9, attempt=2)
    assert passed(earlier, accept(2, 8), again).result is Result.BROKEN
    assert passed(earlier, accept(2, 8), again, accepted(4, 9)).result is Result.KEPT
    assert passed(accept(2, 8), again).result is Result.KEPT  # its first try got lost where nobody saw it


def test_what_comes_as_an_answer_at_once_is_passed_on_too() -> None:
    answered = row(1, "registry.accept", 5, sender="registry", receiver="clerk", reply="non_tax.reversed")

    def refunded(t_ms: int) -> Result:
        refund = row(2, "unionpay.refund", t_ms, sender="registry", receiver="unionpay")
        kinds = frozenset({"non_tax.reversed"}), MINUTE_MS, "unionpay", frozenset({"unionpay.refund"})
        return passed_on(told(answered, refund), "registry", *kinds).result

    assert refunded(5 + MINUTE_MS) is Result.KEPT
    assert refunded(6 + MINUTE_MS) is Result.BROKEN


@pytest.mark.parametrize("more", [{"sender": "hub"}, {"receiver": "hub"}])
def test_what_somebody_else_says_or_hears_is_not_passed_on(more: dict[str, str]) -> None:
    assert passed(accept(1, 0), accepted(2, 1, **more)).result is Result.BROKEN


def test_where_nothing_was_heard_nothing_was_passed_on() -> None:
    assert passed(accepted(1, 1)).result is Result.BROKEN
    still_going = Seen(PLAYED, (), {}, (), False, KINDS)
    check = passed_on(still_going, "registry", ACCEPT, MINUTE_MS, "portal", TOLD)
    assert check.result is Result.NOT_OBSERVED


def test_the_applicant_hears_of_every_item_soon() -> None:
    result = row(1, "hub.power_result", 0, sender="hub", receiver="registry")

    def told_at(t_ms: int, text: str) -> Result:
        sms = row(2, "notify.sms", t_ms, sender="registry", receiver="notify", body=f'{{"text": "{text}"}}')
        return told_soon(told(result, sms), "power", 10 * MINUTE_MS).result

    assert told_at(1, "您的用电过户已办结") is Result.KEPT
    assert told_at(10 * MINUTE_MS + 1, "您的用电过户已办结") is Result.BROKEN
    assert told_at(1, "您的用水过户已办结") is Result.BROKEN
    assert told_soon(told(), "power", MINUTE_MS).result is Result.BROKEN


def test_a_registry_beyond_the_wire_may_tell_before_it_answers() -> None:
    result = row(1, "power.result", 5, sender="power", receiver="registry", asked_ms=1)
    sms = row(2, "notify.sms", 3, sender="registry", receiver="notify", body='{"text": "您的用电过户已办结"}')
    seen = Seen(PLAYED, (sms, result), {}, ("registry",), True, KINDS)
    assert told_soon(seen, "power", MINUTE_MS).result is Result.KEPT
    assert told_soon(told(sms, result), "power", MINUTE_MS).result is Result.BROKEN


def test_the_same_words_twice_within_a_minute() -> None:
    first = accepted(1, 0, body='{"acceptance_no": "1"}')

    def again(t_ms: int, **more: Any) -> Result:
        return nothing_twice(told(first, first._replace(seq=2, id=2, t_ms=t_ms, **more)), "registry").result

    assert again(0) is Result.BROKEN
    assert again(MINUTE_MS - 1) is Result.BROKEN
    assert again(MINUTE_MS) is Result.KEPT
    assert again(0, body='{"acceptance_no": "2"}') is Result.KEPT
    assert again(0, outcome="fault:lost") is Result.KEPT
    assert again(0, receiver="hub") is Result.KEPT
    assert nothing_twice(told(first), "hub").result is Result.BROKEN


def test_who_asks_again_is_told_again() -> None:
    first = accepted(1, 0, body='{"acceptance_no": "1"}')
    again = first._replace(seq=3, id=3, t_ms=30_000)

    def asked_at(t_ms: int, sender: str, kind: str = "registry.receive") -> Result:
        asked = row(2, kind, t_ms, sender=sender, receiver="registry")
        return nothing_twice(told(first, asked, again), "registry").result

    assert asked_at(29_000, first.receiver) is Result.KEPT
    assert asked_at(0, first.receiver) is Result.BROKEN
    assert asked_at(30_001, first.receiver) is Result.BROKEN
    assert asked_at(29_000, "hub") is Result.BROKEN
    assert asked_at(29_000, first.receiver, "water.push_accepted") is Result.BROKEN


def test_a_question_may_be_asked_again() -> None:
    asked = [row(n, "power.query_status", 0, sender="hub", receiver="power") for n in (1, 2)]
    said = row(3, "portal.accepted", 0, sender="hub", receiver="portal")
    assert nothing_twice(told(*asked, said), "hub").result is Result.KEPT


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ('{"transfer": {"account": "1", "new_owner": {"name": "甲"}}}', Result.KEPT),
        ('{"transfer": {"account": "", "new_owner": {"name": "甲"}}}', Result.BROKEN),
        ('{"transfer": {"account": "1", "new_owner": {"name": ""}}}', Result.BROKEN),
        ('{"files": []}', Result.BROKEN),
        ('{"files": ["a", ""]}', Result.BROKEN),
        ('{"stage": "done", "results": []}', Result.KEPT),
        ('{"accept_no": "1", "reason": ""}', Result.BROKEN),
        ('{"accept_no": "1", "reason": "更正"}', Result.KEPT),
        ('{"status": 3, "reason_code": "", "reason": ""}', Result.KEPT),
        ('{"status": 4, "reason_code": "E1", "reason": ""}', Result.BROKEN),
        ('{"passed": false, "reason": ""}', Result.BROKEN),
        ('{"passed": true, "reason": ""}', Result.KEPT),
        ('{"amount_fen": 0}', Result.KEPT),
    ],
)
def test_empty_fields_however_deep(body: str, result: Result) -> None:
    said = row(1, "gas.push", 0, sender="registry", receiver="gas", body=body)
    assert all_filled(told(said), "registry").result is result


def test_who_said_nothing_filled_nothing_in() -> None:
    assert all_filled(told(), "registry").result is Result.BROKEN


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ('{"returned_fen": 5}', Result.KEPT),
        ("{}", Result.KEPT),
        ('{"returned_fen": 5, "buyer_phone": "15404938241"}', Result.BROKEN),
    ],
)
def test_fields_that_nobody_agreed_on(body: str, result: Result) -> None:
    said = row(1, "hub.charges_cancelled", 0, sender="hub", receiver="registry", body=body)
    assert nothing_added(told(said), "hub").result is result
    assert nothing_added(told(said), "registry").result is not Result.KEPT


def test_two_of_a_kind_are_neither_too_near_nor_too_far() -> None:
    once, twice = told(accepted(1, 0)), told(accepted(1, 0), accepted(2, MINUTE_MS, outcome="refused:not_now"))
    assert apart(once, TOLD, 1).result is not_far_apart(once, TOLD, MINUTE_MS).result is Result.BROKEN
    assert apart(twice, TOLD, MINUTE_MS).result is not_far_apart(twice, TOLD, MINUTE_MS).result is Result.KEPT
    assert apart(twice, TOLD, MINUTE_MS + 1).result is not_far_apart(twice, TOLD, MINUTE_MS - 1).result is Result.BROKEN


def test_what_was_turned_down_is_said_again_soon() -> None:
    refused = accepted(1, 0, outcome="refused:not_now")

    def again(*rows: Record) -> Result:
        return said_again(told(*rows), TOLD, MINUTE_MS).result

    assert again(accepted(1, 0)) is again(refused) is Result.BROKEN
    assert again(refused, accepted(2, MINUTE_MS)) is Result.KEPT
    assert again(refused, accepted(2, MINUTE_MS + 1)) is Result.BROKEN
    assert again(refused, accepted(2, 5, outcome="refused:not_now")) is Result.BROKEN
