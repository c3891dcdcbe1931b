"""Runs over HTTP: made, listed, shown, reset and taken away; what will not do is told field by field; many at once."""

import asyncio
import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import aiohttp
import pytest

from liantiao.sandbox_client import SandboxRun, SandboxServer, ask
from tests.sandbox_bodies import declaration

RUNS = 50
START_MS = 1_772_413_200_000


def control(server: SandboxServer, method: str, path: str, body: Any = None) -> Any:
    return ask(method, server.url + path, body, {"Authorization": f"Bearer {server.token}"})


def test_a_run_lives_from_creation_to_deletion(sandbox_server: SandboxServer) -> None:
    run = sandbox_server.create("whole-life", pace="stepped", start_ms=START_MS, seed=1, remote={"hub": ""})
    assert "whole-life" in [each["name"] for each in sandbox_server.control("GET", "/runs")["runs"]]
    shown = sandbox_server.control("GET", "/runs/whole-life")
    assert (shown["seed"], shown["pace"], shown["mode"], shown["remote"]) == (1, "stepped", "步进", {"hub": ""})
    run.call("tax.declare", declaration(), case=1, sender="hub")
    run.advance(60_000)
    assert run.journal()
    again = sandbox_server.control("POST", "/runs/whole-life/reset")
    assert (again["now_ms"], again["rows"], run.journal()) == (START_MS, 0, [])
    assert run.call("tax.declare", declaration(), case=1, sender="hub").ok
    run.delete()
    gone = control(sandbox_server, "GET", "/runs/whole-life")
    assert (gone.status, gone.error) == (404, "run_unknown")


@pytest.mark.parametrize("path", ["", "/clock", "/inbox", "/journal", "/cases/1"])
def test_an_unknown_run_is_told_loudly_with_those_that_are(sandbox: SandboxRun, path: str) -> None:
    told = control(sandbox.server, "GET", f"/runs/nobody{path}")
    assert (told.status, told.error) == (404, "run_unknown")
    assert sandbox.name in told.body["runs"]
    assert sandbox.name in told.body["detail"]


def test_an_unknown_run_is_told_at_the_doors_too(sandbox: SandboxRun) -> None:
    told = ask("POST", f"{sandbox.server.url}/runs/nobody/tax/declarations", {})
    assert (told.status, told.error) == (404, "run_unknown")
    assert sandbox.name in told.body["runs"]


WRONG = [
    ({"package": "fujian-2024-5"}, "package", "package_unknown", "fujian-2024-55"),
    ({"package": "../../etc"}, "package", "package_unknown", None),
    ({"remote": {"regstry": ""}}, "remote.regstry", "seat_unknown", "registry"),
    ({"remote": {"hub": "ftp://x"}}, "remote.hub", "bad_address", None),
    ({"pace": "step"}, "pace", "unknown_choice", "stepped"),
    ({"scheme": "hmac-sm"}, "scheme", "unknown_choice", "hmac-sm3"),
    ({"handling": "shortt"}, "handling", "unknown_choice", "short"),
    ({"sead": 3}, "sead", "unknown_field", "seed"),
    ({"cases": 0}, "cases", "out_of_range", "1"),
    ({"seed": "seven"}, "seed", "wrong_type", None),
    ({"name": "A Run"}, "name", "bad_shape", "a-run"),
    ({"factor": 10, "remote": {"hub": ""}}, "factor", "clock_not_followed", "1"),
    ({"term_factor": 4}, "term_factor", "terms_not_shortened", "1"),
]


@pytest.mark.parametrize(("settings", "path", "code", "near"), WRONG)
def test_what_will_not_do_is_told_field_by_field(
    sandbox_server: SandboxServer, settings: dict[str, Any], path: str, code: str, near: str | None
) -> None:
    told = control(sandbox_server, "POST", "/runs", {"name": "wrong", **settings})
    assert (told.status, told.error) == (400, "bad_request")
    (field,) = told.body["fields"]
    assert (field["path"], field["code"]) == (path, code)
    assert field["nearest"] == near or near is None
    assert field["rule"]
    assert not field["message"].isascii()
    assert told.body["next_step"]


OWN_SETTINGS = [
    ("/faults", {"name": "f", "effect": "lost", "operation": "*", "cont": 2}, "cont", "count"),
    ("/faults", {"name": "f", "effect": "lost", "form": "x"}, "form", "from"),
    ("/cases", {"firts": 1}, "firts", "first"),
    ("/clock/advance", {"next": True, "grain": 1}, "grain", "grain_ms"),
    ("/attach", {"shares": {"hub": [{"from": 1, "adresses": []}]}}, "shares.hub.0.adresses", "addresses"),
    ("/observations", {"observations": [{"wat": "x"}]}, "observations.0.wat", "what"),
]


@pytest.mark.parametrize(("call", "body", "path", "near"), OWN_SETTINGS)
def test_an_unknown_setting_is_held_against_those_of_the_call(
    sandbox: SandboxRun, call: str, body: dict[str, Any], path: str, near: str
) -> None:
    told = control(sandbox.server, "POST", sandbox.path + call, body)
    field = next(each for each in told.body["fields"] if each["code"] == "unknown_field")
    assert (told.status, field["path"], field["nearest"]) == (400, path, near)
    assert near in field["rule"]
    assert call == "/clock/advance" or "until_over" not in field["rule"]


@pytest.mark.parametrize(("path", "near"), [
    ("{run}/clok", "{run}/clock"), ("{run}/clock/pendng", "{run}/clock/pending"), ("/run", "/runs"),
    ("{run}/taxx/declarations", "{run}/tax/declarations"), ("{run}/cases/3/timelin", "{run}/cases/3/timeline"),
])  # fmt: skip
def test_a_path_that_leads_nowhere_is_told_the_nearest(sandbox: SandboxRun, path: str, near: str) -> None:
    told = control(sandbox.server, "GET", path.format(run=sandbox.path))
    assert (told.status, told.body["nearest"]) == (404, near.format(run=sandbox.path))
    assert told.body["nearest"] in told.body["detail"]
    assert "Not Found" not in str(told.body)
    assert "没有 /" in control(sandbox.server, "GET", "/").body["detail"]


def test_a_wrong_method_is_told_the_right_ones(sandbox: SandboxRun) -> None:
    told = control(sandbox.server, "PUT", sandbox.path + "/faults")
    assert (told.status, told.body["allow"]) == (405, ["DELETE", "GET", "POST"])
    assert told.headers["allow"] == "DELETE, GET, POST"
    assert "只接受 DELETE、GET、POST，不接受 PUT" in told.body["detail"]


def test_a_body_in_gbk_is_told_as_at_the_doors(sandbox: SandboxRun) -> None:
    head = {"Authorization": f"Bearer {sandbox.server.token}", "Content-Type": "application/json"}
    raw = '{"name": "快照"}'.encode("gbk")
    request = Request(sandbox.base_url + "/snapshots", raw, head, method="POST")
    with pytest.raises(HTTPError) as refused:
        urlopen(request)
    (field,) = json.load(refused.value)["fields"]
    assert (refused.value.code, field["code"]) == (400, "gbk_encoding")
    assert "UTF-8" in field["next_step"]


@pytest.mark.parametrize(("query", "path", "near"), [
    ("journal?outcom=refused", "outcom", "outcome"), ("journal?outcome=refusd", "outcome", "refused"),
    ("journal?outcome=refused:not_nwo", "outcome", "refused:not_now"), ("journal?kind=tax.declar", "kind", "tax.declare"),
    ("inbox?seta=hub", "seta", "seat"), ("clock/pending?case=3", "case", "case_no"),
])  # fmt: skip
def test_a_question_that_nothing_answers_is_refused(sandbox: SandboxRun, query: str, path: str, near: str) -> None:
    told = control(sandbox.server, "GET", f"{sandbox.path}/{query}")
    (field,) = told.body["fields"]
    assert (told.status, field["path"], field["nearest"]) == (400, path, near)


@pytest.mark.parametrize("query", ["outcome=fault:lossy", "outcome=refused:not_now", "kind=tax.*", "kind=tax.declare"])
def test_a_question_that_may_have_no_answer_yet_is_not(sandbox: SandboxRun, query: str) -> None:
    assert control(sandbox.server, "GET", f"{sandbox.path}/journal?{query}").body["rows"] == []


def test_the_document_of_the_control_api_is_in_chinese_and_says_how_it_refuses(sandbox_server: SandboxServer) -> None:
    document = sandbox_server.control("GET", "/control/openapi.json")
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            assert not call["summary"].isascii(), f"{method} {path}"
            assert call["security"] == [{"token": []}]
            assert "422" not in call["responses"]
            (named,) = call["responses"]["400"]["content"]["application/json"]["schema"].values()
    told = control(sandbox_server, "POST", "/runs", {"name": "A Run"})
    shape = document["components"]["schemas"][named.rpartition("/")[2]]
    assert shape["properties"].keys() >= {"error", "title", "detail", "next_step", "fields"} >= set(shape["required"])
    assert told.body.keys() >= set(shape["required"])
    assert told.body["fields"][0].keys() == shape["properties"]["fields"]["items"]["properties"].keys()


def test_everything_wrong_is_told_at_once(sandbox_server: SandboxServer) -> None:
    told = control(sandbox_server, "POST", "/runs", {"name": "wrong", "package": "x", "remote": {"hubb": ""}})
    assert [each["path"] for each in told.body["fields"]] == ["package", "remote.hubb"]


def test_a_faster_clock_needs_a_declaration_that_it_is_followed(sandbox_server: SandboxServer) -> None:
    run = sandbox_server.create("fast", factor=10, remote={"hub": ""}, follows_clock=True)
    assert run.clock()["mode"] == "实时 × 10"
    run.delete()


def test_with_a_real_system_the_clock_is_live_by_default(sandbox_server: SandboxServer) -> None:
    run = sandbox_server.create("plain", remote={"hub": ""})
    assert run.clock()["mode"] == "实时 × 1"
    refused = control(sandbox_server, "POST", "/runs/plain/clock/advance", {"by_ms": 1})
    assert (refused.status, refused.error) == (409, "clock_is_live")
    run.delete()


def test_a_name_is_given_once(sandbox: SandboxRun) -> None:
    told = control(sandbox.server, "POST", "/runs", {"name": sandbox.name})
    assert (told.status, told.error) == (409, "run_exists")


def test_the_token_is_wanted(sandbox: SandboxRun) -> None:
    told = ask("GET", sandbox.base_url, headers={"Authorization": "Bearer no"})
    assert (told.status, told.error) == (401, "no_token")


# ---- fifty at once ------------------------------------------------------------------------------------------------------
def price(index: int) -> int:
    return 41_800_000 + index * 100_000


async def play(session: aiohttp.ClientSession, server: SandboxServer, index: int) -> None:
    """One run's story: the same case, voucher and order numbers as in all others, at a price of its own."""
    name, base = f"many-{index}", f"{server.url}/runs/many-{index}"
    head = {"Authorization": f"Bearer {server.token}", "X-Sender": "hub", "X-Case-No": "1"}

    async def say(path: str, body: Any) -> Any:
        async with session.post(base + path, json=body, headers=head) as response:
            told = await response.json()
            assert response.status < 300, (name, path, told)
            return told

    settings = {"name": name, "seed": 1, "pace": "stepped", "office_hours": False, "start_ms": START_MS, "cases": 100}
    async with session.post(f"{server.url}/runs", json=settings | {"remote": {"hub": ""}}, headers=head) as response:
        assert response.status == 201, await response.text()
    body = declaration(price_fen=price(index))
    body["facts"] = body["facts"] | {"price_fen": price(index)}
    await say("/tax/declarations", body)
    await say("/clock/advance", {"by_ms": 86_400_000})
    async with session.get(f"{base}/inbox", params={"seat": "hub"}, headers=head) as response:
        told = (await response.json())["messages"]
    (assessed,) = [each for each in told if each["kind"] == "tax.assessed"]
    assert assessed["body"]["total_fen"] == price(index) // 100, assessed
    fee = await say("/non_tax/pay-codes", {"registry_code": "350305", "residential": True, "copies": 0,
                                           "payer_name": "赵军旭", "exempt": ""})  # fmt: skip
    charges = [*assessed["body"]["charges"], fee["charge"]]
    total = assessed["body"]["total_fen"] + fee["amount_fen"]
    order = {"order_no": "ORDER0001", "payer": "buyer", "charges": charges, "amount_fen": total}
    assert (await say("/unionpay/orders", order))["amount_fen"] == total
    await say("/clock/advance", {"by_ms": 60_000})


@pytest.mark.slow
def test_fifty_runs_at_once_do_not_hear_each_other(sandbox_server: SandboxServer) -> None:
    async def all_of_them() -> None:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(play(session, sandbox_server, index) for index in range(RUNS)))

    asyncio.run(all_of_them())
    stories = set()
    for index in range(RUNS):
        run = SandboxRun(sandbox_server, {"name": f"many-{index}"})
        rows = run.journal()
        assert {row["case_no"] for row in rows} == {1}
        amounts = {row["kind"]: row["amount_fen"] for row in rows if row["amount_fen"]}
        assert amounts["tax.declare"] == price(index)
        assert amounts["tax.assessed"] == price(index) // 100
        stories.add(tuple((row["t_ms"], row["kind"], row["outcome"], row["ref"], row["state_to"]) for row in rows))
        states = {each["title"]: each["state_title"] for each in run.case(1)["tracks"]}
        assert (states["涉税申报"], states["缴款书"]) == ("已核税", "待缴")
        run.delete()
    assert len(stories) == 1, "the same numbers, moments and states in every run"
