"""What a scenario is about does not hang on luck: applicants correct within the term, and rate while they may."""

import pytest

from features.accepting import scenarios_of
from features.playing import cast_all
from sim.calendar import DAY_MS
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")


@pytest.mark.parametrize(("title", "duration"), [
    ("补正环节只索取被指出有误的项", "correction_by_applicant"),
    ("办件先回流、评价后到，评价挂到已回流的套餐", "rating_delay"),
])  # fmt: skip
def test_it_happens_on_the_next_day(title: str, duration: str) -> None:
    (part,) = cast_all(scenarios_of(PACKAGE, [title]), PACKAGE, 7).parts
    assert part.played.circumstances.durations[duration] == DAY_MS
