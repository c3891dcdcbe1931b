"""Answers in calls of their own: what the one side writes the other reads."""

from contract.tax import Declare
from liantiao.directory import directory
from sim.faces.answers import read_answer
from sim.faces.http_out import answer_body
from sim.message import refused


def test_a_late_refusal_is_read_as_it_was_meant() -> None:
    raw, kind = answer_body(refused(Declare)("not_now", "税务处于核税中"))
    came = read_answer(directory(), {b"x-kind": kind.encode(), b"x-answer-after": b"50"}, raw)
    assert came is not None
    assert (came.how, came.error, came.detail, came.after_ms) == ("refused", "not_now", "税务处于核税中", 50)
