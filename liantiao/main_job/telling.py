"""What the index says of a part, read from the files that the part left: its result, its key figures and their hashes.

`figures` and `files` follow from the seed; `measured` and `measured_files` are of this one time on this one machine.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from dashboards.load_page import key_figures
from dashboards.promises import cleaned, headline
from features.accepting import RESULTS
from features.kept import JOURNAL, PLAN
from liantiao.acceptance.conclusion import conclusion_of
from liantiao.loading.report import PAGE, REPORT
from liantiao.loading.run import RUN
from liantiao.main_job.plan import ACCEPTANCE, LOAD, SIMULATION
from sim.judge.verdict import Result

REDS_TOLD: Final = 20
LOAD_JOURNAL: Final = f"sandbox/data/runs/{RUN}/journal.db"
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a part's own files say."""

    result: str
    """In the word that the part's own report uses."""
    why: str
    figures: tuple[Record, ...]
    reds: tuple[str, ...]
    """What is broken, by title."""
    files: Mapping[str, str]
    """SHA-256 (of the simulation's journal its own digest) by what is hashed."""
    measured: tuple[Record, ...] = ()
    measured_files: Mapping[str, str] = field(default_factory=dict)
    measured_note: str = ""


def acceptance_told(folder: Path) -> Told:
    """What results.json says."""
    record = _read(folder / RESULTS)
    conclusion, counts, clauses = conclusion_of(record), record["counts"], record["clauses"]
    checkable = [each for each in clauses if each["checkable"]]
    figures = (
        _figure("场景", record["planned"], f"执行 {record['executed']:,}，通过 {counts['kept']:,}"),
        _figure("违反条款", record["breaches"], f"另有健壮性问题 {record['robustness']:,}"),
        _figure("未执行与未取得证据", counts["not_run"] + counts["not_observed"]),
        _figure("可验条款有场景", sum(bool(each["scenarios"]) for each in checkable), f"共 {len(checkable):,} 条"),
        _figure("报文日志（行）", record["rows"]),
    )  # fmt: skip
    broken = [each for each in (*record["scenarios"], *record["promises"]) if each["result"] == Result.BROKEN.value]
    reds = [each["title"] + ("（健壮性）" if each.get("robustness", each["inferred"]) else "") for each in broken]
    run = record["run"]
    files = {JOURNAL: run["journal_sha256"], PLAN: run["plan_sha256"]}
    files |= {name: _hash(folder / name) for name in (RESULTS, PAGE)}
    return Told(conclusion.word, conclusion.because, figures, _reds(reds), files)


def load_told(folder: Path) -> Told:
    """What a load's report.json says. All it measured is of this one time; what must not depend on it are the cases."""
    record = _read(folder / REPORT)
    doubled = sum(each["n"] for each in record["journal"]["doubled"])
    counts = Counter(Result(each["result"]) for each in record["verdict"]["promises"])
    judged = [each for each in record["slo"] if each["met"] is not None]
    missed = [f"服务指标不达标：{each['title']}" for each in judged if not each["met"]]
    reds = [
        each["title"] for each in record["verdict"]["promises"]
        if each["result"] == Result.BROKEN.value and (record["complete"] or each["id"] != "every_case_ends")
    ]  # fmt: skip
    figures = (
        _figure("办件", record["cases"], f"结束 {record['ended']:,}，未结束 {len(record['not_ended']):,}"),
        _figure("丢失的报文", record["lost"]["n"]), _figure("重复的报文", doubled),
        _figure("检核项通过", counts[Result.KEPT], f"不通过 {counts[Result.BROKEN]}，共 {counts.total()} 项"),
        _figure("服务指标达标", sum(each["met"] for each in judged), f"共 {len(judged)} 项"),
    )  # fmt: skip
    shown = ("每秒办结件数", "每件交换数", "每秒请求数", "历时（秒）", "提交申请 p95（毫秒）", "最慢接口 p99（毫秒）")
    measured = tuple(_figure(title, value) for title, value in key_figures(record) if title in shown)
    why = f"{record['over']}；{'，'.join(f'{count} 项{result.title}' for result, count in counts.most_common())}。"
    note = f"压测端已饱和：{record['saturation']['why']}。" if record["saturation"]["is"] else ""
    hashes = {name: _hash(folder / name) for name in (REPORT, PAGE)}
    return Told(
        record["result"].removeprefix("INCOMPLETE "), why, figures, _reds([*missed, *reds]), {}, measured, hashes, note
    )


def simulation_told(folder: Path) -> Told:
    """What a run folder's run.json, verdict.json and measures.json say."""
    run, verdict, measures = (_read(folder / f"{name}.json") for name in ("run", "verdict", "measures"))
    promises = cleaned(verdict)
    said, counts = headline(run, promises), verdict["counts"]
    done = measures["ends"][0]["done"]
    figures = (
        _figure("办件", run["planned"], f"走到终点 {run['finished']:,}，办结 {done:,}"), _figure("报文", run["messages"]),
        _figure("检核项通过", counts["kept"], f"不通过 {counts['broken']}，共 {len(promises)} 项"),
        _figure("未结束的办件", len(run["open_cases"])),
    )  # fmt: skip
    reds = [each["title"] for each in verdict["promises"] if each["result"] == Result.BROKEN.value]
    files = {"journal": run["digest"]} | {name: _hash(folder / name) for name in ("verdict.json", "measures.json")}
    played = run["seconds"]["simulate"]
    measured = (
        _figure("每秒仿真办件", round(run["planned"] / max(played, 0.001))),
        _figure("内存峰值（MiB）", run["peak_mib"]),
    )
    hashes = {name: _hash(folder / name) for name in (REPORT, PAGE)}
    return Told(said["result"], said["why"], figures, _reds(reds), files, measured, hashes)


TOLD: Final[Mapping[str, Callable[[Path], Told]]] = MappingProxyType(
    {ACCEPTANCE: acceptance_told, LOAD: load_told, SIMULATION: simulation_told}
)


def _figure(title: str, value: float | None, note: str = "") -> Record:
    """A figure; a title such as 提交申请 p95（毫秒） names its unit."""
    name, _, unit = title.rstrip("）").partition("（")
    return {"title": name, "value": value, "unit": unit, "note": note}


def _reds(titles: list[str]) -> tuple[str, ...]:
    more = len(titles) - REDS_TOLD
    return (*titles[:REDS_TOLD], f"另有 {more:,} 项，见报告") if more > 0 else tuple(titles)


def _read(path: Path) -> Record:
    found: Record = json.loads(path.read_text(encoding="utf-8"))
    return found


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
