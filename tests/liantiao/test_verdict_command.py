"""`liantiao verdict` of a run that goes on: incomplete and not failed, in its code as in its words; what is broken comes first."""

import sys

import pytest

from liantiao.cli import main
from liantiao.sandbox_client import SandboxRun
from sim.judge.verdict import TITLES

BUYER = {"name": "赵军旭", "id_type": "111", "id_no": "359999196802021732", "phone": "15447205438", "is_company": False}
POWER = "3508021624311"
TRANSFER = {
    "account": POWER, "unit_code": "350305003007GB00078F00160104", "title_no": "闽（2026）莆田市不动产权第0000001号",
    "address": "莆田市秀屿区扈路78号新港苑16号楼104室", "new_owner": BUYER, "old_owner_name": "薛慧洁",
    "recorded_ms": 1_772_512_800_000,
}  # fmt: skip
"""Case 1 of the seed 1, pushed though nobody has recorded it."""
TITLE = {title: result for result, title in TITLES.items()}


def asked(
    run: SandboxRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[str]]:
    """The exit code of `liantiao verdict`, and the lines it prints."""
    words = ["--server", run.server.url, "--run", run.name, "--token", run.server.token]
    monkeypatch.setattr(sys, "argv", ["liantiao", "verdict", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0), capsys.readouterr().out.splitlines()


def results(lines: list[str]) -> list[str]:
    """The result at the beginning of each line that tells of a promise."""
    return [word for word in (line.split("  ")[0] for line in lines[1:]) if word in TITLE]


@pytest.mark.sandbox(remote={"hub": ""})
def test_a_case_that_goes_on_makes_it_incomplete(
    sandbox: SandboxRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.begin(1, 2)
    sandbox.advance(3_600_000)
    code, lines = asked(sandbox, monkeypatch, capsys)
    assert code == 3
    assert lines[0].startswith("结论：未完成，2 件还没有到终点，此外没有违反；办完再判。不通过 1 项，")
    assert lines[1].startswith(
        "不通过  每个办件都走到终点，申请人得知结果（FJ-2.2-04、FJ-3.1-02、FJ-1-05）  适用 2 件，违反 2"
    )
    assert lines[2].startswith("    办件 1：到批次截止时仍未结束")
    assert results(lines)[-1] == "通过"
    assert (
        "未执行  自建税费通道的地区不经省级税费同缴（FJ-3.4-09、FJ-3.4-13）  没有自建税费通道的地区的报文日志" in lines
    )


@pytest.mark.sandbox(seed=1, remote={"hub": ""})
def test_what_is_broken_besides_makes_it_fail_and_comes_first(
    sandbox: SandboxRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.begin(1)
    sandbox.advance(600_000)
    assert sandbox.call("power.push", {"account": POWER, "transfer": TRANSFER}, case=1, sender="hub").ok
    code, lines = asked(sandbox, monkeypatch, capsys)
    assert code == 1
    broken = results(lines).count("不通过")
    assert lines[0].startswith(f"结论：违反 {broken} 项。不通过 {broken} 项，")
    assert results(lines)[:broken] == ["不通过"] * broken
    assert any("登簿之前不推送联办事项" in line for line in lines if line.startswith("不通过"))
