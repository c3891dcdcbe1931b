"""The report of a run: one HTML page that needs no network, and the same as JSON beside it.

`write_report` reads run.json, verdict.json and measures.json of a run folder and nothing else, so the same folder gives the
same bytes.
"""

import json
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from dashboards import desks, sections
from dashboards.charts import charts
from dashboards.clauses import clauses_said, clauses_table
from dashboards.figures import number
from dashboards.little import little_word
from dashboards.promises import cleaned, filters, headline, not_judged, promises_table

HERE: Final = Path(__file__).parent
TEMPLATE: Final = HERE / "templates" / "report.html"
STYLE: Final = HERE / "templates" / "style.css"
"""What all pages look like."""
ECHARTS: Final = HERE / "vendor" / "echarts.common.min.js"
OPEN_CASES_SHOWN: Final = 200
PHASES: Final = {"simulate": "仿真", "judge": "检核", "measure": "统计"}
CLOCKS: Final = {"virtual": "虚拟时钟", "stepped": "步进时钟", "live": "实时时钟"}

PER_REGION: Final = "省级系统（总对总、税务、非税、银联等）按地区各有一份，其负载不是全省合计。"
"""Of a run in virtual time, in which each region is played by itself."""


class ReportError(ValueError):
    """The report cannot be written; the text says what is missing."""


def write_report(run_folder: Path) -> Path:
    """Write report.html and report.json into the run folder; returns the page."""
    run, measures = _read(run_folder / "run.json"), _read(run_folder / "measures.json")
    verdict_file = run_folder / "verdict.json"
    verdict = _read(verdict_file) if verdict_file.exists() else {}
    promises, clauses = cleaned(verdict), verdict.get("clauses", [])
    result = headline(run, promises)
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(_parts(run, measures, promises, result, clauses))
    summary = {"result": result, "run": run, "promises": promises, "clauses": clauses, "measures": measures}
    (run_folder / "report.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    path = run_folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise ReportError(f"{path.parent} 缺少 {path.name}，请先完成仿真与指标统计。")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _parts(
    run: dict[str, Any],
    measures: dict[str, Any],
    promises: list[dict[str, Any]],
    result: dict[str, str],
    clauses: list[dict[str, Any]],
) -> dict[str, str]:
    return {
        "result": escape(result["result"]), "mark": escape(result["mark"]), "tone": result["tone"], "why": escape(result["why"]),
        "seed": escape(str(run["seed"])), "digest": escape(str(run["digest"])), "title": escape(run["title"]),
        "about": _about(run), "apart": PER_REGION if run["clock"] == "virtual" else "", "ranked": desks.ranked_said(measures),
        "notes": "".join(f"<li>{escape(str(note))}</li>" for note in run.get("notes", ())),
        "cards": sections.cards(run, measures), "promises": promises_table(promises), "filters": filters(promises),
        "not_judged": not_judged(promises), "clauses": clauses_table(clauses, promises), "clauses_said": clauses_said(clauses, promises),
        "ends": sections.ends(measures), "shares": sections.shares(measures),
        "durations": sections.durations(measures), "regions": sections.region_choice(measures), "items": sections.items(measures),
        "closure": sections.closure(measures), "posts": desks.posts(measures), "registries": desks.registries(measures),
        "little": little_word(measures), "refusals": sections.refusals(measures), "faults": sections.faults(measures),
        "struck": sections.struck(measures), "script": escape(f"{run['faults']['title']}（{run['faults']['id']}）"),
        "inventory": sections.inventory(measures), "steps": sections.steps(measures), "facts": _facts(run),
        "period": "按日" if measures["period"] == "day" else "按月", "command": escape(command(run)),
        "open_cases": _open_cases(run), "charts": _embedded(charts(measures)), "echarts": ECHARTS.read_text(encoding="utf-8"),
        "style": STYLE.read_text(encoding="utf-8"),
    }  # fmt: skip


def _embedded(value: Any) -> str:
    """JSON that cannot end the script it stands in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _about(run: dict[str, Any]) -> str:
    """One line on what was run."""
    day = slice(10)
    words = [
        run["document"], f"申请 {run['from'][day]} 至 {run['to'][day]}", f"故障脚本：{run['faults']['title']}", f"联调 {run['version']}",
    ]  # fmt: skip
    return "".join(f"<span>{escape(word)}</span>" for word in words)


def command(run: dict[str, Any]) -> str:
    """What to type to get this run again."""
    days = f"--from {run['from'][:10]} --to {run['to'][:10]}"
    asked = f"--cases {run['planned']} --seed {run['seed']} {days} --faults {run['faults']['id']}"
    return f"liantiao simulate {asked} --out out/again"


def _facts(run: dict[str, Any]) -> str:
    """Everything a second run is compared by, and what this one took."""
    rows = [
        ("套餐", f"{run['title']}（{run['package']}）"), ("程序版本", run["version"]), ("种子", run["seed"]),
        ("日志摘要", run["digest"]), ("申请时段", f"{_moment(run['from'])} 至 {_moment(run['to'])}"),
        ("仿真截止", _moment(run["horizon"])), ("时钟", CLOCKS.get(run["clock"], run["clock"])),
        ("故障脚本", f"{run['faults']['title']}（{run['faults']['id']}）"), ("次序容差", f"{number(run['order_tolerance_ms'])} 毫秒"),
        ("报文 / 投递", f"{number(run['messages'])} / {number(run['deliveries'])}"), ("并行进程", run["workers"]),
        ("内存峰值", f"{number(run['peak_mib'])} MiB"),
        ("各段用时", "，".join(f"{PHASES.get(phase, phase)} {seconds:.1f} 秒" for phase, seconds in run["seconds"].items())),
    ]  # fmt: skip
    return "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in rows)


def _moment(text: str) -> str:
    return text[:19].replace("T", " ")


def _open_cases(run: dict[str, Any]) -> str:
    numbers = run.get("open_cases") or []
    if not numbers:
        return ""
    shown = "、".join(map(str, numbers[:OPEN_CASES_SHOWN]))
    more = f" 等 {number(len(numbers))} 件" if len(numbers) > OPEN_CASES_SHOWN else f" 共 {number(len(numbers))} 件"
    return f"<h3>到期仍未结束的办件</h3><p class=numbers>{escape(shown)}{more}</p>"
