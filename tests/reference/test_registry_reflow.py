"""Reports that the platform refuses are sent again, as long as it would store them."""

from types import SimpleNamespace
from typing import Any

from contract.gov_platform import ReportPackage
from reference.registry_reflow import AGAIN_MS, REPORT_AGAIN, report_again, wait_and_report
from sim.message import refused
from sim.posts import later


def a_file() -> Any:
    """A registry's file with two stages not stored yet."""
    return SimpleNamespace(
        unstored={"process": 1, "done": 2}, settings=SimpleNamespace(region=SimpleNamespace(reflow_mode=2)), now_ms=3,
        acceptance_no="A1", application=SimpleNamespace(items=("power",)), results={"power": "办结"},
    )  # fmt: skip


def test_every_stage_that_is_not_stored_is_reported_again_in_a_while() -> None:
    file = a_file()
    assert wait_and_report(file, refused(ReportPackage)("stage_missing", "缺少受理环节")) == [
        later(AGAIN_MS, REPORT_AGAIN)
    ]
    assert [post[-1].stage for post in report_again(file, REPORT_AGAIN)] == ["process", "done"]


def test_a_closed_case_is_reported_no_more() -> None:
    file = a_file()
    assert wait_and_report(file, refused(ReportPackage)("case_closed", "办件已办结")) == [later(0, REPORT_AGAIN)]
    assert report_again(file, REPORT_AGAIN) == []
