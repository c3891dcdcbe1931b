"""Why was my request refused: every no says code, reason, clause, the closest rule and the next step; and a case can be told."""

import subprocess

import pytest

from liantiao.sandbox_client import SandboxRun, ask
from tests.sandbox_bodies import declaration

CHARGES = {"charges": [], "complete": True}


def bearer(run: SandboxRun) -> dict[str, str]:
    return {"Authorization": f"Bearer {run.server.token}"}


@pytest.mark.sandbox(seed=1)
def test_a_message_at_the_wrong_time_is_told_what_would_be_taken(sandbox: SandboxRun) -> None:
    first = sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    assert first.ok
    again = sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    assert (again.status, again.error) == (422, "already_declared")
    assert again.body["clauses"] == ["FJ-A3-02 附件3 一 步骤2"]
    assert again.body["basis"] == ["FJ-13", "税费同缴-2"]
    assert again.body["next_step"] == "等待核税结果"
    sandbox.begin(1)


def test_a_notice_is_refused_by_the_state_its_receiver_is_in(sandbox: SandboxRun) -> None:
    sandbox.begin(1)
    told = sandbox.call("person.bill_shown", CHARGES, case=1, sender="hub", seat="buyer")
    assert (told.status, told.error) == (409, "unexpected")
    assert told.body["title"] == "收到未预期的报文"
    assert told.body["detail"] == "买方处于“未通知缴款”，此时只接受：短信送达、我的办件返回"
    assert told.body["next_step"]
    assert told.body["clauses"]


def test_a_case_of_another_sandbox_is_refused_and_not_begun_anew(sandbox: SandboxRun) -> None:
    shared = sandbox.server.create("shared", remote={"hub": ""}, cases=100, share=1, among=2)
    told = shared.call("tax.declare", declaration(), case=4, sender="hub")
    assert (told.status, told.error) == (404, "case_unknown")
    assert "除以 2 余 0，归另一个沙箱" in told.body["detail"]
    heard = shared.call("tax.declare", declaration(), case=5, sender="hub")
    assert heard.error == "registry_differs"  # heard by the tax bureau: the case is ours, the declaration another's
    wrong = {"name": "wrong", "share": 2, "among": 2}
    refused = ask("POST", f"{sandbox.server.url}/runs", wrong, bearer(sandbox))
    assert (refused.status, refused.body["fields"][0]["code"]) == (400, "no_such_share")
    shared.delete()


def test_an_unknown_number_a_wrong_path_and_a_seat_of_ours(sandbox: SandboxRun) -> None:
    unknown = sandbox.call("tax.query_bill", {"voucher_no": "V9"}, case=1, sender="hub")
    assert (unknown.status, unknown.error, unknown.body["title"]) == (404, "not_found", "查无此号")
    wrong = ask("POST", sandbox.url("tax") + "/declaration", {})
    assert wrong.body["nearest"]["path"] == "/tax/declarations"
    ours = sandbox.call("tax.declare", declaration(), case=1, sender="tax")
    assert (ours.status, ours.error) == (403, "seat_is_ours")
    body = sandbox.call("tax.declare", {"registry_code": "350305", "price_fen": "1"}, case=1, sender="hub")
    assert [each["path"] for each in body.body["fields"]] == ["facts", "price_fen"] or len(body.body["fields"]) == 2
    far = sandbox.call("tax.declare", declaration(), case=999_999, sender="hub")
    assert (far.status, far.error) == (404, "case_unknown")
    for told in (unknown, wrong, ours, body, far):
        assert told.body["title"]
        assert told.body["next_step"]
        assert "x-sandbox-time" in told.headers


@pytest.mark.sandbox(seed=1)
def test_the_journal_is_searched_paged_and_masked(sandbox: SandboxRun) -> None:
    sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    sandbox.advance(86_400_000)
    (no,) = sandbox.journal(outcome="refused")
    assert (no["outcome_title"], no["title"], no["from"]) == (
        "退回：已申报，正在核税",
        "涉税信息申报",
        "省级“总对总”服务",
    )
    assert no["why"]
    assert {row["kind"] for row in sandbox.journal(seat="hub")} == {"tax.declare", "tax.assessed"}
    assert sandbox.journal(region="xiamen") == []
    newest = sandbox.control("GET", "/journal", newest=1, limit=1, case_no=1)
    assert newest["rows"][0]["seq"] == max(row["seq"] for row in sandbox.journal(case_no=1))
    older = sandbox.control("GET", "/journal", newest=1, limit=1, case_no=1, **newest["next"])
    assert older["rows"][0]["seq"] < newest["rows"][0]["seq"]
    masked = sandbox.control("GET", "/journal", kind="tax.declare")["rows"][0]["body"]["facts"]["buyer"]
    assert masked["name"] == "赵**"
    assert "*" in masked["id_no"]
    assert sandbox.journal(kind="tax.declare")[0]["body"]["facts"]["buyer"]["name"] == "赵军旭"
    wrong = ask("GET", sandbox.base_url + "/journal?seat=taxx", headers=bearer(sandbox))
    assert (wrong.status, wrong.body["fields"][0]["nearest"]) == (400, "tax")


@pytest.mark.sandbox(seed=1)
def test_a_case_is_told_as_states_timeline_and_diagram(sandbox: SandboxRun) -> None:
    sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    sandbox.advance(86_400_000)
    case = sandbox.case(1)
    assert {"seat_title": "税务", "title": "涉税申报", "state_title": "已核税"}.items() <= case["tracks"][0].items()
    assert case["numbers"][0]["title"] == "应征凭证序号"
    assert "4,180.00 元" in [each["amount"] for each in case["amounts"]]
    assert "〔涉税申报：未申报 → 核税中〕" in sandbox.timeline(1)
    diagram = sandbox.control("GET", "/cases/1/sequence.mmd")
    assert diagram.startswith("sequenceDiagram")
    assert "participant s_tax as 税务" in diagram
    assert "s_hub->>s_tax: 涉税信息申报" in diagram
    assert sandbox.control("GET", "/cases/2")["status"] == "未开始"
    assert ask("GET", sandbox.base_url + "/cases/0", headers=bearer(sandbox)).error == "case_unknown"


@pytest.mark.sandbox(seed=1)
def test_an_exchange_is_said_again_by_its_curl_line(sandbox: SandboxRun) -> None:
    sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    (row,) = sandbox.journal(kind="tax.declare")
    line = sandbox.control("GET", f"/messages/{row['message_id']}/curl")
    assert line.splitlines()[0] == "# 省级“总对总”服务 → 税务：涉税信息申报"
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert '"already_declared"' in said
    masked = sandbox.control("GET", f"/messages/{row['message_id']}/curl", masked=1)
    assert "赵军旭" not in masked
    none = ask("GET", sandbox.base_url + "/messages/putian-99999/curl", headers=bearer(sandbox))
    assert (none.status, none.error) == (404, "message_unknown")


@pytest.mark.sandbox(seed=1)
def test_a_body_that_could_not_be_read_is_kept_and_said_again(sandbox: SandboxRun) -> None:
    sandbox.call("tax.declare", {"registry_code": "350305"}, case=1, sender="hub")
    (row,) = sandbox.journal(kind="tax.declare")
    assert row["outcome_title"] == "退回：缺少必填字段"
    line = sandbox.control("GET", f"/messages/{row['message_id']}/curl")
    assert '"bad_body"' in subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout


@pytest.mark.sandbox(remote={"hub": ""})
def test_a_case_is_closed_by_hand_and_then_read_from_disk(sandbox: SandboxRun) -> None:
    sandbox.call("tax.declare", declaration(price_fen=0), case=1, sender="hub")
    closed = sandbox.control("POST", "/cases/1/close")
    assert (closed["status"], closed["read_from"]) == ("已办结", "报文日志")
    after = sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    assert (after.status, after.error) == (409, "case_closed")
    assert "已办结" in sandbox.case(1)["status"]
