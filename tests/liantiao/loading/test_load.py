"""Small loads, each with real processes: over to the verdict, through faults and a restart, and with a worker killed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.testing import CliRunner

from liantiao.cli import app_of
from liantiao.loading.command import show
from liantiao.loading.processes import MACHINE
from liantiao.loading.report import gather, record_of, write
from liantiao.loading.run import (
    RUN,
    LoadError,
    LoadPlan,
    Locust,
    Parts,
    folder_of,
    nothing_measured,
    play,
    reference_of,
    served,
    usual_term_factor,
)
from liantiao.loading.slo import SloError, held, read_slos
from loadtests.recorder import Recorder
from loadtests.settings import Settings
from sim.journal.sqlite_reads import JournalReads
from sim.runs.scale import Handling

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
Each = Callable[[Parts], Callable[[Locust], None]]


def settings(cases: int, profile: str, patience: float = 60.0) -> Settings:
    return Settings("", "", cases, 1, profile, 1.0, 0, 20, patience, 1.0, 0.0, "127.0.0.1", "")


def load(plan: LoadPlan, each: Each = lambda parts: lambda locust: None) -> dict[str, Any]:
    plan.out.mkdir()
    with served(plan) as parts:
        told = play(plan, parts, lambda phase, done, total: None, each(parts))
        seen = gather(parts)
    record = record_of(plan, told, seen, [])
    write(record, plan.out)
    return record


def broken(record: dict[str, Any]) -> list[str]:
    return [each["id"] for each in record["verdict"]["promises"] if each["result"] == "broken"]


def test_two_workers_and_two_sandboxes_end_every_case_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # Locust runs elsewhere, and must find the folder all the same
    plan = LoadPlan(
        settings(16, "constant:8"), 2, "fujian-2024-55", 7, Handling.INSTANT, Path("out"), sandboxes=2, terms=2
    )
    factors = []

    def see(parts: Parts) -> Callable[[Locust], None]:
        for each in parts.each:
            assert each.reference is not None
            told = each.run.control("GET", ""), each.reference.control("GET", f"/runs/{RUN}")
            factors.extend(run["term_factor"] for run in told)
        return lambda locust: None

    record = load(plan, see)
    assert (factors, record["term_factor"]) == ([2, 2, 2, 2], 2)
    assert (record["exit_code"], record["ended"], record["begun"], record["complete"]) == (0, 16, 16, True)
    assert not broken(record)
    assert record["verdict"]["remote"] == ["buyer", "clerk", "seller"]
    assert not [each["id"] for each in record["verdict"]["promises"] if "看不到" in each["note"]]
    applied = {each["id"]: each["applied"] for each in record["verdict"]["promises"] if each["result"] == "kept"}
    assert applied["one_receipt_code"] == applied["identified_and_signed"] == 16  # registry.receive: portal to registry
    assert record["lost"]["n"] == 0
    assert record["journal"]["doubled"] == record["interrupted"] == record["not_ended"] == []
    assert len(record["workers"]) == 2
    assert sum(record["journal"]["ends"].values()) == 16
    show(record, plan.out)
    lapsed = record["journal"]["ends"].get("lapsed", 0)
    assert f"结束 16（其中逾期失效 {lapsed}）" in capsys.readouterr().err
    for share in (0, 1):
        for process in ("sandbox", "reference"):
            journal = JournalReads(folder_of(plan, process, share) / "data" / "runs" / "load" / "journal.db")
            assert journal.case_numbers() == [number for number in range(1, 17) if number % 2 == share]
            journal.close()
    assert {each["title"] for each in record["processes"]} == {
        MACHINE, "沙箱 1", "沙箱 2", "参照系统 1", "参照系统 2", "Locust 主进程", "Locust 工作进程 1", "Locust 工作进程 2",
    }  # fmt: skip
    said = {row["operation"]: row["n"] for row in record["operations"]}
    assert said["portal.apply"] >= 16
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["result"] == "通过"
    assert "<svg" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_slow_failing_and_restarted_yet_nothing_is_lost(tmp_path: Path) -> None:
    faults: tuple[dict[str, Any], ...] = (
        {"name": "errs", "effect": "http_error", "status": 503, "operation": "portal.*", "share": 0.2, "count": 2},
        {"name": "drops", "effect": "reset", "operation": "registry.*", "share": 0.2, "count": 2},
    )
    plan = LoadPlan(
        settings(12, "constant:4"), 1, "fujian-2024-55", 7, Handling.INSTANT, tmp_path / "out", reference_faults=faults
    )

    def each(parts: Parts) -> Callable[[Locust], None]:
        seconds = 0

        def restart(locust: Locust) -> None:
            nonlocal seconds
            seconds += 1
            if seconds == 8:
                assert parts.reference is not None
                parts.reference.stop()
                parts.reference = reference_of(plan, parts.run)

        return restart

    plan.out.mkdir()
    with served(plan) as parts:
        try:
            told = play(plan, parts, lambda phase, done, total: None, each(parts))
            seen = gather(parts)
        finally:
            assert parts.reference is not None
            parts.reference.stop()
    record = record_of(plan, told, seen, [])
    assert (record["ended"], record["complete"]) == (12, True), record["over"]
    assert not broken(record)
    assert any(" failed" in name for name in record["outcomes"])
    assert any(row["errors"] for row in record["over_time"])


@pytest.mark.skipif("LIANTIAO_SLOW" not in os.environ, reason="the long mode: set LIANTIAO_SLOW=1")
def test_the_cases_of_a_killed_worker_are_reported_by_number(tmp_path: Path) -> None:
    plan = LoadPlan(
        settings(40, "constant:2", patience=20.0), 2, "fujian-2024-55", 7, Handling.INSTANT, tmp_path / "out"
    )

    def each(parts: Parts) -> Callable[[Locust], None]:
        def kill(locust: Locust) -> None:
            if locust.workers[0].poll() is None and parts.run.control("GET", "")["cases_open"] >= 4:
                locust.workers[0].kill()

        return kill

    record = load(plan, each)
    assert record["exit_code"] == 3
    lost = record["interrupted"]
    assert lost
    assert record["ended"] + len(lost) == 40
    assert set(record["not_ended"]) == set(lost)
    assert len(record["stages"]) == 2
    assert len(record["stages"][1]["workers"]) == 1


def test_a_load_interrupted_leaves_a_report_that_says_so(tmp_path: Path) -> None:
    plan = LoadPlan(settings(200, "constant:2"), 1, "fujian-2024-55", 7, Handling.INSTANT, tmp_path / "out")

    def each(parts: Parts) -> Callable[[Locust], None]:
        def interrupt(locust: Locust) -> None:
            if parts.run.control("GET", "")["cases_open"] >= 3:
                raise KeyboardInterrupt

        return interrupt

    record = load(plan, each)
    assert (record["exit_code"], record["complete"]) == (3, False)
    assert record["begun"] >= 3
    assert 0 < len(record["not_ended"]) <= 200
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "INCOMPLETE" in page
    assert "Ctrl-C" in page


def test_a_load_that_is_told_to_end_takes_its_processes_along(tmp_path: Path) -> None:
    command = ["load", "--cases", "200", "--profile", "constant:2", "--out", "out", "--data", "data"]
    process = subprocess.Popen(
        [sys.executable, "-m", "liantiao", *command], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("负载"):
            break
    theirs = psutil.Process(process.pid).children(recursive=True)
    assert len(theirs) >= 3  # the sandbox, the reference and Locust
    process.terminate()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 3
    assert "INCOMPLETE 未完成（被人中断" in errors
    assert "Traceback" not in errors
    assert not psutil.wait_procs(theirs, timeout=60)[1]
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["complete"] is False


def test_nothing_measured_is_a_report_too(tmp_path: Path) -> None:
    told = nothing_measured(settings(5, "constant:2"), "没有启动")
    assert (told["complete"], told["ended"], told["over"], told["not_ended"]) == (False, 0, "没有启动", [1, 2, 3, 4, 5])


@pytest.mark.parametrize(
    "text",
    ['[[slo]]\ntitle = "a"\nlimit_ms = 1\npercentile = 95\n', '[[slo]]\ntitle = "a"\nsource = "b"\n', "x = 1\n",
     '[[slo]]\ntitle = "a"\nsource = "b"\nlimit_ms = 5\n', "[[slo]\n",
     *(f'[[slo]]\ntitle = "a"\nsource = "b"\n{wrong}\n' for wrong in (
         "lapsed = true", "lapsed = 5", "lapsed = nan", "errors = 2", "rate = -1", "rate = 1\nleast_cases = 5",
     ))],
)  # fmt: skip
def test_a_file_of_service_levels_that_is_wrong_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "slo.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SloError, match=r"slo\.toml"):
        read_slos(path, "fujian-2024-55")


@pytest.mark.parametrize(
    ("handling", "cases", "factor"),
    [(Handling.INSTANT, 1_000, 1), (Handling.INSTANT, 1_001, 4), (Handling.SHORT, 5_000, 1), (Handling.REAL, 5_000, 1)],
)
def test_a_large_load_has_longer_terms(handling: Handling, cases: int, factor: int) -> None:
    assert usual_term_factor(handling, cases) == factor


def test_terms_that_are_not_shortened_are_not_lengthened(tmp_path: Path) -> None:
    folders = ["--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    told = CliRunner().invoke(app_of(["load"]), ["load", "--handling", "real", "--term-factor", "4", *folders])
    assert isinstance(told.exception, LoadError)
    assert "去掉 --term-factor" in str(told.exception)
    assert not list(tmp_path.iterdir()), "nothing was begun"


@pytest.mark.parametrize(
    ("lapsed", "cases", "seen", "met"),
    [(25, 1_000, 0.025, True), (51, 1_000, 0.051, False), (40, 400, 0.1, None), (0, 0, None, None)],
)
def test_many_lapsed_cases_break_a_service_level_and_few_cases_tell_nothing(
    lapsed: int, cases: int, seen: float | None, met: bool | None
) -> None:
    [slo] = [each for each in read_slos(None, "fujian-2024-55") if "lapsed" in each]
    [found] = held([slo], Recorder(), 10.0, {"done": cases - lapsed, "lapsed": lapsed})
    assert (found["seen"], found["limit"], found["met"]) == (seen, 0.05, met)
