"""How long a run takes to open again after so many journal rows: the newest snapshot, and the rows after it.

    python -m benchmarks.restart [rows]

Cases are spoken of by requests heard one after another; snapshots are taken every 50,000 rows, as a server takes them that writes
each in a moment. Then the run is opened once more as after a kill, and once more from its first row; the digests must be equal.
"""

import gc
import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from liantiao.code_version import code_version
from liantiao.directory import directory
from liantiao.serving.live import run_of
from liantiao.serving.reopen import reader, reopened
from sim.faces.bodies import body_of
from sim.journal.record import Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.package import load_package
from sim.runs.plan import Pace, RunPlan
from sim.runs.replay import Replay
from sim.runs.run import Run
from sim.runs.snapshot import dump
from sim.runs.snapshot_files import SnapshotFiles
from sim.runs.snapshots import EVERY_ROWS
from sim.runs.state_digest import state_digest

START_MS, CASES, STEP_MS = 1_700_000_000_000, 20_000, 3
SAID = (
    ("hub", "tax", "tax.declare"), ("portal", "gov_platform", "gov_platform.backfill"),
    ("registry", "gov_platform", "gov_platform.certify_title"), ("registry", "data_exchange", "data_exchange.receive"),
)  # fmt: skip


def build(run: Run, file: JournalFile, files: SnapshotFiles, rows: int, every: int) -> None:
    """Hear until there are so many rows; the last snapshot is as old as it can be."""
    known = directory()
    said = [
        (a, b, body_of(known.kinds[k]).parse(json.dumps(body_of(known.kinds[k]).example()).encode()))
        for a, b, k in SAID
    ]
    n, next_snapshot = 0, every
    while file.last_seq < rows:
        for _ in range(1_000):
            sender, seat, body = said[n % len(said)]
            run.advance(START_MS + n * STEP_MS)
            run.hear(sender, seat, body, n // len(said) % CASES + 1)
            n += 1
        file.extend([each for each in run.written if isinstance(each, Record)])
        file.flush()
        run.written, run.sending, run.given = [], [], []
        run.untold.clear()
        if file.last_seq >= next_snapshot and file.last_seq < rows - every // 2:
            began = perf_counter()
            raw = dump(run)
            files.keep(files.write(file.last_seq, run.now_ms, code_version(), raw)[1])
            cases = sum(len(world.cases) for world in run.worlds.values())
            print(
                f"{file.last_seq:,} 行：快照 {len(raw) / 2**20:.1f} MiB，{cases:,} 件在办，{perf_counter() - began:.2f} 秒"
            )
            next_snapshot = file.last_seq + every


def main(rows: int) -> None:
    """Build, open, open from the beginning, compare."""
    package = load_package("fujian-2024-55")
    plan = RunPlan(
        "restart", package.id, 1, CASES, START_MS, Pace.STEPPED, remote=dict.fromkeys(("portal", "registry", "hub"), "")
    )
    with tempfile.TemporaryDirectory() as name:
        folder, known = Path(name), directory()
        files, path = SnapshotFiles(folder / "snapshots"), folder / "journal.db"
        run, file = run_of(plan, package), JournalFile(path)
        began = perf_counter()
        build(run, file, files, rows, EVERY_ROWS)
        print(f"写成 {file.last_seq:,} 行，{perf_counter() - began:.1f} 秒，{path.stat().st_size / 2**20:.0f} MiB")
        file.close()
        digest = state_digest(run)
        del run
        gc.collect()
        journal = JournalReads(path)
        began, worked = perf_counter(), process_time()
        found = reopened(lambda: run_of(plan, package), files, journal, code_version(), known)
        seconds, cpu = perf_counter() - began, process_time() - worked
        told = found.told
        print(
            f"重启 {seconds:.2f} 秒（处理器 {cpu:.2f} 秒）：快照在第 {found.snapshot_seq:,} 行，其后 {told.rows:,} 行",
            told.divergence or "一致",
        )
        began = perf_counter()
        whole = run_of(plan, package)
        again = Replay(whole, known.kinds, reader(known)).feed(journal)
        print(f"从头重放 {perf_counter() - began:.2f} 秒，{again.rows:,} 行；{again.divergence or '一致'}")
        digests = []
        for each in (found.run, whole):
            each.written, each.sending, each.given = [], [], []
            each.untold.clear()
            digests.append(state_digest(each))
        print("摘要相同" if set(digests) == {digest} else f"摘要不同：{digest} {digests}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
