"""The outcome of the server: a case over HTTP, between two processes, takes the very course it takes within one.

The one process plays the composition of the server with nobody remote. The two are a sandbox and a reference that follows its
clock; every exchange is counted once, where it was heard. Nothing is loosened: the same exchanges with the same outcomes and
answers as often, the same last state of every track at every seat, the same fen by kind, for every case. Only rows of no case
are left out: envelopes of polls, which within one process go by registry. Either journal alone replays to the run it tells of.
"""

from pathlib import Path

import pytest

from liantiao.serving.live import run_of
from sim.calendar import DAY_MS
from sim.journal.record import Record
from sim.package import load_package
from sim.runs.plan import Pace, RunPlan
from tests.exchanges import Course, courses, seen_by
from tests.liantiao.replayed import check_state
from tests.two_servers import SEATS, two_servers

CASES = 60
SEED = 2024
MONDAY_MS = 1_704_675_600_000
"""2024-01-08 09:00 in Fujian."""
PACKAGE = "fujian-2024-55"


@pytest.fixture(scope="module")
def in_process() -> dict[int, Course]:
    """The course of each case where nobody is remote."""
    plan = RunPlan("alone", PACKAGE, SEED, CASES, MONDAY_MS, Pace.STEPPED)
    run = run_of(plan, load_package(PACKAGE))
    run.begin(1, CASES, at_arrival=False)
    while (due := run.next_due_ms) is not None and not run.is_over:
        run.advance(due)
    assert run.is_over
    assert run.now_ms < MONDAY_MS + 200 * DAY_MS
    return courses(row for row in run.written if isinstance(row, Record))


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Course]:
    """The course of each case between two processes."""
    folder: Path = tmp_path_factory.mktemp("two")
    with two_servers(folder, seed=SEED, cases=CASES, start_ms=MONDAY_MS, pace="stepped") as two:
        about = two.play(1, CASES)
        assert (about["cases_open"], about["cases_finished"], about["broken"]) == (0, CASES, "")
        assert two.reference.ask("GET", "/runs/joint")["broken"] == ""
        verdict = two.sandbox.ask("GET", "/runs/joint/verdict")
        assert verdict["counts"]["broken"] == 0, [each for each in verdict["promises"] if each["result"] == "broken"]
        assert verdict["exit_code"] == 0
        assert verdict["clock"]["pace"] == "stepped"
        assert verdict["remote"] == sorted(SEATS)
        ours, theirs = two.journals()
        told = [side.ask("GET", "/runs/joint?digest=1") for side in (two.sandbox, two.reference)]
    for journal, about in zip((ours, theirs), told, strict=True):
        check_state(journal.parent, about)
    return courses([*seen_by(ours, SEATS, but=True), *seen_by(theirs, SEATS)])


def test_every_region_has_a_case(in_process: dict[int, Course]) -> None:
    plan = RunPlan("alone", PACKAGE, SEED, CASES, MONDAY_MS)
    book = run_of(plan, load_package(PACKAGE)).book
    assert {book.region(number) for number in in_process} == set(load_package(PACKAGE).regions)


def test_the_same_cases_are_spoken_of(in_process: dict[int, Course], over_http: dict[int, Course]) -> None:
    assert in_process.keys() == over_http.keys() == set(range(1, CASES + 1))


def test_the_same_exchanges(in_process: dict[int, Course], over_http: dict[int, Course]) -> None:
    wrong = {
        number: {
            "missing": here.exchanges - over_http[number].exchanges,
            "more": over_http[number].exchanges - here.exchanges,
        }
        for number, here in in_process.items()
        if here.exchanges != over_http[number].exchanges
    }
    assert not wrong


def test_the_same_states(in_process: dict[int, Course], over_http: dict[int, Course]) -> None:
    assert {n: c.states for n, c in over_http.items()} == {n: c.states for n, c in in_process.items()}


def test_the_same_amounts(in_process: dict[int, Course], over_http: dict[int, Course]) -> None:
    assert {n: c.amounts for n, c in over_http.items()} == {n: c.amounts for n, c in in_process.items()}
    assert sum(sum(course.amounts.values()) for course in in_process.values()) > 0
