"""A run taken back to a snapshot, on a real server that is killed and started again."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from liantiao.sandbox_client import SandboxError, SandboxRun, SandboxServer, ask
from liantiao.serving.keeper import Hosted
from liantiao.serving.restoring import closed
from sim.faces.control.errors import Refusal
from sim.faces.control.shapes import NewRun
from sim.journal.sqlite_reads import JournalReads
from tests.liantiao.wire import served
from tests.sandbox_bodies import declaration

START_MS = 1_772_413_200_000
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
STEPPED = {"pace": "stepped", "seed": 1, "office_hours": False, "start_ms": START_MS, "cases": 100}
REMOTE = {"portal": "", "registry": "", "hub": ""}


@contextmanager
def a_server(folder: Path) -> Iterator[SandboxServer]:
    """A server that is killed at the end."""
    server = SandboxServer(folder)
    try:
        yield server
    finally:
        server._process.kill()
        server.stop()


def state(run: SandboxRun) -> tuple[str, int, int]:
    told = run.control("GET", "", digest=1)
    assert told["broken"] == ""
    return told["digest"], told["now_ms"], len(run.journal())


def refused(run: SandboxRun, method: str, path: str, body: Any = None) -> tuple[int, str, Any]:
    told = ask(method, run.base_url + path, body, {"Authorization": f"Bearer {run.server.token}"})
    return told.status, told.error, told.body


def declared(server: SandboxServer) -> SandboxRun:
    """A run in which the tax bureau has been told of case 1."""
    run = server.create("back", remote=REMOTE, **STEPPED)
    run.begin(1, 3)
    assert run.call("tax.declare", declaration(), case=1, sender="hub").ok
    return run


def test_a_restored_run_is_as_it_was_and_has_the_same_future(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        run = declared(server)
        before = state(run)
        taken = run.snapshot("declared")
        run.advance(2 * DAY_MS)
        first = run.journal()
        run.snapshot("later")
        told = run.restore("declared")
        assert state(run) == before
        assert (told["seq"], told["now_ms"]) == (taken["seq"], before[1])
        assert told["dropped_rows"] == len(first) - before[2] > 0
        assert told["forgotten_snapshots"] == ["later"]
        assert "note" not in told
        aside = JournalReads(tmp_path / "data" / "runs" / "back" / told["kept_in"])
        assert [row.seq for row in aside.records()] == [row["seq"] for row in first[before[2] :]]
        assert len(aside.commands()) == told["dropped_commands"] > 0
        aside.close()
        assert [each["name"] for each in run.snapshots() if each["name"]] == ["declared"]
        run.advance(2 * DAY_MS)
        again = run.journal()
        assert min(row["seq"] for row in again[before[2] :]) > max(row["seq"] for row in first)
        for row in (*first, *again):
            del row["seq"]
        assert again == first
        assert run.control("GET", "/snapshots")["restores"] == {"times": 1, "rows": told["dropped_rows"]}


def test_a_restored_run_stays_still_until_somebody_moves_it(tmp_path: Path) -> None:
    """What is due at the very instant of the snapshot has not happened afterwards either, nor after a restart."""
    with a_server(tmp_path) as server:
        run = server.create("back", remote=REMOTE, **STEPPED)
        run.begin(1)
        run.snapshot("begun")
        run.advance(DAY_MS)
        first = run.journal()
        run.restore("begun")
        assert run.journal() == []
        assert run.clock()["next_due_ms"] == run.clock()["now_ms"] == START_MS
        run.advance(DAY_MS)
        assert [row["message_id"] for row in run.journal()] == [row["message_id"] for row in first] != []
        run.restore("begun")
    with a_server(tmp_path) as server:
        run = SandboxRun(server, {"name": "back"})
        assert run.journal() == []
        assert run.clock()["now_ms"] == START_MS


@pytest.mark.parametrize("going_on", [0, 2 * DAY_MS])
def test_a_restart_after_a_restore_comes_up_the_same(tmp_path: Path, going_on: int) -> None:
    with a_server(tmp_path) as server:
        run = declared(server)
        run.snapshot("declared")
        run.advance(DAY_MS)
        run.snapshot("later")
        run.advance(DAY_MS)
        run.restore("declared")
        run.advance(going_on)
        before = state(run)
    with a_server(tmp_path) as server:
        run = SandboxRun(server, {"name": "back"})
        assert state(run) == before
        run.restore("declared")
        run.advance(going_on)
        assert state(run) == before
    # without any snapshot the whole journal, the row that says of the restore included, leads to the same state
    for each in (tmp_path / "data" / "runs" / "back" / "snapshots").iterdir():
        each.unlink()
    with a_server(tmp_path) as server:
        assert state(SandboxRun(server, {"name": "back"})) == before


def test_a_snapshot_of_a_future_that_was_given_up_is_not_used(tmp_path: Path) -> None:
    """As if the server had been killed after the journal was cut and before the later snapshots were gone."""
    kept = tmp_path / "data" / "runs" / "back" / "snapshots"
    with a_server(tmp_path) as server:
        run = declared(server)
        run.snapshot("declared")
        run.advance(2 * DAY_MS)
        run.snapshot("later")
        later = (kept / "later.snapshot").read_bytes()
        run.restore("declared")
        run.advance(DAY_MS)
        before = state(run)
    (kept / "later.snapshot").write_bytes(later)
    with a_server(tmp_path) as server:
        run = SandboxRun(server, {"name": "back"})
        assert state(run) == before
        assert [each["name"] for each in run.snapshots() if each["name"]] == ["declared"]


def test_snapshots_are_made_listed_and_taken_away(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        run = declared(server)
        made = run.snapshot("one")
        run.advance(DAY_MS)
        run.snapshot("two")
        assert [each["name"] for each in run.snapshots()] == ["two", "one"]
        assert run.snapshots()[1] == made
        assert refused(run, "POST", "/snapshots", {"name": "one"})[:2] == (409, "snapshot_exists")
        assert refused(run, "POST", "/snapshots", {"name": "../one"})[:2] == (400, "bad_request")
        for method, path in (("DELETE", "/snapshots/three"), ("POST", "/snapshots/three/restore")):
            status, code, told = refused(run, method, path)
            assert (status, code, told["snapshots"]) == (404, "snapshot_unknown", ["two", "one"])
            assert "two、one" in told["detail"]
            assert told["next_step"]
        run.delete_snapshot("two")
        assert "two" not in [each["name"] for each in run.snapshots()]
        with pytest.raises(SandboxError, match=r"沙箱不接受：.*没有.*“two”.*；.*snapshot_unknown") as refusal:
            run.restore("two")
        assert "{" not in str(refusal.value)
        before = state(run)
        run.delete_snapshot("one")
    with a_server(tmp_path) as server:
        assert state(SandboxRun(server, {"name": "back"})) == before


def test_what_cannot_be_read_is_refused_before_anything_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "data" / "runs" / "back" / "snapshots" / "one.snapshot"
    with a_server(tmp_path) as server:
        run = declared(server)
        run.snapshot("one")
        run.advance(DAY_MS)
        before = state(run)
        whole = path.read_bytes()
        head, _, raw = whole.partition(b"\n")
        path.write_bytes(head + b"\n" + raw[:-1] + b"?")
        assert refused(run, "POST", "/snapshots/one/restore")[:2] == (409, "snapshot_unreadable")
        path.write_bytes(json.dumps(json.loads(head) | {"code": "another"}).encode() + b"\n" + raw)
        assert refused(run, "POST", "/snapshots/one/restore")[:2] == (409, "snapshot_of_other_code")
        path.write_bytes(b"what is this\n")
        assert refused(run, "GET", "/snapshots")[:2] == (503, "snapshot_broken")
        assert state(run) == before
        path.write_bytes(whole)
        assert run.restore("one")["dropped_rows"] > 0


def test_whoever_is_elsewhere_does_not_go_back_and_that_is_said(tmp_path: Path) -> None:
    def attempts() -> list[tuple[int, int, str]]:
        run.advance(HOUR_MS)
        return [(row["t_ms"], row["attempt"], row["outcome"]) for row in run.journal(kind="portal.apply")]

    with a_server(tmp_path) as server:
        run = server.create("back", remote=REMOTE | {"portal": "http://127.0.0.1:9/portal"}, **STEPPED)
        run.begin(1)
        run.snapshot("begun")
        first = attempts()
        assert {outcome for _, _, outcome in first} == {"fault:connection_refused"}
        assert "外部接入的系统不随本批次恢复" in run.restore("begun")["note"]
        assert attempts() == first


def test_the_clock_of_a_live_run_goes_on_from_the_snapshot(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        run = server.create("back", start_ms=START_MS, factor=50_000, office_hours=False, cases=100)
        taken = run.snapshot("begun")
        run.begin(1)
        while not (rows := run.journal()):
            run.clock()
        reached = run.clock()["now_ms"]
        told = run.restore("begun")
        assert told["now_ms"] == taken["now_ms"] < reached
        assert told["dropped_rows"] >= len(rows)
        assert run.journal() == []
        while run.clock()["now_ms"] <= told["now_ms"]:
            pass
        anchored = run.clock()["now_ms"]
    with a_server(tmp_path) as server:
        run = SandboxRun(server, {"name": "back"})
        assert run.clock()["now_ms"] >= anchored
        assert run.control("GET", "")["cases_open"] == 0


def test_a_run_whose_clock_is_being_moved_is_not_restored(tmp_path: Path) -> None:
    async def go() -> None:
        async with served(tmp_path, remote=REMOTE) as a:
            await a.ok("POST", "/snapshots", {"name": "begun"})
            async with a.host.moving:
                assert (await a.ask("POST", "/snapshots/begun/restore"))[1]["error"] == "clock_moving"
            (restored, _), (status, told) = await asyncio.gather(
                a.ask("POST", "/snapshots/begun/restore"), a.ask("POST", "/snapshots/begun/restore")
            )
            assert {restored, status} <= {200, 503}
            assert status == 200 or told["error"] == "run_restoring"
            assert (await a.ok("GET", "?digest=1"))["broken"] == ""

    asyncio.run(go())


def test_a_name_stays_taken_while_its_run_is_being_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = asyncio.Event()

    async def closed_when_looked_at(hosted: Hosted) -> None:
        await looked.wait()
        await closed(hosted)

    monkeypatch.setattr("liantiao.serving.keeper.closed", closed_when_looked_at)

    async def go() -> None:
        async with served(tmp_path) as a:
            keeper = a.server.keeper
            await a.ok("POST", "/snapshots", {"name": "one"})
            gone = asyncio.create_task(keeper.delete("demo"))
            await asyncio.sleep(0)
            assert keeper.runs.shut["demo"].error == "run_deleting"
            with pytest.raises(Refusal):
                await keeper.create(NewRun(name="demo"))
            looked.set()
            await gone
            assert not (tmp_path / "runs" / "demo").exists()
            await keeper.create(NewRun(name="demo"))

    asyncio.run(go())
