"""Measures of desks: waiting, work and backlog of every registry's posts, and Little's law as their check."""

from collections import defaultdict
from math import sqrt
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.calendar import DAY_MS, WorkingCalendar
from sim.measures.periods import UTC8_MS, Periods
from sim.package import Package

DECISIONS: Final = {
    "portal.apply": "accept", "registry.accept": "accept", "registry.ask_correction": "accept", "registry.decline": "accept",
    "registry.approve": "review", "registry.refuse_registration": "review", "registry.record": "record", "registry.certify": "certify",
}  # fmt: skip
"""What a clerk's work leads to, and the post at which such work is done."""
TOLERANCE: Final = 0.10
"""How far Little's two sides may lie apart before the report points at them; sampling error is allowed for besides."""
SURE: Final = 4.0
"""How many standard errors of the sampled mean that allowance is. Some 330 desks are judged in every run, and one of them
makes it broken: at three errors a sound run would be accused now and then by luck alone."""

WORKED: Final = """
    with work as (select id, kind from read_parquet($file) where started_t is not null),
         did as (select cause, kind as decision from read_parquet($file) where kind in (select unnest($decisions)))
    select distinct work.kind, decision from work join did on did.cause = work.id order by all
"""
JOBS: Final = """
    create or replace temp table jobs as
    select posts.post, registry, epoch_ms(asked_t) as asked, epoch_ms(started_t) - epoch_ms(asked_t) as wait,
           epoch_ms(t) - epoch_ms(started_t) as work
    from read_parquet(?) join posts using (kind) where started_t is not null
"""
BY_DESK: Final = """
    with span as (select min(t_ms) as a, max(t_ms) as b, count(distinct t_ms) as n from looks),
         queue as (select post, registry, sum(waiting)::bigint as waiting, max(waiting) as longest, max(clerks) as clerks,
                          sum(waiting::bigint * waiting)::bigint as squares, sum(busy) filter (opened)::bigint as busy,
                          sum(clerks) filter (opened)::bigint as staffed
                   from looks group by post, registry),
         work as (select post, registry, count(*) as jobs, sum(wait)::bigint as wait, sum(work)::bigint as work,
                         quantile_disc(wait, 0.9) as p90, coalesce(sum(wait) filter (asked between a and b), 0)::bigint as waited
                  from jobs cross join span group by post, registry)
    select * from (select post, registry, n, b - a as span, waiting, longest, clerks, squares, busy, staffed
                   from queue cross join span) left join work using (post, registry)
    order by post, registry
"""
BACKLOG: Final = f"""
    with seen as (select post, t_ms, (t_ms + {UTC8_MS}) // {DAY_MS} as day, sum(waiting) as waiting from looks group by all)
    select post, day, sum(waiting)::bigint, max(waiting)::bigint, count(*) from seen group by all order by all
"""
BY_LOOK: Final = """
    with span as (select count(distinct t_ms) as n from looks),
         seen as (select post, t_ms, sum(waiting) as waiting from looks group by all)
    select post, n, sum(waiting)::bigint, sum(waiting * waiting)::bigint from seen cross join span group by all order by all
"""
BY_POST: Final = """
    select post, count(*) as jobs, sum(wait)::bigint as wait, sum(work)::bigint as work, quantile_disc(wait, 0.5) as median,
           quantile_disc(wait, 0.9) as p90, quantile_disc(wait, 0.99) as p99
    from all_jobs group by post order by post
"""


class Desks:
    """Reads the work rows and the samples of every region, then tells how the desks fared."""

    def __init__(self, database: duckdb.DuckDBPyConnection, package: Package) -> None:
        self.database, self.package = database, package
        calendar = WorkingCalendar.load()
        self.hours = {name: profile.office_hours(calendar) for name, profile in package.hours.items()}
        self.posts: dict[str, str] = {}
        self.lines: list[dict[str, Any]] = []
        self._queues: list[tuple[str, str, int, int, int, int]] = []
        self._errors: defaultdict[str, float] = defaultdict(float)
        database.execute("create table all_jobs (post varchar, wait bigint, work bigint)")

    def learn(self, journal: Path) -> None:
        """See which post's work each kind is, by what followed from it in this journal."""
        asked = {"file": str(journal), "decisions": list(DECISIONS)}
        for kind, decision in self.database.execute(WORKED, asked).fetchall():
            self.posts.setdefault(kind, DECISIONS[decision])

    def read(self, region: str, journal: Path, samples: Path) -> None:
        """Take in one region's work and samples."""
        kinds, posts = list(self.posts), list(self.posts.values())
        self.database.execute(
            "create or replace temp table posts as select unnest(?) as kind, unnest(?) as post", [kinds, posts]
        )
        self.database.execute(JOBS, [str(journal)])
        self.database.execute("insert into all_jobs select post, wait, work from jobs")
        if not samples.exists():
            return
        looks = self._opened(pq.read_table(samples))
        self.database.register("looks", looks)
        own = [_desk(row, region) for row in _dicts(self.database.execute(BY_DESK))]
        self.lines += own
        # all desks are looked at in the same instants, those of all regions too, so what looking misses adds up
        for post, n, waiting, squares in self.database.execute(BY_LOOK).fetchall():
            self._errors[post] += _error(
                n, waiting, squares, sum(desk["expected"] for desk in own if desk["post"] == post)
            )
        self._queues += [(region, *row) for row in self.database.execute(BACKLOG).fetchall()]
        self.database.unregister("looks")

    def _opened(self, samples: pa.Table) -> pa.Table:
        """The samples, and whether the registry's office was open then."""
        times, at = np.unique(samples["t_ms"].to_numpy(), return_inverse=True)
        registries = samples["registry"].combine_chunks().dictionary_encode()
        if isinstance(registries, pa.ChunkedArray):
            registries = registries.combine_chunks()
        words = registries.dictionary.to_pylist()
        profiles = [self._profile(word) for word in words]
        open_at = {name: [self.hours[name].is_open(t) for t in times.tolist()] for name in set(profiles)}
        table = np.array([open_at[name] for name in profiles], np.bool_).reshape(len(words), len(times))
        return samples.append_column("opened", pa.array(table[registries.indices.to_numpy(), at]))

    def _profile(self, registry: str) -> str:
        known = self.package.registries.get(registry)
        return known.hours if known else next(iter(self.hours))

    def by_post(self) -> list[dict[str, Any]]:
        """One line for each post of the whole province."""
        jobs = {row["post"]: row for row in _dicts(self.database.execute(BY_POST))}
        found = []
        for post in [name for name in self.package.capacity.posts if name in jobs] + sorted(
            jobs.keys() - self.package.capacity.posts
        ):
            own = [desk for desk in self.lines if desk["post"] == post]
            row, staffed = jobs[post], sum(desk["staffed"] for desk in own)
            sampled, expected = sum(d["sampled"] for d in own), sum(d["expected"] for d in own)
            found.append({
                "post": post, "desks": len(own), "clerks": sum(d["clerks"] for d in own), "jobs": row["jobs"],
                "wait_mean_ms": row["wait"] // row["jobs"], "wait_median_ms": row["median"], "wait_p90_ms": row["p90"],
                "wait_p99_ms": row["p99"], "work_mean_ms": row["work"] // row["jobs"],
                "used": _rounded(sum(d["busy"] for d in own) / staffed) if staffed else None,
                **_little(sampled, expected, self._errors[post]),
            })  # fmt: skip
        return found

    def backlog(self, periods: Periods) -> list[dict[str, Any]]:
        """How many waited at each post, on average and at most, in each period; regions are added up."""
        waiting: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for region, post, day, total, most, looks in self._queues:
            cell = waiting[periods.of_day(day), post, region]
            cell[0], cell[1], cell[2] = cell[0] + total, max(cell[1], most), cell[2] + looks
        found: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0])
        for (period, post, _), (total, most, looks) in sorted(waiting.items()):
            found[period, post][0] += total / looks
            found[period, post][1] += most
        return [
            {"period": period, "post": post, "mean": _rounded(mean), "most": int(most)}
            for (period, post), (mean, most) in sorted(found.items())
        ]


def _desk(row: dict[str, Any], region: str) -> dict[str, Any]:
    """A desk's line: `sampled` is the mean queue as looked at, `expected` arrivals × waiting time, as Little has it."""
    jobs, n, span = row["jobs"] or 0, row["n"], row["span"]
    expected = (row["waited"] or 0) / span if span else 0.0
    return {
        "post": row["post"], "registry": row["registry"], "region": region, "clerks": row["clerks"], "jobs": jobs,
        "wait_mean_ms": row["wait"] // jobs if jobs else None, "wait_p90_ms": row["p90"],
        "work_mean_ms": row["work"] // jobs if jobs else None, "longest": row["longest"],
        "busy": row["busy"] or 0, "staffed": row["staffed"] or 0,
        "used": _rounded(row["busy"] / row["staffed"]) if row["staffed"] else None,
        **_little(row["waiting"] / n, expected, _error(n, row["waiting"], row["squares"], expected)),
    }  # fmt: skip


def _error(n: int, waiting: int, squares: int, expected: float) -> float:
    """The standard error of a mean of `n` looks; a queue that is nearly always empty varies as much as it is long."""
    spread = squares / n - (waiting / n) ** 2
    return sqrt(max(spread, expected) / n)


def _little(sampled: float, expected: float, error: float) -> dict[str, Any]:
    apart = sampled - expected
    return {
        "sampled": _rounded(sampled), "expected": _rounded(expected), "error": _rounded(error),
        "apart": _rounded(apart / expected) if expected else None,
        "consistent": abs(apart) <= max(TOLERANCE * expected, SURE * error, 1e-9),
    }  # fmt: skip


def _dicts(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
