"""Plain `locust -f loadtests/locustfile.py`, as a process of its own: what cannot be is said in a sentence, and the process ends."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests.settings import variable_of

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9/runs/load"


def locust(*more: str, **settings: str) -> subprocess.Popen[str]:
    """Begin it with these settings in its environment."""
    named = {variable_of(name.replace("_", "-")): value for name, value in settings.items()}
    command = [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--headless", *more]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | named, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.mark.parametrize(("settings", "said"), [
    ({}, "--run-url"),
    ({"run_url": NOWHERE, "cases": "-4"}, "--cases 与 --first 之和"),
    ({"run_url": NOWHERE, "cases": "多"}, "LIANTIAO_LOAD_CASES 应为数"),
    ({"run_url": NOWHERE, "load_profile": "nonsense:3"}, "没有负载曲线"),
    ({"run_url": NOWHERE, "stop_errors": "7"}, "--stop-errors 是占比"),
    ({"run_url": NOWHERE, "stop_p99": "-1"}, "--stop-p99 是毫秒数"),
    ({"run_url": NOWHERE, "patience": "0"}, "--patience 是秒数"),
    ({"run_url": NOWHERE, "hands": "0"}, "--hands 应在 1 至 1000"),
    ({"run_url": NOWHERE}, "连不上沙箱"),
    ({"run_url": NOWHERE, "token": "令牌"}, "令牌"),
])  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_begins(settings: dict[str, str], said: str) -> None:
    process = locust(**settings)
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 2, told
    assert any(line.startswith("错误 ") and said in line for line in told.splitlines()), told
    assert "Traceback" not in told
    assert "nanobind" not in told


def test_a_worker_that_cannot_take_part_ends_the_load() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = str(door.getsockname()[1])
    worker = locust("--worker", "--master-host", "127.0.0.1", "--master-port", port)
    master = locust("--master", "--master-bind-port", port, "--expect-workers", "1", run_url=NOWHERE)
    told, _ = master.communicate(timeout=120)
    assert master.returncode == 2, told
    assert "错误 连不上沙箱" in told
    assert "Traceback" not in told
    theirs, _ = worker.communicate(timeout=120)
    assert "Traceback" not in theirs
