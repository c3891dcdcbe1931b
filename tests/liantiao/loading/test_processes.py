"""How busy processes are: seen by number, and one that ends or comes again under another number is no trouble."""

import os
import subprocess
import sys
from typing import Any

from liantiao.loading.processes import MACHINE, ProcessWatch, watched
from liantiao.loading.report import saturated
from loadtests.recorder import Recorder


def test_a_process_that_ends_and_comes_again() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    pids = {"我们": os.getpid(), "它": child.pid}
    watch = ProcessWatch(lambda: pids)
    watch.look()
    assert watch.points == {MACHINE: [], "我们": [], "它": []}
    sum(range(3_000_000))
    watch.look()
    assert len(watch.points["它"]) == len(watch.points[MACHINE]) == 1
    assert watch.points["我们"][0][1] > 0
    child.communicate(b"\n")
    watch.look()
    pids["它"] = os.getpid()
    watch.look()
    assert [len(watch.points[name]) for name in ("我们", "它")] == [3, 2]
    assert {each["title"] for each in watch.as_json()} == {MACHINE, "我们", "它"}


def test_it_looks_by_itself_until_the_block_is_over() -> None:
    with watched(lambda: {"我们": os.getpid()}) as watch:
        assert "我们" in watch.points
    before = len(watch.points["我们"])
    watch.look()
    assert len(watch.points["我们"]) == before + 1


def test_a_machine_that_is_busy_throughout_is_told() -> None:
    def busy(*percents: float) -> dict[str, Any]:
        points = [[n * 1_000, percent] for n, percent in enumerate(percents)]
        return saturated(
            Recorder(), {}, [{"title": "沙箱", "points": [[0, 100.0]]}, {"title": MACHINE, "points": points}]
        )

    assert busy(100.0, 85.0)["why"] == "压测机的处理器平均占用 92%，各进程互相争抢"
    assert not busy(100.0, 60.0)["is"]
    assert not saturated(Recorder(), {}, [])["is"]
