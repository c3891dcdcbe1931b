"""Snapshots through the control API, what a restart makes of them, and a run that says that it is busy."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from liantiao.directory import directory
from liantiao.serving.keeper import Keeping, RunKeeper
from sim.faces.bodies import body_of
from sim.faces.control.shapes import NewRun
from sim.faces.hosted import Hosted
from sim.faces.http_out import HttpOut
from sim.runs.busy import BusyError, Limits
from sim.runs.plan import Pace
from sim.runs.state_digest import state_digest

NEW = NewRun(name="demo", cases=50, pace=Pace.STEPPED, remote={"portal": "", "registry": "", "hub": ""})
KNOWN = directory()
BACKFILL = KNOWN.kinds["gov_platform.backfill"]


def a_body() -> object:
    return body_of(BACKFILL).parse(json.dumps(body_of(BACKFILL).example()).encode())


def on_server(folder: Path, do: Callable[[RunKeeper], Awaitable[None]], *, killed: bool = False) -> None:
    """Open what is in the folder, do something, and close it as at an orderly end, or not at all."""

    async def live() -> None:
        keeper = RunKeeper(folder, b"s" * 32, KNOWN, Keeping(rows=1_000_000, snapshot_rows=1_000))
        keeper.caller = HttpOut(KNOWN, keeper.runs, "t")
        await keeper.open()
        await do(keeper)
        if not killed:
            await keeper.close()

    asyncio.run(live())


async def speak(hosted: Hosted, first: int, last: int) -> None:
    for case in range(first, last):
        await hosted.host.hear("portal", "gov_platform", a_body(), case)  # type: ignore[arg-type]


@pytest.mark.parametrize("killed", [True, False])
def test_a_restart_goes_on_where_the_journal_ends(tmp_path: Path, killed: bool) -> None:
    said: dict[str, object] = {}

    async def before(keeper: RunKeeper) -> None:
        hosted = await keeper.create(NEW)
        hosted.host.attach({"hub": "http://127.0.0.1:9/hub"}, None)
        await speak(hosted, 1, 20)
        taken = await hosted.snapshots.take("half")
        await speak(hosted, 20, 40)
        await hosted.host.file.durable()
        said.update(digest=state_digest(hosted.run), seq=hosted.host.file.last_seq, half=taken.seq)

    async def after(keeper: RunKeeper) -> None:
        hosted = keeper.runs["demo"]
        assert hosted.host.broken == ""
        assert state_digest(hosted.run) == said["digest"]
        assert hosted.host.file.last_seq == said["seq"]
        assert hosted.host.file.snapshot_seq == (said["half"] if killed else said["seq"])
        assert hosted.host.addresses["hub"] == "http://127.0.0.1:9/hub"
        await speak(hosted, 40, 45)

    on_server(tmp_path, before, killed=killed)
    on_server(tmp_path, after)


def test_a_busy_run_says_so_in_its_journal_once_a_second(tmp_path: Path) -> None:
    async def busy(keeper: RunKeeper) -> None:
        hosted = await keeper.create(NEW)
        hosted.host.limits = Limits(rows=-1)
        for _ in range(50):
            with pytest.raises(BusyError):
                await speak(hosted, 1, 2)
        await hosted.host.file.durable()
        rows = hosted.reads.find(outcome="refused:sandbox_busy")
        assert hosted.host.busy_answers == 50
        assert 1 <= len(rows) < 50

    on_server(tmp_path, busy)
    on_server(tmp_path, lambda keeper: asyncio.sleep(0))
