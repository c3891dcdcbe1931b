"""The outbox, with a real server and a real peer: every attempt is in the journal, nothing waits for ever, all can be resent."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

from contract.unionpay import NOTICE_LADDER
from sim.calendar import HOUR_MS, MINUTE_MS, SECOND_MS
from sim.runs.outgoing import AT_ONCE
from sim.runs.scale import Handling, scale_of
from tests.liantiao.wire import Said, Served, http, peer, served

OURS = ("portal", "registry", "hub")


async def applied(a: Served, hours: float = 1, last: int = 1) -> list[dict[str, Any]]:
    """The attempts to say `portal.apply` once people have applied and so many hours have passed."""
    await a.ok("POST", "/cases", {"first": 1, "last": last})
    await a.ok("POST", "/clock/advance", {"by_ms": int(hours * HOUR_MS)})
    return await a.rows("kind=portal.apply")


def test_every_attempt_is_a_row_with_what_the_peer_answered(tmp_path: Path) -> None:
    answers = [http(500, b"oops"), "reset", "hang", b"what is this\r\n\r\n", http(200, b'{"code":"00"}')]

    async def go() -> None:
        async with peer(lambda n, said: answers[n - 1]) as (one, url), served(tmp_path, remote={"portal": url}) as a:
            a.server.out.within_s = 0.3
            rows = await applied(a, 3)
            assert [row["outcome"] for row in rows] == [
                "fault:http_500", "fault:connection_broken", "fault:timeout", "fault:connection_broken", "ok",
            ]  # fmt: skip
            assert [row["attempt"] for row in rows] == [1, 2, 3, 4, 5]
            assert [row["answered"].get("status", 0) for row in rows] == [500, 0, 0, 0, 200]
            assert all(row["answered"]["ms"] > 0 for row in rows)
            gaps = [(after["asked_ms"] - before["asked_ms"]) // MINUTE_MS for before, after in pairwise(rows)]
            assert gaps == [1, 5, 15, 60]
            reads = a.server.keeper.runs["demo"].reads
            raw = [each.raw for each in reads.find(kind="portal.apply")]
            assert raw == [b"oops", None, None, None, b'{"code":"00"}']
            assert [said.headers["x-attempt"] for said in one.got] == ["1", "2", "3", "4", "5"]
            assert len({said.body for said in one.got}) == 1

    asyncio.run(go())


def test_what_is_on_its_way_and_what_waits_can_be_seen(tmp_path: Path) -> None:
    async def go() -> None:
        answer = {1: "wait", 2: http(500), 3: http(200), 4: http(200)}
        async with peer(lambda n, said: answer[n]) as (one, url), served(tmp_path, remote={"portal": url}) as a:
            await a.ok("POST", "/cases", {"first": 1, "last": 1})
            moving = asyncio.create_task(a.ok("POST", "/clock/advance", {"by_ms": HOUR_MS}))
            await one.came.wait()
            box = await a.ok("GET", "/outbox")
            (first,) = box["messages"]
            assert box["seats"] == {"portal": {"in_flight": 1}}
            assert (first["kind"], first["attempt"], first["state_title"]) == ("portal.apply", 1, "已发出，等应答")
            status, told = await a.ask("POST", f"/outbox/{first['message_id']}/resend")
            assert (status, told["error"]) == (409, "still_under_way")
            one.go_on.set()
            await moving
            assert (await a.ok("GET", "/outbox"))["messages"] == []
            # delivered, and said once more: the peer fails, then a person does not wait for the ladder
            await a.ok("POST", f"/outbox/{first['message_id']}/resend")
            await a.ok("POST", "/clock/advance", {"by_ms": 1_000})
            (second,) = (await a.ok("GET", "/outbox?seat=portal&state=between_attempts"))["messages"]
            assert second["attempt"] == 2
            assert second["next_ms"] == second["asked_ms"] + 5 * MINUTE_MS
            await a.ok("POST", f"/outbox/{second['message_id']}/resend")
            await a.ok("POST", "/clock/advance", {"by_ms": HOUR_MS})
            rows = await a.rows("kind=portal.apply")
            assert [(row["attempt"], row["outcome"]) for row in rows] == [(1, "ok"), (2, "fault:http_500"), (3, "ok")]
            assert [row["answered"].get("again_of") for row in rows] == [None, first["message_id"], first["message_id"]]
            assert len({said.body for said in one.got}) == 1
            assert (await a.ok("GET", "/outbox"))["seats"] == {}
            for wrong in ("nowhere-1", f"{first['message_id']}9", "x", "fuzhou-²"):
                assert (await a.ask("POST", f"/outbox/{wrong}/resend"))[1]["error"] == "not_sent"
            status, told = await a.ask("GET", "/outbox?state=in_fligth")
            assert status == 400
            assert "最接近的合法名称是“in_flight”" in told["detail"]

    asyncio.run(go())


LIVE = {"pace": "live", "factor": 1_000, "follows_clock": True, "office_hours": False}


def test_a_call_that_hangs_holds_up_its_own_lane_only(tmp_path: Path) -> None:
    def hang_of_one(n: int, said: Said) -> bytes | str:
        return "hang" if said.headers["x-case-no"] == "1" else http(200)

    async def go() -> None:
        async with peer(hang_of_one) as (one, url), served(tmp_path, remote={"portal": url}, **LIVE) as a:
            await a.ok("POST", "/cases", {"first": 1, "last": 20})
            await one.has(20)
            assert {said.headers["x-case-no"] for said in one.got} == {str(n) for n in range(1, 21)}

    asyncio.run(go())


def test_so_many_calls_to_one_seat_are_under_way_at_a_time(tmp_path: Path) -> None:
    async def go() -> None:
        async with (
            peer(lambda n, said: "hang") as (one, url),
            served(tmp_path, remote={"portal": url}, cases=AT_ONCE + 50, **LIVE) as a,
        ):
            a.server.out.within_s = 60
            await a.ok("POST", "/cases", {"first": 1, "last": AT_ONCE + 50})
            await one.has(AT_ONCE)
            assert (await a.ok("GET", "/outbox"))["seats"]["portal"]["in_flight"] == AT_ONCE
            assert len(one.got) == AT_ONCE

    asyncio.run(go())


def test_unionpay_sends_its_notice_five_times_and_a_person_once_more(tmp_path: Path) -> None:
    async def go(hub_down: dict[str, Any]) -> None:
        async with (
            served(tmp_path / "a", remote=dict.fromkeys(OURS, ""), handling="instant", office_hours=False) as a,
            served(tmp_path / "b", f"{a.url}/runs/demo", OURS) as b,
        ):
            await b.ok("POST", "/faults", hub_down)
            await a.ok("POST", "/cases", {"first": 1, "last": 1})
            for _ in range(40):
                await a.ok("POST", "/clock/advance", {"by_ms": SECOND_MS})
                box = await a.ok("GET", "/outbox?state=given_up")
                if box["messages"]:
                    break
            rows = await a.rows("kind=unionpay.payment_notice")
            assert [(row["attempt"], row["outcome"]) for row in rows] == [(n, "fault:http_502") for n in range(1, 6)]
            gaps = [after["t_ms"] - before["t_ms"] for before, after in pairwise(rows)]
            assert gaps == list(map(scale_of(Handling.INSTANT).gap, NOTICE_LADDER.gaps_ms))
            await b.ok("DELETE", "/faults/hub_down")
            (lost,) = box["messages"]
            await a.ok("POST", f"/outbox/{lost['message_id']}/resend")
            await a.ok("POST", "/clock/advance", {"by_ms": 1_000})
            last = (await a.rows("kind=unionpay.payment_notice"))[-1]
            assert (last["attempt"], last["outcome"], last["answered"]["status"]) == (6, "ok", 200)
            assert last["answered"]["again_of"] == lost["message_id"]
            assert (await a.ok("GET", "/outbox"))["seats"].get("hub", {}).get("given_up") is None

    asyncio.run(go({"name": "hub_down", "effect": "http_error", "status": 502, "operation": "unionpay.payment_notice"}))
