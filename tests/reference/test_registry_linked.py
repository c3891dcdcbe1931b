"""What a clerk says of a linked item is checked, and what went past the hub is not taken back past it."""

from types import SimpleNamespace
from typing import Any

import pytest

from contract import power, water
from contract.data_exchange import Receive
from contract.hub import QueryPower
from contract.people import LinkedStuck
from contract.registry import NOT_PENDING, RESULT_UNKNOWN, SettleItem
from reference.registry import COMPLETED_TIMES, complete_record
from reference.registry_linked import PATIENCE, TIMERS, _Item, settle
from sim.message import refused
from sim.posts import Refusal


def a_file(direct: tuple[str, ...] = (), state: str = "pushed") -> Any:
    """A registry's file as far as the items look at it."""
    return SimpleNamespace(
        state=lambda item: SimpleNamespace(name=f"{item}_{state}"), accept_nos={"power": "P1", "water": "W1"}, queried={}, completed=0,
        settings=SimpleNamespace(region=SimpleNamespace(direct_items=direct)),
    )  # fmt: skip


def said(posts: Any) -> list[type]:
    return [type(post[-1]) for post in posts]


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


def test_what_the_hub_brings_no_result_of_is_handed_to_a_clerk_too() -> None:
    file, act = a_file(), _Item("power")
    told = [said(act.ask(file, TIMERS["power"].overdue())) for _ in range(PATIENCE + 1)]
    assert [QueryPower in each for each in told] == [True] * (PATIENCE + 1)
    assert [LinkedStuck in each for each in told] == [False] * (PATIENCE - 1) + [True, False]


def test_data_turned_down_again_and_again_are_not_sent_for_ever() -> None:
    file, no = a_file(), refused(Receive)("incomplete", "两侧数据不齐")
    assert [bool(complete_record(file, no)) for _ in range(COMPLETED_TIMES + 1)] == [True] * COMPLETED_TIMES + [False]
