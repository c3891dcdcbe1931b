"""Progress, payment and receipts at the platform."""

from typing import Any

import pytest

from contract import gov_platform as said
from contract.hub import OpenPayment, RequestReceipts
from sim.message import Message, Refused
from sim.posts import NOTHING, refuse
from tests.fake_departments.platform_town import Platform


def test_progress_is_shown_and_never_goes_back() -> None:
    town = Platform()
    assert town.ask(said.MyCase("buyer"), "buyer").stage == ""
    for stage, shown in [("accepted",) * 2, ("paid",) * 2, ("awaiting_payment", "paid"), ("closed",) * 2]:
        assert not town.error(said.Progress(stage), "registry")
        assert town.ask(said.MyCase("buyer"), "buyer").stage == shown
    assert town.error(said.Progress("办结"), "registry") == "stage_unknown"


def test_payment_opens_only_while_payment_is_awaited() -> None:
    town = Platform()
    for stage, opens in [("accepted", False), ("awaiting_payment", True), ("paid", False), ("closed", False)]:
        town.ask(said.Progress(stage), "registry")
        assert town.error(said.GoToPayment("seller"), "seller") == ("" if opens else "not_awaiting_payment")
    assert [opened.payer for opened in town.heard("hub", OpenPayment)] == ["seller"]


@pytest.mark.parametrize(("stages", "error"), [
    ((), "not_yet_paid"), (("accepted", "awaiting_payment"), "not_yet_paid"), (("awaiting_payment", "paid"), ""),
    (("recorded",), ""), (("paid", "recorded", "closed"), ""), (("awaiting_payment", "closed"), "not_yet_paid"),
])  # fmt: skip
def test_receipts_are_for_who_has_paid(stages: tuple[str, ...], error: str) -> None:
    town = Platform()
    for stage in stages:
        town.ask(said.Progress(stage), "registry")
    assert town.error(said.AskReceipts("buyer"), "buyer") == error
    assert len(town.heard("hub", RequestReceipts)) == (not error)


def test_what_the_hub_will_not_open_is_remarked_in_my_case() -> None:
    def say_no(file: Any, heard: Message) -> Any:
        return NOTHING if isinstance(heard, Refused) else refuse(said.NOT_YET_PAID, "该业务当前无待缴项")

    town = Platform(answers={"hub": say_no})
    town.ask(said.Progress("awaiting_payment"), "registry")
    town.ask(said.GoToPayment("buyer"), "buyer")
    assert town.ask(said.MyCase("buyer"), "buyer").remark == "该业务当前无待缴项"
    town.ask(said.Progress("paid"), "registry")
    assert town.ask(said.MyCase("buyer"), "buyer").remark == ""
    town.ask(said.AskReceipts("buyer"), "buyer")
    assert town.ask(said.MyCase("buyer"), "buyer").remark
    assert not town.unexpected()
