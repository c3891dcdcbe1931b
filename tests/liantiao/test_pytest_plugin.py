"""The pytest plugin, used as a team would use it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from liantiao.sandbox_client import ROOT, SandboxRun
from tests.sandbox_bodies import declaration

TEAMS_TEST = """
import pytest

def test_a_fresh_run(sandbox):
    assert sandbox.journal() == []
    assert sandbox.clock()["mode"] == "步进"
    assert sandbox.call("tax.query_bill", {"voucher_no": "1"}, case=1, sender="hub").error == "not_found"
    assert sandbox.journal(case_no=1)

def test_another_fresh_run(sandbox):
    assert sandbox.journal() == []

@pytest.mark.sandbox(remote={"portal": "", "hub": "http://127.0.0.1:9/hub"})
def test_a_seat_with_an_address(sandbox):
    assert sandbox.url("tax").endswith("/tax")
    assert sandbox.control("GET", "")["addresses"]["hub"] == "http://127.0.0.1:9/hub"
"""


def test_a_team_runs_its_own_tests(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nsandbox_seed = 7\n", encoding="utf-8")
    (tmp_path / "test_team.py").write_text(TEAMS_TEST, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "liantiao.pytest_plugin", "-p", "no:cacheprovider", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "3 passed" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.sandbox(seed=1)
def test_a_tax_declaration_is_answered_in_the_inbox(sandbox: SandboxRun) -> None:
    sandbox.begin(1)
    assert sandbox.call("tax.declare", declaration(), case=1, sender="hub").ok
    sandbox.advance(86_400_000)
    (assessed,) = sandbox.inbox("hub", kind="tax.assessed")
    assert assessed["body"]["total_fen"] == 418_000
    assert sandbox.case(1)["status"] == "在办"
    assert "核税中 → 已核税" in sandbox.timeline(1)
    assert any(each["seat"] == "tax" and each["state_title"] == "已核税" for each in sandbox.case(1)["tracks"])
