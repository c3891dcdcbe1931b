"""What is the gas company's own: the safety inspection that comes before the transfer."""

from typing import Any

import pytest

from contract.gas import INSPECTION_FAILED
from sim.calendar import DAY_MS
from tests.fake_departments.transfers import HANDLING_MS, Office


def inspected(failing: bool) -> Office:
    """An office whose rejected case fails, or does not fail, its inspection."""
    for seed in range(60):
        office = Office("gas", share=1.0)
        office.sandbox.seed = seed
        if (office.file("gas").drawn(1) is INSPECTION_FAILED) is failing:
            return office
    pytest.fail("no such case")


def states(office: Office) -> list[Any]:
    return [row["state_to"] for row in office.rows(track="gas") if row["state_to"] != row["state_from"]]


def test_the_inspector_comes_first_and_takes_three_fifths_of_the_time() -> None:
    office = Office("gas")
    office.whole_story()
    assert states(office) == ["awaiting_files", "inspecting", "handling", "transferred"]
    (attached,), (passed,), (done,) = (
        office.rows(kind=kind) for kind in ("gas.attach", "gas.inspection_passed", "gas.completed")
    )
    assert (passed["t"] - attached["t"], done["t"] - attached["t"]) == (HANDLING_MS * 3 // 5, HANDLING_MS)


def test_an_unsafe_home_never_reaches_the_desk() -> None:
    office = inspected(failing=True)
    assert office.whole_story().reason_code == "inspection_failed"
    assert states(office) == ["awaiting_files", "inspecting", "returned"]


def test_other_reasons_are_found_at_the_desk() -> None:
    office = inspected(failing=False)
    assert office.whole_story().status == 4
    assert states(office) == ["awaiting_files", "inspecting", "handling", "returned"]


def test_a_cancelled_transfer_calls_the_inspector_off() -> None:
    office = Office("gas")
    number = office.push()
    office.attach(number)
    office.run(ms=DAY_MS)
    office.ask("Cancel", number, "撤件")
    office.run(days=5)
    assert states(office) == ["awaiting_files", "inspecting", "cancelled"]
    assert office.rows(kind="gas.inspection_passed") == []
