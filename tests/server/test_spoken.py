"""A partner speaks to our departments in its own way, over real sockets: GBK, XML, forms, signatures, gateways, polls."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from sim.faces.dialects import sorted_signature, wires
from sim.faces.dialects.speech import Speech
from sim.faces.spoken_out import tell_late_spoken
from tests.liantiao.wire import HEADERS, Served, served
from tests.sim.faces.dialects.files import KNOWN, dialect

XML = """
[format]
body = "xml"
encoding = "gbk"
root = "qingqiu"
answer_root = "yingda"
[request]
data = "bw"
[answer]
data = "sj"
code = "dm"
message = "xx"
success = ["0000"]
other = "9999"
http = "200"
[answer.refusals]
face_mismatch = "2002"
case_unknown = "4004"
[place]
case = "body:ywh"
message = "body:lsh"
[sign]
kind = "sm3-sorted"
at = "body:qm"
key = "miyue"
[values.sf]
true = "1"
false = "0"
[records.Person]
name = "xm"
is_company = { to = "sfdw", values = "sf" }
[operations."gov_platform.verify_identity"]
path = "/rz"
fields = { role = "js", person = "ry" }
[operations."gov_platform.identity_verified"]
fields = { role = "js", id_no = "zjhm", token = "pz" }
[operations."gov_platform.progress"]
path = "/bj/{case}"
fields = { stage = "hj" }
"""
FORM = """
[format]
body = "form"
text_data = true
[request]
data = "biz"
[answer]
data = "biz"
code = "code"
success = ["0"]
[place]
case = "data:ywh"
[operations."notify.sms"]
path = "/gateway"
constants = { jkbh = "A01" }
sender = "registry"
fields = { template = "mb", to = "jsr", masked_phone = "dh", text = "nr" }
[operations."notify.official_account"]
path = "/gateway"
constants = { jkbh = "A02" }
sender = "registry"
[values.lx]
"hub.power_result" = "dl"
"hub.cable_tv_result" = "gd"
"hub.housing_fund_result" = "gjj"
"power.result" = "dl2"
[operations."power.fetch_results"]
path = "/gateway/dl"
sender = "hub"
entries = { list = "jg", case = "ywh", kind = "lx", body = "", kinds = "lx" }
[operations."hub.fetch_results"]
path = "/gateway/zzd"
entries = { list = "jg", case = "ywh", kind = "lx", body = "", kinds = "lx" }
[operations."hub.power_result"]
fields = { status = "zt", reason_code = "yydm", reason = "yy" }
"""
SEATS = ("portal", "registry", "hub")
PERSON = {"xm": "林晓", "id_type": "111", "id_no": "359999199001010017", "phone": "15400012345", "sfdw": "0"}


def run(folder: Path, text: str, check: Callable[[Served], Awaitable[None]]) -> None:
    async def go() -> None:
        more: dict[str, Any] = {
            "remote": dict.fromkeys(SEATS, ""),
            "dialects": dict.fromkeys(SEATS, "d.toml"),
            "dialect_files": {"d.toml": text},
        }
        async with served(folder, **more) as a:
            await check(a)

    asyncio.run(go())


async def post(a: Served, path: str, body: bytes, **headers: str) -> tuple[int, bytes, str]:
    async with a.session.post(f"{a.url}/runs/demo{path}", data=body, headers=headers) as response:
        return response.status, await response.read(), response.headers["content-type"]


def buyer_of(a: Served, number: int = 3) -> dict[str, Any]:
    """A buyer of a case, whom the platform knows, in the dialect's words."""
    person = a.run.book.dossier(number).buyers[0]
    return {"xm": person.name, "id_type": person.id_type, "id_no": person.id_no, "phone": person.phone, "sfdw": "0"}


def letter(data: dict[str, Any], case: str = "3", key: str = "miyue", **more: str) -> bytes:
    whole = {"ywh": case, "lsh": "L1", **more, "bw": data}
    whole["qm"] = sorted_signature.signature("sm3-sorted", whole, "qm", key, "gbk").lower()
    return wires.write("xml", "gbk", whole, "qingqiu")


def test_xml_in_gbk_signed_over_sorted_fields(tmp_path: Path) -> None:
    async def check(a: Served) -> None:
        person = buyer_of(a)
        status, raw, kind = await post(a, "/gov_platform/rz", letter({"js": "buyer", "ry": person}))
        assert (status, kind) == (200, "application/xml; charset=gbk")
        told = wires.read("xml", "gbk", raw)
        assert (told["dm"], told["xx"]) == ("0000", "成功")
        assert (told["sj"]["js"], told["sj"]["zjhm"]) == ("buyer", person["id_no"])
        (row,) = await a.rows("kind=gov_platform.verify_identity")
        assert (row["sender"], row["outcome"], row["body"]["person"]["name"]) == ("portal", "ok", person["xm"])
        assert row["answered"]["theirs"] == "L1"
        (kept,) = a.server.keeper.runs["demo"].reads.find(kind="gov_platform.verify_identity")
        assert person["xm"].encode("gbk") in kept.raw

    run(tmp_path, XML, check)


def test_what_is_wrong_is_said_in_their_envelope_and_journaled(tmp_path: Path) -> None:
    async def check(a: Served) -> None:
        good = {"js": "buyer", "ry": PERSON}
        for body, code, words in (
            (letter(good, key="other"), "9999", "签名不符"),
            (letter({"js": "buyer"}), "9999", "缺少"),
            (letter({"js": "buyer", "ry": {**PERSON, "sfdw": "是"}}), "9999", "对照表"),
            (letter(good, case="77777"), "4004", "没有这个办件"),
            (letter(good, case="x"), "9999", "办件号"),
            (letter(good)[:90], "9999", "XML"),
            ("<a>中</a>".encode(), "9999", "GBK"),
        ):
            status, raw, _ = await post(a, "/gov_platform/rz", body)
            told = wires.read("xml", "gbk", raw)
            assert (status, told["dm"]) == (200, code), told
            assert words in told["xx"]
        rows = await a.rows("kind=gov_platform.verify_identity")
        assert {row["outcome"] for row in rows} == {
            "refused:bad_body",
            "refused:missing",
            "refused:case_unknown",
        }
        assert all(each.raw for each in a.server.keeper.runs["demo"].reads.find(kind="gov_platform.verify_identity"))
        assert (await a.ok("GET", ""))["broken"] == ""

    run(tmp_path, XML, check)


def test_who_speaks_is_asked_when_two_could(tmp_path: Path) -> None:
    async def check(a: Served) -> None:
        status, raw, _ = await post(a, "/power/gateway/dl", b"")
        assert status == 403
        assert wires.read("form", "utf-8", raw)["code"] == "sender_unclear"
        for seat, expected in (("hub", 200), ("registry", 200), ("tax", 404)):
            assert (await post(a, "/power/gateway/dl", b"", **{"X-Sender": seat}))[0] == expected

    run(tmp_path, FORM.replace('sender = "hub"', ""), check)


def test_a_gateway_tells_operations_apart_by_a_constant_and_the_data_is_json_in_a_form(tmp_path: Path) -> None:
    async def check(a: Served) -> None:
        sms = {"jkbh": "A01", "ywh": 3, "mb": "payment", "jsr": "buyer", "dh": "154****2345", "nr": "请缴纳税费"}
        account = {"jkbh": "A02", "ywh": 3, "template": "payment", "to": "buyer", "text": "请缴纳税费"}
        for data in (sms, account):
            body = urlencode({"biz": json.dumps(data, ensure_ascii=False)}).encode()
            status, raw, _ = await post(a, "/notify/gateway", body)
            assert (status, wires.read("form", "utf-8", raw)["code"]) == (200, "0"), raw
        kinds = [(row["kind"], row["sender"]) for row in await a.rows() if row["sender"] == "registry"]
        assert kinds == [("notify.sms", "registry"), ("notify.official_account", "registry")]

    run(tmp_path, FORM, check)


def test_what_the_dialect_does_not_know_is_said_as_our_contract_has_it(tmp_path: Path) -> None:
    async def check(a: Served) -> None:
        said = {"template": "payment", "to": "buyer", "masked_phone": "154****2345", "text": "请缴纳税费"}
        head = {"X-Sender": "registry", "X-Case-No": "3", "Content-Type": "application/json"}
        status, raw, _ = await post(a, "/notify/sms", json.dumps(said).encode(), **head)
        assert (status, raw) == (200, b'{"outcome":"ok"}')

    run(tmp_path, FORM, check)


def test_a_poll_brings_its_entries_in_the_dialect(tmp_path: Path) -> None:
    async def check(a: Served) -> None:
        status, raw, _ = await post(a, "/power/gateway/dl", b"")
        assert (status, json.loads(wires.read("form", "utf-8", raw)["biz"])) == (200, {"jg": []})

    run(tmp_path, FORM, check)


def test_entries_of_a_partner_s_poll_are_read() -> None:
    speech = Speech(dialect(FORM), "hub")
    door = next(door for door in KNOWN.doors["hub"].doors if door.kind.op.name == "hub.fetch_results")
    entry = {"ywh": "7", "lx": "dl", "zt": 3, "yydm": "", "yy": ""}
    raw = urlencode({"code": "0", "biz": json.dumps({"jg": [entry]})}).encode()
    came = speech.came(door, 200, {b"content-type": b"application/x-www-form-urlencoded"}, raw)
    assert came.entries is not None
    (entry_of_7,) = came.entries
    assert (entry_of_7.case_no, entry_of_7.body.op.name, entry_of_7.body.status) == (7, "hub.power_result", 3)
    bad = urlencode({"code": "0", "biz": json.dumps({"jg": [entry | {"lx": "?"}]})}).encode()
    assert speech.came(door, 200, {}, bad).error == "malformed_answer"


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"dialects": {"tax": "d.toml"}, "dialect_files": {"d.toml": ""}}, "不由外部接入"),
        ({"dialects": {"portal": "d.toml"}, "dialect_files": {"e.toml": ""}}, "没有接口适配"),
        ({"dialects": {}, "dialect_files": {"../d.toml": ""}}, "不是文件名"),
        ({"dialects": {"portal": "d.toml"}, "dialect_files": {"d.toml": '[operations."portal.aply"]'}}, "portal.apply"),
    ],
)  # fmt: skip
def test_a_run_is_not_made_with_a_dialect_that_will_not_do(tmp_path: Path, settings: dict[str, Any], word: str) -> None:
    async def go() -> None:
        async with served(tmp_path) as a:
            new = {"name": "second", "remote": {"portal": ""}, **settings}
            async with a.session.post(f"{a.url}/runs", json=new, headers=HEADERS) as response:
                told = await response.json()
            assert response.status == 400
            assert word in json.dumps(told, ensure_ascii=False)
            assert "second" not in a.server.keeper.runs

    asyncio.run(go())


def test_a_signed_run_takes_a_dialect_without_signatures_only_when_it_says_so(tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path) as a:
            for name, text, expected in (("a", FORM, 400), ("b", FORM + '[sign]\nkind = "none"', 201), ("c", XML, 201)):
                new = {
                    "name": name, "scheme": "hmac-sha256", "remote": {"portal": ""}, "dialects": {"portal": "d.toml"},
                    "dialect_files": {"d.toml": text},
                }  # fmt: skip
                async with a.session.post(f"{a.url}/runs", json=new, headers=HEADERS) as response:
                    told = await response.text()
                assert response.status == expected, told
                assert expected == 201 or "sign.kind" in told

    asyncio.run(go())


def test_reset_keeps_the_dialect(tmp_path: Path) -> None:
    async def check(a: Served) -> None:
        await a.ok("POST", "/reset")
        status, raw, _ = await post(a, "/gov_platform/rz", letter({"js": "buyer", "ry": buyer_of(a)}))
        assert (status, wires.read("xml", "gbk", raw)["dm"]) == (200, "0000")

    run(tmp_path, XML, check)


@pytest.mark.parametrize(
    ("status", "said", "why"),
    [
        (200, {"dm": "0000", "xx": "成功"}, ""), (200, None, ""), (404, None, ""), (200, {"dm": "7777"}, "unknown_code"),
        (200, {"dm": "2002"}, "refused_face_mismatch"), (500, {"dm": "7777"}, "http_500"),
    ],
)  # fmt: skip
def test_a_late_answer_is_taken_when_their_result_code_says_so(status: int, said: Any, why: str) -> None:
    raw = b"" if said is None else wires.write("xml", "gbk", said, "yingda")
    answered = {b"content-type": b"application/xml; charset=gbk"}
    written = SimpleNamespace(method="POST", target="/x", body=b"", headers={})

    async def say(*given: Any) -> tuple[int, dict[bytes, bytes], bytes]:
        return status, answered, raw

    class Writes(Speech):
        def letter(self, *given: Any) -> Any:
            return written

    route = SimpleNamespace(receiver=SimpleNamespace(seat="gov_platform"))
    heard = SimpleNamespace(open=SimpleNamespace(answer=written, case_no=3, route=route))
    host, out = SimpleNamespace(run=SimpleNamespace(now_ms=0)), SimpleNamespace(_say=say)
    told: Any = tell_late_spoken(out, host, heard, Writes(dialect(XML), "portal"), "http://x", "1")  # type: ignore[arg-type]
    assert asyncio.run(told) == why
