"""The index of the main job: one line that says it all, what became of each part, where its page is; as JSON and as a page.

Everything under `measured` is of this one time on this one machine; the rest is the same for the same seed.
"""

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any, Final

from dashboards.index_page import index_page
from liantiao import __version__
from liantiao.code_version import code_version
from liantiao.loading.report import PAGE
from liantiao.main_job.folder import INDEX, WHAT
from liantiao.main_job.plan import PARTS, TITLES, Job
from liantiao.main_job.playing import Outcome, State
from liantiao.main_job.telling import TOLD, Told
from sim.calendar import format_time
from sim.judge.verdict import BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT

INDEX_PAGE: Final = "index.html"
INCOMPLETE: Final = "未完成"
WORDS: Final = ("不通过", INCOMPLETE, "有条件通过", "没有不通过", "通过")
"""The results of parts, the worst first."""
WORST_FIRST: Final = (BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT)
"""Something found broken stays broken, whatever else was not carried out."""
NOT_PLAYED: Final = {State.LEFT_OUT: "未要求", State.NOT_RUN: "未执行"}
Record = dict[str, Any]


def record_of(job: Job, outcomes: Mapping[str, Outcome], folder: Path, begun_ms: int) -> Record:
    """Everything the index shows, as JSON types."""
    told = {part: _told(part, folder) for part in PARTS}
    parts = [_part(job, part, outcomes[part], told[part]) for part in PARTS]
    played = [each for each in parts if each["state"] != State.LEFT_OUT]
    complete = all(each["state"] == State.DONE for each in played)
    codes = [each["exit_code"] for each in played if each["exit_code"] is not None]
    exit_code = min([*codes, KEPT_EXIT if complete else INCOMPLETE_EXIT], key=WORST_FIRST.index)
    return {
        "what": WHAT, "version": __version__, "code": code_version(), "package": job.package.id, "title": job.package.title,
        "document": job.package.document, "seed": job.seed,
        "result": WORDS[min(_rank(each["result"]) for each in played)], "exit_code": exit_code,
        "complete": complete, "mark": "" if complete and INCOMPLETE_EXIT not in codes else "INCOMPLETE",
        "why": _why(parts), "parts": parts, "command": _command(job), "measured": _measured(outcomes, told, begun_ms),
    }  # fmt: skip


def write_index(record: Record, folder: Path) -> None:
    """index.json and index.html."""
    (folder / INDEX).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / INDEX_PAGE).write_text(index_page(record), encoding="utf-8")


def _told(part: str, folder: Path) -> Told | None:
    """What the part's files say, None where it has not come as far as its page."""
    return TOLD[part](folder / part) if (folder / part / PAGE).is_file() else None


def _part(job: Job, part: str, outcome: Outcome, told: Told | None) -> Record:
    result = NOT_PLAYED.get(outcome.state, INCOMPLETE)
    if told is not None and outcome.state is State.DONE:
        result = told.result
    return {
        "id": part, "title": TITLES[part], "about": job.about(part), "command": job.command(part),
        "state": outcome.state.value, "exit_code": outcome.exit_code, "result": result,
        "why": outcome.why or (told.why if told else ""), "figures": list(told.figures) if told else [],
        "reds": list(told.reds) if told else [], "files": dict(told.files) if told else {},
        "page": f"{part}/{PAGE}" if told else "",
    }  # fmt: skip


def _rank(word: str) -> int:
    """How bad a result is, the worst first; what has no result leaves the whole unfinished."""
    return WORDS.index(word) if word in WORDS else WORDS.index(INCOMPLETE)


def _why(parts: list[Record]) -> str:
    """The parts in one line."""
    said = [
        f"{each['title']}{each['result']}" + (f"（退出码 {each['exit_code']}）" if each["exit_code"] else "")
        for each in parts
    ]
    return "，".join(said) + "。"


def _command(job: Job) -> str:
    """What to type to have all of it again."""
    only = "" if job.parts == PARTS else "".join(f" --only {part}" for part in job.parts)
    words = "".join(f" --scenarios {quote(word)}" for word in job.words)
    slo = f" --slo {quote(str(job.slo))}" if job.slo else ""
    return (
        f"liantiao run --package {job.package.id} --cases {job.simulation.cases} --seed {job.seed} "
        f"--faults {job.simulation.about['faults']['id']} --load-cases {job.load.cases} --load-profile {job.load.profile}"
        f"{only}{words}{slo} --out out/again"
    )


def _measured(outcomes: Mapping[str, Outcome], told: Mapping[str, Told | None], begun_ms: int) -> Record:
    parts = {}
    for part, outcome in outcomes.items():
        found = told[part]
        parts[part] = {
            "seconds": outcome.seconds, "phases": dict(outcome.phases), "figures": list(found.measured) if found else [],
            "files": dict(found.measured_files) if found else {}, "note": found.measured_note if found else "",
        }  # fmt: skip
    return {
        "begun": format_time(begun_ms), "seconds": round(sum(each.seconds for each in outcomes.values()), 1),
        "machine": f"{os.cpu_count()} 核，{platform.system()} {platform.machine()}，Python {platform.python_version()}",
        "parts": parts,
    }  # fmt: skip
