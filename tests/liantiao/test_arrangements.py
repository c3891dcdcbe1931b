"""What is arranged for a case is checked before a run is made of it: names, kinds of values, numbers."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from features.accepting import scenarios_of
from features.playing import cast_all
from liantiao.arrangements import check_arranged
from liantiao.keeper import RunKeeper, directory
from sim.circumstances import Circumstances
from sim.faces.control.errors import Refusal
from sim.faces.control.shapes import Arranged, NewRun
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")


@pytest.mark.parametrize(("number", "arranged", "path", "near"), [
    (11, {}, "arranged.11", "10"),
    (1, {"shares": {"paid_twise": 1.0}}, "arranged.1.shares.paid_twise", "paid_twice"),
    (1, {"durations": {"tax_assesment": 5}}, "arranged.1.durations.tax_assesment", "tax_assessment"),
    (1, {"reasons": {"powr.reject": "arrears"}}, "arranged.1.reasons.powr.reject", "power.reject"),
    (1, {"facts": {"price": 5}}, "arranged.1.facts.price", "price_fen"),
    (1, {"facts": {"price_fen": "5"}}, "arranged.1.facts.price_fen", None),
    (1, {"facts": {"price_fen": True}}, "arranged.1.facts.price_fen", None),
    (1, {"facts": {"loan": 1}}, "arranged.1.facts.loan", None),
    (1, {"facts": {"accounts": ("a", "b")}}, "arranged.1.facts.accounts", None),
    (1, {"facts": {"buyers": ()}}, "arranged.1.facts.buyers", None),
])  # fmt: skip
def test_what_will_not_do_is_named(number: int, arranged: dict[str, Any], path: str, near: str | None) -> None:
    (found,) = check_arranged({number: Circumstances(**arranged)}, 10, PACKAGE)
    assert (found["path"], found["nearest"]) == (path, near)


def test_whatever_scenarios_arrange_will_do() -> None:
    plan = cast_all(scenarios_of(PACKAGE), PACKAGE, 2024).plan
    assert not check_arranged(plan.arranged, plan.cases, PACKAGE)


def test_no_run_is_made_of_it(tmp_path: Path) -> None:
    new = NewRun(name="t", cases=10, arranged={1: Arranged(shares={"paid_twise": 1.0})})
    with pytest.raises(Refusal) as caught:
        asyncio.run(RunKeeper(tmp_path, b"secret", directory()).create(new))
    assert caught.value.problem.status == 400
    assert "paid_twice" in str(caught.value.problem.fields)
    assert not (tmp_path / "runs").exists()
