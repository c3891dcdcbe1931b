"""What people do where a real system has no door: it waits for them, in a work list, and goes on when told."""

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from features.accepting import cast_all
from features.by_hand import plan_of_work
from features.manifest import Manifest, Manual
from features.real import Real, accept_real
from liantiao.sandbox_client import ask
from sim.judge.verdict import Result
from sim.package import load_package
from sim.runs.scale import Handling
from tests.docs.terminals import free_port
from tests.features.real_systems import DIALECT, another_system, scenarios
from tests.liantiao.wire import START_MS, served

PACKAGE = load_package("fujian-2024-55")
RECORDING = (Manual("registry.record", "登簿岗在系统里登簿", 5),)
PLAIN = """登簿
假如 一件规范办件
并且 不勾选任何联办事项
那么 “登簿”没有被退回
而且 办件以办结告终"""


@pytest.mark.parametrize("how", ["answer", "observation"])
def test_a_call_for_people_waits_and_is_taken_when_they_say_so(how: str, tmp_path: Path) -> None:
    async def go() -> None:
        settings: dict[str, Any] = {"seed": 1, "office_hours": False, "by_hand": ["portal.apply"]}
        async with served(tmp_path, remote={"portal": "http://127.0.0.1:1"}, **settings) as sandbox:
            await sandbox.ok("POST", "/cases", {"first": 1, "last": 1})
            await sandbox.ok("POST", "/clock/advance", {"by_ms": 600_000})
            (waiting,) = (await sandbox.ok("GET", "/inbox?awaited=true"))["messages"]
            assert waiting["kind"] == "portal.apply"
            assert await sandbox.rows("kind=portal.apply") == []
            if how == "answer":
                await sandbox.ok("POST", f"/inbox/{waiting['message_id']}/answer", {})
            else:
                told = {"case_no": 1, "what": "portal.apply", "at": str(START_MS), "by": "王工"}
                await sandbox.ok("POST", "/observations", {"observations": [told]})
            (row,) = await sandbox.rows("kind=portal.apply")
            assert row["outcome"] == "ok"
            assert (await sandbox.ok("GET", "/inbox?awaited=true"))["messages"] == []

    asyncio.run(go())


def test_an_operation_that_there_is_not_is_refused(tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path) as sandbox:
            new = {"name": "x", "by_hand": ["registry.recrd"]}
            headers = {"Authorization": "Bearer t"}
            async with sandbox.session.post(f"{sandbox.url}/runs", json=new, headers=headers) as answer:
                assert answer.status == 400
                assert (await answer.json())["fields"][0]["nearest"] == "registry.record"

    asyncio.run(go())


@pytest.mark.slow
def test_the_work_list_is_told_and_done_and_the_case_goes_on(tmp_path: Path) -> None:
    said: list[str] = []
    port, out = int(free_port()), tmp_path / "out"
    with ExitStack() as stack:
        url = stack.enter_context(another_system(port))
        run = f"http://127.0.0.1:{port}/runs/accept"
        mine = {"Authorization": "Bearer t"}

        def staff(phase: str, done: int, total: int) -> None:
            if phase == "办理":
                for each in ask("GET", f"{run}/inbox?awaited=true", None, mine).body["messages"]:
                    if not any(each["message_id"] in line for line in said):
                        continue  # the list has not been told yet
                    letter = {"lsh": "1", "ywh": str(each["case_no"]), "bw": {}}
                    assert ask("POST", f"{url}/djj/rw/dengbu", letter).body["code"] == 0
                    listed.append(each["kind"])
                    assert ask("POST", f"{run}/inbox/{each['message_id']}/answer", {}, mine).ok

        listed: list[str] = []
        real = Real(
            {"portal": f"{url}/wsb", "registry": f"{url}/djj"}, dict.fromkeys(("portal", "registry"), DIALECT.name),
            {DIALECT.name: DIALECT.read_text(encoding="utf-8")}, Handling.INSTANT, port=port, limit_s=90, token="t",
            manifest=Manifest(items=(), manual=RECORDING), say=said.append,
        )  # fmt: skip
        told = accept_real(scenarios(tmp_path, PLAIN), PACKAGE, 2024, out, real, staff)
    assert listed == ["registry.record"]
    assert "登簿岗在系统里登簿" in "".join(said)
    assert json.loads((out / "worklist.json").read_text(encoding="utf-8")) == []  # nothing is left to do
    assert (out / "worklist.csv").is_file()
    assert [each.result for each in told.results] == [Result.KEPT]


def test_the_plan_tells_times_and_minutes(tmp_path: Path) -> None:
    play = cast_all(scenarios(tmp_path, PLAIN), PACKAGE, 2024)
    assert plan_of_work(play, PACKAGE, Manifest(manual=RECORDING)) == [("登簿", "登簿岗在系统里登簿", 1, 5)]
    assert json.dumps(plan_of_work(play, PACKAGE, Manifest())) == "[]"
