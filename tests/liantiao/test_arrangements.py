"""What is arranged for a case is checked before a run is made of it: names, kinds of values, numbers."""

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest

from features.accepting import scenarios_of
from features.playing import cast_all
from liantiao.arrangements import REASONS, check_arranged
from liantiao.directory import directory
from liantiao.serving.keeper import RunKeeper
from sim.circumstances import Circumstances
from sim.faces.control.errors import Refusal
from sim.faces.control.shapes import Arranged, NewRun
from sim.package import load_package
from tests.test_tidy import ROOT

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


def test_the_draws_that_may_be_given_a_reason_are_those_that_ask_for_one() -> None:
    """`arranged_reason` is asked with a name, or with the name of the draw a department's file declares as its `luck`."""
    asked, lucky = set[str](), set[str]()
    for path in [each for part in ("people", "fake_departments", "reference") for each in (ROOT / part).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="arranged_reason"), args=[ast.Constant(value=str(name))]):
                    asked.add(name)
                case ast.Call(func=ast.Attribute(attr="arranged_reason"), args=[other]):
                    assert ast.unparse(other) == "self.luck.decode()", path
                case ast.Assign(targets=[ast.Name(id="luck")], value=ast.Constant(value=bytes(name))):
                    lucky.add(name.decode())
    assert set(REASONS) == asked | lucky
