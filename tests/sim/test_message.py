"""Messages declare themselves once; ladders say when to try again."""

from dataclasses import fields

import pytest

from sim.message import MACHINE_LADDER, SILENT, Answers, Ladder, Message, Refused, Shape, refused
from tests.sim.toys import Answer, Ask, Do, Due, OpenAccount, Told


def test_a_kind_carries_its_declaration_and_only_its_fields():
    assert (OpenAccount.op.name, OpenAccount.op.title, OpenAccount.op.path) == ("toy.open_account", "开户", "/accounts")
    assert (OpenAccount.op.by, OpenAccount.op.opens, OpenAccount.op.ref) == ("account", True, "account")
    assert [field.name for field in fields(OpenAccount)] == ["account"]
    assert not hasattr(OpenAccount("1"), "__dict__")


@pytest.mark.parametrize(
    ("kind", "shape", "answers"),
    [
        (Do, Shape.REQUEST, Answers.ACK),
        (Ask, Shape.REQUEST, Answers.NOW),
        (Answer, Shape.REPLY, Answers.NONE),
        (Told, Shape.NOTICE, Answers.NONE),
        (Due, Shape.TIMER, Answers.NONE),
    ],
)
def test_shapes(kind: type[Message], shape: Shape, answers: Answers):
    assert (kind.op.shape, kind.op.answers) == (shape, answers)


def test_messages_of_equal_content_are_still_two_messages():
    assert Do(1) != Do(1)


def test_a_refusal_has_a_kind_of_its_own_for_each_request():
    assert refused(Do) is refused(Do)
    assert refused(Do) is not refused(Ask)
    assert issubclass(refused(Do), Refused)
    assert refused(Do).op.name == "toy.do:refused"
    assert refused(Do).op.title == "办理被退回"
    assert refused(Do).op.shape is Shape.REPLY
    assert refused(Do)("wrong", "要素有误").detail == "要素有误"


def test_a_ladder_ends_or_repeats_its_last_gap():
    ends = Ladder((0, 60_000, 120_000), forever=False)
    assert [ends.gap_after(attempt) for attempt in (1, 2, 3, 4, 5)] == [0, 60_000, 120_000, None, None]
    assert [MACHINE_LADDER.gap_after(attempt) for attempt in (1, 4, 5, 99)] == [60_000, 3_600_000, 3_600_000, 3_600_000]
    assert SILENT.gap_after(1) is None
    assert Ladder((), forever=True).gap_after(1) is None
