"""Whole cases over HTTP: a sandbox and a reference, a process and a core each, live × 1, from application to end.

    python benchmarks/cases_over_http.py [--cases 6000] [--open 1500] [--rate 100] [--profile FOLDER]

Every case chooses every linked item. Cases begin in shuffled order, so many a second; a case has ended when its people know its
end and nothing of it is under way in any department. Departments and people take no time (`--handling instant`), terms run a
day a second and, from a quarter of an hour on, no less than five. The pace is that of all cases, tail included; the steady pace
leaves out the tenth of the cases that ended last, which wait for terms.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sim.draws import salt
from sim.package import SCENARIOS
from tests.two_servers import RUN, Two, two_servers

ROOT = Path(__file__).parents[1]
PACE_REACH, PACE_AIM, LEAST_EXCHANGES = 60.0, 90.0, 50
LOOK_EVERY_S = 0.1
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print; exit 1 below the pace to reach."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=6_000)
    asked.add_argument("--open", type=int, default=1_500)
    asked.add_argument("--rate", type=int, default=100)
    asked.add_argument("--profile", default="")
    said = asked.parse_args()
    cores = [core for core in (0, 1) if core in os.sched_getaffinity(0)] if shutil.which("taskset") else None
    with TemporaryDirectory(prefix="liantiao-bench-") as folder:
        root = with_all_items(Path(folder) / "code")
        settings: dict[str, Any] = {"handling": "instant", "office_hours": False, "cases": said.cases}
        with two_servers(Path(folder), cores=cores, profile=said.profile, root=root, **settings) as two:
            figures = play(two, said.cases, said.open, said.rate)
        figures |= crossings(Path(folder), said.cases)
    for name, value in figures.items():
        print(f"{name:32} {value}")
    sys.exit(figures["cases_per_s"] < PACE_REACH or figures["exchanges_per_case"] < LEAST_EXCHANGES)


def with_all_items(folder: Path) -> Path:
    """The code as it is, with a package of which every linked item is chosen in every case."""
    folder.mkdir()
    for each in ROOT.iterdir():
        if each.name not in ("scenarios", "out") and not each.name.startswith("."):
            (folder / each.name).symlink_to(each)
    shutil.copytree(SCENARIOS, folder / "scenarios")
    path = folder / "scenarios" / "fujian-2024-55" / "package.toml"
    head, items, rest = cut(path.read_text(encoding="utf-8"))
    path.write_text(head + re.sub(r"share = [0-9.]+", "share = 1.0", items) + rest, encoding="utf-8")
    return folder


def cut(text: str) -> tuple[str, str, str]:
    """What comes before the table of items, that table, and what comes after."""
    start = text.index("[items]")
    end = text.index("\n[", start)
    return text[:start], text[start:end], text[end:]


def play(two: Two, cases: int, most_open: int, rate: int) -> dict[str, Any]:
    """Begin the cases in shuffled order, so many a second and as many at once as allowed, until every one has ended."""
    numbers = sorted(range(1, cases + 1), key=lambda number: salt(2024, "order", str(number)))
    cpu, started = cpu_ms(two), perf_counter()
    ended_at: list[tuple[float, int]] = []
    ended, pause = 0, Event()
    while ended < cases:
        begun = cases - len(numbers)
        room = min(most_open - begun + ended, int((perf_counter() - started) * rate) + 1 - begun, len(numbers))
        if room > 0:
            lot = [numbers.pop() for _ in range(room)]
            two.sandbox.ask("POST", f"/runs/{RUN}/cases", {"numbers": lot})
        pause.wait(LOOK_EVERY_S)
        told = two.about()
        if told["broken"]:
            raise SystemExit(f"run broken: {told['broken']}")
        ended = told["cases_ended"]
        ended_at.append((perf_counter() - started, ended))
    seconds = perf_counter() - started
    spent = [after - before for after, before in zip(cpu_ms(two), cpu, strict=True)]
    most = next((at, n) for at, n in ended_at if n >= cases * 0.9)
    return {
        "cases": cases, "open_at_once": most_open, "begun_per_s": rate, "seconds": round(seconds, 1),
        "cases_per_s": round(cases / seconds, 1),
        "steady_cases_per_s": round(most[1] / most[0], 1), "tail_s": round(seconds - most[0], 1),
        "sandbox_cpu_ms_per_case": round(spent[0] / cases, 2), "reference_cpu_ms_per_case": round(spent[1] / cases, 2),
        "pace": "live x 1, handling instant, office hours off", "busy_answers": told["busy_answers"],
    }  # fmt: skip


def cpu_ms(two: Two) -> tuple[float, float]:
    """Processor time that each process has used."""
    return tuple(_cpu_ms(server.pid) for server in (two.sandbox, two.reference))  # type: ignore[return-value]


def _cpu_ms(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / TICKS_PER_S


def crossings(folder: Path, cases: int) -> dict[str, Any]:
    """Exchanges that went over HTTP, by case, and what was refused or failed."""
    journal = sqlite3.connect(folder / "sandbox" / "runs" / RUN / "journal.db")
    try:
        one = "SELECT count(*) FROM journal WHERE case_no > 0"
        over_http, all_rows = (journal.execute(one + more).fetchone()[0] for more in (" AND source != ''", ""))
        bad = dict(journal.execute("SELECT outcome, count(*) FROM journal WHERE outcome != 'ok' GROUP BY 1").fetchall())
    finally:
        journal.close()
    return {"exchanges_per_case": round(over_http / cases, 1), "rows_per_case": round(all_rows / cases, 1),
            "not_ok": json.dumps(bad, ensure_ascii=False)}  # fmt: skip


if __name__ == "__main__":
    main()
