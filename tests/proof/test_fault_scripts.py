"""Under every fault script money is conserved, nothing is unexpected and every case comes to an end."""

from pathlib import Path

import pytest

from liantiao.simulating.simulate import plan_of, simulate
from tests.worlds import FROM_MS, TO_MS, package

CASES = 600


@pytest.mark.parametrize("script", package().fault_scripts)
def test_a_script_leaves_money_whole_and_no_case_open(script: str, tmp_path: Path) -> None:
    plan = plan_of(package(), cases=CASES, seed=7, from_ms=FROM_MS, to_ms=TO_MS, script=script)
    summary = simulate(plan, tmp_path / "out", 1, lambda *phase: None)
    results = {promise["id"]: promise for promise in summary["promises"]}
    broken = {name: promise["violations"] for name, promise in results.items() if promise["result"] == "broken"}
    assert not summary["open_cases"]
    assert summary["finished"] == summary["begun"] == CASES
    assert not broken
    assert results["money_conserved"]["result"] == "kept"
