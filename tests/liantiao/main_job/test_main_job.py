"""The main job: its parts in turn whatever becomes of each, one index over them, and a folder that is never lost."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dashboards.index_page import index_page
from features.accepting import scenarios_of
from liantiao.cli import app_of
from liantiao.loading.run import INTERRUPTED
from liantiao.loading.slo import read_slos
from liantiao.main_job.folder import JobFolder
from liantiao.main_job.index import record_of, write_index
from liantiao.main_job.parts import play_simulation
from liantiao.main_job.plan import ACCEPTANCE, LOAD, PARTS, SIMULATION, Job, MainJobError, Tell, chosen
from liantiao.main_job.playing import Outcome, Play, State, play_all
from liantiao.sandbox_client import SandboxError
from liantiao.simulating.run_folder import FolderError
from liantiao.simulating.simulate import plan_of
from loadtests.settings import Settings
from sim.plain import PlainError
from tests.worlds import FROM_MS, TO_MS, package

SLO = '[[slo]]\ntitle = "失败的交换"\nerrors = 0.5\nsource = "自定"\n'
ROOT = Path(__file__).parents[3]


def job(*parts: str, cases: int = 60) -> Job:
    settings = Settings(
        run_url="", token="", cases=2, first=1, profile="constant:2", times=1.0, closed=0, hands=10, patience=60.0,
        stop_errors=1.0, stop_p99=0.0, door_host="127.0.0.1", result="",
    )  # fmt: skip
    simulation = plan_of(package(), cases=cases, seed=7, from_ms=FROM_MS, to_ms=TO_MS, script="none")
    found = scenarios_of(package(), ["税费同缴"])
    return Job(
        package(),
        7,
        parts or PARTS,
        ("税费同缴",),
        found,
        settings,
        None,
        read_slos(None, "fujian-2024-55"),
        simulation,
        1,
    )


@contextmanager
def unseen(part: str) -> Iterator[Tell]:
    yield lambda phase, done, total: None


def played(asked: Job, folder: Path, play: Play) -> tuple[dict[str, Any], dict[str, Outcome]]:
    outcomes = play_all(asked, folder, unseen, lambda so_far: None, play)
    return record_of(asked, outcomes, folder, FROM_MS), outcomes


def ends(code: int) -> Callable[[Job, Path, Tell], int]:
    return lambda asked, out, tell: code


def raises(error: BaseException) -> Callable[[Job, Path, Tell], int]:
    def play(asked: Job, out: Path, tell: Tell) -> int:
        raise error

    return play


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulation that is over."""
    out = tmp_path_factory.mktemp("simulated") / SIMULATION
    assert play_simulation(job(), out, lambda *news: None) == 0
    return out


def done_in(simulated: Path) -> Callable[[Job, Path, Tell], int]:
    """The simulation as it was, with its files."""

    def play(asked: Job, out: Path, tell: Tell) -> int:
        shutil.copytree(simulated, out)
        tell("模拟办件", 60, 60)
        return 0

    return play


def words(record: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(each["state"], each["result"], each["exit_code"]) for each in record["parts"]]


def test_a_part_that_fails_keeps_no_other_from_being_played(simulated: Path, tmp_path: Path) -> None:
    play = {
        ACCEPTANCE: raises(SandboxError("沙箱没有启动：端口被占")), LOAD: raises(ZeroDivisionError("x")),
        SIMULATION: done_in(simulated),
    }  # fmt: skip
    record, outcomes = played(job(), tmp_path, play)
    assert words(record) == [("failed", "未完成", 3), ("failed", "未完成", 3), ("done", "没有不通过", 0)]
    assert [each["why"] for each in record["parts"][:2]] == [
        "沙箱没有启动：端口被占",
        "程序内部出错（ZeroDivisionError：x）；设 LIANTIAO_DEBUG=1 重跑可见出处。",
    ]
    assert (record["result"], record["mark"], record["exit_code"], record["complete"]) == (
        "未完成",
        "INCOMPLETE",
        3,
        False,
    )
    assert list(outcomes[SIMULATION].phases) == ["模拟办件"]
    page = index_page(record)
    assert "沙箱没有启动：端口被占" in page
    assert 'href="simulation/report.html"' in page
    assert 'href="acceptance/' not in page


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((0, 0, 0), 0), ((0, 3, 0), 3), ((1, 3, 0), 1), ((3, 0, 1), 1)],
)
def test_the_worst_exit_code_is_the_whole_jobs(codes: tuple[int, int, int], expected: int, tmp_path: Path) -> None:
    record, _ = played(job(), tmp_path, dict(zip(PARTS, map(ends, codes), strict=True)))
    assert (record["exit_code"], record["complete"]) == (expected, True)
    assert record["mark"] == ("INCOMPLETE" if 3 in codes else "")


def test_after_ctrl_c_nothing_more_is_played_and_the_index_says_so(tmp_path: Path) -> None:
    play = {ACCEPTANCE: ends(0), LOAD: raises(KeyboardInterrupt()), SIMULATION: raises(AssertionError())}
    record, outcomes = played(job(), tmp_path, play)
    assert [each.state for each in outcomes.values()] == [State.DONE, State.INTERRUPTED, State.NOT_RUN]
    assert (record["exit_code"], record["mark"], record["complete"]) == (3, "INCOMPLETE", False)
    assert "INCOMPLETE" in index_page(record)


def test_what_is_left_out_is_no_gap_and_the_rest_decides(simulated: Path, tmp_path: Path) -> None:
    record, _ = played(job(SIMULATION), tmp_path, {SIMULATION: done_in(simulated)})
    assert words(record)[:2] == [("left_out", "未要求", None)] * 2
    assert (record["result"], record["exit_code"], record["mark"]) == ("没有不通过", 0, "")
    assert record["why"] == "验收未要求，负载未要求，仿真没有不通过。"
    assert chosen(["simulation", "acceptance"]) == (ACCEPTANCE, SIMULATION)
    assert chosen([]) == PARTS
    with pytest.raises(MainJobError, match="“仿真”，可用 acceptance"):
        chosen(["仿真"])


def test_the_same_seed_gives_the_same_index_but_for_what_was_measured(simulated: Path, tmp_path: Path) -> None:
    records = []
    for name, play in (("a", play_simulation), ("b", done_in(simulated))):
        (tmp_path / name).mkdir()
        record, _ = played(job(SIMULATION), tmp_path / name, {SIMULATION: play})
        records.append(record)
    measured = [record.pop("measured") for record in records]
    assert records[0] == records[1]
    assert {"journal", "verdict.json"} <= set(records[0]["parts"][2]["files"])
    assert list(measured[0]["parts"][SIMULATION]["phases"]) == ["模拟办件", "判定检核项", "统计与报告"]


def test_the_page_stands_alone_and_what_data_say_is_never_markup(simulated: Path, tmp_path: Path) -> None:
    record, _ = played(job(SIMULATION), tmp_path, {SIMULATION: done_in(simulated)})
    evil = "<script>alert(1)</script>"
    for each in record["parts"]:
        each |= {"why": evil, "about": evil, "command": evil, "reds": [evil], "result": evil, "files": {evil: evil}}
        each["figures"] = [{"title": evil, "value": 1.25, "unit": evil, "note": evil}]
    page = index_page({**record, "why": evil, "title": evil, "command": evil, "document": evil})
    assert "<script" not in page
    assert "$" not in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(""", page)


def folder_of(out: Path, text: str, *, complete: bool, replace: bool = True) -> Path:
    folder = JobFolder(out, replace=replace)
    write_index(RECORD | {"complete": complete, "title": text}, folder.work)
    return folder.settle(complete=complete)


RECORD: dict[str, Any] = {
    "what": "run", "package": "fujian-2024-55", "document": "", "version": "", "code": "", "seed": 1, "result": "通过",
    "mark": "", "why": "", "exit_code": 0, "command": "", "parts": [],
    "measured": {"begun": "", "seconds": 0, "machine": "", "parts": {}},
}  # fmt: skip


def title(folder: Path) -> str:
    return str(json.loads((folder / "index.json").read_text(encoding="utf-8"))["title"])


def test_the_run_before_stays_until_a_complete_one_is_there(tmp_path: Path) -> None:
    out, beside = tmp_path / "run", tmp_path / "run-INCOMPLETE"
    assert folder_of(out, "cut short", complete=False) == out
    assert folder_of(out, "first", complete=True) == out
    for text in ("second", "third"):
        assert folder_of(out, text, complete=False) == beside
        assert (title(out), title(beside)) == ("first", text)
    assert folder_of(out, "fourth", complete=True) == out
    assert title(out) == "fourth"
    with pytest.raises(FolderError, match="--replace"):
        JobFolder(out, replace=False)
    assert sorted(tmp_path.iterdir()) == [out, beside]


def test_what_is_not_ours_is_never_touched(tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / "index.json").write_text('{"what": "thesis"}', encoding="utf-8")
    with pytest.raises(FolderError, match="不是上一批次"):
        JobFolder(out, replace=True)
    (out / "index.json").write_text(json.dumps({"what": "run", "complete": True}), encoding="utf-8")
    beside = tmp_path / "run-INCOMPLETE"
    beside.mkdir()
    (beside / "mine").write_text("mine")
    assert folder_of(out, "cut short", complete=False).name.startswith("run-INCOMPLETE-")
    assert (beside / "mine").read_text() == "mine"
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="不可写"):
        JobFolder(tmp_path / "file" / "run", replace=True)


# ---- the command ----------------------------------------------------------------------------------------------------
def liantiao(*arguments: str) -> subprocess.Popen[str]:
    """The command line in a process of its own, and in a process group of its own as a terminal would have it."""
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ):  # tests in the background: their processes would be as deaf to it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "-m", "liantiao", *arguments], cwd=ROOT, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--only", "仿真"], "“仿真”，可用 .*simulation"),
        (["--cases", "0"], "--cases .*8,388,608"),
        (["--load-cases", "0"], "--load-cases"),
        (["--load-profile", "steep"], "--load-profile .*steep"),
        (["--scenarios", "没有这样的题目"], "--scenarios.*没有这样的题目"),
        (["--seed", "-1"], "--seed"),
        (["--workers", "0"], "--workers"),
        (["--out", "."], "--out"),
        (["--slo", "nowhere.toml"], r"nowhere\.toml"),
        (["--faults", "strom"], "strom.*storm"),
    ],
)
def test_a_wrong_request_is_one_sentence_before_anything_begins(
    arguments: list[str], named: str, tmp_path: Path
) -> None:
    with pytest.raises(PlainError, match=named) as raised:
        app_of(["run"])(["run", "--out", str(tmp_path / "out"), *arguments], standalone_mode=False)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


SMALL = (
    "--cases",
    "300",
    "--scenarios",
    "合并清单完整显示",
    "--load-cases",
    "3",
    "--load-profile",
    "constant:3",
    "--workers",
    "1",
)


def small_job(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """One of everything against the reference; no service level hangs on how fast this machine is."""
    (folder / "slo.toml").write_text(SLO, encoding="utf-8")
    return liantiao("run", *SMALL, "--slo", str(folder / "slo.toml"), *arguments)


def check_small(out: Path, exit_code: int, *parts: str) -> dict[str, Any]:
    """What must be true of it; returns its index."""
    record: dict[str, Any] = json.loads((out / "index.json").read_text(encoding="utf-8"))
    assert exit_code == record["exit_code"] == 0, record["why"]
    page = (out / "index.html").read_text(encoding="utf-8")
    for each in record["parts"]:
        assert each["state"] == ("done" if each["id"] in parts else "left_out")
        assert bool(each["page"]) == (each["id"] in parts)
        if each["page"]:
            assert (out / each["page"]).is_file()
            assert f'href="{each["page"]}"' in page
    load = {figure["title"]: figure["value"] for figure in record["parts"][1]["figures"]}
    assert (load["办件"], load["丢失的报文"], load["重复的报文"]) == (3, 0, 0)
    assert len(record["parts"][0]["files"]["journal.db"]) == 64
    assert [each.name for each in out.parent.iterdir() if each.name.startswith(".")] == []
    return record


@pytest.mark.slow
def test_acceptance_and_load_with_their_pages_and_plain_progress(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = small_job(tmp_path, "--only", "acceptance", "--only", "load", "--out", str(out))
    said, errors = process.communicate()
    check_small(out, process.returncode, ACCEPTANCE, LOAD)
    assert said == ""
    assert "\x1b" not in errors
    for line in (
        "验收（1/2）：",
        "验收 · 判定 1/1，已用 ",
        "负载（2/2）：",
        "负载 · 判定 1/1，已用 ",
        f"总览：{out / 'index.html'}\n",
    ):
        assert line in errors


@pytest.mark.slow
@pytest.mark.skipif("LIANTIAO_SLOW" not in os.environ, reason="the long mode: set LIANTIAO_SLOW=1")
def test_the_whole_job_twice_with_one_seed_is_the_same_but_for_what_was_measured(tmp_path: Path) -> None:
    records = []
    for name in ("a", "b"):
        process = small_job(tmp_path, "--json", "--out", str(tmp_path / name))
        said, errors = process.communicate()
        records.append(check_small(tmp_path / name, process.returncode, *PARTS))
        assert errors == ""
        assert json.loads(said) == records[-1]
        assert all(each["seconds"] > 0 for each in records[-1].pop("measured")["parts"].values())
    assert records[0] == records[1]


def test_ctrl_c_ends_the_simulation_at_once_and_leaves_what_there_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = liantiao("run", "--only", "simulation", "--cases", "100000", "--out", str(out))
    assert process.stderr is not None
    before = []
    for line in process.stderr:
        before.append(line)
        if "模拟办件" in line:
            break
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 3
    assert "仿真（1/1）" in before[0]
    assert "Traceback" not in errors
    record = json.loads((out / "index.json").read_text(encoding="utf-8"))
    assert (record["mark"], record["parts"][2]["state"]) == ("INCOMPLETE", "interrupted")
    assert record["parts"][2]["why"] == INTERRUPTED
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
