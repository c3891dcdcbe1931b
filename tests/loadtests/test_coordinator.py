"""The coordinator of a load, with nobody beside it."""

from typing import Any

import pytest

import loadtests.coordinator
from loadtests.coordinator import READY_WITHIN_S, Coordinator
from loadtests.recorder import Recorder
from loadtests.settings import HANDS, Settings

SETTINGS = Settings("http://a/runs/load", "t", 10, 1, "constant:10", 1.0, 0, HANDS, 120.0, 1.0, 0.0, "127.0.0.1", "")


def said(kind: str, told: Any) -> None:
    """Nobody hears it."""


def test_workers_that_never_get_ready_end_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000]
    monkeypatch.setattr(loadtests.coordinator, "wall_ms", lambda: now[0])
    coordinator = Coordinator(SETTINGS, said)
    now[0] += READY_WITHIN_S * 1_000
    assert coordinator.look()
    now[0] += 1
    assert not coordinator.look()
    assert (coordinator.over, coordinator.complete) == ("等了 120 秒，工作进程没有都就绪：已就绪 0 个", False)


def test_longer_terms_are_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {"now_ms": 5, "term_factor": 4, "cases_ended": 0, "under_way": 1}
    now = [1_000_000]
    monkeypatch.setattr(loadtests.coordinator, "wall_ms", lambda: now[0])
    monkeypatch.setattr(loadtests.coordinator, "ask", lambda *args: told)
    coordinator = Coordinator(SETTINGS, said)
    coordinator.ready("a", "http://a", {}, 1)
    last_in = now[0] + loadtests.coordinator.SOON_MS + int(coordinator.offsets[-1])
    now[0] = last_in
    assert coordinator.look()
    now[0] += 480_000 - 1
    assert coordinator.look()
    now[0] += 2
    assert not coordinator.look()
    assert coordinator.over == "480 秒没有进展"


def test_a_worker_that_cannot_join_ends_a_load_only_before_it_has_begun() -> None:
    coordinator = Coordinator(SETTINGS, said)
    coordinator.stages.begin(1, ["a"])
    assert not coordinator.cannot_begin("连不上沙箱")
    assert coordinator.over == ""
    waiting = Coordinator(SETTINGS, said)
    assert waiting.cannot_begin("连不上沙箱")
    assert (waiting.over, waiting.look()) == ("连不上沙箱", False)


def test_the_busiest_a_worker_was_is_kept_and_nothing_is_told_before_it_was_measured() -> None:
    coordinator = Coordinator(SETTINGS, said)
    coordinator.workers["a"] = {}
    told = {"recorder": Recorder().take(), "ended": [], "open": 0, "begun": 0}
    coordinator.report("a", told | {"cpu_percent": None})
    assert coordinator.workers["a"] == {}
    for percent in (20.0, 91.0, 40.0):
        coordinator.report("a", told | {"cpu_percent": percent})
    assert coordinator.workers["a"] == {"cpu_percent": 91.0}
