"""Tests of what the report says of desks: who is ranked, what Little's law says at both levels, and where charts end."""

from typing import Any

import pytest

from dashboards.charts import charts
from dashboards.desks import ENOUGH_JOBS, longest_waits, ranked_said
from dashboards.little import little_word

HOUR_MS = 3_600_000


def desk(registry: str, jobs: int, hours: float) -> dict[str, Any]:
    wait = round(hours * HOUR_MS) if jobs else None
    return {"post": "accept", "registry": registry, "jobs": jobs, "wait_p90_ms": wait}


def queue(sampled: float, expected: float, *, consistent: bool = True) -> dict[str, Any]:
    return {"sampled": sampled, "expected": expected, "consistent": consistent}


def measures(*registries: dict[str, Any], posts: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    titles = {"registries": {}, "posts": {"accept": "受理"}, "seats": {"hub": "总对总", "local_hub": "厦门"}}
    desks = {"registries": list(registries), "posts": list(posts), "backlog": []}
    return {"desks": desks, "titles": titles, "refusals": [], "periods": [], "period": "day", **more}


def test_a_desk_with_few_jobs_is_not_ranked_however_long_they_waited() -> None:
    found = measures(desk("a", ENOUGH_JOBS, 2), desk("b", ENOUGH_JOBS - 1, 90), desk("c", 500, 3), desk("d", 0, 0))
    assert [row["registry"] for row in longest_waits(found)] == ["c", "a"]
    assert "2 个窗口参与排名，其余 2 个任务太少" in ranked_said(found)
    assert charts(found)["chart-registries"]["yAxis"]["data"] == ["a 受理（100 件）", "c 受理（500 件）"]


@pytest.mark.parametrize(
    ("lines", "said"), [((), "没有队列采样"), ((desk("a", 3, 90),), "任务太少：1 个窗口都不足 100 件")]
)
def test_where_nothing_can_be_ranked_it_is_said(lines: tuple[dict[str, Any], ...], said: str) -> None:
    assert longest_waits(measures(*lines)) == []
    assert said in ranked_said(measures(*lines))


def test_littles_law_is_told_of_desks_and_of_the_province() -> None:
    short, wrong, fits = queue(0.01, 0.01), queue(2, 1, consistent=False), queue(1, 1)
    assert little_word(measures(short, short, posts=(fits, wrong))) == (
        "登记机构窗口 2 个中 2 个排队太短、样本不足；全省岗位 2 个中 1 个一致，1 个不符（检核项 littles_law 不通过）"
    )
    assert "无法核对" in little_word(measures(posts=(fits,)))


def test_refusals_that_read_alike_name_who_refused() -> None:
    row = {"kind_title": "进入界面", "title": "无待缴项", "n": 3}
    rows = [{**row, "seat": "hub"}, {**row, "seat": "local_hub"}, {**row, "title": "已缴", "seat": "hub"}]
    names = charts(measures(refusals=rows))["chart-refusals"]["yAxis"]["data"]
    assert names == ["进入界面：已缴", "进入界面：无待缴项（厦门）", "进入界面：无待缴项（总对总）"]


@pytest.mark.parametrize(
    ("period", "labels"), [("month", ["2024-10", "2024-11"]), ("day", ["2024-10", "2024-11", "2024-12"])]
)
def test_monthly_charts_end_with_the_last_applications(period: str, labels: list[str]) -> None:
    sums = {"closures": 1, "payments": 0, "tax_fen": 0, "fee_fen": 0}
    rows = [{"period": f"2024-{month}", "arrivals": n, **sums} for month, n in ((10, 5), (11, 2), (12, 0))]
    found = measures(periods=rows, period=period)
    found["desks"]["backlog"] = [{"period": row["period"], "post": "accept", "mean": 1.0} for row in rows]
    drawn = charts(found)
    assert [drawn[f"chart-{name}"]["xAxis"]["data"] for name in ("cases", "money", "backlog")] == [labels] * 3
