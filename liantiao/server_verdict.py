"""The verdict on a run of the server: its journal written out, judged like any other, and told with what was not to be seen."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from liantiao.simulating.region_run import CaseTable
from sim.faces.hosted import Hosted
from sim.journal.export import Rows, export_run_folder
from sim.journal.sqlite_reads import JournalReads
from sim.judge import ORDER_TOLERANCE_MS, judge
from sim.judge.verdict import INCOMPLETE_EXIT, SAMPLE, Result, Verdict
from sim.package import Package
from sim.runs.plan import PACE_TITLES, RunPlan
from sim.runs.run import Run
from sim.runs.scale import TITLES

Cases = dict[str, pa.Table]
Figures = Mapping[str, tuple[float, str]]
ENDS: Final = "every_case_ends"
"""It lists every open case, and cases that are over without their people knowing it."""
NO_FIGURES: Final[Figures] = MappingProxyType({})


def about(run: Run) -> dict[str, Any]:
    """What a run's record says of it now: who is remote, how its clock went, and how many of its cases have ended."""
    plan, worlds = run.plan, run.worlds.values()
    open_cases = sorted(number for world in worlds for number, case in world.cases.items() if not world.rests(case))
    begun = sum(world.begun for world in worlds)
    to_come = sum(world.to_come for world in worlds)
    return {
        "package": plan.package, "run": plan.name, "seed": plan.seed, "planned": begun + to_come, "begun": begun,
        "open_cases": open_cases, "clock": clock(plan), "remote": sorted(plan.remote), "now_ms": run.now_ms,
        "faults": plan.faults, "order_tolerance_ms": ORDER_TOLERANCE_MS,
    }  # fmt: skip


def clock(plan: RunPlan) -> dict[str, Any]:
    """How a run's clock went, as every report must say."""
    hours = "按工作时间" if plan.office_hours else "不分工作时间"
    pace = f"{PACE_TITLES[plan.pace]} × {plan.factor:g}" if plan.pace == "live" else PACE_TITLES[plan.pace]
    terms = f"，期限放长到 {plan.term_factor} 倍" if plan.term_factor > 1 else ""
    return {
        "pace": plan.pace, "factor": plan.factor, "handling": plan.handling, "term_factor": plan.term_factor,
        "office_hours": plan.office_hours, "title": f"{pace}，办理用时{TITLES[plan.handling]}{terms}，{hours}",
    }  # fmt: skip


def cases_of(run: Run, package: Package) -> Cases:
    """The cases begun in a run, by region."""
    worlds = run.worlds.values()
    numbers = sorted({number for world in worlds for number in (*world.cases, *world.closed)})
    return cases_by_region(run, numbers, package)


def cases_by_region(run: Run, numbers: Sequence[int], package: Package) -> Cases:
    """These cases of a run, by region: as drawn, or as arranged."""
    if not numbers:
        return {}
    if run.plan.arranged:
        table = CaseTable(package).of_dossiers([run.book.dossier(number) for number in numbers])
    else:
        table = CaseTable(package).of(run.book.population.take(np.array(numbers, np.uint64) - np.uint64(1)))
    return {
        region: table.filter(pc.equal(table["region"], region)) for region in pc.unique(table["region"]).to_pylist()
    }


def judged(
    journal: Path,
    told: dict[str, Any],
    cases: Cases,
    package: Package,
    limits: Figures = NO_FIGURES,
    *,
    sample: int | None = SAMPLE,
) -> dict[str, Any]:
    """The verdict as JSON types; reads the journal anew, so that it may be called from any thread.

    `limits` are figures given for this verdict only: value and unit by the limit's name. `sample` violations of a promise
    are told, all of them where it is None.
    """
    reads = JournalReads(journal)
    try:
        return judged_rows(reads, told, cases, package, limits, sample=sample)
    finally:
        reads.close()


def judged_rows(
    rows: Rows,
    told: dict[str, Any],
    cases: Cases,
    package: Package,
    limits: Figures = NO_FIGURES,
    *,
    sample: int | None = SAMPLE,
    beside: Path | None = None,
) -> dict[str, Any]:
    """The verdict on rows, wherever they come from. They are written out below `beside` meanwhile, or where the system keeps
    what is temporary."""
    with TemporaryDirectory(prefix="liantiao-verdict-", dir=beside) as folder:
        exported = export_run_folder(rows, Path(folder), told, cases)
        verdict = judge(Path(folder), package, remote=told["remote"], limits=limits, sample=sample, threads=1)
    shown = {key: value for key, value in told.items() if key != "open_cases"}
    kept = verdict.as_dict() | {"exit_code": exit_code(verdict)}
    numbers = {"open_cases": told["open_cases"][:200], "open_cases_count": len(told["open_cases"])}
    return shown | kept | numbers | {"rows": sum(exported.rows.values()), "dropped": exported.dropped._asdict()}


def exit_code(verdict: Verdict) -> int:
    """A verdict may be asked for while its run goes on: where nothing is broken but that cases have not ended yet, it is
    incomplete (3), not broken (1)."""
    broken = [finding for finding in verdict.findings if finding.result is Result.BROKEN]
    goes_on = [finding.id for finding in broken] == [ENDS] and broken[0].violations <= verdict.open_cases
    return INCOMPLETE_EXIT if goes_on else verdict.exit_code()


def verdict_of(hosted: Hosted, package: Package) -> tuple[Path, dict[str, Any], Cases, Package]:
    """What `judged` wants, taken between two turns of the event loop."""
    return hosted.host.file.path, about(hosted.run), cases_of(hosted.run, package), package
