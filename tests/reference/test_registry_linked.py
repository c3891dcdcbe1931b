"""What a clerk says of a linked item is checked, and what went past the hub is not taken back past it."""

from types import SimpleNamespace
from typing import Any

import pytest

from contract import gas, power, water
from contract.data_exchange import DataReturned, Receive
from contract.hub import QueryPower
from contract.people import LinkedStuck
from contract.registry import NOT_PENDING, RESULT_UNKNOWN, SettleItem
from reference.registry import COMPLETED_TIMES, FILING, UNFILED, complete_record
from reference.registry_linked import DONE, PATIENCE, TIMERS, _Item, settle
from sim.message import refused
from sim.posts import Refusal


def a_file(direct: tuple[str, ...] = (), state: str = "pushed") -> Any:
    """A registry's file as far as the items look at it."""
    return SimpleNamespace(
        state=lambda item: SimpleNamespace(name=f"{item}_{state}"), accept_nos={"power": "P1", "water": "W1"}, taken_back={}, queried={},
        completed=0, attempts={}, reasons={}, noted=0,
        settings=SimpleNamespace(region=SimpleNamespace(direct_items=direct)),
    )  # fmt: skip


def said_whole(posts: Any) -> list[Any]:
    return [post[-1] for post in posts]


def said(posts: Any) -> list[type]:
    return [type(message) for message in said_whole(posts)]


@pytest.mark.parametrize(
    ("item", "result", "state", "error"),
    [
        ("power", "好了", "pushed", RESULT_UNKNOWN), ("telephone", "办结", "pushed", NOT_PENDING),
        ("power", "办结", "idle", NOT_PENDING), ("power", "退回", "done", NOT_PENDING),
    ],
)  # fmt: skip
def test_what_cannot_be_settled_is_refused_with_an_error_that_is_declared(
    item: str, result: str, state: str, error: Any
) -> None:
    told = settle(a_file(state=state), SettleItem(item, result))
    assert isinstance(told, Refusal)
    assert told.error is error
    assert error in SettleItem.op.errors


def test_only_what_went_straight_to_a_department_is_taken_back_from_it() -> None:
    assert said(settle(a_file(), SettleItem("power", "办结"))) == [TIMERS["power"].finished]
    assert said(settle(a_file(("power",)), SettleItem("power", "退回"))) == [power.Cancel, TIMERS["power"].given_up]
    assert said(settle(a_file(), SettleItem("water", "办结"))) == [water.Cancel, TIMERS["water"].finished]


@pytest.mark.parametrize("settled", [True, False])
def test_a_push_without_an_answer_is_taken_back_once_it_has_one(settled: bool) -> None:
    file, act, own = a_file(), _Item("gas"), TIMERS["gas"]
    told = settle(file, SettleItem("gas", "办结")) if settled else act.cancel(file, own.recall())
    assert said(told) == ([own.finished] if settled else [])
    (taken,) = said_whole(act.accepted(file, gas.PushAccepted("G1")))
    assert (type(taken), taken.accept_no) == (gas.Cancel, "G1")
    assert said(act.accepted(file, gas.PushAccepted("G1"))) == [gas.Attach], "once"


def test_what_ended_before_its_push_was_answered_is_not_taken_back() -> None:
    file, act = a_file(), _Item("gas")
    act.cancel(file, TIMERS["gas"].recall())
    assert said(act.result(file, gas.Result("G1", DONE, "", ""))) == [TIMERS["gas"].finished]
    assert said(act.accepted(file, gas.PushAccepted("G1"))) == [gas.Attach]


def test_what_the_hub_brings_no_result_of_is_handed_to_a_clerk_too() -> None:
    file, act = a_file(), _Item("power")
    told = [said(act.ask(file, TIMERS["power"].overdue())) for _ in range(PATIENCE + 1)]
    assert [QueryPower in each for each in told] == [True] * (PATIENCE + 1)
    assert [LinkedStuck in each for each in told] == [False] * (PATIENCE - 1) + [True, False]


def test_data_turned_down_again_and_again_are_not_sent_for_ever() -> None:
    file, no = a_file(), refused(Receive)("incomplete", "两侧数据不齐")
    assert [bool(complete_record(file, no)) for _ in range(COMPLETED_TIMES + 1)] == [True] * COMPLETED_TIMES + [False]


def test_data_sent_back_before_the_answer_to_their_push_are_pushed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference.registry.push_record", lambda file: "pushed")
    (heard,) = [each for each in FILING.rows if (each.state, each.kind) == (UNFILED, DataReturned)]
    assert heard.next is UNFILED
    told = DataReturned("两侧数据不齐")
    assert list(heard.action(SimpleNamespace(recorded_ms=1), told)) == ["pushed"]
    assert not list(heard.action(SimpleNamespace(recorded_ms=0), told)), "nothing has been recorded that could be sent"
