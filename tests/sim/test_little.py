"""Little's law as a finding: a run whose queues do not fit its waits cannot end well."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboards.little import little, little_word
from liantiao.simulating import simulate as command
from liantiao.simulating.region_run import Plan, RegionFigures, play_region
from liantiao.simulating.simulate import plan_of, simulate
from sim.calendar import parse_day
from sim.judge.little import little_finding
from sim.judge.verdict import Result, Verdict
from sim.package import load_package


def line(sampled: float, expected: float, *, consistent: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "post": "accept", "sampled": sampled, "expected": expected, "consistent": consistent,
        "apart": (sampled - expected) / expected if expected else None, **more,
    }  # fmt: skip


def desks(*lines: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {"registries": [{"registry": "350102", **each} for each in lines], "posts": [line(2.0, 2.1)]}


def test_queues_that_fit_are_counted() -> None:
    finding = little_finding(desks(line(1.0, 1.05), line(0.0, 0.001)))
    assert (finding.result, finding.applied, finding.violations) == (Result.KEPT, 2, 0)
    assert Verdict((finding,)).exit_code() == 0


@pytest.mark.parametrize("wrong", [line(2.0, 1.0, consistent=False), line(0.04, 0.001, consistent=False)])
def test_one_queue_that_does_not_fit_breaks_the_run(wrong: dict[str, Any]) -> None:
    found = desks(line(1.0, 1.05), wrong)
    finding = little_finding(found)
    assert (finding.result, finding.applied, finding.violations) == (Result.BROKEN, 3, 1)
    assert "350102" in finding.sample[0].evidence
    assert Verdict(()).also(finding).exit_code() == 1
    assert "1 个不符" in little_word({"desks": found})
    assert "不符" in little(wrong)[-1]


def test_a_province_that_does_not_fit_breaks_the_run_though_each_desk_does() -> None:
    found = desks(line(1.0, 1.05))
    found["posts"] = [line(9.0, 1.0, consistent=False)]
    assert little_finding(found).sample[0].evidence.startswith("全省 accept：采样队长 9")


@pytest.mark.parametrize("lines", [(), (line(0.01, 0.02),)])
def test_without_queues_nothing_is_proven(lines: tuple[dict[str, Any], ...]) -> None:
    found = desks(*lines)
    found["posts"] = [line(0.0, 0.01)]
    finding = little_finding(found)
    assert finding.result is Result.NOT_OBSERVED
    assert finding.note


def test_a_run_whose_samples_lie_ends_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sampler sees one waiting more than there is: the verdict, the exit code and the report all say so."""

    def play_and_lie(plan: Plan, position: int, folder: Path, tell: Any) -> RegionFigures:
        figures = play_region(plan, position, folder, tell)
        path = folder / "journal" / figures.region / "samples.parquet"
        table = pq.read_table(path)
        at = table.schema.get_field_index("waiting")
        longer = pa.array([waiting + 1 for waiting in table["waiting"].to_pylist()], pa.int32())
        pq.write_table(table.set_column(at, "waiting", longer), path)
        return figures

    monkeypatch.setattr(command, "play_region", play_and_lie)
    days = {"from_ms": parse_day("2024-03-04"), "to_ms": parse_day("2024-03-08")}
    plan = plan_of(load_package("fujian-2024-55"), cases=60, seed=1, script="none", **days)
    summary = simulate(plan, tmp_path / "out", 1, lambda *phase: None)
    results = {promise["id"]: promise["result"] for promise in summary["promises"]}
    assert summary["exit_code"] == 1
    assert [name for name, result in results.items() if result == "broken"] == ["littles_law"]
    written = json.loads((tmp_path / "out" / "verdict.json").read_text(encoding="utf-8"))
    assert written["exit_code"] == 1
    assert "利特尔定律" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
