"""`liantiao dialect` and `serve --dialect`: what they print, and how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from liantiao.sandbox_client import ROOT
from sim.faces.dialects.audit import findings
from tests.another_system.play import DIALECT
from tests.sim.faces.dialects.files import KNOWN, dialect

APPLY = '[operations."portal.apply"]\npath = "/sq/{authorisation}"\n'


def liantiao(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "liantiao", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (APPLY, 0),
        (APPLY + '[operations."portal.apply".fields]\n"application.price_fen" = "zj"', 1),
        (APPLY + "[answer]\ncode = 'c'", 1),
        (APPLY.replace("apply", "aply"), 2),
        ("[", 2),
    ],
)
def test_a_check_ends_with_0_1_or_2(tmp_path: Path, text: str, code: int) -> None:
    file = tmp_path / "厂商.toml"
    file.write_text(text, encoding="utf-8")
    done = liantiao("dialect", "check", str(file), "--seats", "portal")
    assert done.returncode == code, done.stdout + done.stderr
    assert "厂商.toml" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if code == 2:
        assert len(done.stderr.splitlines()) == 1


def test_a_check_for_machines() -> None:
    told = json.loads(liantiao("dialect", "check", str(DIALECT), "--json").stdout)
    assert {each["sort"] for each in told["findings"]} == {"未对应", "可疑"}


@pytest.mark.parametrize("seats", ["portal", "portal,registry,hub", "tax"])
def test_the_example_is_valid_and_leaves_nothing_unmapped(seats: str) -> None:
    text = liantiao("dialect", "example", "--seats", seats).stdout
    made = dialect(text, "example.toml")
    assert findings(made, seats.split(",")) == []
    assert made.directory is KNOWN


def test_one_message_is_shown_there_and_back() -> None:
    done = liantiao("dialect", "try", str(DIALECT), "--operation", "portal.apply")
    assert done.returncode == 0
    assert '"ywh":"7","lsh":"fuzhou-17"' in done.stdout
    assert done.stdout.endswith("读回来：相同\n")
    wrong = liantiao("dialect", "try", str(DIALECT), "--operation", "portal.aply")
    assert wrong.returncode == 2
    assert "最接近的是“portal.apply”" in wrong.stderr


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("portal=nowhere.toml", "读不到文件"),
        ("portal", "写法是 席位=文件"),
        ("registry={file}", "没有用 --real 接入"),
        ("portal={file}", "最接近的是“portal.apply”"),
    ],
)
def test_serve_says_what_is_wrong_before_anything_starts(tmp_path: Path, named: str, words: str) -> None:
    file = tmp_path / "d.toml"
    file.write_text(APPLY.replace("apply", "aply"), encoding="utf-8")
    data = str(tmp_path / "data")
    done = liantiao("serve", "--port", "0", "--data", data, "--real", "portal=", "--dialect", named.format(file=file))
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()
