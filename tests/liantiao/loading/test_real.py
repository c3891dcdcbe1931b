"""A load on systems that are not ours: one with its own paths and field names, and one that joins by itself."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from features.reach import trouble_at
from liantiao.loading.command import carry_out
from liantiao.loading.run import LoadError, LoadPlan
from liantiao.sandbox_client import ROOT, SandboxServer, ask
from liantiao.serving.command import remote_of
from loadtests.settings import Settings
from sim.clock import let_pass
from sim.runs.scale import Handling
from tests.docs.terminals import free_port
from tests.features.real_systems import DIALECT

pytestmark = pytest.mark.slow
PLAIN_CASE, SEED, TOKEN = 522, 2024, "a-token-of-the-test"


def plan_of(out: Path, first: int, cases: int, port: int, real: dict[str, str], **more: Any) -> LoadPlan:
    settings = Settings("", "", cases, first, "constant:4", 1.0, 0, 10, 30.0, 1.0, 0.0, "127.0.0.1", "")
    out.mkdir(exist_ok=True)
    return LoadPlan(settings, 1, "fujian-2024-55", SEED, Handling.INSTANT, out, real, port=port, token=TOKEN, **more)


def results(record: dict[str, Any], result: str) -> list[str]:
    return [each["id"] for each in record["verdict"]["promises"] if each["result"] == result]


def test_a_system_of_its_own_language_is_loaded_through_its_adaptation_file(tmp_path: Path) -> None:
    port, theirs = free_port(), free_port()
    command = [sys.executable, "-m", "tests.another_system", "--port", theirs, "--seats", "portal,registry",
               "--sandbox", f"http://127.0.0.1:{port}/runs/load"]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as system:
        try:
            assert system.stdout is not None
            url = system.stdout.readline().split()[-1]
            plan = plan_of(
                tmp_path / "out", PLAIN_CASE, 1, int(port), {"portal": f"{url}/wsb", "registry": f"{url}/djj"},
                dialects=dict.fromkeys(("portal", "registry"), DIALECT.name),
                dialect_files={DIALECT.name: DIALECT.read_text(encoding="utf-8")},
            )  # fmt: skip
            record = carry_out(plan, [])
        finally:
            system.terminate()
    assert (record["exit_code"], record["ended"], record["complete"]) == (0, 1, True), record["over"]
    assert results(record, "broken") == []
    assert {"money_conserved", "every_case_ends", "recorded_after_settled"} <= set(results(record, "kept"))
    assert record["journal"]["ends"] == {"done": 1}
    assert record["lost"]["n"] == record["outcomes"].get("portal.apply failed", 0) == 0
    assert set(record["real"]) == {"portal", "registry"}
    assert "<svg" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.skipif("LIANTIAO_SLOW" not in os.environ, reason="the long mode: set LIANTIAO_SLOW=1")
def test_a_system_that_joins_by_itself_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    told: dict[str, Any] = {}
    plan = plan_of(tmp_path / "out", 1, 3, int(port), remote_of(["reference"]))
    load = Thread(target=lambda: told.update(carry_out(plan, [])))
    load.start()
    with joined(tmp_path / "reference", port):
        load.join()
    assert (told["ended"], told["complete"], told["lost"]["n"]) == (3, True, 0), told["over"]
    assert results(told, "broken") == []
    unseen = [each["note"] for each in told["verdict"]["promises"] if "看不到" in each["note"]]
    assert unseen  # what it says between its own seats is its own affair


def joined(folder: Path, port: str) -> SandboxServer:
    """Our reference as a stranger, started when the run that it joins is there."""
    address = f"http://127.0.0.1:{port}/runs/load"
    while trouble_at(address) or ask("GET", address, headers={"Authorization": f"Bearer {TOKEN}"}).status != 200:
        let_pass(100)
    return SandboxServer(folder, "--seats", "reference", "--sandbox", address, token=TOKEN)


def test_a_system_that_is_not_there_is_said_before_anything_begins(tmp_path: Path) -> None:
    real = {"portal": f"http://127.0.0.1:{free_port()}/wsb"}
    with pytest.raises(LoadError, match=r"没有开始：portal http://127\.0\.0\.1:\d+/wsb：.+。"):
        carry_out(plan_of(tmp_path / "out", 1, 1, 0, real), [])
