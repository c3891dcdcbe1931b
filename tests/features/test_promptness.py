"""What is next in line is done promptly in every case, and nobody is blamed for what cannot be told."""

from dataclasses import replace
from typing import Any

import pytest

from features.evidence import Seen
from features.promptness import PROMPTLY_MS, prompt
from sim.faults import Effect, Fault
from sim.journal.record import SOURCE_REPORTED, Record
from sim.judge.verdict import Result
from tests.features.test_steps_of_order import KINDS, PLAYED, row, told

RECEIVED = row(1, "registry.receive", 5_000, sender="portal", receiver="registry")
END_MS = RECEIVED.t_ms + PROMPTLY_MS
CIRCUMSTANCES = replace(PLAYED.circumstances, faults=(Fault("f", Effect.LATE, "clerk.task"),))
FAULTY = replace(PLAYED, circumstances=CIRCUMSTANCES)


def task(t_ms: int, **more: Any) -> Record:
    return row(2, "clerk.task", **{"t_ms": t_ms, "sender": "registry", "receiver": "clerk"} | more)


def progress(n: int, platform: str, t_ms: int, stage: str = "closed") -> Record:
    return row(n, "gov_platform.progress", t_ms, sender="registry", receiver=platform, body=f'{{"stage": "{stage}"}}')


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (task(5_000), Result.KEPT),
        (task(END_MS), Result.KEPT),
        (task(END_MS + 1), Result.BROKEN),
        (task(4_999), Result.BROKEN),
        (task(5_000, receiver="buyer"), Result.BROKEN),
        (task(5_000, outcome="fault:lost"), Result.KEPT),
        (task(END_MS + 9, asked_ms=5_000), Result.BROKEN),
    ],
)
def test_the_next_is_told_soon(said: Record, result: Result) -> None:
    assert prompt(told(RECEIVED, said)).result is result


def test_what_arranged_faults_hold_up_counts_from_when_it_was_said() -> None:
    seen = Seen(FAULTY, (RECEIVED, task(END_MS + 9, asked_ms=5_000)), {}, (), True, KINDS)
    assert prompt(seen).result is Result.KEPT


def test_who_was_not_asked_owes_nothing() -> None:
    assert prompt(told()).result is Result.KEPT
    assert prompt(told(RECEIVED._replace(outcome="refused:not_now"))).result is Result.KEPT
    assert prompt(told(RECEIVED._replace(source=SOURCE_REPORTED))).result is Result.KEPT


def test_what_nobody_can_see_is_not_missed() -> None:
    ways = {"clerk.task": (("registry",), ("clerk",))}
    assert prompt(Seen(PLAYED, (RECEIVED,), ways, ("registry", "clerk"), True, KINDS)).result is Result.KEPT
    assert prompt(Seen(PLAYED, (RECEIVED,), ways, ("registry",), True, KINDS)).result is Result.BROKEN


def test_what_may_still_come_in_time_is_not_missed() -> None:
    assert prompt(Seen(PLAYED, (RECEIVED,), {}, (), True, KINDS, now_ms=END_MS - 1)).result is Result.KEPT
    assert prompt(Seen(PLAYED, (RECEIVED,), {}, (), True, KINDS, now_ms=END_MS)).result is Result.BROKEN


def test_a_system_beyond_the_wire_may_act_before_it_answers_and_again_when_it_is_asked_again() -> None:
    timed_out = RECEIVED._replace(asked_ms=1_000, t_ms=3_000, outcome="fault:timeout")
    answered = RECEIVED._replace(seq=3, asked_ms=4_000)
    for rows in ((answered, task(4_500)), (timed_out, answered, task(2_000))):
        assert prompt(Seen(PLAYED, rows, {}, ("registry",), True, KINDS)).result is Result.KEPT
        assert prompt(Seen(PLAYED, rows, {}, (), True, KINDS)).result is Result.BROKEN


def test_the_end_is_told_to_the_same_seats_as_far_as_the_case_had_come() -> None:
    closed = row(1, "portal.closed", 5, sender="registry", receiver="portal")
    all_told = [progress(2, "gov_platform", 5), progress(3, "city_platform", 4)]
    all_told += [row(n, "person.case_over", 6, sender="portal", receiver=to) for n, to in ((4, "buyer"), (5, "seller"))]
    for missing in range(4):
        assert prompt(told(closed, *all_told[:missing], *all_told[missing + 1 :])).result is Result.BROKEN
    assert prompt(told(closed, *all_told)).result is Result.KEPT
    of_another_stage = progress(2, "gov_platform", 5, "recorded")
    assert prompt(told(closed, of_another_stage, *all_told[1:])).result is Result.BROKEN
    accepted = row(0, "portal.accepted", 1, sender="registry", receiver="portal")
    assert prompt(told(accepted, closed, *all_told)).result is Result.BROKEN
    body = '{"stage": "done"}'
    reported = row(6, "gov_platform.report_main", 5, sender="registry", receiver="city_platform", body=body)
    assert prompt(told(accepted, closed, *all_told, reported)).result is Result.KEPT


def test_charges_of_a_case_that_is_being_withdrawn_may_be_left_be() -> None:
    paid = row(1, "hub.payment_settled", 5, sender="hub", receiver="registry")
    withdrawn = row(2, "registry.withdraw", 4, sender="portal", receiver="registry")
    assert prompt(told(paid)).result is Result.BROKEN
    assert prompt(told(withdrawn, paid)).result is Result.KEPT
