"""Checks on order and on what people see: the same instant is not earlier, the last answer counts, answers are seen too."""

from typing import Any

from features.casting import Cast, Casting
from features.evidence import Check, Seen
from features.playing import BEGINS_MS
from features.steps.linked import hub_reports_done
from features.steps.messages import before
from features.steps.traffic import always_before, masked
from liantiao.directory import directory
from liantiao.serving.live import run_of
from sim.journal.record import Record
from sim.judge.verdict import Result
from sim.package import load_package
from sim.runs.plan import Pace, RunPlan

PACKAGE = load_package("fujian-2024-55")
POPULATION = run_of(RunPlan("t", PACKAGE.id, 5, 20_000, BEGINS_MS, Pace.STEPPED), PACKAGE).book.population
PLAYED = Casting(POPULATION).cast(Cast(BEGINS_MS))
KINDS = directory().kinds
RECORD, PUSH = frozenset({"registry.record"}), frozenset({"water.push"})


def told(*rows: Record) -> Seen:
    return Seen(PLAYED, rows, {}, (), True, KINDS)


def row(n: int, kind: str, t_ms: int, **more: Any) -> Record:
    return Record(n, id=n, kind=kind, t_ms=t_ms, **more)


def test_the_same_instant_is_not_earlier() -> None:
    def results(*at: int) -> list[Result]:
        seen = told(row(1, "registry.record", at[0]), row(2, "water.push", at[1]))
        checks: list[Check] = [check(seen, RECORD, PUSH) for check in (before, always_before)]
        return [each.result for each in checks]

    assert results(5, 6) == [Result.KEPT] * 2
    assert results(5, 5) == [Result.BROKEN] * 2


def test_the_hub_reports_after_the_last_word_of_the_department() -> None:
    own = [row(n, "power.result", t_ms, body=f'{{"status": {n}}}') for n, t_ms in ((4, 10), (3, 30))]
    said = row(5, "hub.power_result", 20, body='{"status": 3}')
    assert hub_reports_done(told(*own, said), "power").result is Result.BROKEN
    assert hub_reports_done(told(*own, said._replace(t_ms=31)), "power").result is Result.KEPT


def test_the_same_result_once_more_is_nothing_to_report() -> None:
    own = row(1, "power.result", 10, body='{"status": 3, "accept_no": "A"}')
    said = row(2, "hub.power_result", 20, body='{"status": 3}')
    again = own._replace(seq=3, id=3, t_ms=30)
    assert hub_reports_done(told(own, said, again), "power").result is Result.KEPT
    other = again._replace(body='{"status": 3, "accept_no": "B"}')
    assert hub_reports_done(told(own, said, other), "power").result is Result.BROKEN
    rejected = row(4, "power.result", 25, body='{"status": 4, "accept_no": "A"}')
    assert hub_reports_done(told(own, said, rejected, again), "power").result is Result.BROKEN


def test_a_number_in_an_answer_is_seen() -> None:
    plain = row(1, "person.told", 1, body='{"text": "您好"}')
    assert masked(told(plain)).result is Result.KEPT
    number = PLAYED.dossier.buyers[0].id_no
    assert masked(told(plain._replace(reply_body=f'{{"id_no": "{number}"}}'))).result is Result.BROKEN
