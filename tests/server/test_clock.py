"""Clock control over HTTP: read, moved, limited, and in step with a small real system that does not follow."""

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from liantiao.directory import directory
from liantiao.pytest_plugin import START_MS
from liantiao.sandbox_client import SandboxRun, SandboxServer, ask
from liantiao.serving.keeper import RunKeeper
from sim.clock import turn
from sim.faces.answers import STANDS
from sim.faces.control.shapes import NewRun
from sim.faces.http_out import HttpOut, _hear_stands
from sim.runs.follower import Follower, Stands
from sim.runs.plan import Pace
from sim.runs.stepping import StepError, Stepper
from tests.sandbox_bodies import declaration

DAY_MS = 86_400_000


@pytest.mark.sandbox(seed=1)
def test_the_clock_tells_where_it_stands_and_what_is_next(sandbox: SandboxRun) -> None:
    clock = sandbox.clock()
    assert (clock["now_ms"], clock["now"]) == (START_MS, "2026-03-02T09:00:00.000+08:00")
    assert (clock["pace"], clock["mode"], clock["factor"]) == ("stepped", "步进", 1.0)
    told = sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    assert told.headers["x-sandbox-time"] == str(START_MS)
    due = sandbox.clock()["next_due_ms"]
    assert sandbox.advance()["now_ms"] == due
    assert sandbox.advance(to_ms=due + 5_000)["now_ms"] == due + 5_000
    assert sandbox.advance(1_000)["now_ms"] == due + 6_000
    late = ask("POST", sandbox.base_url + "/clock/advance", {"to_ms": due}, bearer(sandbox))
    assert (late.status, late.error) == (409, "time_reversed")
    assert "早于" in late.body["detail"]


@pytest.mark.parametrize("how", [{}, {"by_ms": 1, "next": True}, {"by_ms": -1}, {"too_ms": 1}])
def test_a_clock_is_moved_in_one_way(sandbox: SandboxRun, how: dict[str, Any]) -> None:
    told = ask("POST", sandbox.base_url + "/clock/advance", how, bearer(sandbox))
    assert (told.status, told.error) == (400, "bad_request")
    assert told.body["fields"][0]["rule"]


def test_refusals_carry_the_time_too(sandbox: SandboxRun) -> None:
    assert sandbox.call("tax.declare", {}, case=1, sender="hub").headers["x-sandbox-time"] == str(START_MS)


@pytest.mark.sandbox(seed=1, handling="instant", term_factor=3, remote={})
def test_a_shortened_term_runs_as_much_longer_as_was_asked_for(sandbox: SandboxRun) -> None:
    sandbox.begin(1, 5)
    sandbox.advance(300)
    due = {each["due_ms"] - START_MS for each in sandbox.pending() if "当事人逾期未办" in each["what"]}
    assert min(due) >= 3 * 15_000 > max(due) - 1_000, "fifteen days, each of them a second"
    assert sandbox.control("GET", "")["term_factor"] == 3
    told = sandbox.control("GET", "/verdict")
    assert told["clock"]["title"] == "步进，办理用时即时，期限放长到 3 倍，不分工作时间"


@pytest.mark.sandbox(seed=1)
def test_pending_events_say_who_waits_for_what(sandbox: SandboxRun) -> None:
    sandbox.begin(1)
    sandbox.call("tax.declare", declaration(), case=1, sender="hub")
    assessing = next(each for each in sandbox.pending() if each["seat"] == "tax")
    assert (assessing["case_no"], assessing["who"]) == (1, "税务")
    assert "核税中" in assessing["what"]
    assert assessing["due"].endswith("+08:00")
    assert len(sandbox.pending(limit=1)) == 1
    assert [each["due_ms"] or 0 for each in sandbox.pending()] == sorted(
        each["due_ms"] or 0 for each in sandbox.pending()
    )


@pytest.mark.sandbox(seed=1)
def test_cases_that_wait_for_somebody_outside_do_not_hold_the_call_for_ever(sandbox: SandboxRun) -> None:
    sandbox.begin(1)
    told = sandbox.advance(until_over=True)
    assert (told["stop"], told["over"], told["cases_open"]) == ("stuck", False, 1)


@pytest.mark.sandbox(seed=1)
def test_what_lies_in_an_inbox_is_named_first_until_its_seat_says_something(sandbox: SandboxRun) -> None:
    sandbox.begin(1, 3)
    told = sandbox.advance(until_over=True)
    first = told["waiting"][0]
    assert (told["stop"], first["sort"], first["waits_for"], first["kind"]) == (
        "stuck",
        "inbox",
        "portal",
        "portal.apply",
    )
    assert (first["cases"], first["case_no"]) == (3, 1)
    assert first["what"] == "省网上申请系统的收件箱里有“提交套餐申请”，此后没有再为它发报文（共 3 件，如办件 1）"
    assert all(each["sort"] != "sweep" and "清理" not in each["what"] for each in told["waiting"])
    assert sandbox.pending()[0] == first
    (of_third,) = (
        each for each in sandbox.control("GET", "/clock/pending", case_no=3)["events"] if each["due_ms"] is None
    )
    assert (of_third["kind"], of_third["case_no"], of_third["cases"]) == ("portal.apply", 3, 1)
    assert sandbox.case(3)["waiting"][0] == of_third
    assert sandbox.call("person.case_over", {"outcome": "done"}, case=1, sender="portal", seat="buyer").ok
    left = sandbox.pending()[0]
    assert (left["cases"], left["case_no"]) == (2, 2)


def test_the_time_allowed_is_kept(sandbox: SandboxRun) -> None:
    sandbox.begin(1, 5)
    told = sandbox.control("POST", "/clock/advance", {"until_over": True, "limit_s": 0.001})
    assert told["stop"] == "limit"
    assert "再调用一次" in told["stop_title"]


@pytest.mark.sandbox(remote={})
def test_without_remote_seats_all_cases_end(sandbox: SandboxRun) -> None:
    sandbox.begin(1, 3)
    told = sandbox.advance(until_over=True)
    assert (told["stop"], told["cases_finished"]) == ("over", 3)
    assert sandbox.case(1)["status"] == "已办结"
    assert sandbox.case(1)["read_from"] == "报文日志"
    assert "转移" in sandbox.timeline(1) or sandbox.timeline(1)


@pytest.mark.parametrize(("address", "own"), [
    ("http://a:1/runs/x/tax", True), ("http://a:1/runs/x", True), ("http://a:1/runs/xy/tax", False), ("http://b:1/runs/x/tax", False),
])  # fmt: skip
def test_only_the_follower_s_own_seats_say_how_things_stand_there(address: str, own: bool) -> None:
    assert Follower("http://a:1/runs/x").is_at(address) is own
    assert not Follower("").is_at(address)
    host: Any = SimpleNamespace(follower=Follower("http://a:1/runs/x"))
    _hear_stands(host, address, {STANDS: Stands(3, 0, 77).as_header()})
    assert host.follower.due_ms == (77 if own else None)


@pytest.mark.parametrize("text", [b"1 2", b"1 2 x", b"9" * 21 + b" 0 -", b"1 0 " + b"1" * 5_000, b"-1 0 -"])
def test_what_is_no_word_on_how_things_stand_is_left_alone(text: bytes) -> None:
    assert Stands.from_header(text) is None


@pytest.mark.sandbox(remote={"hub": ""}, follower="http://127.0.0.1:9/runs/nobody")
def test_a_follower_that_does_not_answer_is_a_clear_error(sandbox: SandboxRun) -> None:
    told = ask("POST", sandbox.base_url + "/clock/advance", {"by_ms": 1_000}, bearer(sandbox))
    assert (told.status, told.error) == (504, "follower_silent")
    assert "127.0.0.1:9" in told.body["detail"]


def test_a_broken_run_is_a_clear_error(tmp_path: Path) -> None:
    async def broken() -> None:
        known = directory()
        keeper = RunKeeper(tmp_path, b"a secret of sixteen bytes", known)
        keeper.caller = HttpOut(known, keeper.runs, "t")
        hosted = await keeper.create(NewRun(name="r", pace=Pace.STEPPED))

        async def fails() -> None:
            raise OSError("no disk")

        await asyncio.gather(hosted.host.supervise(fails()), return_exceptions=True)
        await turn()
        try:
            with pytest.raises(StepError, match="no disk"):
                await Stepper(hosted.host).to(START_MS * 2)
        finally:
            await keeper.close()

    asyncio.run(broken())


# ---- a small real system that does not follow ------------------------------------------------------------------------------
class SmallHub(BaseHTTPRequestHandler):
    """Takes a callback, and only then, on its own, asks the fee office for a pay code."""

    told: list[tuple[str, str]]
    sandbox: str

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        self.told.append((self.path, self.headers["x-sandbox-time"]))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        if json.loads(raw).get("charges"):
            Thread(target=self.order_pay_code).start()

    def order_pay_code(self) -> None:
        body = {"registry_code": "350305", "residential": True, "copies": 0, "payer_name": "赵军旭", "exempt": ""}
        ask("POST", f"{self.sandbox}/non_tax/pay-codes", body, {"X-Sender": "hub", "X-Case-No": "1"})

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def small_hub() -> Iterator[tuple[str, type[SmallHub]]]:
    system = type("ThisHub", (SmallHub,), {"told": [], "sandbox": ""})
    server = ThreadingHTTPServer(("127.0.0.1", 0), system)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", system
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_stepped_clock_waits_for_what_a_real_system_does_next(
    sandbox_server: SandboxServer, small_hub: tuple[str, type[SmallHub]]
) -> None:
    address, system = small_hub
    run = sandbox_server.create(
        "settles",
        seed=1,
        pace="stepped",
        office_hours=False,
        start_ms=START_MS,
        remote={"hub": address},
        settle_ms=1_000,
    )
    system.sandbox = run.base_url
    run.call("tax.declare", declaration(), case=1, sender="hub")
    run.advance(3_600_000)
    at = dict(system.told)["/callbacks/assessed"]
    rows = {row["kind"]: row for row in run.journal(case_no=1)}
    assert START_MS < int(at) < START_MS + DAY_MS
    assert rows["non_tax.issue_pay_code"]["t_ms"] == int(at), "heard at the instant of the callback, not a day later"
    run.delete()


def bearer(run: SandboxRun) -> dict[str, str]:
    return {"Authorization": f"Bearer {run.server.token}"}
