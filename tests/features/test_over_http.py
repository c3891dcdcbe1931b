"""The features over HTTP, the reference in a process of its own: scenario by scenario as in process.

The suite plays one scenario in twenty, and those that once differed; with LIANTIAO_SLOW=1 all of them.
"""

import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from features.accepting import accept_in_process, accept_over_http, scenarios_of
from features.judging import ScenarioResult
from sim.journal.sqlite_reads import JournalReads
from sim.judge.verdict import Result
from sim.package import load_package

PACKAGE = load_package("fujian-2024-55")
ALL = bool(os.environ.get("LIANTIAO_SLOW"))
ONCE_DIFFERENT = {
    "清分明细合计与订单金额不符时整单不销账并告警": "a wrong amount on its way to us struck nobody",
    "拦截请求把金额改为一分钱，服务端拒绝": "nor did a message changed on its way to us",
    "属地推送的成交价与合同不一致被省级校验退回": "nor a wrong amount on its way to the tax bureau",
    "未经前五环节的直投件进入审批系统时按窗口件规则核验": "nobody said a lawful no in the reference's place",
    "跨月最后一日办结的件归属月份一致": "a case was closed before what had been held back for weeks came",
    "结果报文先于受理回执到达，状态不回退": "an answer that is to be heard in two weeks was heard at once",
    "统一社会信用代码校验位错误": "the portal's door refused by another name than the portal",
    "必填项填入全角空格不算已填": "so it did for an empty field",
    "非税返回的工本费金额为负数时不得合并进订单": "nobody read an answer with an amount that cannot be",
    "签名错误的成功通知被拒且告警": "nothing was signed, so no signature could be wrong",
    "推送未获应答而重发，电力只建一张工单": "a slow machine was taken for a silent system, and the push was said again",
    "系统自行分发并回流一个含八个子件的套餐包": "results of one instant were told in another order",
    "恰在时限最后一秒办结不计超期": "what was held back came with the next poll, days too soon",
    "时限跨国庆长假按工作日顺延计算": "the same over a holiday",
    "公积金提取结果写着别件的受理编号，总对总不认，查询之后才回报办结": "what a poll brought could not be changed on its way",
    "同一房屋短期内二次转手，两次备案先后独立": "where a clock was led no case was ever over",
    "缴款结果通知迟迟不到，主动查得结果后页面照样逐项显示缴清": "a notice held back a day was dated by its arrival",
}
"""Scenarios that came out otherwise over HTTP, and why."""


def without_rows(result: ScenarioResult) -> dict[str, Any]:
    told = result.as_dict()
    for step in told["steps"]:
        del step["rows"]
    return told


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("accept")
    return folder / "here", folder / "http"


@pytest.fixture(scope="module")
def both(folders: tuple[Path, Path]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    every = scenarios_of(PACKAGE)
    scenarios = [each for n, each in enumerate(every) if ALL or n % 20 == 0 or each.title in ONCE_DIFFERENT]
    assert ONCE_DIFFERENT.keys() <= {each.title for each in scenarios}
    here = accept_in_process(scenarios, PACKAGE, 2024, folders[0], lambda *told: None)
    http = accept_over_http(scenarios, PACKAGE, 2024, folders[1], lambda *told: None)
    return [without_rows(each) for each in here.results], [without_rows(each) for each in http.results]


def test_every_scenario_has_the_same_result_and_the_same_evidence(both: tuple[Any, Any]) -> None:
    here, http = both
    assert [(a, b) for a, b in zip(here, http, strict=True) if a != b] == []


def test_every_case_ends_in_the_same_states_with_the_same_amounts(both: Any, folders: tuple[Path, Path]) -> None:
    here, http = (ends(folder) for folder in folders)
    assert http == here


def test_what_somebody_means_to_do_in_four_months_is_waited_for(tmp_path: Path) -> None:
    """With nothing else going on for so long the case was taken to be stuck, and the court never came."""
    scenarios = scenarios_of(PACKAGE, ["审核通过登簿后新权利人为买方且原权利状态变为历史"])
    (told,) = accept_over_http(scenarios, PACKAGE, 2024, tmp_path / "http", lambda *told: None).results
    assert [step for step in told.steps if step.check.result is not Result.KEPT] == []


def ends(folder: Path) -> dict[int, Any]:
    """Of every case, where each track of each seat stood last, and the fen that each kind moved.

    What a late answer does to a track is a row of its own in process only; where the track ends is the same. A refusal moves no
    track, and what a door refuses never came to one.
    """
    states: dict[int, dict[tuple[str, str], str]] = defaultdict(dict)
    amounts: dict[int, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for row in JournalReads(folder / "journal.db").records():
        if row.track and row.outcome == "ok":
            states[row.case_no][row.receiver, row.track] = row.state_to
        if row.amount_fen and row.outcome == "ok":
            amounts[row.case_no][row.sender, row.receiver, row.kind] += row.amount_fen
    return {number: (states[number], amounts[number]) for number in states if number}


def test_every_refusal_is_the_same(both: Any, folders: tuple[Path, Path]) -> None:
    def refusals(folder: Path) -> list[tuple[int, str, str]]:
        rows = JournalReads(folder / "journal.db").records()
        return sorted((row.case_no, row.kind, row.outcome) for row in rows if row.outcome.startswith("refused"))

    assert refusals(folders[1]) == refusals(folders[0])
