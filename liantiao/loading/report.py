"""The record of a load: measurements, evidence and verdict put together, and what its exit code is."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dashboards.load_page import page
from liantiao.code_version import code_version
from liantiao.compose import REFERENCE_SEATS
from liantiao.loading.evidence import evidence, lost
from liantiao.loading.processes import MACHINE
from liantiao.loading.run import RUN, LoadPlan, Parts, folder_of
from liantiao.loading.series import as_json, read_series
from liantiao.loading.slo import held
from liantiao.loading.verdict import JOURNAL, PlayedRun, joint_verdict
from liantiao.sandbox_client import SandboxServer
from loadtests.recorder import PARTS, Recorder
from sim.judge.verdict import BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT, Result

SATURATED_SHARE: Final = 0.05
BUSY_PERCENT: Final = 90.0
ERRORS_SHOWN: Final = 100
REPORT, PAGE = "report.json", "report.html"


def gather(parts: Parts) -> dict[str, Any]:
    """What is told while it is there: the runs, their verdict, and what is still owed.

    The reference's own journal is judged together with the sandbox's; what is said between two real systems nobody has.
    """
    told = {"runs": parts.about(), "outboxes": [each.run.control("GET", "/outbox") for each in parts.each]}
    if parts.reference is None and not parts.further:
        return told | {"verdict": parts.run.control("GET", "/verdict")}
    played = []
    for each in parts.each:
        beside = {}
        if each.reference is not None:
            each.reference.control("GET", f"/runs/{RUN}/record")  # comes once everything there is on disk
            beside = {run_folder(each.reference): REFERENCE_SEATS}
        played.append(PlayedRun(run_folder(each.sandbox), each.run.control("GET", "/record"), beside))
    return told | {"verdict": joint_verdict(played)}


def run_folder(server: SandboxServer) -> Path:
    """Where a server keeps the load's run."""
    return server.folder / "runs" / RUN


def record_of(plan: LoadPlan, told: dict[str, Any], seen: dict[str, Any], slos: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything the report shows, as JSON types."""
    recorder = Recorder()
    recorder.add(told["recorded"])
    seconds = max(1.0, (told["ended_ms"] - told["begun_ms"]) / 1_000)
    settings, ended = plan.settings, told["ended"]
    folders = [folder_of(plan, "sandbox", share) / "data" / "runs" / RUN for share in range(plan.sandboxes)]
    from_journal = evidence([folder / JOURNAL for folder in folders], settings.first, settings.last)
    service = held(slos, recorder, ended / seconds, from_journal["ends"])
    saturation = saturated(recorder, told["workers"], told.get("processes", []))
    verdict = seen["verdict"]
    record = {
        "what": "load", "version": code_version(), "package": plan.package, "seed": plan.seed, "handling": plan.handling,
        "term_factor": plan.term_factor,
        "settings": {name: value for name, value in told["settings"].items() if name not in ("result", "run_url")},
        "profile": told["profile"], "over": told["over"], "complete": told["complete"], "begun_ms": told["begun_ms"],
        "seconds": round(seconds, 1), "first": settings.first, "cases": settings.cases, "stock": plan.stock,
        "begun": told["begun"], "ended": ended,
        "interrupted": told["interrupted"], "not_ended": told["not_ended"], "stages": told["stages"],
        "workers": told["workers"], "cases_per_s": round(ended / seconds, 2),
        "exchanges": from_journal["exchanges"], "exchanges_per_case": round(from_journal["exchanges"] / max(1, ended), 1),
        "calls": recorder.whole("latency").total(), "calls_per_s": round(recorder.whole("latency").total() / seconds, 1),
        "operations": operations(recorder), "time": where_time_went(recorder, from_journal["peers"]),
        "over_time": over_time(recorder, told["begun_ms"]), "outcomes": dict(recorder.outcomes.most_common(ERRORS_SHOWN)),
        "journal": from_journal, "lost": lost(seen["outboxes"]), "slo": service, "saturation": saturation,
        "busy_answers": sum(run["busy_answers"] for run in seen["runs"]), "sandboxes": plan.sandboxes,
        "broken_run": "；".join(filter(None, (run["broken"] for run in seen["runs"]))), "faults": plan.faults,
        "real": dict(plan.real), "verdict": verdict, "recorded": told["recorded"],
        "processes": told.get("processes", []), "ended_ms": told["ended_ms"], "series": [], "series_trouble": [],
    }  # fmt: skip
    return record | {"exit_code": exit_code(record), "result": result_of(record)}


def operations(recorder: Recorder) -> list[dict[str, Any]]:
    """Percentiles of every operation: latency from the intended start, and of that the exchange alone and the waiting."""
    found = []
    for name in sorted(recorder.operations):
        parts = recorder.operations[name]
        row: dict[str, Any] = {"operation": name, "n": parts["latency"].total()}
        for part in PARTS:
            row |= {f"{part}_p{share}": parts[part].percentile(share / 100) for share in (50, 95, 99)}
            row[f"{part}_max"] = parts[part].percentile(1.0)
        found.append(row)
    return found


def where_time_went(recorder: Recorder, peers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mean milliseconds of an exchange by operation: waiting for a free hand, in the implementation, in the sandbox."""
    carried = {each["kind"]: each for each in peers if each["of_people"]}
    rows = []
    for name in sorted(recorder.operations):
        parts = recorder.operations[name]
        service, there = parts["service"].mean, carried.get(name)
        implementation = min(service, there["mean_ms"]) if there else 0.0
        rows.append({
            "operation": name, "n": parts["service"].total(), "waiting_ms": round(parts["waiting"].mean, 1),
            "implementation_ms": round(implementation, 1), "sandbox_ms": round(service - implementation, 1),
        })  # fmt: skip
    return rows


def over_time(recorder: Recorder, begun_ms: int) -> list[dict[str, Any]]:
    """Second by second: cases that came in and ended, exchanges, errors, latency."""
    first = begun_ms // 1_000
    seconds = sorted({*recorder.seconds, *recorder.slots})
    rows = []
    for at in range(seconds[0], seconds[-1] + 1) if seconds else ():
        counts, slot = recorder.seconds.get(at, Counter()), recorder.slots.get(at)
        row = {
            "s": at - first,
            **{name: counts[name] for name in ("arrived", "ended", "calls", "errors", "refused", "late")},
        }
        rows.append(row | {f"p{share}": slot.percentile(share / 100) if slot else None for share in (50, 95, 99)})
    return rows


def saturated(recorder: Recorder, workers: dict[str, Any], processes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Whether the generator or its machine was the limit: then the figures say nothing about the implementation's."""
    calls = recorder.whole("latency").total()
    late = sum(each.get("late", 0) for each in recorder.seconds.values())
    busy = [worker for worker, about in workers.items() if about.get("cpu_percent", 0) >= BUSY_PERCENT]
    share = late / calls if calls else 0.0
    why = []
    if share > SATURATED_SHARE:
        why.append(f"{share:.1%} 的动作晚出 100 毫秒以上，而它们的前一步早已办完")
    if busy:
        why.append(f"{len(busy)} 个工作进程的处理器占用达到 {BUSY_PERCENT:g}%")
    machine = next((each["points"] for each in processes if each["title"] == MACHINE), ())
    if machine and (mean := sum(percent for _, percent in machine) / len(machine)) >= BUSY_PERCENT:
        why.append(f"压测机的处理器平均占用 {mean:.0f}%，各进程互相争抢")
    return {"is": bool(why), "why": "；".join(why), "late_share": round(share, 4), "busy_workers": busy}


def lay_series(record: dict[str, Any], paths: Sequence[Path]) -> None:
    """Lay figures of the implementation's machines beside what was measured. Raises SeriesError."""
    record["series"] = [
        each for path in paths for each in as_json(read_series(path, record["begun_ms"], record["ended_ms"]), path.name)
    ]


def exit_code(record: dict[str, Any]) -> int:
    """1 when a promise or a service level is broken, 3 when not everything was carried out or seen to its end, else 0."""
    verdict = record["verdict"]
    if verdict["exit_code"] == BROKEN_EXIT and not record["interrupted"] and record["complete"]:
        return BROKEN_EXIT
    if any(each["result"] == Result.BROKEN and each["id"] != "every_case_ends" for each in verdict["promises"]):
        return BROKEN_EXIT
    if not record["complete"] or record["broken_run"] or any(verdict["dropped"].values()):
        return INCOMPLETE_EXIT
    if any(each["met"] is False for each in record["slo"]):
        return BROKEN_EXIT
    return INCOMPLETE_EXIT if verdict["exit_code"] == INCOMPLETE_EXIT else KEPT_EXIT


def result_of(record: dict[str, Any]) -> str:
    """In a word."""
    return {KEPT_EXIT: "通过", BROKEN_EXIT: "不通过"}.get(exit_code(record), "INCOMPLETE 未完成")


def write(record: dict[str, Any], out: Path, before: dict[str, Any] | None = None) -> Path:
    """report.json and report.html; returns the page."""
    (out / REPORT).write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    path = out / PAGE
    path.write_text(page(record, before), encoding="utf-8")
    return path
