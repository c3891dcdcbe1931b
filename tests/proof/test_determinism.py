"""Same seed, same bytes: whatever the number of workers, whatever PYTHONHASHSEED and under whatever faults."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DAYS = ("--from", "2024-03-01", "--to", "2024-03-15")
SAID = ("digest", "messages", "deliveries", "promises", "states")
FILES = ("journal/xiamen/journal.parquet", "journal/fuzhou/bodies.parquet", "journal/pingtan/samples.parquet")


def summary_of(out: Path, script: str, workers: int, hash_seed: str) -> dict[str, object]:
    """What a run in a process of its own says of itself."""
    command = [
        sys.executable,
        "-m",
        "liantiao",
        "simulate",
        "--cases",
        "300",
        "--seed",
        "11",
        *DAYS,
        "--faults",
        script,
    ]
    done = subprocess.run(
        [*command, "--workers", str(workers), "--out", str(out), "--json"],
        env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    summary: dict[str, object] = json.loads(done.stdout)
    return summary


@pytest.mark.parametrize("script", ["everyday", "storm"])
def test_workers_and_hash_seed_change_nothing(script: str, tmp_path: Path) -> None:
    one = summary_of(tmp_path / "one", script, 1, "0")
    two = summary_of(tmp_path / "two", script, 2, "4711")
    assert {key: one[key] for key in SAID} == {key: two[key] for key in SAID}
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
