"""The tables of desks: the posts of the whole province, and the registries' desks at which people waited longest."""

from html import escape
from typing import Any, Final

from dashboards.figures import number, percent, span
from dashboards.little import little
from dashboards.sections import table

Measures = dict[str, Any]
DESKS_SHOWN: Final = 15
ENOUGH_JOBS: Final = 100
"""With fewer, a tenth of the jobs is a handful, and whoever came before a holiday ranks first."""


def posts(measures: Measures) -> str:
    """The posts of the whole province."""
    titles = measures["titles"]["posts"]
    rows = [
        [
            titles.get(row["post"], row["post"]), number(row["desks"]), number(row["clerks"]), number(row["jobs"]),
            span(row["work_mean_ms"]),
            span(row["wait_median_ms"]), span(row["wait_p90_ms"]), span(row["wait_p99_ms"]), percent(row["used"]), *little(row),
        ]
        for row in measures["desks"]["posts"]
    ]  # fmt: skip
    return table("岗位 #窗口 #人数 #任务 #平均办理 #等候中位 #九成内 #99%内 #在岗忙碌 #队长L #λW #相差 核对", rows)


def longest_waits(measures: Measures) -> list[dict[str, Any]]:
    """The desks at which a tenth of the jobs waited longest, of those with enough jobs to say so."""
    enough = [row for row in measures["desks"]["registries"] if row["jobs"] >= ENOUGH_JOBS]
    return sorted(enough, key=lambda row: (-row["wait_p90_ms"], row["registry"], row["post"]))[:DESKS_SHOWN]


def ranked_said(measures: Measures) -> str:
    """How many desks are ranked, and how many have too few jobs."""
    every = measures["desks"]["registries"]
    few = sum(row["jobs"] < ENOUGH_JOBS for row in every)
    if not every:
        return "本批次没有队列采样，无从排名。"
    if few == len(every):
        return f"任务太少：{number(few)} 个窗口都不足 {ENOUGH_JOBS} 件，不排名。"
    ranked = f"任务满 {ENOUGH_JOBS} 件的 {number(len(every) - few)} 个窗口参与排名"
    return f"{ranked}，其余 {number(few)} 个任务太少，不排名。等候含夜间与节假日。"


def registries(measures: Measures) -> str:
    """The desks where a tenth of the jobs waited longest."""
    titles = measures["titles"]
    return table(
        "登记机构 岗位 #人数 #任务 #平均等候 #九成内 #最长队 #在岗忙碌 #队长L #λW #相差 核对",
        [
            [escape(titles["registries"].get(row["registry"], row["registry"])), titles["posts"].get(row["post"], row["post"]),
             number(row["clerks"]), number(row["jobs"]), span(row["wait_mean_ms"]), span(row["wait_p90_ms"]), number(row["longest"]),
             percent(row["used"]), *little(row)]
            for row in longest_waits(measures)
        ],
    )  # fmt: skip
