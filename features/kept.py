"""What is kept of a play so that it can be judged again: the plan with its scenarios, and what the run said in the end."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from features.casting import Cast, Played
from features.playing import Part, Play
from features.reading import FeatureError, Scenario, Step
from liantiao.code_version import code_version
from liantiao.serving.live import run_of
from sim.journal.record import JournalError
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.package import Package
from sim.runs.plan import RunPlan

JOURNAL, PLAN = "journal.db", "plan.json"
SAID: Final = "acceptance"
"""The key in the journal's metadata under which the run's own record of its end stands."""
OURS: Final = ("scenarios", "left_out", "code")
"""What the plan's file holds besides the run's plan."""


def keep_plan(folder: Path, play: Play, left_out: Sequence[tuple[Scenario, str]] = ()) -> None:
    """Write the plan, with every scenario as it was read and the cases it was given, or why it is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"scenarios": [_part(part) for part in play.parts]}
    told["left_out"] = [asdict(scenario) | {"why": why} for scenario, why in left_out]
    kept = play.plan.as_json() | {"code": code_version(), **told}
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    (folder / PLAN).write_text(text, encoding="utf-8")


def _part(part: Part) -> dict[str, Any]:
    second = part.second.number if part.second else None
    others = [each.number for each in part.others]
    return asdict(part.scenario) | {"case_no": part.played.number, "others": others, "second": second}


def kept_plan(folder: Path) -> dict[str, Any]:
    """The plan's file. Raises FeatureError, with a text for people."""
    path = folder / PLAN
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not {"package", "arranged", *OURS} <= set(kept):
            raise ValueError
    except OSError:
        raise FeatureError(f"{folder} 里没有 {PLAN}，不是验收的输出文件夹；请写 liantiao accept 的 --out。") from None
    except ValueError:
        raise FeatureError(f"{path} 不是验收写下的计划，无法据以重新判定；请换一个完好的验收文件夹。") from None
    return kept


def play_of(kept: Mapping[str, Any], package: Package) -> Play:
    """The play that `keep_plan` wrote. Raises FeatureError."""
    try:
        plan = RunPlan.from_json({name: value for name, value in kept.items() if name not in OURS})
        book = run_of(plan, package).book

        def played(number: int) -> Played:
            return Played(number, plan.arranged[number], book.dossier(number))

        parts = tuple(
            Part(
                _scenario(told), Cast(plan.start_ms), played(told["case_no"]), tuple(map(played, told["others"])),
                played(told["second"]) if told["second"] is not None else None,
            )
            for told in kept["scenarios"]
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise FeatureError(f"{PLAN} 的内容不全或被改动（{error}），无法据以重新判定；请换一个完好的文件夹。") from None
    return Play(parts, plan)


def left_out_of(kept: Mapping[str, Any]) -> list[tuple[Scenario, str]]:
    """The scenarios that `keep_plan` was told are left out, and why."""
    return [(_scenario(told), told["why"]) for told in kept["left_out"]]


def _scenario(told: Mapping[str, Any]) -> Scenario:
    values = {each.name: told[each.name] for each in fields(Scenario)}
    words = {name: tuple(values[name]) for name in ("clauses", "traps")}
    return Scenario(**values | words | {"steps": tuple(Step(**step) for step in values["steps"])})


def keep_record(journal: Path, record: Mapping[str, Any]) -> None:
    """Write into the journal what the run said of itself when all was over."""
    file = JournalFile(journal)
    try:
        file.put_meta(SAID, dict(record))
        file.flush()
    finally:
        file.close()


def kept_record(journal: Path) -> dict[str, Any]:
    """What `keep_record` wrote. Raises JournalError."""
    reads = JournalReads(journal)
    try:
        found: dict[str, Any] | None = reads.meta().get(SAID)
    finally:
        reads.close()
    if found is None:
        raise JournalError(f"报文日志 {journal} 里没有验收收尾的记录，验收没有办完；请重新验收。")
    return found
