"""Case reflow in both modes."""

import pytest

from contract import gov_platform as said
from sim.message import Message
from tests.fake_departments.platform_town import ITEMS, Platform, main, package
from tests.town import START_MS


def test_mode_2_stores_the_package_stage_by_stage() -> None:
    town = Platform()
    for at_ms, stage in enumerate(("accepted", "process", "done")):
        assert town.ask(package(stage, at_ms), "registry").stage == stage
    assert town.now_in("reflow") == "closed"
    assert not town.heard("registry", said.ItemsDistributed)


def test_mode_1_distributes_the_items_and_takes_their_reports() -> None:
    town = Platform(mode=1)
    assert town.ask(main("accepted", START_MS), "registry").stage == "accepted"
    town.run(minutes=1)
    (distributed,) = town.heard("registry", said.ItemsDistributed)
    assert distributed.items == ITEMS
    assert town.ask(main("accepted", START_MS), "registry").stage == "accepted"
    for code, error in [("power", ""), ("filing", ""), ("gas", "item_code_unknown"), ("用电", "item_code_unknown")]:
        assert town.error(said.ReportItem(code, "done"), "registry") == error
    assert town.ask(main("done", START_MS + 1), "registry").stage == "done"
    town.run(minutes=2)
    assert town.now_in("reflow") == "closed"
    assert len(town.heard("registry", said.ItemsDistributed)) == 1


@pytest.mark.parametrize(("mode", "report"), [
    (2, main("accepted", 0)), (1, package("accepted", 0)), (2, said.ReportItem("power", "done")),
])  # fmt: skip
def test_a_region_takes_its_own_mode_only(mode: int, report: Message) -> None:
    town = Platform(mode)
    ours = main("accepted", 0) if mode == 1 else package("accepted", 0)
    first = town.error(report, "registry")
    assert first == ("stage_missing" if isinstance(report, said.ReportItem) else "wrong_mode")
    assert not town.error(ours, "registry")
    assert town.error(report, "registry") == "wrong_mode"


@pytest.mark.parametrize(("before", "report", "error"), [
    ([], package("accepted", 5, ("transfer", "telephone")), "item_code_unknown"),
    ([], package("process", 5), "stage_missing"),
    ([], package("done", 5), "stage_missing"),
    ([], package("closed", 5), "stage_unknown"),
    ([package("accepted", 5)], package("process", 4), "time_reversed"),
    ([package("accepted", 5)], package("done", 5), ""),
    ([package("accepted", 5)], package("process", 6, code="350102-20230306-000002"), "case_code_differs"),
    ([package("accepted", 5), said.Progress("recorded")], package("done", 6), "stage_missing"),
    ([package("accepted", 5)], package("done", 6, results=("water:done",)), "stage_missing"),
    ([package("accepted", 5), said.Progress("recorded"), package("process", 6)], package("done", 6), ""),
    ([package("accepted", 5), package("done", 6)], package("process", 7), "time_reversed"),
])  # fmt: skip
def test_reports_are_checked(before: list[Message], report: Message, error: str) -> None:
    town = Platform()
    for each in before:
        assert not town.error(each, "registry")
    assert town.error(report, "registry") == error


def test_a_stage_reported_twice_is_answered_as_the_first_time() -> None:
    town = Platform()
    for at_ms, stage in [(5, "accepted"), (6, "process"), (4, "accepted"), (7, "done"), (6, "process"), (7, "done")]:
        assert town.ask(package(stage, at_ms), "registry").stage == stage
    assert town.now_in("reflow") == "closed"
