"""The verdict on a load from the journals of all its processes, so that what our own seats say to each other is judged too."""

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from liantiao.server_verdict import cases_by_region, judged_rows
from liantiao.serving.live import run_of
from liantiao.serving.reopen import plan_in
from liantiao.witnesses import Journals, joined
from sim.package import load_package

JOURNAL = "journal.db"


class PlayedRun(NamedTuple):
    """A sandbox's run when a load is over: its folder, what `GET …/record` tells of it, and the run's folder in every process beside
    it with the seats of that process."""

    folder: Path
    record: Mapping[str, Any]
    beside: Mapping[Path, Collection[str]] = MappingProxyType({})

    @property
    def journals(self) -> Journals:
        """Where its journals lie."""
        return Journals(self.folder / JOURNAL, {path / JOURNAL: seats for path, seats in self.beside.items()})


def joint_verdict(runs: Sequence[PlayedRun]) -> dict[str, Any]:
    """What the server's verdict tells, judged from the journals of all processes; several runs share the cases of one load.

    Reads every journal once, page by page. Raises JournalError and ReopenError.
    """
    plan = replace(plan_in(runs[0].folder), share=0, among=1)
    package = load_package(plan.package)
    with joined(*(run.journals for run in runs)) as rows, _no_circles():
        numbers = {number for reads in rows.journals for number in reads.case_numbers()}
        cases = cases_by_region(run_of(plan, package), sorted(numbers), package)
        return judged_rows(rows, told_of(runs), cases, package, beside=runs[0].folder.parent)


def told_of(runs: Sequence[PlayedRun]) -> dict[str, Any]:
    """The records of all runs as one; whose journal is there is no stranger."""
    first = runs[0].record
    seen = frozenset[str]().union(*(seats for run in runs for seats in run.beside.values()))
    return {
        **first, "remote": [seat for seat in first["remote"] if seat not in seen],
        **{name: sum(run.record[name] for run in runs) for name in ("planned", "begun")},
        "open_cases": sorted(number for run in runs for number in run.record["open_cases"]),
    }  # fmt: skip


@contextmanager
def _no_circles() -> Iterator[None]:
    """Rows come and go by the million and refer to nothing: looking for circles among them takes a quarter of the time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()
