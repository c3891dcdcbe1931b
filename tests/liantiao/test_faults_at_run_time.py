"""Faults of a run: laid, listed and taken away over HTTP, acted out on real connections, and the same each time."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from sim.calendar import HOUR_MS
from sim.fault_json import fault_from_json
from tests.liantiao.wire import Said, Served, http, peer, served

OURS = ("portal", "registry", "hub")
SMS = {"template": "payment", "to": "buyer", "masked_phone": "139****1234", "text": "请缴纳税费"}


def fault(effect: str, operation: str = "portal.apply", **more: Any) -> dict[str, Any]:
    return {"name": f"a_{effect}", "effect": effect, "operation": operation, **more}


# ---- laying ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("new", "why"),
    [
        (fault("lots"), "未知的故障效果“lots”，最接近的合法名称是“lost”"),
        (fault("lost", "unionpay.payment_notce"), "没有报文“unionpay.payment_notce”，最接近的合法名称是“unionpay.payment_notice”"),
        (fault("lost", seat="prtal"), "未知的对接系统“prtal”，最接近的合法名称是“portal”"),
        (fault("lost", share=2), "share = 2.0 不在 0 到 1 之间"),
        (fault("late"), "缺少键“delay”"),
        (fault("lost", case=[0]), "应当是办件号或办件号的列表"),
        (fault("http_error", status=404), "应当是 500、502、503 之一"),
        (fault("wrong_amount"), "没有金额"),
        (fault("business", "unionpay.create_order", error="order_amount_difers"), "最接近的合法名称是“order_amount_differs”"),
        (fault("business", "unionpay.payment_notice", error="not_now"), "没有请求"),
        (fault("bad_signature"), "不签名"),
        (fault("altered", "unionpay.payment_notice", changes={"amount_fen": "多"}), "不成报文"),
        (fault("altered", "unionpay.payment_notice", changes={"amount_fen": None}), "不成报文"),
        (fault("altered", "unionpay.*", changes={"amount_fen": [1]}), "不成报文"),
        (fault("altered", "unionpay.payment_notice", changes={"order_no": "长" * 3_000}), "不成报文"),
    ],
)  # fmt: skip
def test_what_cannot_be_laid_says_what_was_meant(new: dict[str, Any], why: str, tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path, remote={"portal": ""}) as a:
            status, told = await a.ask("POST", "/faults", new)
            assert (status, told["error"]) == (400, "bad_fault")
            assert why in told["detail"]
            assert (await a.ok("GET", "/faults"))["faults"] == []

    asyncio.run(go())


def test_faults_are_laid_listed_and_taken_away_and_the_journal_tells(tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path, remote={"portal": ""}) as a:
            late = fault(
                "late", "*", delay_ms=5_000, case=3, total=7, hours=["22:00", "06:00"], title="都迟到", count=2
            )
            laid = await a.ok("POST", "/faults", late)
            assert laid["when"] == "每条都中，每件至多 2 次，总共至多 7 次，只限办件 3，每日 22:00–06:00"
            assert (laid["title"], laid["cases"], laid["delay"]["fixed_ms"], laid["struck"]) == (
                "都迟到",
                [3],
                5_000,
                0,
            )
            assert (await a.ask("POST", "/faults", late))[1]["error"] == "fault_exists"
            script = await a.ok("POST", "/faults/scripts/lost_notices")
            assert script["left_out"] == []
            assert (await a.ask("POST", "/faults/scripts/lost_notices"))[0] == 409
            status, told = await a.ask("POST", "/faults/scripts/lost_notces")
            assert status == 404
            assert "lost_notices" in told["detail"]
            status, told = await a.ask("DELETE", "/faults/a_lat")
            assert status == 404
            assert "“a_late”" in told["detail"]
            await a.ok("DELETE", "/faults/a_late")
            listed = await a.ok("GET", "/faults")
            assert [each["name"] for each in listed["faults"]] == [each["name"] for each in script["faults"]]
            assert "业务退回（不是技术故障）" in listed["effects"]["business"]
            before = a.run.faults
            await a.ok("DELETE", "/faults")
            commands = [each for each in a.server.keeper.runs["demo"].reads.commands() if each.name == "faults"]
            kept = [tuple(map(fault_from_json, json.loads(each.args)["faults"])) for each in commands]
            assert [len(each) for each in kept] == [1, 1 + len(before), len(before), 0]
            assert kept[2] == before

    asyncio.run(go())


# ---- what we say ----------------------------------------------------------------------------------------------------
async def said_with(
    tmp_path: Path, new: list[dict[str, Any]], cases: int = 1, **plan: Any
) -> tuple[list[Any], list[Said]]:
    """The rows of what was said to the portal, and what it got, which it refuses unless it can be read."""

    def answer(n: int, said: Said) -> bytes:
        try:
            return http(200 if isinstance(json.loads(said.body), dict) else 400, b'{"error":"bad_body"}')
        except ValueError:
            return http(400, b'{"error":"bad_body"}')

    async with peer(answer) as (one, url), served(tmp_path, remote={"portal": url}, **plan) as a:
        for each in new:
            await a.ok("POST", "/faults", each)
        await a.ok("POST", "/cases", {"first": 1, "last": cases})
        await a.ok("POST", "/clock/advance", {"by_ms": 2 * HOUR_MS, "grain_ms": 60_000})
        return await a.rows("kind=portal.apply"), one.got


def test_a_malformed_call_breaks_off_and_is_said_again(tmp_path: Path) -> None:
    rows, got = asyncio.run(said_with(tmp_path, [fault("malformed", count=1)]))
    assert [(row["attempt"], row["outcome"]) for row in rows] == [(1, "fault:a_malformed"), (2, "ok")]
    assert rows[0]["answered"] | {"ms": 0} == {"status": 400, "ms": 0, "fault": "a_malformed", "effect": "malformed"}
    whole, broken = got[1].body, got[0].body
    assert json.loads(whole) == rows[0]["body"]
    assert broken == b"[" + whole + b"]" or (whole.startswith(broken) and len(broken) < len(whole))


def test_bad_signatures_and_old_timestamps_are_well_formed_and_wrong(tmp_path: Path) -> None:
    new = [fault("bad_signature", case=1, count=1), fault("stale", case=2, count=1)]
    rows, got = asyncio.run(said_with(tmp_path, new, cases=2, scheme="hmac-sha256"))
    assert {row["case_no"]: row["answered"].get("effect") for row in rows} == {1: "bad_signature", 2: "stale"}
    bad, old = sorted(got, key=lambda said: said.headers["x-case-no"])
    assert len(bad.headers["x-signature"]) == 64
    ages = [int(said.headers["x-timestamp"]) for said in (bad, old)]
    assert 5 * 60_000 < ages[0] - ages[1] < HOUR_MS + 7 * 60_000


def test_what_is_never_answered_is_said_again_though_the_peer_took_it(tmp_path: Path) -> None:
    rows, got = asyncio.run(said_with(tmp_path, [fault("never", count=1)]))
    assert [(row["attempt"], row["outcome"]) for row in rows] == [(1, "fault:a_never"), (2, "ok")]
    assert len({said.body for said in got}) == 1
    assert len(got) == 2


def test_the_same_faults_strike_the_same_messages_and_another_moves_none(tmp_path: Path) -> None:
    first = fault("malformed", share=0.5)
    runs = [[first], [first], [first, fault("never", "portal.*", share=0.3)]]

    def struck(n: int) -> list[tuple[int, int]]:
        rows, _ = asyncio.run(said_with(tmp_path / str(n), runs[n], cases=20))
        return [(row["case_no"], row["attempt"]) for row in rows if row["outcome"] == "fault:a_malformed"]

    alone, again, beside = (sorted(struck(n)) for n in range(3))
    assert len(alone) > 5
    assert alone == again
    assert set(alone) <= set(beside)  # what is said once more for the other fault may be struck besides
    assert {case for case, attempt in alone if attempt == 1} == {case for case, attempt in beside if attempt == 1}


# ---- what is said to us -----------------------------------------------------------------------------------------------
async def heard_with(a: Served, new: dict[str, Any]) -> tuple[bytes, list[Any]]:
    """What a raw client reads when it sends a text message, and the rows that tell of it; the fault is gone afterwards."""
    await a.ok("POST", "/faults", {"operation": "notify.sms", **new})
    body = json.dumps(SMS, ensure_ascii=False).encode()
    after = a.host.file.last_seq
    reader, writer = await asyncio.open_connection("127.0.0.1", a.port)
    head = (
        f"POST /runs/demo/notify/sms HTTP/1.1\r\nHost: x\r\nX-Sender: portal\r\nX-Case-No: 1\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    try:
        answer = await asyncio.wait_for(reader.read(), 0.5 if new["effect"] in ("lost", "never") else 10)
    except TimeoutError:
        answer = b"silence"
    except ConnectionResetError:
        answer = b"reset"
    writer.transport.abort()
    rows = await a.rows(f"after_seq={after}&kind=notify.sms")
    await a.ok("DELETE", f"/faults/{new['name']}")
    return answer, rows


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    return int(line.split()[1]), {k.lower(): v.strip() for k, _, v in (each.partition(":") for each in lines)}, body


def test_each_fault_is_acted_out_at_our_door(tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path, remote={"portal": ""}) as a:

            async def door(effect: str, **more: Any) -> tuple[bytes, list[Any]]:
                return await heard_with(a, {"name": effect, "effect": effect, **more})

            for effect, more, status, error in (
                ("outage", {}, 503, "outage"), ("refused", {"error": "system_busy"}, 503, "system_busy"),
                ("http_error", {"status": 502}, 502, "http_502"),
            ):  # fmt: skip
                answer, (row,) = await door(effect, **more)
                told = parsed(answer)
                assert (told[0], told[1]["x-fault"], json.loads(told[2])["error"]) == (status, effect, error)
                assert (row["outcome"], row["source"], row["body"]) == (f"fault:{effect}", "in", SMS)
            for effect, answered, outcome in (
                ("lost", b"silence", "fault:lost"), ("never", b"silence", "ok"), ("reset", b"reset", "fault:reset"),
            ):  # fmt: skip
                answer, (row,) = await door(effect)
                assert (answer, row["outcome"], row["answered"]["effect"]) == (answered, outcome, effect)
            answer, (row,) = await door("malformed")
            status, headers, body = parsed(answer)
            assert (status, row["outcome"], int(headers["content-length"])) == (422, "fault:malformed", len(body))
            answer, (row,) = await door("business", error="number_invalid")
            assert (parsed(answer)[0], row["outcome"], row["source"]) == (422, "refused:number_invalid", "in")
            assert json.loads(parsed(answer)[2])["error"] == "number_invalid"
            answer, (row,) = await door("slow", delay_ms=60_000)  # a stepped clock waits for nobody
            assert (parsed(answer)[0], row["outcome"]) == (200, "ok")
            answer, (row,) = await door("duplicated", delay_ms=1_000)
            assert (parsed(answer)[0], row["source"]) == (200, "in")
            await a.ok("POST", "/clock/advance", {"by_ms": 2_000})
            twice = (await a.rows("kind=notify.sms"))[-2:]
            assert [(each["source"], each["t_ms"] - row["t_ms"]) for each in twice] == [("in", 0), ("", 1_000)]

    asyncio.run(go())


def test_an_answer_is_slow_on_a_live_clock_and_on_no_other(tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path, remote={"portal": ""}, pace="live") as a:
            slow = {"name": "slow", "effect": "slow", "delay_ms": 100}
            answer, (row,) = await heard_with(a, slow)
            status, headers, _ = parsed(answer)
            assert (status, headers["x-fault"], row["outcome"]) == (200, "slow", "ok")

    asyncio.run(go())


# ---- all of it, with our reference in the remote seats --------------------------------------------------------------
def test_cases_end_under_the_callback_adversary(tmp_path: Path) -> None:
    adversary = [
        fault("malformed", "registry.*", share=0.3, count=3), fault("bad_signature", "unionpay.*", count=1),
        fault("stale", "registry.*", count=1), fault("reset", "tax.*", seat="tax", share=0.5, count=2),
        fault("http_error", "gov_platform.*", share=0.3, count=3), fault("duplicated", "hub.*", delay_ms=1_000, count=2),
        fault("outage", "unionpay.create_order", count=1),
    ]  # fmt: skip

    async def go() -> None:
        remote, hmac = dict.fromkeys(OURS, ""), "hmac-sha256"
        async with (
            served(tmp_path / "a", remote=remote, scheme=hmac, handling="instant", office_hours=False) as a,
            served(tmp_path / "b", f"{a.url}/runs/demo", OURS) as b,
        ):
            for each in adversary:
                await a.ok("POST", "/faults", each)
            await a.ok("POST", "/cases", {"first": 1, "last": 2})
            await a.ok("POST", "/clock/advance", {"until_over": True})
            told = await a.ok("GET", "")
            assert (told["cases_open"], told["cases_finished"], told["broken"], b.host.broken) == (0, 2, "", "")
            struck = {each["effect"]: each["struck"] for each in (await a.ok("GET", "/faults"))["faults"]}
            assert all(struck.values()), struck

    asyncio.run(go())
