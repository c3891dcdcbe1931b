"""A whole run proves every promise it can: kept means that cases were found to which the promise applied."""

from dataclasses import replace
from pathlib import Path

from liantiao.simulating.simulate import plan_of, simulate
from sim.calendar import parse_day
from tests.worlds import RARE, package

JUDGED = {"kept", "manual", "no_figure"}


def test_every_promise_of_a_run_is_kept_with_cases_to_show_for_it(tmp_path: Path) -> None:
    chosen = replace(package(), shares={**package().shares, **RARE})
    days = {"from_ms": parse_day("2021-03-01"), "to_ms": parse_day("2021-03-31")}
    plan = plan_of(chosen, cases=2_000, seed=3, script="everyday", **days)
    summary = simulate(plan, tmp_path / "out", 1, lambda *phase: None)
    assert {p["id"]: p["result"] for p in summary["promises"] if p["result"] not in JUDGED} == {}
    assert [p["id"] for p in summary["promises"] if p["result"] == "kept" and not p["applied"]] == []
    assert summary["exit_code"] == 0
