"""The verdict on a load from both journals, as the journals grow: processor time and memory of judging, in one pass.

    python benchmarks/joint_verdict.py OUT [--cases 2500 10000]

OUT is the folder of a load (`liantiao load --out`). Its journals are laid out anew, so many cases long, by saying every row again
about other cases; each length is judged in a process of its own, so that its memory is its own.
"""

import argparse
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from liantiao.compose import REFERENCE_SEATS
from liantiao.loading.verdict import PlayedRun, joint_verdict
from sim.journal.record import Record

MOST_SLOPE = 1.2
"""By how much the processor time of a case may grow from the shortest to the longest."""
MOST_MIB = 1_500.0
RAISED = ("seq", "id", "cause", "answers", "part_of")


def main() -> None:
    """Measure and print; exit 1 when a case costs more in a long journal, or memory is not bounded."""
    asked = argparse.ArgumentParser()
    asked.add_argument("out", type=Path)
    asked.add_argument("--cases", type=int, nargs="+", default=[2_500, 10_000])
    asked.add_argument("--judge", action="store_true")
    said = asked.parse_args()
    if said.judge:
        judge(said.out)
        return
    figures = [measured(said.out, cases) for cases in said.cases]
    for cases, (rows, cpu_s, mib) in zip(said.cases, figures, strict=True):
        print(
            f"{cases:,} cases, {rows:,} rows: {cpu_s:.1f} CPU s, {cpu_s * 1e6 / rows:.1f} us a row, peak {mib:.0f} MiB"
        )
    slope = (figures[-1][1] / figures[-1][0]) / (figures[0][1] / figures[0][0])
    print(f"a row costs {slope:.2f} times as much in the longest (at most {MOST_SLOPE})")
    sys.exit(slope > MOST_SLOPE or figures[-1][2] > MOST_MIB)


def measured(out: Path, cases: int) -> tuple[int, float, float]:
    """Rows, processor seconds and peak memory in MiB of judging so many cases."""
    with TemporaryDirectory(prefix="liantiao-bench-") as folder:
        for process in ("sandbox", "reference"):
            lengthen(out / process / "data" / "runs" / "load", Path(folder) / process / "load", cases)
        shutil.copy(out / "report.json", folder)
        told = subprocess.run([sys.executable, __file__, folder, "--judge"], check=True, capture_output=True, text=True)
    rows, cpu_s, mib = told.stdout.split()
    return int(rows), float(cpu_s), float(mib)


def lengthen(run: Path, into: Path, cases: int) -> None:
    """A run's folder with its journal said again about further cases until there are so many."""
    into.mkdir(parents=True)
    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    (into / "plan.json").write_text(json.dumps(plan | {"cases": cases}), encoding="utf-8")
    shutil.copy(run / "journal.db", into)
    database = sqlite3.connect(into / "journal.db", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    names = ("seq", *Record._fields[1:])
    begun, last = database.execute("SELECT max(case_no), max(seq) FROM journal").fetchone()
    highest = max(last, database.execute("SELECT max(id) FROM journal").fetchone()[0])
    moved = ", ".join(
        f"CASE WHEN case_no THEN case_no + :n * {begun} ELSE 0 END" if name == "case_no" else
        f"CASE WHEN {name} THEN {name} + :n * {highest} ELSE 0 END" if name in RAISED else
        f"{name} + :n * 60000" if name in ("t_ms", "asked_ms", "started_ms") else name
        for name in names
    )  # fmt: skip
    database.execute("BEGIN")
    for n in range(1, cases // begun):
        database.execute(
            f"INSERT INTO journal ({', '.join(names)}) SELECT {moved} FROM journal WHERE seq <= {last}", {"n": n}
        )
    database.execute("COMMIT")
    database.close()


def judge(folder: Path) -> None:
    """Judge what was laid out, and say what it took."""
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))["verdict"]
    remote = sorted({*record["remote"], *REFERENCE_SEATS})
    beside = {folder / "reference" / "load": REFERENCE_SEATS}
    verdict = joint_verdict([PlayedRun(folder / "sandbox" / "load", record | {"remote": remote}, beside)])
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(verdict["rows"], used.ru_utime + used.ru_stime, used.ru_maxrss / 1_024)


if __name__ == "__main__":
    main()
