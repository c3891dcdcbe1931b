"""Acceptance of a real system: what is asked of it, which scenarios can be played with it, and the verdict on what was seen."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from features.accepting import ABOUT, JOURNAL, Acceptance, judge_play, write_plan, write_results
from features.by_hand import work_path
from features.casting import Cast
from features.judging import ScenarioResult
from features.manifest import NO_MANIFEST, Manifest
from features.needs import needs_of
from features.playing import BEGINS_MS, RUN, Play, cast_all
from features.preparing import Prepared
from features.reach import sentence
from features.reading import Scenario
from features.real_run import PlayedReal, play_real
from features.steps.homes import choose
from liantiao.live import run_of
from liantiao.server_verdict import NO_FIGURES, cases_by_region, judged
from liantiao.wall import now_ms
from sim.dossier import ITEMS
from sim.journal.sqlite_reads import JournalReads
from sim.judge.verdict import Result
from sim.package import Package
from sim.package.clauses import read_clauses
from sim.runs.scale import Handling
from sim.runs.troubles import TROUBLES

DATED: Final = "场景要求指定的日期或时刻，真实系统不跟随沙箱的时钟；能跟随的，加 --follows-clock"
ENDS: Final = "every_case_ends"
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Real:
    """Who is judged, and how: `remote` maps seats to addresses, "" where the system joins by itself."""

    remote: Mapping[str, str]
    dialects: Mapping[str, str] = field(default_factory=dict)
    dialect_files: Mapping[str, str] = field(default_factory=dict)
    handling: Handling = Handling.SHORT
    follows_clock: bool = False
    manifest: Manifest = NO_MANIFEST
    limit_s: float | None = None
    host: str = "127.0.0.1"
    port: int = 8900
    token: str = ""
    observations: Path | None = None
    prepared: Prepared | None = None
    """What was loaded into the system beforehand, and the figures given for what the policy leaves open."""
    say: Callable[[str], None] = lambda sentence: None
    work: Path | None = None
    """Where the list of what people have to do is kept (`<name>.csv`, `<name>.json`)."""


def accept_real(
    scenarios: Sequence[Scenario], package: Package, seed: int, folder: Path, real: Real, told: Tell
) -> Acceptance:
    """Play what can be played with the real system and judge what was seen of it. Raises FeatureError, CastingError,
    SandboxError where our own part cannot begin."""
    real = replace(real, work=work_path(folder))
    why_not = {each.id: why for each in scenarios if (why := left_out(each, package, real))}
    chosen = [each for each in scenarios if each.id not in why_not]
    told("选角", 0, len(scenarios))
    play, unready = only_loaded(cast_real(chosen, package, seed, real), real.prepared)
    why_not |= unready
    write_plan(folder, play)
    played = play_real(play, folder, real, told)
    if played.nothing:
        why = played.nothing or "没有可以执行的场景，原因见各场景"
        results = [_not_run(each, why_not.get(each.id, why)) for each in scenarios]
        acceptance = Acceptance(
            tuple(results), bare_verdict(package, seed, real), len(scenarios), _clauses(package), why
        )
    else:
        acceptance = judge_real(scenarios, play, package, folder, played, real, why_not)
    write_results(folder, acceptance, None if played.nothing else play)
    return acceptance


def left_out(scenario: Scenario, package: Package, real: Real) -> str:
    """Why a scenario is not played, "" where it is."""
    needs = needs_of(scenario, package)
    if needs.dated and not real.follows_clock:
        return DATED
    return real.manifest.lacks(needs, package)


def cast_real(scenarios: Sequence[Scenario], package: Package, seed: int, real: Real) -> Play:
    """The scenarios' cases: those of a system that does not follow our clock all begin at once, and now."""
    implemented = sum(1 << bit for bit, item in enumerate(ITEMS) if item in real.manifest.items)

    def fit(cast: Cast) -> None:
        cast.edits.append(lambda dossier, stock: choose(dossier, dossier.items & implemented))

    start = BEGINS_MS if real.follows_clock else now_ms()
    turn = None if real.follows_clock else at_once
    if real.prepared is not None:
        start = real.prepared.start_ms
    return cast_all(scenarios, package, seed, start, turn, fit)


def at_once(n: int) -> int:
    """All scenarios begin at the start."""
    return 0


def only_loaded(play: Play, prepared: Prepared | None) -> tuple[Play, dict[str, str]]:
    """What can be played once the system has been loaded, and why the rest cannot."""
    if prepared is None:
        return play, {}
    why = {part.scenario.id: said for part in play.parts if (said := prepared.lacks(part))}
    parts = tuple(part for part in play.parts if part.scenario.id not in why)
    arranged = {each.number: each.circumstances for part in parts for each in part.cases}
    return Play(parts, replace(play.plan, arranged=arranged)), why


def judge_real(
    scenarios: Sequence[Scenario], play: Play, package: Package, folder: Path, played: PlayedReal, real: Real,
    why_not: Mapping[str, str],
) -> Acceptance:  # fmt: skip
    """The verdict on what the sandbox's journal has, the real systems' seats being remote."""
    for suffix in ("", "-wal", "-shm"):
        if (path := Path(f"{played.journal}{suffix}")).exists():
            shutil.copy(path, folder / f"{JOURNAL}{suffix}")
    record = {name: played.about[name] for name in ABOUT} | {"remote": sorted(real.remote)}
    cases = cases_by_region(run_of(play.plan, package), sorted(play.plan.arranged), package)
    limits = real.prepared.limits if real.prepared is not None else NO_FIGURES
    verdict = judged(folder / JOURNAL, record, cases, package, limits)
    if not real.follows_clock:
        not_yet_over(verdict)
    seen = judge_play(play, package, folder / JOURNAL, verdict, record["open_cases"])
    told = troubles_by_case(folder / JOURNAL)
    by_id = {each.scenario.id: with_trouble(each, told) for each in seen.results}
    results = [by_id.get(each.id) or _not_run(each, why_not[each.id]) for each in scenarios]
    return Acceptance(tuple(results), verdict, len(scenarios), seen.clauses, played.cut_short)


def not_yet_over(verdict: dict[str, Any]) -> None:
    """A case that still goes on when we stop waiting has not failed to end: that was not seen, one way or the other."""
    for promise in verdict["promises"]:
        if promise["id"] == ENDS and promise["result"] == Result.BROKEN.value:
            note = f"到等待的时限仍有 {promise['violations']} 件在办"
            promise.update(result=Result.NOT_OBSERVED.value, violations=0, sample=[], note=note)


def troubles_by_case(journal: Path) -> dict[int, Counter[str]]:
    """What went wrong on the wire with real systems, by case: codes of `sim.runs.troubles` and HTTP statuses."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    reads = JournalReads(journal)
    try:
        for row in reads.records():
            code = row.outcome.removeprefix("fault:")
            if row.outcome != code and (code in TROUBLES or code.startswith("http_")):
                found[row.case_no][code] += 1
    finally:
        reads.close()
    return found


def with_trouble(result: ScenarioResult, told: Mapping[int, Counter[str]]) -> ScenarioResult:
    """A result that is not green says what went wrong on the wire, and what to do."""
    codes = told.get(result.case_no)
    if not codes or result.result is Result.KEPT:
        return result
    notes = [f"{sentence(f'{times} 次', code)}" for code, times in codes.most_common()]
    return replace(result, note="；".join([*filter(None, [result.note]), *notes]))


def bare_verdict(package: Package, seed: int, real: Real) -> dict[str, Any]:
    """What a verdict says where nothing was seen."""
    title = "没有开始"
    return {"package": package.id, "run": RUN, "seed": seed, "clock": {"title": title}, "remote": sorted(real.remote),
            "promises": []}  # fmt: skip


def _not_run(scenario: Scenario, why: str) -> ScenarioResult:
    return ScenarioResult(scenario, 0, Result.NOT_RUN, (), why)


def _clauses(package: Package) -> Any:
    return read_clauses(package.folder)
