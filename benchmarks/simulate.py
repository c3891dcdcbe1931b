"""The whole main job: 830,000 cases against a tenth of them, with what the run shows printed beside the time.

    python -m benchmarks.simulate [cases]

Each run is a process of its own, as a user starts it; the output folders are removed afterwards.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any


def run(cases: int, out: Path) -> tuple[float, dict[str, Any]]:
    """Seconds from start to end of the process, and what it says of itself."""
    command = [
        sys.executable,
        "-m",
        "liantiao",
        "simulate",
        "--cases",
        str(cases),
        "--workers",
        "2",
        "--out",
        str(out),
        "--json",
    ]
    started = perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = perf_counter() - started
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    summary: dict[str, Any] = json.loads(done.stdout)
    return seconds, summary


def main() -> None:
    """Run a tenth, then the whole, and print the figures."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 830_000
    with tempfile.TemporaryDirectory(dir=".") as folder:
        tenth_seconds, _ = run(cases // 10, Path(folder) / "tenth")
        seconds, summary = run(cases, Path(folder) / "whole")
        measures = json.loads((Path(folder) / "whole" / "measures.json").read_text(encoding="utf-8"))
    print(f"cases                      {cases:,}: {seconds:.1f} s, phases {summary['phases']}")
    print(f"time({cases:,}) / time({cases // 10:,})   {seconds / tenth_seconds:.2f}")
    print(f"peak memory, upper bound   {summary['peak_mib']:,.0f} MiB")
    print(
        f"deliveries per case        {summary['deliveries'] / cases:.1f}; journal rows per case {summary['messages'] / cases:.1f}"
    )
    print(
        f"ended / open at horizon    {summary['finished']:,} / {len(summary['open_cases']):,}; exit code {summary['exit_code']}"
    )
    for line in measures["shares"]:
        print(f"share {line['title']:<20} {line['cases']:,} cases, {line['share']:.4%}")
    seen = {line["number"]: line["seen"] for line in measures["inventory"]}
    print(f"FJ numbers seen            {sum(count > 0 for count in seen.values())} of {len(seen)}: {seen}")
    for promise in summary["promises"]:
        print(
            f"  {promise['result']:<13} {promise['id']:<32} applied {promise['applied']:>9,} violations {promise['violations']:,}"
        )


if __name__ == "__main__":
    main()
