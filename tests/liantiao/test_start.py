"""A server's start: one run's folder that will not open stops no other, and what stops the server is one sentence."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from liantiao.directory import directory
from liantiao.sandbox_client import ROOT, SandboxRun, SandboxServer, ask
from liantiao.serving.keeper import RunKeeper, packages
from sim.faces.control.errors import Refusal
from sim.package import SCENARIOS

STEPPED = {"pace": "stepped", "cases": 50, "remote": {"hub": ""}}


def start(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "liantiao", "serve", "--port", "0", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def refusal(server: SandboxServer, method: str, path: str, body: Any = None) -> tuple[int, str, Any]:
    told = ask(method, server.url + path, body, {"Authorization": f"Bearer {server.token}"})
    return told.status, told.error, told.body


def spoil(runs: Path) -> dict[str, str]:
    """Folders that will not open, by name: a piece of the reason that is told."""
    (runs / "bad-journal" / "journal.db").write_bytes(b"this is no database, not at all" * 1_000)
    (runs / "bad-plan" / "plan.json").write_text("{", encoding="utf-8")
    (runs / "no-plan" / "plan.json").unlink()
    plan = json.loads((runs / "bad-package" / "plan.json").read_text(encoding="utf-8"))
    (runs / "bad-package" / "plan.json").write_text(json.dumps(plan | {"package": "../../etc"}), encoding="utf-8")
    shutil.copytree(runs / "good", runs / "copied")
    return {
        "bad-journal": "不是报文日志文件", "bad-plan": "不是批次的设置", "no-plan": "上级位置不存在",
        "bad-package": "没有套餐“../../etc”", "copied": "是批次“good”的",
    }  # fmt: skip


def test_a_folder_that_will_not_open_stops_no_other_run(tmp_path: Path) -> None:
    first = SandboxServer(tmp_path)
    for name in ("good", "bad-journal", "bad-plan", "no-plan", "bad-package"):
        first.create(name, **STEPPED)
    first.stop()
    runs = tmp_path / "data" / "runs"
    reasons = spoil(runs)
    server = SandboxServer(tmp_path)
    try:
        listed = server.control("GET", "/runs")
        assert {each["name"] for each in listed["runs"]} == {"demo", "good"}
        shut = {each["name"]: each for each in listed["unopened"]}
        assert shut.keys() == reasons.keys()
        warned = server.log.read_text(encoding="utf-8")
        for name, reason in reasons.items():
            assert reason in shut[name]["detail"]
            assert f"“{name}”打不开" in warned
            for method, path in (("GET", ""), ("GET", "/clock"), ("POST", "/tax/declarations"), ("POST", "/reset")):
                status, code, told = refusal(server, method, f"/runs/{name}{path}", {} if method == "POST" else None)
                assert (status, code) == (503, "run_not_opened"), told
                assert reason in told["detail"]
                assert f"DELETE /runs/{name}" in told["next_step"]
            assert refusal(server, "POST", "/runs", {"name": name})[:2] == (409, "run_exists")
        assert "Traceback" not in warned
        SandboxRun(server, {"name": "good"}).begin(1)
        assert refusal(server, "GET", "/runs/nobody")[2]["runs"] == ["demo", "good", *sorted(reasons)]
        server.control("DELETE", "/runs/bad-plan")
        assert not (runs / "bad-plan").exists()
        server.create("bad-plan", **STEPPED).begin(1)
    finally:
        server.stop()


def test_such_refusals_are_in_the_documents(sandbox_server: SandboxServer) -> None:
    whole = ask("GET", f"{sandbox_server.url}/openapi.json").body
    assert "503" in whole["paths"]["/runs/{run}/clock"]["get"]["responses"]
    declared = whole["paths"]["/runs/{run}/tax/declarations"]["post"]["responses"]["503"]
    shown = whole["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    assert "run_not_opened" in json.dumps(shown, ensure_ascii=False)
    restore = whole["paths"]["/runs/{run}/snapshots/{name}/restore"]["post"]["responses"]
    assert {"200", "404", "409", "503"} <= restore.keys()


WRONG = [
    (("--data", "{file}"), "已有同名的文件"),
    (("--data", "{file}/below"), "上级不是文件夹"),
    (("--run", "A Run"), "“A Run”的写法不对"),
    (("--package", "../fujian-2024-55"), "没有套餐“../fujian-2024-55”"),
    (("--faults", "everydya"), "everyday"),
    (("--real", "regstry="), "registry"),
    (("--cases", "0"), "cases：“0” 超出范围；改为“1”"),
    (("--port", "{taken}"), "端口已被占用"),
    (("--host", "nowhere.invalid"), "没有这个主机名"),
    (("--token", "t", "--seats", "hub", "--sandbox", "http://127.0.0.1:9/runs/demo"), "连不上沙箱"),
    (("--token", "令牌"), "第 1 个字符放不进 HTTP 请求头"),
]


@pytest.mark.parametrize(("options", "told"), WRONG, ids=[options[0] + options[-1] for options, _ in WRONG])
def test_what_keeps_a_server_from_starting_is_one_sentence(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    file = tmp_path / "file"
    file.touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        known = {"{file}": str(file), "{taken}": str(taken.getsockname()[1])}
        given = [known.get(each, each.replace("{file}", str(file))) for each in options]
        came = start("--data", str(tmp_path / "data"), *given)
    assert came.returncode == 2, came.stderr
    assert came.stdout == ""
    assert len(came.stderr.strip().splitlines()) == 1, came.stderr
    assert told in came.stderr


def test_a_folder_is_served_by_one_server_at_a_time(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path)
    came = start("--data", str(tmp_path / "data"))
    assert came.returncode == 2
    assert "正由另一个沙箱服务使用" in came.stderr
    os.kill(server._process.pid, signal.SIGKILL)
    server.stop()
    SandboxServer(tmp_path).stop()


@pytest.mark.parametrize(
    "name",
    [str(SCENARIOS / "fujian-2024-55"), "./fujian-2024-55", "../scenarios/fujian-2024-55", "fujian-2024-55/", ""],
)
def test_a_package_is_named_never_pointed_at(tmp_path: Path, name: str) -> None:
    keeper = RunKeeper(tmp_path, b"s" * 32, directory())
    assert packages() == ["fujian-2024-55"]
    assert keeper.package("fujian-2024-55").id == "fujian-2024-55"
    with pytest.raises(Refusal) as refused:
        keeper.package(name)
    assert refused.value.problem.error == "package_unknown"


def test_options_that_an_existing_run_does_not_follow_are_named(tmp_path: Path) -> None:
    options = ("--cases", "50", "--handling", "instant", "--real", "hub")
    SandboxServer(tmp_path, *options).stop()
    same = SandboxServer(tmp_path, *options)
    same.stop()
    assert "没有生效" not in same.log.read_text(encoding="utf-8")
    other = SandboxServer(tmp_path, "--seed", "7", "--handling", "instant", "--real", "portal", "--factor", "1")
    other.stop()
    assert "--seed、--real 没有生效" in other.log.read_text(encoding="utf-8")
