"""Inboxes: one person with curl plays portal, registry and hub."""

from typing import Any

import pytest

from liantiao.sandbox_client import SandboxRun, ask
from tests.sandbox_bodies import UNIT, declaration

TO_UNIONPAY = {"remote": {"hub": "", "unionpay": "", "tax": "", "power": ""}}


def answer(run: SandboxRun, message_id: str, said: dict[str, Any]) -> Any:
    return ask(
        "POST", f"{run.base_url}/inbox/{message_id}/answer", said, {"Authorization": f"Bearer {run.server.token}"}
    )


@pytest.mark.sandbox(seed=1)
def test_what_our_parties_say_lies_in_the_inbox(sandbox: SandboxRun) -> None:
    sandbox.begin(1)
    sandbox.advance(600_000)
    (applied,) = sandbox.inbox("portal")
    assert (applied["kind"], applied["title"], applied["case_no"]) == ("portal.apply", "提交套餐申请", 1)
    assert applied["from_title"] == "买方"
    assert applied["body"]["application"]["home"]["unit_code"] == UNIT
    assert not applied["awaits_answer"]
    assert sandbox.inbox("hub") == []
    assert (
        sandbox.control("GET", "/inbox", masked=1)["messages"][0]["body"]["application"]["buyers"][0]["name"] == "赵**"
    )


def test_a_seat_without_an_inbox_is_told_which_have_one(sandbox: SandboxRun) -> None:
    told = ask("GET", sandbox.base_url + "/inbox?seat=tax", headers={"Authorization": f"Bearer {sandbox.server.token}"})
    assert (told.status, told.error) == (404, "no_inbox")
    assert "portal、registry、hub" in told.body["detail"]
    wrong = ask(
        "GET", sandbox.base_url + "/inbox?seat=hbu", headers={"Authorization": f"Bearer {sandbox.server.token}"}
    )
    assert (wrong.body["nearest"], wrong.body["next_step"]) == ("hub", "改查 seat=hub")


def a_request_to_the_tax_bureau(run: SandboxRun) -> dict[str, Any]:
    """UnionPay is ours here, the tax bureau is not: its bill is asked for, and the question lies in the inbox."""
    charge = {"sort": "tax", "payer": "buyer", "payer_id_no": "359999196802021732", "office": "13503050000",
              "number": "V1", "title": "契税", "amount_fen": 100}  # fmt: skip
    fee = charge | {"sort": "fee", "number": "P1", "payer_id_no": "", "title": "登记费"}
    bill = {"query_no": "Q1", "payer": "buyer", "charges": [charge, fee]}
    assert run.call("unionpay.query_bill", bill, case=1, sender="hub").status == 202
    run.advance(60_000)
    return next(each for each in run.inbox("tax") if each["awaits_answer"])


@pytest.mark.sandbox(remote={"hub": "", "tax": ""})
def test_a_request_is_answered_from_the_inbox(sandbox: SandboxRun) -> None:
    asked = a_request_to_the_tax_bureau(sandbox)
    assert asked["kind"] == "tax.query_bill"
    assert "tax.bill" in asked["answer_kinds"]
    assert any("等待税务" in each["what"] for each in sandbox.pending())
    wrong = answer(sandbox, asked["message_id"], {"kind": "tax.bil", "body": {}})
    assert (wrong.status, wrong.body["fields"][0]["nearest"]) == (400, "tax.bill")
    assert answer(sandbox, asked["message_id"], {"kind": "tax.bill", "body": {}}).error == "bad_body"
    charge = {"sort": "tax", "payer": "buyer", "payer_id_no": "359999196802021732", "office": "13503050000",
              "number": "V1", "title": "契税", "amount_fen": 100}  # fmt: skip
    sandbox.answer(asked["message_id"], "tax.bill", {"charge": charge, "amount_fen": 100})
    assert answer(sandbox, asked["message_id"], {"kind": "tax.bill", "body": {}}).error == "no_open_call"
    sandbox.advance(600_000)
    (row,) = sandbox.journal(kind="tax.query_bill")
    assert (row["outcome"], row["reply"], row["amount_fen"]) == ("ok", "tax.bill", 100)
    (late,) = sandbox.inbox("hub", kind="unionpay.bill_found")
    assert late["answers"], "an answer that came late lies in the asker's inbox, with the request it answers"


@pytest.mark.sandbox(remote={"hub": "", "tax": ""})
def test_a_request_is_refused_from_the_inbox(sandbox: SandboxRun) -> None:
    asked = a_request_to_the_tax_bureau(sandbox)
    wrong = answer(sandbox, asked["message_id"], {"refuse": {"error": "not_fond"}})
    assert (wrong.status, wrong.body["fields"][0]["nearest"]) == (400, "not_found")
    sandbox.answer(asked["message_id"], refuse="not_found", detail="税务查无此号")
    (row,) = sandbox.journal(kind="tax.query_bill")
    assert (row["outcome"], row["why"]) == ("refused:not_found", "税务查无此号")


@pytest.mark.sandbox(seed=1)
def test_a_declaration_and_its_assessment(sandbox: SandboxRun) -> None:
    sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    sandbox.advance(86_400_000)
    (assessed,) = sandbox.inbox("hub", case=1)
    assert assessed["kind"] == "tax.assessed"
