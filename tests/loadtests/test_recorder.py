"""What workers measure adds up, whoever measured it."""

import json

import pytest

from loadtests.recorder import Histogram, Recorder


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
