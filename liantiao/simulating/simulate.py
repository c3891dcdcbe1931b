"""`liantiao simulate`: plays a package in virtual time, judges every promise and leaves a report."""

import multiprocessing
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, ProcessPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import perf_counter
from typing import Any

import xxhash

from dashboards.report import write_report
from liantiao import __version__
from liantiao.compose import POLLS, ROLES
from liantiao.simulating.region_run import HORIZON_DAYS, Plan, RegionFigures, play_region
from liantiao.simulating.run_folder import complete_or_absent, write_json
from sim.calendar import DAY_MS, END_MS, CalendarError, WorkingCalendar, format_time
from sim.judge import judge
from sim.judge.little import little_finding
from sim.judge.verdict import Verdict
from sim.measures import measure
from sim.measures.cases import summed
from sim.message import Message, Operation
from sim.package import Package
from sim.package.clauses import coverage, read_clauses

Tell = Callable[[str, int, int], None]
"""(phase, done, total): what a progress bar shows."""

STOP = ".stop"
"""While it lies in the folder, nobody plays on there. Not said through the manager: a Ctrl-C may leave that line half read."""


def plan_of(package: Package, *, cases: int, seed: int, from_ms: int, to_ms: int, script: str) -> Plan:
    """A checked plan. Raises PackageError for an unknown fault script and CalendarError for days outside the table."""
    faults = package.fault_script(script)
    if to_ms + (HORIZON_DAYS + 1) * DAY_MS >= END_MS:
        latest = format_time(END_MS - (HORIZON_DAYS + 2) * DAY_MS)[:10]
        raise CalendarError(f"末日之后还要模拟 {HORIZON_DAYS} 天才能收尾，超出工作日历；--to 最晚 {latest}。")
    about = {
        "package": package.id, "title": package.title, "document": package.document, "version": __version__, "seed": seed,
        "cases": cases, "from": format_time(from_ms), "to": format_time(to_ms + DAY_MS - 1), "clock": "virtual",
        "faults": {"id": script, "title": faults.title},
    }  # fmt: skip
    return Plan(package, cases, seed, from_ms, to_ms, tuple(faults.faults), about)


def simulate(plan: Plan, out: Path, workers: int, tell: Tell, *, replace: bool = False) -> dict[str, Any]:
    """Play, judge, measure and report into `out`; returns what `--json` prints.

    `out` is complete or absent; with `replace`, a run that is there stays until the new one is complete.
    """
    clock = _Phases()
    with complete_or_absent(out, replace=replace) as folder:
        figures = _play(plan, folder, workers, tell)
        playing_mib = _own_mib() + _apart_mib(figures, workers)
        clock.mark("simulate")
        run = _run_record(plan, figures, workers)
        write_json(folder / "run.json", run)
        verdict = judge(folder, plan.package, tell=tell)
        clock.mark("judge")
        tell("统计与报告", 0, 1)
        measures = measure(folder, operations())
        write_json(folder / "measures.json", measures)
        verdict = verdict.also(little_finding(measures["desks"]))
        clauses = coverage(read_clauses(plan.package.folder), verdict.findings)
        write_json(folder / "verdict.json", verdict.as_dict() | {"clauses": clauses})
        clock.mark("measure")
        run |= {"seconds": clock.seconds, "peak_mib": round(max(playing_mib, _own_mib()), 1)}
        write_json(folder / "run.json", run)
        write_report(folder)
        clock.mark("report")
        tell("统计与报告", 1, 1)
    return _summary(run, verdict, measures, clock)


class _Phases:
    """How long each phase took, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def mark(self, phase: str) -> None:
        now = perf_counter()
        self.seconds[phase] = round(now - self._last, 3)
        self._last = now


def _play(plan: Plan, folder: Path, workers: int, tell: Tell) -> list[RegionFigures]:
    regions = list(plan.package.regions.values())
    order = sorted(range(len(regions)), key=lambda position: -regions[position].weight)
    done = 0

    def ended(more: int) -> None:
        nonlocal done
        done += more
        tell("模拟办件", done, plan.cases)

    if workers == 1:
        return [play_region(plan, position, folder, ended) for position in sorted(order)]
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(workers, context, max_tasks_per_child=None) as pool:
        news = manager.Queue()
        with _for_us_alone(signal.SIGINT):
            running = {pool.submit(_play_apart, plan, position, folder, news) for position in order}
        figures: dict[str, RegionFigures] = {}
        try:
            while running:
                finished, running = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                figures |= {future.result().region: future.result() for future in finished}
                _drain(news, ended)
        except BaseException:  # what has not begun never does; the rest ends at its next news
            (folder / STOP).touch()
            pool.shutdown(cancel_futures=True)
            raise
    return [figures[region.id] for region in regions]


@contextmanager
def _for_us_alone(sign: signal.Signals) -> Iterator[None]:
    """Processes that are started inside never hear this signal: whoever started them does, and ends them in time."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {sign})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _play_apart(plan: Plan, position: int, folder: Path, news: Any) -> RegionFigures:
    def tell(more: int) -> None:
        if (folder / STOP).exists():
            raise CancelledError
        news.put(more)

    tell(0)
    return play_region(plan, position, folder, tell)


def _drain(news: Any, ended: Callable[[int], None]) -> None:
    while True:
        try:
            ended(news.get_nowait())
        except Empty:
            return


def _run_record(plan: Plan, figures: list[RegionFigures], workers: int) -> dict[str, Any]:
    digest = xxhash.xxh3_128("".join(each.digest for each in figures).encode()).hexdigest()
    calendar = WorkingCalendar.load()
    notes = ["所用工作日历含暂定年份（调休尚未公布）"] if calendar.provisional(plan.horizon_ms) else []
    return plan.about | {
        "planned": plan.cases, "begun": sum(f.begun for f in figures), "finished": sum(f.finished for f in figures),
        "open_cases": [number for f in figures for number in f.open_cases], "workers": workers, "digest": digest,
        "messages": sum(f.rows for f in figures), "deliveries": sum(f.deliveries for f in figures),
        "unmarked_strikes": summed(f.unmarked_strikes for f in figures), "horizon": format_time(plan.horizon_ms),
        "order_tolerance_ms": 1_000, "notes": notes,
        "regions": {f.region: {"cases": f.begun, "messages": f.rows, "digest": f.digest} for f in figures},
    }  # fmt: skip


def _own_mib() -> float:
    """This process at its largest so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart_mib(figures: list[RegionFigures], workers: int) -> float:
    """An upper bound of the workers together, who are gone before anything is judged: the largest of them at once."""
    return sum(sorted((f.peak_mib for f in figures), reverse=True)[:workers]) if workers > 1 else 0.0


SAID = "package cases seed faults workers messages deliveries digest peak_mib open_cases planned begun finished".split()
"""What `--json` repeats of the run's own record."""
JUDGED = "id title clauses kind result applied violations".split()
"""What it says of every promise."""


def _summary(run: dict[str, Any], verdict: Verdict, measures: dict[str, Any], clock: _Phases) -> dict[str, Any]:
    ends = next(line for line in measures["ends"] if not line["region"])
    return {key: run[key] for key in SAID} | {
        "seconds": round(sum(clock.seconds.values()), 1), "phases": clock.seconds,
        "promises": [{key: finding[key] for key in JUDGED} for finding in verdict.as_dict()["promises"]],
        "states": {end: count for end, count in ends.items() if end != "region"}, "exit_code": verdict.exit_code(),
        "strikes": sum(line["n"] for line in measures["faults"]),
    }  # fmt: skip


def operations() -> dict[str, Operation]:
    """Every operation some role hears, by name."""
    kinds: set[type[Message]] = {*POLLS}
    for role in ROLES.values():
        kinds |= set(role.queries)
        for track in role.tracks:
            kinds |= track.kinds
    return {kind.op.name: kind.op for kind in sorted(kinds, key=lambda kind: kind.op.name)}
