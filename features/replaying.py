"""A 复现包 played again on our reference, and its messages judged again: does the same failure come out?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import features.steps  # noqa: F401  # fills the vocabulary
from features.accepting import ABOUT, judge_play
from features.capsules import Capsule, failures
from features.casting import Cast, Played
from features.judging import ScenarioResult
from features.playing import RUN, Part, Play, play
from liantiao.server_verdict import about, cases_by_region, cases_of, judged
from liantiao.serving.live import run_of
from sim.journal.record import Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.package import Package
from sim.runs.plan import Pace, RunPlan

SAME, OTHER, MORE, MISSING = "一致", "不同", "参照系统没有这一条", "没有出现"


@dataclass(frozen=True, slots=True)
class Compared:
    """One message of the recording beside the reference's: what it was, and how they compare."""

    seq: int
    way: str
    kind: str
    verdict: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it: on the reference, of the recorded messages, and message by message."""

    reference: ScenarioResult
    recorded: ScenarioResult
    messages: tuple[Compared, ...]

    @property
    def same_on_reference(self) -> bool:
        """Whether the reference fails in the same checks, with the same things seen."""
        return failures(self.reference.as_dict()["steps"]) == failures(self.recorded.as_dict()["steps"])


def replay(capsule: Capsule, package: Package, folder: Path) -> Replayed:
    """Play it on the reference in process, judge the recorded messages again, and compare the two. Raises FeatureError."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = sorted(capsule.plan.arranged)
    plan = RunPlan(RUN, package.id, capsule.plan.seed, capsule.plan.cases, capsule.plan.start_ms, Pace.STEPPED,
                   arranged=capsule.plan.arranged)  # fmt: skip
    book = run_of(plan, package).book
    played = {number: Played(number, plan.arranged[number], book.dossier(number)) for number in numbers}
    part = Part(
        capsule.scenario, Cast(plan.start_ms), played[capsule.case_no],
        tuple(played[number] for number in capsule.others), played.get(capsule.second),
    )  # fmt: skip
    whole = Play((part,), plan)
    here = folder / "reference.db"
    run = play(whole, package, here)
    record = about(run)
    verdict = judged(here, record, cases_of(run, package), package, sample=None)
    (on_reference,) = judge_play(whole.parts, here, verdict, record["open_cases"])
    recorded = _judge_recorded(capsule, whole, package, folder / "recorded.db")
    beside = [
        each for number in numbers
        for each in compare([row for row in capsule.messages if row.case_no == number], _records(here, number))
    ]  # fmt: skip
    return Replayed(on_reference, recorded, tuple(beside))


def _judge_recorded(capsule: Capsule, whole: Play, package: Package, journal: Path) -> ScenarioResult:
    file = JournalFile(journal)
    try:
        for seq, row in enumerate(capsule.messages, 1):
            file.append(row._replace(seq=seq))
        file.flush()
    finally:
        file.close()
    numbers = sorted(capsule.plan.arranged)
    open_cases = [] if capsule.over else numbers
    last_ms = max((row.t_ms for row in capsule.messages), default=capsule.plan.start_ms)
    known: dict[str, Any] = {
        "package": package.id, "run": RUN, "seed": capsule.plan.seed, "planned": len(numbers), "begun": len(numbers),
        "open_cases": open_cases, "clock": dict(capsule.clock), "now_ms": last_ms, "faults": "", "order_tolerance_ms": 1_000,
    }  # fmt: skip
    record = {name: known[name] for name in ABOUT} | {"remote": list(capsule.remote)}
    cases = cases_by_region(run_of(whole.plan, package), numbers, package)
    verdict = judged(journal, record, cases, package, sample=None)
    (result,) = judge_play(whole.parts, journal, verdict, open_cases)
    return result


def _records(journal: Path, case_no: int) -> list[Record]:
    reads = JournalReads(journal)
    try:
        return reads.of_case(case_no)
    finally:
        reads.close()


def compare(recorded: Sequence[Record], reference: Sequence[Record]) -> tuple[Compared, ...]:
    """The n-th message of a kind on a way beside the reference's n-th: outcome and amount must agree; what the
    reference said besides is missing."""
    theirs: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for row in reference:
        if row.sender != row.receiver:
            theirs[row.sender, row.receiver, row.kind].append(row)
    told = []
    for row in recorded:
        if row.sender == row.receiver:
            continue
        rest = theirs[row.sender, row.receiver, row.kind]
        told.append(_beside(row, rest.pop(0) if rest else None))
    for (sender, receiver, kind), rest in theirs.items():
        told += [Compared(0, f"{sender}→{receiver}", kind, MISSING) for _ in rest]
    return tuple(told)


def _beside(row: Record, other: Record | None) -> Compared:
    way = f"{row.sender}→{row.receiver}"
    if other is None:
        return Compared(row.seq, way, row.kind, MORE)
    different = [
        f"{title} {getattr(row, name)!r}，参照 {getattr(other, name)!r}"
        for name, title in (("outcome", "结果"), ("amount_fen", "金额（分）"), ("reply", "答复"))
        if getattr(row, name) != getattr(other, name)
    ]
    return Compared(row.seq, way, row.kind, OTHER if different else SAME, "；".join(different))
