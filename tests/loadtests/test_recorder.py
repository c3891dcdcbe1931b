"""What workers measure adds up, whoever measured it."""

import json
from pathlib import Path

import pytest

from loadtests.coordinator import Coordinator
from loadtests.recorder import Histogram, Recorder
from loadtests.settings import Settings


def test_percentiles_are_within_a_tenth() -> None:
    histogram = Histogram()
    for ms in range(1, 1_001):
        histogram.note(ms)
    for share in (0.5, 0.95, 0.99):
        assert histogram.percentile(share) == pytest.approx(share * 1_000, rel=0.11)
    assert Histogram().percentile(0.5) == 0.0


def test_two_workers_add_up_over_the_wire() -> None:
    one, two, both = Recorder(), Recorder(), Recorder()
    one.call("portal.apply", "ok", intended_ms=1_000, sent_ms=1_400, ended_ms=1_500)
    two.call("portal.apply", "failed:http_500", intended_ms=1_000, sent_ms=1_000, ended_ms=1_010)
    two.call("portal.join", "refused:not_now", intended_ms=2_000, sent_ms=2_000, ended_ms=2_001)
    for each in (one, two):
        both.add(json.loads(json.dumps(each.take())))
        assert not each.operations
    assert both.whole("latency").total() == 3
    assert both.seconds[1]["calls"] == 2
    assert both.seconds[1]["errors"] == both.seconds[2]["refused"] == 1
    assert both.operations["portal.apply"]["latency"].percentile(1.0) == pytest.approx(500, rel=0.11)
    assert both.operations["portal.apply"]["service"].percentile(1.0) == pytest.approx(100, rel=0.11)
    assert both.operations["portal.apply"]["waiting"].percentile(1.0) == pytest.approx(400, rel=0.11)


def test_a_result_told_twice_is_the_same_both_times(tmp_path: Path) -> None:
    """A load that is stopped while it ends writes its result twice: the second time nothing was left of it."""
    result = tmp_path / "locust.json"
    settings = Settings("", "", 1, 1, "constant:1", 1.0, 0, 1, 1.0, 1.0, 0.0, "127.0.0.1", str(result))
    coordinator, seen = Coordinator(settings, lambda kind, data: None), Recorder()
    seen.call("portal.apply", "ok", intended_ms=1_000, sent_ms=1_400, ended_ms=1_500)
    coordinator.report("one", {"recorder": seen.take(), "ended": [1], "open": 0, "begun": 1, "cpu_percent": 1.0})
    coordinator.write()
    first = json.loads(result.read_text(encoding="utf-8"))["recorded"]
    coordinator.write()
    assert json.loads(result.read_text(encoding="utf-8"))["recorded"] == first
    assert "portal.apply" in first["operations"]
