"""The judge: every promise over a finished run's journal, region by region, in one bounded DuckDB process."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb

from sim.judge.moments import Column, columns_in
from sim.judge.promises import Limit, Need, Promise, PromiseKind, Promises, load_promises
from sim.judge.tables import Read, RegionJournal, lay_out, open_database, prepare, region_journals
from sim.judge.verdict import SAMPLE, Evidence, Finding, Result, Verdict, excuse, read_known_issues
from sim.package import Package
from sim.package.tables import PackageError, nearest

__all__ = ["ORDER_TOLERANCE_MS", "judge"]

ORDER_TOLERANCE_MS = 1_000
"""Two messages to different receivers that are closer than this have no order that anybody could be blamed for."""
Tell = Callable[[str, int, int], None]
"""(what, done, of how many): what a progress bar shows."""
Tally = dict[str, tuple[int, int, list[Evidence]]]
Way = tuple[str, str, str]
"""(kind, sender, receiver)."""


def judge(
    run_folder: Path, package: Package, *,
    order_tolerance_ms: int | None = None, limits: Mapping[str, float | tuple[float, str]] | None = None, remote: Collection[str] = (),
    only: Collection[str] | None = None, known_issues: Path | None = None, today_ms: int | None = None,
    sample: int | None = SAMPLE, threads: int = 2, memory: str = "1GB", tell: Tell | None = None,
) -> Verdict:  # fmt: skip
    """Judges a run folder (`journal/<region>/`, `cases/` or `cases.parquet`, `run.json`).

    `limits` gives figures by name, with a unit or in that of `limits.toml` (working days where it names none). `remote` are the seats
    taken by real systems. `only` judges some promises; the others are 未执行. `known_issues` is read together with
    `today_ms`; by default it is the package's `known_issues.toml`, which excuses nothing while no day is given. `sample`
    violations of a promise are kept as its evidence, all of them where it is None.
    """
    promises = load_promises(package.folder)
    run = _run_record(run_folder)
    _known(only or (), [promise.id for promise in promises.all], "检核项")
    figures = _figures(promises, limits or {})
    tolerance = run.get("order_tolerance_ms", ORDER_TOLERANCE_MS) if order_tolerance_ms is None else order_tolerance_ms
    chosen = [p for p in promises.all if _is_judged(p, figures, only)]
    journals = region_journals(run_folder, package)
    with closing(open_database(run_folder, threads, memory)) as database:
        prepare(database, package, tolerance)
        open_cases = set(run.get("open_cases", ()))
        tally, ways = _judge_regions(
            database, journals, promises, chosen, figures, open_cases, bool(remote), sample, tell
        )
    findings = [_finding(p, figures, only, tally.get(p.id), set(remote), ways) for p in promises.all]
    issues_path = known_issues or package.folder / "known_issues.toml"
    if today_ms is not None and (known_issues or issues_path.is_file()):
        findings = excuse(findings, read_known_issues(issues_path, names_excused(promises)), today_ms)
    planned = int(run.get("planned", 0))
    executed = int(run.get("executed", run.get("begun", planned)))
    return Verdict(tuple(findings), len(open_cases), planned, executed)


def names_excused(promises: Promises) -> list[str]:
    """What a known issue may be named by: promises and their clauses."""
    return list(dict.fromkeys(name for p in promises.all for name in (p.id, *p.clauses)))


def _run_record(run_folder: Path) -> dict[str, Any]:
    path = run_folder / "run.json"
    if not path.is_file():
        return {}
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def _known(names: Iterable[str], valid: Collection[str], what: str) -> None:
    for name in names:
        if name not in valid:
            raise PackageError(f"没有{what}“{name}”，{nearest(name, valid)}。")


def _figures(promises: Promises, given: Mapping[str, float | tuple[float, str]]) -> dict[str, Limit]:
    _known(given, promises.limits, "时限")
    figures = {name: limit for name, limit in promises.limits.items() if limit.figure is not None}
    for name, said in given.items():
        limit = promises.limits[name]
        figure, unit = said if isinstance(said, tuple) else (said, limit.unit or "working_days")
        figures[name] = replace(limit, figure=figure, unit=unit)
    return figures


def _is_judged(promise: Promise, figures: Mapping[str, Limit], only: Collection[str] | None) -> bool:
    wanted = only is None or promise.id in only
    return wanted and not promise.manual and (not promise.figure or promise.figure in figures)


def _judge_regions(
    database: duckdb.DuckDBPyConnection, journals: list[RegionJournal], promises: Promises, chosen: list[Promise],
    figures: Mapping[str, Limit], open_cases: set[int], list_ways: bool, sample: int | None,
    tell: Tell | None,
) -> tuple[Tally, set[Way]]:  # fmt: skip
    tally: Tally = {}
    ways: set[Way] = set()
    columns = columns_in(promises.shared.values())
    for done, (journal, read) in enumerate(_read_ahead(journals, columns, promises.shared, open_cases), 1):
        lay_out(database, journal, read, promises.shared)
        del read
        for promise in chosen:
            if promise.tax_path not in ("", journal.region.tax_path):
                continue
            _add(tally, promise, _ask(database, promise, figures, sample), sample)
        if list_ways:
            ways |= set(database.execute("SELECT DISTINCT kind, sender, receiver FROM journal").fetchall())
        if tell is not None:
            tell("判定检核项", done, len(journals))
    return tally, ways


def _read_ahead(
    journals: list[RegionJournal], columns: list[Column], shared: Mapping[str, str], open_cases: set[int]
) -> Iterator[tuple[RegionJournal, Read]]:  # fmt: skip
    """Reads the next region while the present one is judged."""
    with ThreadPoolExecutor(1) as pool:
        ahead: Future[Read] | None = None
        for journal, following in zip_longest(journals, journals[1:]):
            present = (ahead or pool.submit(journal.read, columns, shared, open_cases)).result()
            ahead = pool.submit(following.read, columns, shared, open_cases) if following else None
            yield journal, present


def _ask(
    database: duckdb.DuckDBPyConnection, promise: Promise, figures: Mapping[str, Limit], sample: int | None
) -> tuple[int, int, list[Evidence]]:
    if promise.figure:
        limit = figures[promise.figure]
        database.execute(f"SET VARIABLE limit_figure = {limit.figure}")
        database.execute(f"SET VARIABLE limit_unit = '{limit.unit}'")
    row = "{'case_no': case_no, 'evidence': evidence}"
    kept = f"list({row})" if sample is None else f"min({row}, {sample})"
    question = f"""
        SELECT count(*), count(evidence), {kept} FILTER (evidence IS NOT NULL)
        FROM ({promise.sql})"""
    try:
        answer = database.execute(question).fetchone()
    except duckdb.Error as error:
        raise PackageError(f"检核项 {promise.id}.sql 不能执行：{error}") from None
    assert answer is not None
    applied, violations, rows = answer
    return applied, violations, [Evidence(each["case_no"], each["evidence"]) for each in rows or ()]


def _add(tally: Tally, promise: Promise, more: tuple[int, int, list[Evidence]], sample: int | None) -> None:
    applied, violations, kept = tally.get(promise.id, (0, 0, []))
    tally[promise.id] = (applied + more[0], violations + more[1], sorted([*kept, *more[2]])[:sample])


def _finding(
    promise: Promise, figures: Mapping[str, Limit], only: Collection[str] | None,
    told: tuple[int, int, list[Evidence]] | None, remote: set[str], ways: set[Way],
) -> Finding:  # fmt: skip
    applied, violations, sample = told or (0, 0, [])
    result, note = Result.KEPT, ""
    unseen, unfound = (_unseen(needs, remote, ways) for needs in (promise.needs, promise.found_by))
    if only is not None and promise.id not in only:
        result, note = Result.NOT_RUN, "本次未选"
    elif promise.manual:
        result, note = Result.MANUAL, promise.manual
    elif promise.figure and promise.figure not in figures:
        result = Result.NO_FIGURE
        note = f"原文未给出时限：在套餐的 limits.toml 里给 {promise.figure} 写上一个数，如 working_days = 5（或 hours、minutes）"
    elif told is None:
        result, note = Result.NOT_RUN, f"没有{TAX_PATHS[promise.tax_path]}报文日志"
    elif unseen:  # what is missing may be there, so nobody is accused either
        result, note = Result.NOT_OBSERVED, f"{BETWEEN}：{'、'.join(unseen)}"
        violations, sample = 0, []
    elif violations:
        result = Result.BROKEN
    elif not applied and unfound:
        result, note = Result.NOT_OBSERVED, f"{BETWEEN}：{'、'.join(unfound)}，不知道有没有适用的{promise.unit}"
    elif not applied:
        result, note = Result.NOT_OBSERVED, f"没有适用的{promise.unit}：{promise.applies}"
    if promise.kind is PromiseKind.TIMELINESS and result in (Result.KEPT, Result.BROKEN):
        limit = figures[promise.figure]
        note = f"{limit.title} {limit.figure:g} {UNIT_TITLES[limit.unit]}"
    return Finding(promise.id, promise.title, promise.clauses, promise.kind, result, applied, violations, tuple(sample),
                   note, promise.inferred, promise.unit)  # fmt: skip


def _unseen(needs: Iterable[Need], remote: set[str], ways: set[Way]) -> list[str]:
    """The kinds of those that run between two real seats and that nobody told of either."""
    return [
        need.kind for need in needs
        if {need.sender, need.receiver} <= remote and (need.kind, need.sender, need.receiver) not in ways
    ]  # fmt: skip


BETWEEN = "所需报文在两个真实系统之间，看不到"
TAX_PATHS = {"": "", "province": "走省级税费同缴的地区的", "local": "自建税费通道的地区的"}
UNIT_TITLES = {"working_days": "个工作日", "hours": "小时", "minutes": "分钟"}
