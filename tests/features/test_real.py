"""Real systems judged over HTTP: our reference as a stranger, a second implementation, and peers that do not answer."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from features.accepting import RESULTS, Acceptance
from features.manifest import Manifest
from features.reading import Scenario
from features.real import Real, accept_real
from liantiao.compose import REFERENCE_SEATS
from liantiao.sandbox_client import SandboxServer
from sim.judge.verdict import Result
from sim.package import load_package
from sim.runs.scale import Handling
from tests.docs.test_integration import free_port
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
