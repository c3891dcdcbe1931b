"""The problem list: what a run makes of it, and what people make of it in its workbook."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from features.given import GivenError
from features.problems import Findings, findings_of, fingerprint
from liantiao.problems.listed import BY_HAND, STATES, Problem, ProblemList, merge, read_list, write_list
from liantiao.problems.sheet import HEADS, export_problems, import_problems
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
STEP = "供水从登记系统收到“用水过户推送”1次"
COLUMN = {head: n for n, head in enumerate(HEADS, 1)}


def step(result: str, text: str = STEP) -> dict[str, Any]:
    return {
        "text": text,
        "line": 7,
        "result": result,
        "result_title": "",
        "expected": "1次",
        "seen": "办件 17：0次",
        "rows": [1],
    }


def scenario(result: str, *steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told = {
        "id": "水-00000000", "title": "用水过户", "clauses": ["FJ-2.1-06"], "sort": "正常", "inferred": False, "result": result,
        "robustness": False, "note": "", "cases": [17], "steps": list(steps) or [step(result)],
    }  # fmt: skip
    return told | changes


def promise(result: str, *cases: int) -> dict[str, Any]:
    sample = [{"case_no": case, "evidence": f"办件 {case}"} for case in cases]
    return {
        "id": "recorded_once", "title": "一件只登簿一次", "clauses": ["FJ-A1-09"], "inferred": "", "result": result, "note": "",
        "violations": len(sample), "sample": sample,
    }  # fmt: skip


def findings(*scenarios: dict[str, Any], promises: tuple[dict[str, Any], ...] = ()) -> Findings:
    return findings_of({"scenarios": scenarios, "promises": promises}, PACKAGE)


def run(n: int) -> dict[str, str]:
    return {"id": f"run-{n}", "folder": f"accept-{n}", "day": f"2025-03-{n:02}", "results_sha256": ""}


def after(*results: str, start: ProblemList | None = None) -> Problem:
    """The problem after runs with these results of its step."""
    found = start or ProblemList(PACKAGE.id)
    first = len(found.runs) + 1
    for n, result in enumerate(results, first):
        found = merge(found, findings(scenario(result)), run(n)).list
    return found.problems[fingerprint("水-00000000", STEP)]


def in_state(state: str) -> ProblemList:
    made = merge(ProblemList(PACKAGE.id), findings(scenario("broken")), run(1)).list
    return replace(made, problems={mark: replace(each, state=state) for mark, each in made.problems.items()})


# ---- what failed --------------------------------------------------------------------------------------------------------------
def test_a_failure_is_known_again_whatever_case_and_time_it_has() -> None:
    one = findings(scenario("broken")).failures
    other = findings(
        scenario("broken", step("broken") | {"seen": "办件 99：2次", "line": 80, "rows": [5]}, cases=[99])
    ).failures
    assert [each.fingerprint for each in one] == [each.fingerprint for each in other]
    assert len({fingerprint("a", "x"), fingerprint("a", "x", 1), fingerprint("b", "x"), fingerprint("a", "y")}) == 4


@pytest.mark.parametrize(
    ("told", "severity"),
    [
        (scenario("broken"), "违反条款"),
        (scenario("broken", sort="故障"), "健壮性"),
        (scenario("broken", inferred=True), "健壮性"),
        (scenario("broken", robustness=True), "健壮性"),
        (scenario("not_observed"), "未取得证据"),
        (scenario("not_run", steps=[], note="没有任何报文"), "未取得证据"),
    ],
)
def test_severity(told: dict[str, Any], severity: str) -> None:
    assert [each.severity for each in findings(told).failures] == [severity]


def test_what_is_open_is_neither_a_problem_nor_mended() -> None:
    found = findings(scenario("manual"), promises=(promise("manual"),))
    assert found.failures == ()
    assert fingerprint("水-00000000", STEP) not in found.passed


def test_the_unit_is_the_system_that_sends_what_the_step_is_about() -> None:
    def unit(text: str) -> str:
        return findings(scenario("broken", step("broken", text))).failures[0].unit

    assert unit(STEP) == "不动产登记业务审批系统"
    assert unit("总对总从电力收到“用电过户结果”1次") == "省级“总对总”服务"
    assert unit("用水过户最终被退回") == "不动产登记业务审批系统"
    assert "省不动产登记网上申请系统" in unit("随便什么")


def test_a_promise_broken_outside_every_scenario_is_a_problem_of_its_own() -> None:
    inside = findings(scenario("kept"), promises=(promise("broken", 17),))
    outside = findings(scenario("kept"), promises=(promise("broken", 17, 99),))
    assert inside.failures == ()
    assert [each.title for each in outside.failures] == ["一件只登簿一次"]


def test_a_broken_promise_of_a_case_is_mended_when_no_case_breaks_it() -> None:
    text = "检核项“一件只登簿一次”成立"
    mark = fingerprint("水-00000000", text)
    bad = findings(scenario("broken", step("kept"), step("broken", text)), promises=(promise("broken", 17),))
    assert mark in {each.fingerprint for each in bad.failures}
    assert mark in findings(scenario("kept"), promises=(promise("kept"),)).passed
    partly = promise("broken", *range(100, 110)) | {"violations": 40}
    assert mark not in findings(scenario("kept"), promises=(partly,)).passed, "not every case that breaks it is known"


# ---- what a run does ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("results", "state"),
    [
        (("broken",), "待确认"),
        (("broken", "broken"), "待确认"),
        (("broken", "kept"), "待复测"),
        (("broken", "kept", "kept"), "关闭"),
        (("broken", "kept", "broken"), "整改中"),
        (("broken", "kept", "kept", "broken"), "整改中"),
        (("broken", "manual"), "待确认"),
        (("broken", "kept", "not_run"), "待复测"),
    ],
)
def test_a_run_moves_states(results: tuple[str, ...], state: str) -> None:
    assert after(*results).state == state


def test_what_is_on_hold_stays_there() -> None:
    for result in ("kept", "broken"):
        assert after(result, start=in_state("挂起")).state == "挂起"


def test_it_is_counted_and_dated() -> None:
    found = after("broken", "broken", "kept", "kept", "broken")
    assert (found.first_seen, found.last_seen, found.times, found.reopened) == ("2025-03-01", "2025-03-05", 3, 1)


def test_a_run_that_looks_elsewhere_changes_nothing() -> None:
    before = in_state("整改中")
    assert merge(before, findings(scenario("kept", id="气-1")), run(2)).list.problems == before.problems


def test_a_scenario_that_did_not_run_mends_nothing() -> None:
    before = in_state("整改中")
    mark = fingerprint("水-00000000", STEP)
    found = merge(before, findings(scenario("not_run", steps=[])), run(2)).list
    assert found.problems[mark].state == "整改中"
    assert len(found.problems) == 2


def test_the_same_run_counts_once() -> None:
    one = merge(ProblemList(PACKAGE.id), findings(scenario("broken")), run(1))
    assert merge(one.list, findings(scenario("broken")), run(1)).list is one.list


def test_no_evidence_now_does_not_make_a_breach_less() -> None:
    assert after("broken", "not_observed").severity == "违反条款"


def test_a_known_issue_begins_on_hold() -> None:
    told = scenario("known_issue", step("known_issue"), note="厂商九月修复（张工负责，2025-09-30到期）")
    (found,) = merge(ProblemList(PACKAGE.id), findings(told), run(1)).list.problems.values()
    assert (found.state, found.severity) == ("挂起", "违反条款")
    assert "张工" in found.note


def test_only_what_is_mended_or_waits_is_tested_again() -> None:
    assert {state for state in STATES if in_state(state).to_retest()} == {"整改中", "待复测"}


def test_the_file_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "problems.json"
    write_list(path, in_state("整改中"))
    assert read_list(path) == in_state("整改中")
    for text in ("", "{}", '{"format": "other"}', path.read_text(encoding="utf-8").replace("整改中", "改中")):
        (tmp_path / "bad.json").write_text(text, encoding="utf-8")
        with pytest.raises(GivenError, match="不是问题清单"):
            read_list(tmp_path / "bad.json")


# ---- what people do -----------------------------------------------------------------------------------------------------------
Fill = Callable[..., tuple[ProblemList, list[str]]]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """The workbook of a list with cells of its first problem changed, read back."""

    def filled(
        exported: ProblemList, cells: dict[str, Any], now: ProblemList | None = None
    ) -> tuple[ProblemList, list[str]]:
        path = tmp_path / "problems.xlsx"
        export_problems(path, exported)
        book = load_workbook(path)
        for head, value in cells.items():
            book.active.cell(2, COLUMN[head]).value = value
        book.save(path)
        return import_problems(path, now or exported)

    return filled


def test_an_untouched_workbook_changes_nothing(fill: Fill) -> None:
    for state in STATES:
        assert fill(in_state(state), {}) == (in_state(state), [])


def test_states_owners_and_dates_are_read_back(fill: Fill) -> None:
    cells = {"状态": "整改中", "责任单位": "某公司", "责任人": "李工", "期限": "2025-04-30", "说明": "已定位"}
    found, changed = fill(in_state("待确认"), cells)
    (problem,) = found.problems.values()
    assert changed == [problem.fingerprint]
    assert (problem.state, problem.unit, problem.owner, problem.due, problem.note) == tuple(cells.values())


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("wanted", STATES)
def test_only_lawful_transitions_are_taken(fill: Fill, state: str, wanted: str) -> None:
    if wanted == state or wanted in BY_HAND[state]:
        fill(in_state(state), {"状态": wanted, "说明": "有理由"})
    else:
        with pytest.raises(GivenError, match=rf"problems\.xlsx 的 N2（状态）不能由“{state}”改为“{wanted}”"):
            fill(in_state(state), {"状态": wanted, "说明": "有理由"})


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"指纹": "0123456789ab"}, r"A2（指纹）没有问题“0123456789ab”"),
        ({"状态": "已修复"}, r"N2（状态）是“已修复”，应为"),
        ({"期限": "月底"}, r"Q2（期限）是“月底”，应为日期"),
        ({"责任单位": ""}, r"O2（责任单位）是空的"),
        ({"状态": "关闭", "说明": ""}, r"R2（说明）是空的；不经整改就关闭的"),
    ],
)
def test_a_mistake_is_named_by_its_cell(fill: Fill, cells: dict[str, str], said: str) -> None:
    with pytest.raises(GivenError, match=said):
        fill(in_state("待确认"), cells)


def test_a_run_merged_meanwhile_is_not_undone(fill: Fill) -> None:
    now = merge(in_state("整改中"), findings(scenario("kept")), run(2)).list
    found, _ = fill(in_state("整改中"), {"责任人": "李工"}, now)
    (problem,) = found.problems.values()
    assert (problem.state, problem.owner) == ("待复测", "李工"), "what nobody touched stays as it is now"
    with pytest.raises(GivenError, match="但清单里现在是“待复测”；请重新导出"):
        fill(in_state("整改中"), {"状态": "挂起"}, now)
