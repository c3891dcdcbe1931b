"""The command line: every wrong request is one clear Chinese sentence and exit 2, and leaves nothing behind."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from liantiao.cli import COMMANDS, app_of
from liantiao.simulating.run_folder import FolderError, complete_or_absent
from liantiao.token_option import RULE, TokenError
from sim.package import load_package


def liantiao(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run([sys.executable, "-m", "liantiao", *arguments], capture_output=True, text=True, check=False)


def help_of(app: typer.Typer, *arguments: str) -> str:
    """What the help page says."""
    return CliRunner().invoke(app, [*arguments, "--help"]).output


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_the_same_alone_and_among_all(name: str) -> None:
    assert f"\n  {name} " in help_of(app_of())
    assert help_of(app_of([name]), name) == help_of(app_of(), name)
    assert help_of(app_of([name]), name).startswith("用法：")


def test_a_load_has_its_doctor_and_its_report() -> None:
    done = liantiao("load", "--help")
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in ("doctor", "report"))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--package", "fujian-2024-56"], ["fujian-2024-56", "fujian-2024-55"]),
        (["--faults", "strom"], ["strom", "“storm”", "none 无故障", "slow_everything 全面缓慢", "storm 一齐发作"]),
        (["--from", "2019-12-31"], ["2019-12-31", "2020-01-01"]),
        (["--to", "2028-01-01"], ["2028-01-01", "2027-12-31"]),
        (["--to", "2027-12-31"], ["--to"]),
        (["--from", "2024-01-02", "--to", "2024-01-01"], ["--from", "--to"]),
        (["--from", "2024-13-01"], ["2024-13-01"]),
        (["--cases", "0"], ["--cases", "0"]),
        (["--cases", "-5"], ["--cases", "-5"]),
        (["--workers", "0"], ["--workers"]),
        (["--cases", "abc"], ["--cases", "整数"]),
        (["--cases", "3000000000"], ["--cases", "8,388,608"]),
        (["--from", "2024-02-10", "--to", "2024-02-12"], ["--from", "工作日"]),
        (["--case", "5"], ["--case", "--cases"]),
        (["--json=3"], ["--json", "不该带值"]),
        (["everyday"], ["多余", "everyday"]),
    ],
)
def test_a_wrong_request_is_one_sentence(arguments: list[str], names: list[str], tmp_path: Path) -> None:
    done = liantiao("simulate", "--out", str(tmp_path / "out"), *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert all(name in done.stderr for name in names), done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("typed", "rule"), [
    ("load --sandboxes 0", "参数 --sandboxes 应不小于 1；现为“0”。"),
    ("load --port 99999", "参数 --port 应不大于 65,535；现为“99999”。"),
    ("load --handling quick", "参数 --handling 应为 instant、short、real 之一；现为“quick”。"),
    ("load --stop-p99 soon", "参数 --stop-p99 应为数，例如 --stop-p99 1.5；现为“soon”。"),
    ("load --cases 1.5", "参数 --cases 应为整数，例如 --cases 3；现为“1.5”。"),
    ("load --cases " + "9" * 5_000, "参数 --cases 的数字太长；现为“" + "9" * 60 + "”。"),
    ("load --handling \x1b[31m", "参数 --handling 应为 instant、short、real 之一；现为“�[31m”。"),
    ("accept --limit 0", "参数 --limit 应不小于 1；现为“0”。"),
])  # fmt: skip
def test_a_value_that_cannot_be_is_told_with_its_rule(typed: str, rule: str) -> None:
    done = liantiao(*typed.split())
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", f"错误 {rule}")


@pytest.mark.parametrize("name", ["serve", "verdict", "cleanup --run demo", "load", "load doctor", "accept"])
@pytest.mark.parametrize(("token", "place"), [("秘钥", 1), ("ab c", 3), ("é", 1)])
def test_a_token_that_no_header_carries_is_refused_wherever_it_is_typed(name: str, token: str, place: int) -> None:
    command = name.split()
    with pytest.raises(TokenError) as refused:
        app_of(command[:1])([*command, "--token", token], standalone_mode=False)
    assert f"第 {place} 个字符" in str(refused.value)
    assert RULE in str(refused.value)
    assert token not in str(refused.value)


def test_a_place_that_cannot_be_written_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = liantiao("simulate", "--cases", "5", "--out", str(tmp_path / "file" / "out"))
    assert done.returncode == 2
    assert "--out" in done.stderr
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").write_text("mine")
    done = liantiao("simulate", "--cases", "5", "--out", str(full))
    assert done.returncode == 2
    assert (full / "mine").read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["simulate"],
        ["run"],
        ["population"],
        ["population", "export"],
        ["faults"],
        ["data"],
        ["contract", "export"],
        ["dialect"],
    ],
)
def test_help_is_chinese_but_for_what_is_typed(arguments: list[str]) -> None:
    page = liantiao(*arguments, "--help").stdout
    typed = r"liantiao|--[a-z-]+|acceptance|simulate|faults|messages|data|population|export|sign|run\.json|Markdown|JSON|fujian-2024-55|"
    typed += r"everyday|out/run|csv|parquet|jsonl|False|None|serve|verdict|contract|dialect|check|example|try|TOML|HTTP|OpenAPI|"
    typed += r"Postman|Apifox|accept|report|problems|steps|out/accept|mutants|http://127.0.0.1:8900|replay|capsules|portal|registry|hub|http|"
    typed += r"vendor\.toml|instant|short|real|xlsx|LIANTIAO_TOKEN|load|stock|cleanup|Locust|"
    typed += r"out/simulate|run|simulation|constant|slo\.toml"
    assert page.startswith("用法：liantiao ")
    assert not re.findall(r"[A-Za-z]{2,}", re.sub(typed, "", page)), page


def test_without_a_command_or_with_an_unknown_one_the_commands_are_named() -> None:
    nothing, unknown = liantiao(), liantiao("simulat")
    assert nothing.returncode == unknown.returncode == 2
    assert nothing.stderr.startswith("用法：")
    assert len(unknown.stderr.strip().splitlines()) == 1
    assert all(name in unknown.stderr for name in ("simulat", "simulate、faults、messages、data、", "、population"))


def test_the_fault_scripts_are_listed_with_titles_and_effects() -> None:
    page = liantiao("faults").stdout
    for script in load_package("fujian-2024-55").fault_scripts.values():
        assert f"{script.id}  {script.title}\n" in page
        assert all(f"  {title}  " in page for title in script.titles)


def test_a_run_is_replaced_only_when_asked_and_nothing_else_ever(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with complete_or_absent(out) as folder:
        (folder / "run.json").write_text("first")
    with pytest.raises(FolderError, match="--replace"), complete_or_absent(out, replace=False):
        pass
    with pytest.raises(ZeroDivisionError), complete_or_absent(out, replace=True) as folder:
        (folder / "run.json").write_text(str(1 / 0))
    assert (out / "run.json").read_text() == "first"
    with complete_or_absent(out, replace=True) as folder:
        (folder / "run.json").write_text("second")
    assert (out / "run.json").read_text() == "second"
    assert list(tmp_path.iterdir()) == [out]
    (out / "run.json").rename(out / "thesis.doc")
    with pytest.raises(FolderError, match="不是上一批次"), complete_or_absent(out, replace=True):
        pass
    assert (out / "thesis.doc").is_file()


def test_one_json_object_says_it_all(tmp_path: Path) -> None:
    arguments = [
        "simulate",
        "--cases",
        "200",
        "--from",
        "2024-03-01",
        "--to",
        "2024-03-15",
        "--json",
        "--out",
        str(tmp_path / "out"),
    ]
    done = liantiao(*arguments)
    summary = json.loads(done.stdout)
    assert done.returncode == 0
    assert {
        "package",
        "cases",
        "seed",
        "workers",
        "messages",
        "seconds",
        "peak_mib",
        "digest",
        "promises",
        "states",
    } <= set(summary)
    kinds = {"kept", "broken", "not_observed", "not_run", "known_issue", "manual", "no_figure"}
    for promise in summary["promises"]:
        assert set(promise) >= {"id", "title", "clauses", "kind", "result", "applied", "violations"}
        assert promise["result"] in kinds
    assert sum(summary["states"].values()) == 200
    assert (tmp_path / "out" / "report.html").is_file()
