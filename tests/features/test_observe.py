"""Observed cases: staff handle them as ever, and only scenarios whose situation really occurred are judged."""

import csv
import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from features.accepting import judge_folder
from features.binding import Bindings
from features.observed import Observed, occurred
from features.observing_run import accept_observed
from features.playing import cast_all
from features.real import PEOPLE, Real
from features.situation import situation_of
from liantiao.compose import REFERENCE_SEATS
from liantiao.sandbox_client import SandboxServer, ask
from sim.journal.record import Record
from sim.judge.verdict import Result
from sim.package import load_package
from sim.runs.scale import Handling
from tests.docs.terminals import free_port
from tests.features.real_systems import scenarios

PACKAGE = load_package("fujian-2024-55")
BARE = """不办联办
假如 一件规范办件
并且 不勾选任何联办事项
那么 契税应缴10000元
而且 每张税票三要素齐全且互不相同"""
PLAIN = """照常办结
假如 一件规范办件
那么 用水过户办结
而且 申请人得知用水过户“已办结”"""
WATER = """供水退回
假如 一件规范办件
并且 供水第一次退回
那么 用水过户办结"""
UNSEEN = """供水慢
假如 一件规范办件
并且 供水的受理回执迟至十五天后才到
那么 用水过户办结"""
FAULT = """缴款通知丢失
假如 一件规范办件
并且 “缴款结果通知”丢失1次
那么 用水过户办结"""
RESULT = b'{"accept_no":"YS1","status":%d,"reason_code":"arrears","reason":"x"}'


def row(case_no: int, kind: str, body: bytes = b"{}", seq: int = 1) -> Record:
    return Record(
        seq, "longyan", case_no=case_no, kind=kind, body=body, outcome="ok", sender="water", receiver="registry"
    )


def ends_well(case_no: int) -> list[Record]:
    kinds = ("registry.record", "gov_platform.open_review", "gov_platform.rate", "unionpay.payment_notice",
             "gov_platform.ask_receipts")  # fmt: skip
    return [row(case_no, kind, b'{"score":5}') for kind in kinds]


def test_a_scenario_is_judged_on_the_cases_in_which_its_situation_occurred(tmp_path: Path) -> None:
    play = cast_all(scenarios(tmp_path, PLAIN, WATER, UNSEEN, FAULT), PACKAGE, 2024)
    plain, water, slow, _ = (part.played.number for part in play.parts)
    rejected = [row(plain, "water.result", RESULT % 4), row(plain, "water.push"), row(plain, "water.push", seq=2)]
    rows = [*ends_well(plain), *rejected, *ends_well(water), *ends_well(slow)]
    found, left = occurred(play, Observed(rows, play, {}))
    # what was prepared for one scenario became the situation of the other
    judged = {part.scenario.title: [each.number for each in part.cases] for part in found.parts}
    assert judged == {"照常办结": [water, slow], "供水退回": [plain]}
    why = {scenario.title: said for scenario, said in left}
    assert "“供水的受理回执迟至十五天后才到”在报文里认不出" in why["供水慢"]
    assert why["缴款通知丢失"] == "观察中不安排技术故障"
    # whoever took the case says that it was so
    found, left = occurred(play, Observed(rows, play, {slow: {"number": "SL1", "by": "王工"}}))
    assert "供水慢" in {part.scenario.title for part in found.parts}


def test_a_situation_that_did_not_occur_is_told_with_what_was_seen(tmp_path: Path) -> None:
    play = cast_all(scenarios(tmp_path, WATER), PACKAGE, 2024)
    number = play.parts[0].played.number
    for rows, said in (
        ([], f"没有观察到办件 {number}"),
        (ends_well(number), f"办件 {number} 里“供水退回”没有发生"),
        ([row(number, "water.result", RESULT % 4), row(number, "gov_platform.progress", b'{"stage":"closed"}')],
         f"办件 {number} 里“被退回后不再补办”发生了，不是场景的情形"),
    ):  # fmt: skip
        found, left = occurred(play, Observed(rows, play, {}))
        assert not found.parts
        assert [why for _, why in left] == [said]


def test_a_case_that_ended_unrecorded_is_no_ordinary_one(tmp_path: Path) -> None:
    play = cast_all(scenarios(tmp_path, PLAIN), PACKAGE, 2024)
    rows = [row(play.parts[0].played.number, "gov_platform.progress", b'{"stage":"closed"}')]
    ((_, why),) = occurred(play, Observed(rows, play, {}))[1]
    assert "没有看到登簿" in why
    said = {play.parts[0].played.number: {"number": "SL1", "by": "王工"}}
    assert occurred(play, Observed(rows, play, said))[0].parts


def test_every_situation_of_the_package_can_be_told() -> None:
    from features.accepting import scenarios_of

    for scenario in scenarios_of(PACKAGE):
        situation_of(scenario)


# ---- the work list ---------------------------------------------------------------------------------------------------------
def fill_in(path: Path, cells: dict[str, str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for each in rows:
        each |= cells
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_work_list_binds_and_complains_once(tmp_path: Path) -> None:
    said: list[str] = []
    taken: list[dict[str, int]] = []
    play = cast_all(scenarios(tmp_path, PLAIN), PACKAGE, 2024)
    number = play.parts[0].played.number
    desk = Bindings(tmp_path / "worklist.csv", lambda told: taken.append(dict(told)), said.append)
    desk.write(play.parts, PACKAGE)
    desk.look()
    assert taken == []
    fill_in(desk.path, {"受理编号": "SL2026-1"})
    desk.look()
    fill_in(desk.path, {"受理编号": "SL2026-1", "场景": ""})
    desk.look()
    assert taken == []
    assert ["没有写经办人" in line for line in said].count(True) == 1
    fill_in(desk.path, {"受理编号": "SL2026-1", "经办人": "王工"})
    desk.look()
    desk.look()
    assert taken == [{"SL2026-1": number}]
    assert desk.bound == {number: {"number": "SL2026-1", "by": "王工"}}
    fill_in(desk.path, {"办件号": "七"})
    desk.look()
    assert "办件号“七”不在清单里" in said[-1]
    desk.path.write_bytes(b"\xff\xfe")
    desk.look()
    assert "另存" in said[-1] or "CSV UTF-8" in said[-1]


# ---- from end to end -----------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_system_with_its_own_people_is_observed_and_judged(tmp_path: Path) -> None:
    """The system and its people are a process of their own; they apply in the cases that were loaded, when they like."""
    port, out = int(free_port()), tmp_path / "out"
    mine = {"Authorization": "Bearer t"}
    with ExitStack() as stack:
        theirs: list[SandboxServer] = []

        def say(sentence: str) -> None:
            if "等候被测系统接入" in sentence:
                seats = ",".join((*REFERENCE_SEATS, *PEOPLE))
                joins = ("--seats", seats, "--sandbox", f"http://127.0.0.1:{port}/runs/accept")
                theirs.append(stack.enter_context(SandboxServer(tmp_path / "theirs", *joins, token="t")))
            if "正在观察" in sentence:
                with (out / "worklist.csv").open(encoding="utf-8-sig", newline="") as file:
                    numbers = [int(each["办件号"]) for each in csv.DictReader(file)]
                theirs[0].control("POST", "/runs/accept/cases", {"numbers": numbers[:1]})
                fill_in(out / "worklist.csv", {"受理编号": "SL-2026-1", "经办人": "王工"})

        def progress(phase: str, done: int, total: int) -> None:
            if phase == "办结":  # over for those who watch once receipts were asked for and the case was rated
                path = f"http://127.0.0.1:{port}/runs/accept/journal?kind="
                kinds = ("gov_platform.rate", "gov_platform.ask_receipts")
                if all(ask("GET", path + kind, None, mine).body["rows"] for kind in kinds):
                    raise KeyboardInterrupt

        real = Real(dict.fromkeys(REFERENCE_SEATS, ""), handling=Handling.INSTANT, port=port, token="t", say=say,
                    observes=True)  # fmt: skip
        told = accept_observed(scenarios(tmp_path, BARE, WATER, FAULT), PACKAGE, 2024, out, real, progress)
    found = {each.scenario.title: (each.result, each.note) for each in told.results}
    assert found["不办联办"][0] is Result.KEPT, found
    assert found["供水退回"] == (Result.NOT_RUN, found["供水退回"][1])
    assert "没有观察到办件" in found["供水退回"][1]
    assert found["缴款通知丢失"][0] is Result.NOT_RUN
    assert told.exit_code == 3
    assert any(each["result"] == "kept" for each in told.verdict["promises"])
    again = judge_folder(out, PACKAGE)
    assert again.as_dict() == told.as_dict() == json.loads((out / "results.json").read_text(encoding="utf-8"))
