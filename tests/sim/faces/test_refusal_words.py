"""A refusal in words: every part there is, once, with no stop of its own in the middle; what is no refusal has none."""

import json

import pytest

from sim.faces.control.errors import Refusal
from sim.faces.control.run_rules import bad_request, fault
from sim.faces.refusal_words import words_of
from sim.faces.refusals import Problem


@pytest.mark.parametrize(("problem", "words"), [
    (Problem(409, "clock_is_live", "时钟是实时的", "批次“a”不能拨动", "以 pace=stepped 建批次"),
     "时钟是实时的，批次“a”不能拨动；以 pace=stepped 建批次"),
    (Problem(400, "faults_unknown", "没有这个故障脚本", "合法的有 none。", "核对 faults。"),
     "没有这个故障脚本，合法的有 none；核对 faults"),
    (Problem(404, "not_found", "没有这条路径"), "没有这条路径"),
    (Problem(500, "internal", "沙箱内部出错", next_step="看服务的输出"), "沙箱内部出错；看服务的输出"),
])  # fmt: skip
def test_a_refusal_in_words(problem: Problem, words: str) -> None:
    assert words_of(json.loads(problem.as_json())) == words


def test_each_of_several_fields_has_its_own_next_step() -> None:
    found = [
        fault("seed", "out_of_range", "“-1” 超出范围", "不小于 0", "0"),
        fault("cases", "wrong_type", "“多” 的类型不对", "应为整数"),
    ]
    told = Refusal(bad_request(found)).sentence
    assert told == "请求不合要求，seed：“-1” 超出范围，改为“0”；cases：“多” 的类型不对，按规则更正：应为整数。"


@pytest.mark.parametrize("told", [None, "不行", ["error"], {}, {"error": "x", "title": "y"}])
def test_what_is_no_refusal_has_no_words(told: object) -> None:
    assert words_of(told) == ""
