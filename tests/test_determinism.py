"""Same seed, same bytes: whatever the number of workers and whatever PYTHONHASHSEED."""

import json
import os
import subprocess
import sys
from pathlib import Path

RUN = ["simulate", "--cases", "300", "--seed", "11", "--from", "2024-03-01", "--to", "2024-03-15", "--json"]


def journal_of(out: Path, workers: int, hash_seed: str) -> dict[str, object]:
    """What a run in a process of its own says of itself."""
    command = [sys.executable, "-m", "liantiao", *RUN, "--workers", str(workers), "--out", str(out)]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summary: dict[str, object] = json.loads(done.stdout)
    return summary


def test_workers_and_hash_seed_change_nothing(tmp_path: Path) -> None:
    one = journal_of(tmp_path / "one", 1, "0")
    two = journal_of(tmp_path / "two", 2, "4711")
    assert one["digest"] == two["digest"]
    assert one["messages"] == two["messages"]
    assert one["promises"] == two["promises"]
    for name in ("journal/xiamen/journal.parquet", "journal/fuzhou/bodies.parquet", "journal/pingtan/samples.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
