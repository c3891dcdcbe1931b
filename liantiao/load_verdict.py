"""The verdict on a load from the journals of all its processes, so that what our own seats say to each other is judged too."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from liantiao.live import run_of
from liantiao.reopen import plan_in
from liantiao.server_verdict import cases_by_region, judged_rows
from liantiao.witnesses import joined
from sim.package import load_package

JOURNAL = "journal.db"


def joint_verdict(run: Path, beside: Mapping[Path, Collection[str]], record: Mapping[str, Any]) -> dict[str, Any]:
    """What the server's verdict tells, judged from the journal in a run's folder and those beside it.

    `beside` holds the run's folder in each further process with the seats of that process; `record` is what `GET …/record` tells of
    the run. Reads every journal once, page by page. Raises JournalError and ReopenError.
    """
    plan = plan_in(run)
    package = load_package(plan.package)
    journals = {folder / JOURNAL: seats for folder, seats in beside.items()}
    seen = frozenset[str]().union(*beside.values())
    told = dict(record) | {"remote": [seat for seat in record["remote"] if seat not in seen]}
    with joined(run / JOURNAL, journals) as rows:
        numbers = set(rows.sandbox.case_numbers()).union(*(kept.reads.case_numbers() for kept in rows.beside))
        cases = cases_by_region(run_of(plan, package), sorted(numbers), package)
        return judged_rows(rows, told, cases, package, beside=run.parent)
