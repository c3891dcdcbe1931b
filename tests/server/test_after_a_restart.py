"""What was to come, and what was owed to others, when a server was killed: it comes once, and leaves again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from liantiao.sandbox_client import SandboxRun, SandboxServer
from tests.liantiao.wire import http, peer
from tests.sandbox_bodies import declaration
from tests.server.test_restore import DAY_MS, HOUR_MS, REMOTE, START_MS, STEPPED, a_server

LIVE = {"seed": 1, "start_ms": START_MS, "cases": 100, "office_hours": False, "follows_clock": True}


def test_a_timer_that_was_running_fires_once_when_its_time_has_come(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        run = server.create("timed", remote=REMOTE, factor=10_000, **LIVE)
        run.begin(1)
        assert run.call("tax.declare", declaration(), case=1, sender="hub").ok
        was = run.clock()["now_ms"]
    for _ in range(2):  # the second time it has fired already
        with a_server(tmp_path) as server:
            run = SandboxRun(server, {"name": "timed"})
            assert run.control("GET", "")["broken"] == ""
            assert run.clock()["now_ms"] >= was
            while (was := run.clock()["now_ms"]) < START_MS + DAY_MS:
                pass
            (fired,) = run.journal(kind="tax.assessed")
            assert START_MS < fired["t_ms"] <= START_MS + DAY_MS
            (assessed,) = run.inbox("hub", kind="tax.assessed")
            assert assessed["case_no"] == 1


async def owing(folder: Path, url: str, do: Callable[[SandboxServer], Any]) -> Any:
    """Do something with a server in a thread of its own, and kill it; the peer answers meanwhile."""

    def live() -> Any:
        with a_server(folder) as server:
            return do(server)

    return await asyncio.to_thread(live)


def test_a_call_that_was_not_answered_leaves_again_under_its_number(tmp_path: Path) -> None:
    async def go() -> None:
        async with peer(lambda n, said: "hang" if n == 1 else http(200)) as (one, url):
            loop = asyncio.get_running_loop()

            def killed(server: SandboxServer) -> None:
                run = server.create("owing", remote=REMOTE | {"portal": url}, factor=1_000, **LIVE)
                run.begin(1)
                asyncio.run_coroutine_threadsafe(one.has(1), loop).result()
                (owed,) = run.control("GET", "/outbox")["messages"]
                assert owed["state"] == "in_flight"

            def again(server: SandboxServer) -> list[dict[str, Any]]:
                asyncio.run_coroutine_threadsafe(one.has(2), loop).result()
                run = SandboxRun(server, {"name": "owing"})
                while not run.journal(kind="portal.apply"):
                    pass
                return run.journal(kind="portal.apply")

            await owing(tmp_path, url, killed)
            (row,) = await owing(tmp_path, url, again)
            assert (row["outcome"], row["attempt"]) == ("ok", 1)
            assert len({said.headers["x-message-id"] for said in one.got}) == 1
            assert len({said.body for said in one.got}) == 1
            assert len(one.got) == 2
            await owing(tmp_path, url, lambda server: server.control("GET", "/runs/owing/clock"))
            assert len(one.got) == 2, "what has been answered does not leave a third time"

    asyncio.run(go())


def test_what_waits_for_its_next_attempt_can_be_sent_by_hand_after_a_restart(tmp_path: Path) -> None:
    async def go() -> None:
        async with peer(lambda n, said: http(500) if n == 1 else http(200)) as (one, url):

            def killed(server: SandboxServer) -> Any:
                run = server.create("owing", remote=REMOTE | {"portal": url}, **STEPPED)
                run.begin(1)
                while not run.control("GET", "/outbox")["messages"]:
                    run.advance()
                (owed,) = run.control("GET", "/outbox")["messages"]
                return owed

            def again(server: SandboxServer) -> tuple[Any, list[dict[str, Any]]]:
                run = SandboxRun(server, {"name": "owing"})
                (owed,) = run.control("GET", "/outbox")["messages"]
                run.control("POST", f"/outbox/{owed['message_id']}/resend")
                run.advance(HOUR_MS)
                assert run.control("GET", "/outbox")["messages"] == []
                return owed, run.journal(kind="portal.apply")

            before = await owing(tmp_path, url, killed)
            after, rows = await owing(tmp_path, url, again)
            assert before == after
            assert before["state"] == "between_attempts"
            assert [(row["attempt"], row["outcome"]) for row in rows] == [(1, "fault:http_500"), (2, "ok")]
            assert len({said.body for said in one.got}) == 1
            assert len(one.got) == 2

    asyncio.run(go())
