"""The command line: every wrong request is one clear Chinese sentence and exit 2, and leaves nothing behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def liantiao(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run([sys.executable, "-m", "liantiao", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--package", "fujian-2024-56"], ["fujian-2024-56", "fujian-2024-55"]),
        (["--faults", "strom"], ["strom", "storm"]),
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
