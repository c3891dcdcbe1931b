"""复现包: every failure has one; it plays again to the same failure, or says that the reference does not fail there."""

import json
from pathlib import Path

import pytest

from features.accepting import accept_in_process
from features.capsules import CapsuleError, failures, read_capsule
from features.replaying import MISSING, MORE, OTHER, SAME, compare, replay
from sim.judge.verdict import Result
from sim.package import load_package
from tests.features.real_systems import scenarios

PACKAGE = load_package("fujian-2024-55")
FAILING = """供水退回而要求一次办成
假如 一件规范办件
并且 供水第一次退回
那么 供水收到“用水过户推送”1次
而且 办件以撤回告终"""
KEPT = """办结
假如 一件规范办件
那么 办件以办结告终"""


@pytest.fixture(scope="module")
def capsule_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("capsule")
    told = accept_in_process(scenarios(folder, FAILING, KEPT), PACKAGE, 2024, folder / "out", lambda *told: None)
    assert [each.result for each in told.results] == [Result.BROKEN, Result.KEPT]
    (file,) = (folder / "out" / "capsules").iterdir()
    return file


def test_it_fails_again_in_the_same_way_on_the_reference_and_in_the_recording(
    capsule_file: Path, tmp_path: Path
) -> None:
    capsule = read_capsule(capsule_file)
    again = replay(capsule, PACKAGE, tmp_path)
    then = failures(capsule.seen["steps"])
    assert len(then) == 2
    assert failures(again.reference.as_dict()["steps"]) == then
    assert failures(again.recorded.as_dict()["steps"]) == then
    assert {each.verdict for each in again.messages} == {SAME}


def test_what_another_system_said_otherwise_is_told_message_by_message(capsule_file: Path) -> None:
    rows = read_capsule(capsule_file).messages
    spoken = [row for row in rows if row.sender != row.receiver]
    changed = [spoken[0]._replace(outcome="refused:not_now"), *spoken[2:], spoken[-1]]
    told = compare(changed, spoken)
    assert told[0].verdict == OTHER
    assert "结果 'refused:not_now'，参照 'ok'" in told[0].detail
    assert [each.verdict for each in told if each.verdict in (MORE, MISSING)] == [MORE, MISSING]


def test_the_recording_decides_not_the_reference(capsule_file: Path, tmp_path: Path) -> None:
    told = json.loads(capsule_file.read_text(encoding="utf-8"))
    told["messages"] = [row for row in told["messages"] if row["kind"] != "water.push"]
    other = tmp_path / "other.json"
    other.write_text(json.dumps(told), encoding="utf-8")
    again = replay(read_capsule(other), PACKAGE, tmp_path / "again")
    assert "收到 0 次" in again.recorded.steps[0].check.seen
    assert "收到 2 次" in again.reference.steps[0].check.seen


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "不是 JSON"), ("[]", "不是复现包"), ('{"sort": "liantiao 复现包", "version": 9}', "第 9 版"),
     ('{"sort": "liantiao 复现包", "version": 1}', "不完整")],
)  # fmt: skip
def test_what_is_no_capsule_is_said_so(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CapsuleError, match=said):
        read_capsule(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CapsuleError, match=r"读不到复现包 .*x\.json"):
        read_capsule(tmp_path / "x.json")
