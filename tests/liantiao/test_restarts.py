"""Restarts in the middle of an instant: what is due then and has not happened yet happens where it would have."""

from pathlib import Path

from sim.faces.control.shapes import NewRun
from tests.liantiao.asgi import InProcess
from tests.liantiao.replayed import check_state
from tests.sandbox_bodies import declaration

START_MS = 1_772_413_200_000
HOUR_MS = 3_600_000
TOLD = ("broken", "rows", "now_ms", "digest")


def a_run(*seats: str, led: bool = False) -> NewRun:
    return NewRun(
        name="demo", seed=1, cases=40, pace="stepped", start_ms=START_MS, settle_ms=0, led=led, remote=dict.fromkeys(seats, "")
    )  # fmt: skip


def test_a_run_led_from_elsewhere_leaves_due_what_is_due_now(tmp_path: Path) -> None:
    server = InProcess(tmp_path, a_run("portal", "registry", "hub", led=True))
    server.ask("POST", "/runs/demo/cases", {"first": 1, "last": 5})
    before = server.ask("GET", "/runs/demo?digest=true").told
    server.stop(orderly=True)
    server.open()
    after = server.ask("GET", "/runs/demo?digest=true").told
    assert [after[each] for each in TOLD] == [before[each] for each in TOLD]
    at = str(START_MS)
    said = server.ask(
        "POST", "/runs/demo/tax/declarations", declaration(), x_sender="hub", x_case_no="1", x_sandbox_time=at
    )
    assert said.status == 200
    server.ask("POST", "/runs/demo/clock/advance", {"by_ms": HOUR_MS})
    server.stop(orderly=False)
    server.open()
    about = server.ask("GET", "/runs/demo?digest=true").told
    assert about["broken"] == ""
    check_state(tmp_path / "runs" / "demo", about)
    server.end()


def test_a_case_begins_whose_buyer_is_a_real_system(tmp_path: Path) -> None:
    server = InProcess(tmp_path, a_run("buyer", "portal"))
    server.ask("POST", "/runs/demo/cases", {"first": 1, "last": 5})
    told = server.ask("POST", "/runs/demo/clock/advance", {"by_ms": HOUR_MS})
    assert (told.status, told.told["broken"]) == (200, "")
    assert server.ask("GET", "/runs/demo/inbox").told["messages"] == []
    server.end()
