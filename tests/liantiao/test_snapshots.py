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
from sim.runs import snapshots
from sim.runs.busy import BusyError, Limits
from sim.runs.plan import Pace
from sim.runs.snapshots import MOST_LOTS, RESTS
from sim.runs.state_digest import state_digest

NEW = NewRun(name="demo", cases=50, pace=Pace.STEPPED, remote={"portal": "", "registry": "", "hub": ""})
KNOWN = directory()
SNAPSHOT_ROWS = 100
BACKFILL = KNOWN.kinds["gov_platform.backfill"]


def a_body() -> object:
    return body_of(BACKFILL).parse(json.dumps(body_of(BACKFILL).example()).encode())


def on_server(folder: Path, do: Callable[[RunKeeper], Awaitable[None]], *, killed: bool = False) -> None:
    """Open what is in the folder, do something, and close it as at an orderly end, or not at all."""

    async def live() -> None:
        keeper = RunKeeper(folder, b"s" * 32, KNOWN, Keeping(rows=1_000_000, snapshot_rows=SNAPSHOT_ROWS))
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


@pytest.mark.parametrize("rows", [SNAPSHOT_ROWS, MOST_LOTS * SNAPSHOT_ROWS])
@pytest.mark.parametrize("later_s", [RESTS * 3 - 1, RESTS * 3 + 1])
def test_after_one_that_took_long_the_next_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later_s: int, rows: int
) -> None:
    really_forked = snapshots._forked

    async def before(keeper: RunKeeper) -> None:
        hosted, loop, passed_s = await keeper.create(NEW), asyncio.get_running_loop(), [0.0]
        began_s = loop.time()
        monkeypatch.setattr(loop, "time", lambda: began_s + passed_s[0])

        async def slowly_forked(work: Callable[[], object]) -> bool:
            passed_s[0] += 3
            return await really_forked(work)

        monkeypatch.setattr(snapshots, "_forked", slowly_forked)
        first = await hosted.snapshots.take()
        passed_s[0] += later_s
        while hosted.host.file.last_seq < first.seq + rows:
            await speak(hosted, 1, 2)
        begun = bool(hosted.host.tasks)
        assert begun == (later_s > RESTS * 3 or rows > SNAPSHOT_ROWS)
        await hosted.snapshots.stop()  # whatever was begun is there
        assert begun == (hosted.host.file.snapshot_seq > first.seq)

    on_server(tmp_path, before)


def test_what_comes_during_the_rest_gets_its_snapshot_when_nothing_follows(tmp_path: Path) -> None:
    async def before(keeper: RunKeeper) -> None:
        hosted = await keeper.create(NEW)
        host = hosted.host
        while host.file.last_seq < 2 * SNAPSHOT_ROWS + 10:
            await speak(hosted, 1, 2)
        while host.tasks:
            await asyncio.gather(*host.tasks)
        assert host.file.last_seq - host.file.snapshot_seq < SNAPSHOT_ROWS

    on_server(tmp_path, before)


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
