"""What is next in line is done promptly in every case."""

from typing import Any

import pytest

from features.evidence import Seen
from features.promptness import PROMPTLY_MS, prompt
from sim.journal.record import Record
from sim.judge.verdict import Result
from tests.features.test_steps_of_order import KINDS, PLAYED, row, told

RECEIVED = row(1, "registry.receive", 5, sender="portal", receiver="registry")


def task(t_ms: int, **more: Any) -> Record:
    return row(2, "clerk.task", **{"t_ms": t_ms, "sender": "registry", "receiver": "clerk"} | more)


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (task(5), Result.KEPT),
        (task(5 + PROMPTLY_MS), Result.KEPT),
        (task(6 + PROMPTLY_MS), Result.BROKEN),
        (task(4), Result.BROKEN),
        (task(5, receiver="buyer"), Result.BROKEN),
        (task(5, outcome="fault:lost"), Result.KEPT),
        (task(9 + PROMPTLY_MS, asked_ms=9), Result.KEPT),
    ],
)
def test_the_next_is_told_soon_by_when_it_was_said(said: Record, result: Result) -> None:
    assert prompt(told(RECEIVED, said)).result is result


def test_who_was_not_asked_owes_nothing() -> None:
    assert prompt(told()).result is Result.KEPT
    assert prompt(told(RECEIVED._replace(outcome="refused:not_now"))).result is Result.KEPT


def test_what_nobody_can_see_is_not_missed() -> None:
    ways = {"clerk.task": (("registry",), ("clerk",))}
    assert prompt(Seen(PLAYED, (RECEIVED,), ways, ("registry", "clerk"), True, KINDS)).result is Result.KEPT
    assert prompt(Seen(PLAYED, (RECEIVED,), ways, ("registry",), True, KINDS)).result is Result.BROKEN


def test_the_end_is_told_to_the_same_seats_as_far_as_the_case_had_come() -> None:
    closed = row(1, "portal.closed", 5, sender="registry", receiver="portal")
    told_all = [
        row(n, "gov_platform.progress", 5, sender="registry", receiver=platform)
        for n, platform in ((2, "gov_platform"), (3, "city_platform"))
    ] + [row(n, "person.case_over", 6, sender="portal", receiver=party) for n, party in ((4, "buyer"), (5, "seller"))]
    for missing in range(4):
        assert prompt(told(closed, *told_all[:missing], *told_all[missing + 1 :])).result is Result.BROKEN
    assert prompt(told(closed, *told_all)).result is Result.KEPT
    accepted = row(0, "portal.accepted", 1, sender="registry", receiver="portal")
    assert prompt(told(accepted, closed, *told_all)).result is Result.BROKEN
    reported = row(6, "gov_platform.report_main", 5, sender="registry", receiver="city_platform")
    assert prompt(told(accepted, closed, *told_all, reported)).result is Result.KEPT
