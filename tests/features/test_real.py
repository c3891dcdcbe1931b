"""Real systems judged over HTTP: our reference as a stranger, a second implementation, and peers that do not answer."""

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from features.accepting import RESULTS, Acceptance, judge_folder
from features.manifest import Manifest
from features.playing import cast_all
from features.reading import Scenario
from features.real import Real, accept_real
from features.waiting import Limits, limit_s_of
from liantiao.compose import REFERENCE_SEATS
from liantiao.sandbox_client import SandboxServer
from sim.judge.verdict import Result
from sim.package import load_package
from sim.runs.scale import Handling
from tests.docs.terminals import free_port
from tests.features.real_systems import DIALECT, another_system, peer, scenarios

PACKAGE = load_package("fujian-2024-55")
PLAIN = """一次付清
假如 一件规范办件
并且 不勾选任何联办事项
那么 扣款等于税款与登记费之和
而且 检核项“税费缴清或免缴之后才登簿”成立
而且 办件以办结告终"""
DATED = """年底申请
假如 一件规范办件
并且 申请时间为2025年12月31日16时30分
那么 办件以办结告终"""
WATER = """供水退回
假如 一件规范办件
并且 供水第一次退回
那么 用水过户办结"""
TWO_BUYERS = """两人同买
假如 一件规范办件
并且 买方共2人
并且 不勾选任何联办事项
那么 没有发生扣款"""
BETWEEN = """推送到总对总
假如 一件规范办件
那么 总对总收到“推送计税计费信息”1次"""


def judged(told: tuple[Scenario, ...], folder: Path, real: Real, progress: Any = lambda *told: None) -> Acceptance:
    return accept_real(told, PACKAGE, 2024, folder, real, progress)


def by_title(acceptance: Acceptance) -> dict[str, Result]:
    return {each.scenario.title: each.result for each in acceptance.results}


def beside(stack: ExitStack, manifest: Manifest, defect: str = "", limit_s: float = 90, **more: Any) -> Real:
    """The second implementation, running, and how it is to be judged."""
    port = int(free_port())
    url = stack.enter_context(another_system(port, defect=defect))
    return Real(
        {"portal": f"{url}/wsb", "registry": f"{url}/djj"}, dict.fromkeys(("portal", "registry"), DIALECT.name),
        {DIALECT.name: DIALECT.read_text(encoding="utf-8")}, Handling.INSTANT, manifest=manifest, port=port, limit_s=limit_s, **more,
    )  # fmt: skip


LITTLE = Manifest(title="一窗通", items=())


@pytest.mark.slow
def test_the_second_implementation_passes_what_it_does_and_is_excused_from_the_rest(tmp_path: Path) -> None:
    with ExitStack() as stack:
        real = beside(stack, LITTLE)
        told = judged(scenarios(tmp_path, PLAIN, DATED, WATER), tmp_path / "out", real)
    assert by_title(told) == {"一次付清": Result.KEPT, "年底申请": Result.NOT_RUN, "供水退回": Result.NOT_RUN}
    notes = [each.note for each in told.results]
    assert "不跟随沙箱的时钟" in notes[1]
    assert notes[2] == "实施清单未声明联办事项“用水过户”"
    assert told.exit_code == 3
    kept = json.loads((tmp_path / "out" / RESULTS).read_text(encoding="utf-8"))
    assert kept["remote"] == ["portal", "registry"]
    assert (kept["planned"], kept["executed"]) == (3, 1)


@pytest.mark.slow
def test_its_defect_is_found(tmp_path: Path) -> None:
    with ExitStack() as stack:
        told = judged(scenarios(tmp_path, PLAIN), tmp_path / "out", beside(stack, LITTLE, "early", 25))
    (result,) = told.results
    assert result.result is Result.BROKEN
    assert any("早于缴清" in step.check.seen or "没有缴清结果" in step.check.seen for step in result.steps)
    assert told.exit_code == 1


@pytest.mark.slow
def test_a_scenario_that_hangs_is_bounded_and_holds_up_no_other(tmp_path: Path) -> None:
    with ExitStack() as stack:
        told = judged(scenarios(tmp_path, PLAIN, TWO_BUYERS), tmp_path / "out", beside(stack, LITTLE, "hang", 25))
    assert by_title(told) == {"一次付清": Result.KEPT, "两人同买": Result.NOT_OBSERVED}
    note = told.results[1].note
    assert "等到时限 25 秒" in note
    assert "最后看到：" in note
    assert "申请" in note.split("最后看到：")[1]
    assert told.exit_code == 3
    assert judge_folder(tmp_path / "out", PACKAGE).as_dict() == told.as_dict()


def test_each_scenario_has_a_limit_of_its_own(tmp_path: Path) -> None:
    told = scenarios(
        tmp_path, PLAIN, WATER, "久等\n假如 一件规范办件\n并且 缴款人得知应缴后90天缴款\n那么 办件以办结告终"
    )
    play, said = cast_all(told, PACKAGE, 2024), list[str]()
    real = Real({}, handling=Handling.INSTANT, manifest=Manifest(polls_ms={"power.fetch_results": 7_000}, margin_ms=20_000),
                say=said.append)  # fmt: skip
    assert [limit_s_of(part, real) for part in play.parts] == [57.0, 57.0, 147.0]  # a day of a term is a second
    assert limit_s_of(play.parts[2], replace(real, limit_s=60)) == 60
    plain, water, long = (part.played.number for part in play.parts)
    limits = Limits(play.parts, real)
    assert limits.wait_for([plain, water, long], 57)
    assert limits.overdue == {}
    assert limits.wait_for([water, long], 58)
    assert limits.overdue == {water: 57.0}
    assert "“供水退回”等到时限 57 秒" in said[0]
    assert not limits.wait_for([], 60)


@pytest.mark.slow
def test_our_reference_in_a_process_of_its_own_is_a_real_system(tmp_path: Path) -> None:
    with ExitStack() as stack:
        port = free_port()

        def say(sentence: str) -> None:
            if "等候被测系统接入" in sentence:
                joins = ("--seats", "reference", "--sandbox", f"http://127.0.0.1:{port}/runs/accept")
                stack.enter_context(SandboxServer(tmp_path / "reference", *joins, token="t"))

        real = Real(dict.fromkeys(REFERENCE_SEATS, ""), handling=Handling.REAL, follows_clock=True, port=int(port),
                    token="t", say=say)  # fmt: skip
        told = judged(scenarios(tmp_path, PLAIN, DATED, WATER, BETWEEN), tmp_path / "out", real)
    found = by_title(told)
    assert found.pop("推送到总对总") is Result.NOT_OBSERVED
    assert found.pop("一次付清") is Result.NOT_OBSERVED  # what settles a case runs between registry and hub
    assert set(found.values()) == {Result.KEPT}
    assert told.exit_code == 3


@pytest.mark.parametrize(
    ("how", "said"), [("page", "内容类型不对"), ("loop", "转到了别的地址"), ("gone", "连不上对方系统")]
)
def test_who_does_not_answer_as_a_system_is_named_and_nothing_turns_green(how: str, said: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = f"http://127.0.0.1:{free_port()}" if how == "gone" else stack.enter_context(peer(how))
        real = Real({"portal": url}, handling=Handling.INSTANT, port=0, limit_s=30)
        told = judged(scenarios(tmp_path, PLAIN, WATER), tmp_path / "out", real)
    assert {each.result for each in told.results} == {Result.NOT_RUN}
    assert said in told.incomplete
    assert all(said in each.note for each in told.results)
    assert told.exit_code == 3


@pytest.mark.slow
def test_an_interruption_leaves_what_was_seen_so_far_and_is_incomplete(tmp_path: Path) -> None:
    def progress(phase: str, done: int, total: int) -> None:
        if phase == "办理":
            raise KeyboardInterrupt

    with ExitStack() as stack:
        told = judged(scenarios(tmp_path, PLAIN), tmp_path / "out", beside(stack, LITTLE), progress)
    assert "中断" in told.incomplete
    assert told.exit_code == 3
    assert (tmp_path / "out" / RESULTS).is_file()
