"""Charts of a load: one axis for all, round figures beside it, gaps left open, nothing drawn that lies outside."""

import re
from typing import Any

import pytest

from dashboards.load_charts import LEFT, RIGHT, WIDTH, chart, nice_ticks, over_time_charts, time_ticks, time_told


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 8, [0, 2, 4, 6, 8]), (0, 0, [0, 0.25, 0.5, 0.75, 1.0]), (0, 229, [0, 100, 200, 300]), (-3, 5, [-4, -2, 0, 2, 4, 6]),
     (0, 0.03, [0, 0.01, 0.02, 0.03])],
)  # fmt: skip
def test_figures_beside_the_axis_are_round(low: float, high: float, wanted: list[float]) -> None:
    assert nice_ticks(low, high) == pytest.approx(wanted)


def test_times_below_the_axis() -> None:
    assert time_ticks(0, 17) == list(range(0, 18, 2))
    assert time_ticks(-3, 7_200)[:2] == [0, 1_800]
    assert [time_told(each) for each in (0, 59, 60, 3_725, -90)] == ["0 秒", "59 秒", "1:00", "1:02:05", "-1:30"]


def points(svg: str) -> list[list[tuple[float, float]]]:
    found = re.findall(r'points="([^"]+)"', svg)
    return [[(float(x), float(y)) for x, y in (pair.split(",") for pair in each.split())] for each in found]


def test_a_gap_stays_open_and_what_lies_outside_is_not_drawn() -> None:
    drawn = points(chart("a", 0, 10, {"x": [(-1, 5.0), (0, 0.0), (1, 1.0), (2, None), (10, 1.0), (11, 900.0)]}))
    assert [len(each) for each in drawn] == [2, 2]
    assert drawn[0][0][0] == LEFT
    assert drawn[1][0][0] == WIDTH - RIGHT
    assert drawn[0][1][1] == drawn[1][0][1]


def test_what_was_laid_beside_it_stands_on_the_same_axis() -> None:
    counts = dict.fromkeys(("arrived", "ended", "calls", "errors", "refused"), 1)
    rows = [{"s": s, **counts, "p50": 1.0, "p95": 2.0, "p99": None} for s in range(1_001)]
    record: dict[str, Any] = {
        "over_time": rows, "begun_ms": 5_000_200, "seconds": 1_000.3,
        "processes": [{"title": "沙箱", "points": [[5_000_000, 10.0], [6_000_000, 90.0]]}],
        "series": [{"title": "<CPU>", "source": "cpu.csv", "points": [[5_500_000, 1.0], [6_000_000, 2.0]]}],
    }  # fmt: skip
    drawn = over_time_charts(record)
    assert len(drawn) == 6
    assert "&lt;CPU&gt;" in drawn[-1]
    assert [x for x, _ in points(drawn[4])[0]] == [LEFT, WIDTH - RIGHT]
    assert points(drawn[5])[0][0][0] == pytest.approx(LEFT + (WIDTH - LEFT - RIGHT) / 2)
    assert all(len(each) <= 450 for svg in drawn for each in points(svg))
