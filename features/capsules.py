"""复现包: everything about one scenario that failed, in one file that can be played again and judged again anywhere."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from features.judging import ScenarioResult
from features.playing import Part, Play
from features.reading import FEATURES, Scenario, Step
from liantiao.code_version import code_version
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from sim.judge.verdict import Result
from sim.plain import PlainError
from sim.runs.plan import RunPlan

if TYPE_CHECKING:
    from features.accepting import Acceptance

FOLDER: Final = "capsules"
SORT: Final = "liantiao 复现包"
VERSION: Final = 1


class CapsuleError(PlainError):
    """A file that is no 复现包 of ours; the message is for people."""


@dataclass(frozen=True, slots=True)
class Capsule:
    """What the file says. `text` is the scenario as it stands in its feature file; `seen` what its result was; `others`
    and `second` are the further cases of the scenario (`features.playing.Part`)."""

    code: str
    scenario: Scenario
    text: str
    plan: RunPlan
    case_no: int
    others: tuple[int, ...]
    second: int
    clock: Mapping[str, Any]
    remote: tuple[str, ...]
    over: bool
    seen: Mapping[str, Any]
    messages: tuple[Record, ...]


def write_capsules(folder: Path, journal: Path, play: Play, acceptance: "Acceptance") -> list[Path]:
    """One file for every scenario that failed; where they lie."""
    parts = {part.scenario.id: part for part in play.parts}
    failed = [each for each in acceptance.results if each.result is Result.BROKEN and each.scenario.id in parts]
    if not failed:
        return []
    (folder / FOLDER).mkdir(exist_ok=True)
    reads = JournalReads(journal)
    written = []
    try:
        for result in failed:
            path = folder / FOLDER / f"{result.scenario.id}.json"
            told = _told(result, parts[result.scenario.id], play, acceptance, reads)
            path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            written.append(path)
    finally:
        reads.close()
    return written


def _told(
    result: ScenarioResult, part: Part, play: Play, acceptance: "Acceptance", reads: JournalReads
) -> dict[str, Any]:
    numbers = [each.number for each in part.cases]
    plan = play.plan.as_json()
    plan["arranged"] = {str(number): plan["arranged"][str(number)] for number in numbers}
    open_cases = acceptance.verdict.get("open_cases", ())
    return {
        "sort": SORT, "version": VERSION, "code": code_version(), "scenario": asdict(result.scenario),
        "text": text_of(result.scenario), "plan": plan, "case_no": result.case_no,
        "others": [each.number for each in part.others], "second": part.second.number if part.second else 0,
        "clock": acceptance.verdict["clock"],
        "remote": list(acceptance.verdict["remote"]), "over": not set(numbers) & set(open_cases), "seen": result.as_dict(),
        "messages": [_plain(row) for number in numbers for row in reads.of_case(number)],
    }  # fmt: skip


def text_of(scenario: Scenario) -> str:
    """The scenario as people wrote it, down to the next one; "" where its file is not there any more."""
    (path,) = [*FEATURES.rglob(scenario.file)] or [Path()]
    if not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    last = max(step.line for step in scenario.steps)
    return "\n".join(lines[min(scenario.line, scenario.steps[0].line) - 1 : max(last, scenario.line)])


def _plain(row: Record) -> dict[str, Any]:
    raw = None if row.raw is None else base64.b64encode(row.raw).decode()
    return row._asdict() | {"raw": raw}


def read_capsule(path: Path) -> Capsule:
    """A file that `write_capsules` wrote. Raises CapsuleError."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CapsuleError(f"读不到复现包 {path}（{error.strerror}）；核对文件名。") from None
    except ValueError:
        raise CapsuleError(f"{path} 不是复现包：不是 JSON；请给出验收输出 capsules 文件夹里的文件。") from None
    if not isinstance(told, dict) or told.get("sort") != SORT:
        raise CapsuleError(f"{path} 不是复现包；请给出验收输出 capsules 文件夹里的文件。")
    if told.get("version") != VERSION:
        raise CapsuleError(
            f"{path} 是第 {told.get('version')} 版的复现包，本程序读第 {VERSION} 版；请用写下它的那一版程序。"
        )
    try:
        return _capsule(told)
    except (KeyError, TypeError, ValueError) as error:
        raise CapsuleError(f"复现包 {path} 不完整（{type(error).__name__}：{error}）；请重新生成。") from None


def _capsule(told: Mapping[str, Any]) -> Capsule:
    said = told["scenario"]
    steps = tuple(Step(**each) for each in said["steps"])
    scenario = Scenario(**{**said, "steps": steps, "clauses": tuple(said["clauses"]), "traps": tuple(said["traps"])})
    messages = tuple(_record(each) for each in told["messages"])
    plan = RunPlan.from_json(told["plan"])
    return Capsule(told["code"], scenario, told["text"], plan, told["case_no"], tuple(told["others"]),
                   told["second"], told["clock"], tuple(told["remote"]),
                   told["over"], told["seen"], messages)  # fmt: skip


def _record(told: Mapping[str, Any]) -> Record:
    raw = told["raw"]
    return Record(**{**told, "raw": None if raw is None else base64.b64decode(raw)})


def failures(steps: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Which checks failed, and what was seen instead."""
    return {each["text"]: each["seen"] for each in steps if each["result"] == Result.BROKEN.value}
