"""The doctor, on a real sandbox: what is right is told as right, and each thing that is wrong as wrong, with what would do."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from liantiao.code_version import code_version
from liantiao.loading import doctor
from liantiao.loading.doctor import MOST_SKEW_MS, Check, sandbox
from liantiao.loading.run import PEOPLE
from liantiao.pytest_plugin import START_MS
from liantiao.sandbox_client import SandboxServer
from loadtests.sandbox import ask
from sim.clock import wall_ms

LOADED = {"seed": 1, "start_ms": START_MS, "cases": 100, "office_hours": False, "remote": dict.fromkeys(PEOPLE, "")}
"""A run for a load, whose own time is not today's: only wall time has to be the same."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("doctor")) as server:
        server.create("load", **LOADED)
        server.create("stepped", pace="stepped", **LOADED)
        server.create("played", **{**LOADED, "remote": {}})
        yield server


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is with other tests, the way to the sandbox is no finding."""
    monkeypatch.setattr(doctor, "MOST_WAY_MS", 60_000)


def looked(server: SandboxServer, name: str = "load", token: str | None = None, **place: int) -> dict[str, Check]:
    """What the doctor says of a run, by title."""
    told = sandbox(f"{server.url}/runs/{name}", server.token if token is None else token, **place)
    return {each.title: each for each in told}


def wrong(told: dict[str, Check]) -> list[str]:
    return [title for title, each in told.items() if not each.ok]


def test_a_run_that_can_be_loaded(server: SandboxServer) -> None:
    told = looked(server)
    assert wrong(told) == []
    assert told["沙箱程序版本"].found == code_version()
    assert told["当事人席位"].found == "由 Locust 扮演"


def test_a_way_that_is_long(server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MOST_WAY_MS", 0)
    assert wrong(looked(server)) == ["来回用时"]


@pytest.mark.parametrize("ahead_ms", [-MOST_SKEW_MS - 100, MOST_SKEW_MS + 100, 86_400_000])
def test_a_machine_whose_clock_is_wrong(server: SandboxServer, ahead_ms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "wall_ms", lambda: wall_ms() + ahead_ms)
    told = looked(server)
    assert wrong(told) == ["时钟偏差"]
    assert abs(int(told["时钟偏差"].found.removesuffix(" 毫秒")) - abs(ahead_ms)) < 100
    assert "NTP" in told["时钟偏差"].next_step


def test_a_machine_with_another_version(server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "code_version", lambda: "another")
    assert wrong(looked(server)) == ["沙箱程序版本"]


def test_a_sandbox_of_an_older_version_says_neither_its_code_nor_its_time(
    server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(method: str, url: str, token: str) -> dict[str, Any]:
        return {name: value for name, value in ask(method, url, token).items() if name not in ("code", "wall_ms")}

    monkeypatch.setattr(doctor, "ask", older)
    assert wrong(looked(server)) == ["沙箱程序版本", "时钟偏差"]


def test_a_run_that_is_not_for_a_load(server: SandboxServer) -> None:
    assert wrong(looked(server, "stepped")) == ["时钟"]
    assert wrong(looked(server, "played")) == ["当事人席位"]
    assert wrong(looked(server, place=1, among=2)) == ["分担"]


def test_a_sandbox_that_cannot_be_asked(server: SandboxServer) -> None:
    assert "答复 404" in looked(server, "none")["沙箱"].found
    refused = looked(server, token="another")["沙箱"].found
    assert "答复 401：" in refused
    assert "{" not in refused
    (silent,) = sandbox("http://127.0.0.1:9/runs/load", "")
    assert "连不上沙箱" in silent.found
    assert not silent.ok


def test_the_command_says_it_line_by_line_or_as_json(server: SandboxServer) -> None:
    def doctored(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "liantiao", "load", "doctor", "--token", server.token, *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = doctored("--run-url", f"{server.url}/runs/load", "--json")
    told = json.loads(done.stdout)
    assert told["code"] == code_version()
    assert done.returncode == (0 if all(each["ok"] for each in told["checks"]) else 1)
    shared = doctored("--run-url", f"{server.url}/runs/load,{server.url}/runs/load", "--workers", "1000")
    assert shared.returncode == 1
    assert shared.stdout.count("不行  分担") == 2
    assert "不行  处理器：" in shared.stdout
