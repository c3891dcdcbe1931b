"""A run is heard, moved and journaled as one, whatever regions its cases lie in."""

import pytest

from contract.gov_platform import MyCase
from contract.tax import CancelDeclaration, QueryBill
from sim.calendar import DAY_MS
from sim.journal.record import Command, Record
from sim.message import Refused
from sim.runs.exchanges import CaseUnknownError, SeatAbsentError
from tests.sim.runs.runs import START_MS, a_case_outside_xiamen, a_run, declaration


def records(run) -> list[Record]:
    return [each for each in run.written if isinstance(each, Record)]


def test_a_declaration_is_acknowledged_and_its_assessment_leaves_for_the_hub() -> None:
    run = a_run()
    number = a_case_outside_xiamen(run)
    heard = run.hear("hub", "tax", declaration(run, number), number)
    assert (heard.outcome, heard.open.answer) == ("ok", None)
    run.advance(START_MS + 10 * DAY_MS, pause=True)
    [going] = run.sending
    assert going.call.route.receiver.seat == "hub"
    assert going.call.body.op.name in ("tax.assessed", "tax.exempted", "tax.returned")
    heard_row = next(each for each in records(run) if each.kind == "tax.declare")
    assert (heard_row.source, heard_row.case_no, heard_row.outcome) == ("in", number, "ok")


def test_a_refusal_comes_back_with_the_closest_rule() -> None:
    run = a_run()
    number = a_case_outside_xiamen(run)
    run.hear("hub", "tax", declaration(run, number), number)
    again = run.hear("hub", "tax", declaration(run, number), number)
    assert isinstance(again.open.answer, Refused)
    assert (again.outcome, again.open.answer.error) == ("refused:already_declared", "already_declared")


def test_an_unknown_number_is_refused_and_kept() -> None:
    run = a_run()
    heard = run.hear("hub", "tax", QueryBill("999"), None)
    assert isinstance(heard.open.answer, Refused)
    assert heard.open.answer.error == "not_found"
    assert records(run)[-1].ref == "999"


def test_a_case_the_run_has_not_is_said_with_those_it_has() -> None:
    run = a_run()
    with pytest.raises(CaseUnknownError, match="1 至 300"):
        run.hear("hub", "tax", declaration(run, 1), 301)


def test_a_case_stays_open_while_remote_seats_may_speak_of_it() -> None:
    run = a_run()
    run.hear("portal", "gov_platform", MyCase("buyer"), 5)
    run.advance(START_MS + 100 * DAY_MS)
    world, case = run.case(5)
    assert not case.closed
    world.close_case(case)
    assert case.closed


def test_what_a_remote_seat_does_not_take_is_sent_again_by_its_ladder() -> None:
    run = a_run()
    number = a_case_outside_xiamen(run)
    run.hear("hub", "tax", declaration(run, number), number)
    run.advance(START_MS + 10 * DAY_MS, pause=True)
    [first] = run.sending
    run.sending = []
    run.failed(first, "http_503", b"busy")
    failed = records(run)[-1]
    assert (failed.outcome, failed.attempt, failed.raw) == ("fault:http_503", 1, b"busy")
    run.advance(run.now_ms + 60_000, pause=True)
    [second] = run.sending
    assert (second.call.attempt, second.call.body) == (2, first.call.body)
    run.answered(second, None)
    assert (records(run)[-1].outcome, records(run)[-1].attempt) == ("ok", 2)


def test_commands_and_records_share_one_ascending_number() -> None:
    run = a_run({})
    run.begin(1, 5, at_arrival=False)
    run.advance(START_MS + 2 * DAY_MS)
    seqs = [each.seq for each in run.written]
    assert seqs == list(range(1, len(seqs) + 1))
    assert isinstance(run.written[0], Command)


def test_all_seats_ours_plays_cases_to_their_end_in_every_region() -> None:
    run = a_run({})
    run.begin(1, 60, at_arrival=False)
    while not run.is_over:
        run.advance(run.now_ms + 30 * DAY_MS)
    assert sum(world.finished for world in run.worlds.values()) == 60
    assert len(run.worlds) >= 8


def test_cases_of_an_arrival_to_come_begin_on_their_day() -> None:
    run = a_run({})
    run.begin(1, 40, at_arrival=True)
    begun = sum(world.begun for world in run.worlds.values())
    assert begun < 40
    assert not run.is_over
    run.advance(START_MS + 40 * DAY_MS)
    assert sum(world.begun for world in run.worlds.values()) == 40


def test_a_withdrawn_declaration_can_be_made_anew() -> None:
    run = a_run()
    number = a_case_outside_xiamen(run)
    for _ in range(3):
        assert run.hear("hub", "tax", declaration(run, number), number).outcome == "ok"
        assert run.hear("hub", "tax", CancelDeclaration("撤件"), number).outcome == "ok"


def test_who_has_a_tax_bureau_of_its_own_is_not_taken_by_another() -> None:
    run = a_run({"local_hub": "", "local_tax": ""})
    number = next(n for n in range(1, 41) if run.book.region(n) == "xiamen")
    with pytest.raises(SeatAbsentError, match="只与“local_tax”往来，不与“tax”往来"):
        run.hear("local_hub", "tax", CancelDeclaration("撤件"), number)
    assert not run.written
