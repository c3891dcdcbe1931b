"""The manifest: read with every mistake named; what it lacks keeps a scenario from being played, with its reason."""

from pathlib import Path

import pytest

from features.manifest import Manifest, ManifestError, read_manifest
from features.needs import needs_of
from sim.package import load_package
from tests.features.real_systems import scenarios

PACKAGE = load_package("fujian-2024-55")
WHOLE = """title = "一窗通"
version = "2.1"
items = ["power", "water"]
regions = ["longyan", "xiamen"]
channels = ["online_hall"]
follows_clock = false
not_implemented = ["hub.push_charges"]

[polls]
"hub.fetch_results" = "10分钟"

[manual]
"registry.record" = { what = "登簿岗在系统里登簿", minutes = 5 }
"""


def manifest(tmp_path: Path, text: str) -> Manifest:
    path = tmp_path / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    return read_manifest(path, PACKAGE)


def test_all_of_it_is_read(tmp_path: Path) -> None:
    told = manifest(tmp_path, WHOLE)
    assert (told.title, told.items, told.longest_poll_ms) == ("一窗通", ("power", "water"), 600_000)
    assert told.manual[0].minutes == 5
    assert (
        manifest(tmp_path, 'title = "全都有"\n').lacks(
            needs_of(scenarios(tmp_path, "甲\n假如 供水第一次退回\n那么 用水过户办结")[0], PACKAGE), PACKAGE
        )
        == ""
    )


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("假如 办件在福州市", "地区“福州市”"),
        ("假如 从闽政通申请", "申请渠道“"),
        ("假如 燃气第一次退回", "联办事项“"),
        ("假如 只勾选用气过户", "联办事项“"),
        ("假如 “推送计税计费信息”丢失1次", "未实现“推送计税计费信息”"),
        ("假如 不勾选用气过户", ""),
        ("假如 供水第一次退回", ""),
    ],
)
def test_what_is_lacking_is_named(step: str, said: str, tmp_path: Path) -> None:
    (scenario,) = scenarios(tmp_path, f"甲\n{step}\n那么 办件以办结告终")
    lacking = manifest(tmp_path, WHOLE).lacks(needs_of(scenario, PACKAGE), PACKAGE)
    assert said in lacking
    assert bool(said) == bool(lacking)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("items", "itmes", "未知的键“itmes”，最接近的合法名称是“items”"),
        ('"water"]', '"watr"]', "未知的联办事项“watr”，最接近的合法名称是“water”"),
        ("10分钟", "十分钟", "应写成一段时间"),
        ("hub.push_charges", "hub.push_charge", "最接近的合法名称是“hub.push_charges”"),
        ("minutes = 5", "minutes = 0", "1 至 10000 的整数"),
        ("title =", "title", "不是合法的 TOML"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=said):
        manifest(tmp_path, WHOLE.replace(old, new))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="核对 --manifest"):
        read_manifest(tmp_path / "none.toml", PACKAGE)
