"""Trials: what a correct reference does, what becomes of a mutant, and what finds it out."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from features.judging import PromiseEvidence, ScenarioResult, evidence_of, judge_scenarios
from features.playing import Part, Play
from liantiao.directory import directory
from liantiao.message_list import ways
from liantiao.mutants.groups import groups_of
from liantiao.mutants.play import SPARE_MS, Limits, Told, Watch, play_mutant
from liantiao.mutants.prints import Print, Shifts, differing, is_soon, only_late, plain, prints
from liantiao.server_verdict import cases_by_region, judged
from liantiao.serving.live import run_of
from reference import ROLES
from reference.mutants.compliant import why_compliant
from reference.mutants.defects import BY_HAND
from reference.mutants.mutant import Changes, Mutant
from reference.mutants.operators import Said
from reference.mutants.rules import Edit, Place
from sim.journal.sqlite import JournalFile
from sim.judge.promises import load_promises
from sim.judge.verdict import Result
from sim.package import Package
from sim.runs.plan import Pace, RunPlan

KILLED, SURVIVED, UNSEEN, UNREACHED = "killed", "survived", "unseen", "unreached"
EQUIVALENT, COMPLIES = "equivalent", "complies"
TITLES: Final = {
    KILLED: "杀死", SURVIVED: "存活", UNSEEN: "存活（场景未触及）", EQUIVALENT: "等价", COMPLIES: "合规",
    UNREACHED: "未触及",
}  # fmt: skip
GREEN: Final = (Result.KEPT, Result.MANUAL, Result.NO_FIGURE, Result.KNOWN_ISSUE)
REFERENCE: Final = {role.name: role for role in ROLES}
PROBE_CASES: Final = 300
PROBE_FAULTS: Final = "storm"
TIMES, SPARE = 4, 5_000
"""So many times what the reference does, and some more, a mutant may do."""


@dataclass(frozen=True, slots=True)
class Side:
    """What the reference did in one play, against which a mutant's doings are held."""

    prints: Mapping[int, Print]
    said: Mapping[Place, Mapping[Said, None]]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the reference before any mutant is tried; may be handed to other processes."""

    suite: tuple[Side, ...]
    """Of every group of scenarios."""
    probe: Side
    failing: frozenset[tuple[str, str]]
    """(scenario, step) of what is not green in the reference itself."""

    @property
    def trace(self) -> dict[Place, dict[Said, None]]:
        """What every rule was seen to say in any play."""
        found: dict[Place, dict[Said, None]] = {}
        for side in (*self.suite, self.probe):
            for place, said in side.said.items():
                found.setdefault(place, {}).update(said)
        return found


@dataclass(frozen=True, slots=True)
class Killer:
    """A scenario that finds a mutant out, and by which check."""

    scenario: str
    title: str
    step: str
    result: str

    @property
    def by_promise(self) -> bool:
        """Whether a promise found it, not a step of the scenario's own."""
        return self.step.startswith("检核项“")

    @property
    def is_common(self) -> bool:
        """Whether it was none of the scenario's own steps: a promise, or a rule that holds in every case."""
        return self.by_promise or self.step.startswith("通则“")


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a mutant."""

    mutant: str
    fate: str
    reason: str = ""
    changed: int = 0
    killers: tuple[Killer, ...] = field(default=())

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios that found it out."""
        return tuple(dict.fromkeys(each.scenario for each in self.killers))


class Bench:
    """Where mutants are tried: the play, cast once and dealt out in groups, and what is known of the reference."""

    def __init__(self, play: Play, package: Package, known: Known | None = None) -> None:
        self.play, self.package, self.groups = play, package, groups_of(play)
        plan = play.plan
        self.probe = RunPlan(
            "probe", package.id, plan.seed, PROBE_CASES, plan.start_ms, Pace.STEPPED, faults=PROBE_FAULTS
        )
        self.book = run_of(plan, package)
        self._ways, self._kinds = ways(), directory().kinds
        self._titles = frozenset(each.title for each in load_promises(package.folder).all)
        self._broken: dict[int, PromiseEvidence] = {}
        self.known = known or self._learn()

    # ---- the reference ------------------------------------------------------------------------------------------------
    def _learn(self) -> Known:
        sides, failing = [], set()
        for group in self.groups:
            side, told = self._side(group.plan)
            sides.append(side)
            results = self._judge(group.parts, told, PromiseEvidence({}, self._titles))
            failing |= {(each.scenario, each.step) for each in _failing(results)}
        return Known(tuple(sides), self._side(self.probe)[0], frozenset(failing))

    def _side(self, plan: RunPlan) -> tuple[Side, Told]:
        watch = Watch(said={})
        told = play_mutant(plan, self.package, untouched(watch.around), None)
        rows = sum(map(len, told.rows.values()))
        limits = Limits(watch.actions * TIMES + SPARE, rows * TIMES + SPARE, told.about["now_ms"] + SPARE_MS)
        return Side(prints(told), watch.said or {}, limits), told

    # ---- mutants ------------------------------------------------------------------------------------------------------
    def try_out(self, mutant: Mutant) -> Trial:
        """Play group after group of scenarios against a mutant until one of them notices.

        A play that takes none of the rules it changes goes as the reference's own, and need not be played. The promises are
        asked where no step of a group has noticed.
        """
        noticed: Shifts = {}
        reached = [n for n, side in enumerate(self.known.suite) if self._reaches(mutant, side)]
        for n in reached:
            told = self._play(self.groups[n].plan, mutant, self.known.suite[n])
            if told.stopped:
                return Trial(mutant.id, KILLED, told.stopped)
            found = differing(str(n), self.known.suite[n].prints, prints(told))
            noticed |= found
            changed = {number for _, number in found}
            killers = self._by_steps(n, told, changed) if found else ()
            killers = killers or (self._by_promises(n, told, changed) if plain(found) else ())
            if killers:
                return Trial(mutant.id, KILLED, "", len(noticed), killers)
        if not only_late(noticed):
            return _alive(mutant, SURVIVED, "", noticed)
        return self._unnoticed(mutant, reached, noticed)

    def _reaches(self, mutant: Mutant, side: Side) -> bool:
        return bool(mutant.stopped_polls) or any(place in side.said for place in mutant.places)

    def _play(self, plan: RunPlan, mutant: Mutant, side: Side) -> Told:
        watch = Watch(side.limits.actions)
        return play_mutant(plan, self.package, mutant.changes(REFERENCE, watch.around), side.limits)

    def _unnoticed(self, mutant: Mutant, reached: Sequence[int], noticed: Shifts) -> Trial:
        """Nobody saw a difference that matters: where nobody does in a stormy run of many cases either, there is none."""
        cases = sum(len(self.known.suite[n].prints) for n in reached)
        if self._reaches(mutant, self.known.probe):
            told = self._play(self.probe, mutant, self.known.probe)
            found = differing("probe", self.known.probe.prints, prints(told))
            if told.stopped or not only_late(found):
                why = told.stopped or f"故障演练里有 {len(plain(found))} 件的报文不同"
                return _alive(mutant, UNSEEN, why, found)
            noticed = noticed | found
            cases += len(self.known.probe.prints)
        late = plain(noticed)
        if mutant.sort == BY_HAND:
            return Trial(
                mutant.id, SURVIVED if late else UNSEEN, "没有场景发现" if late else "没有场景造出它会显现的情形"
            )
        if late:
            longest_s = max(shift.late_ms for shift in noticed.values() if shift is not None) / 1_000
            why = f"往来报文都与参照系统相同，只有 {len(late)} 件里有晚的，至多晚 {longest_s:.0f} 秒；政策没有给出这样短的时限"
            return Trial(mutant.id, COMPLIES, why, len(late))
        if noticed:
            why = f"往来报文都与参照系统相同，只有 {len(noticed)} 件先后、时刻相差不到 1 秒，这样的先后谁也不作承诺"
            return Trial(mutant.id, EQUIVALENT, why)
        if cases:
            return Trial(mutant.id, EQUIVALENT, f"规则走到了，{cases} 件的往来报文、次序与时刻都与参照系统相同")
        return Trial(mutant.id, UNREACHED, "场景与故障演练都没有走到这条规则")

    # ---- judging ------------------------------------------------------------------------------------------------------
    def _by_steps(self, n: int, told: Told, changed: Set[int]) -> tuple[Killer, ...]:
        return self._killers(n, told, changed, PromiseEvidence({}, self._titles))

    def _by_promises(self, n: int, told: Told, changed: Set[int]) -> tuple[Killer, ...]:
        own = sorted(changed & self.groups[n].plan.arranged.keys())
        return self._killers(n, told, changed, self._unbroken_before(n, self._promises(told, own)))

    def _killers(self, n: int, told: Told, changed: Set[int], evidence: PromiseEvidence) -> tuple[Killer, ...]:
        found = _failing(self._judge(self.groups[n].parts_of(changed), told, evidence))
        return tuple(each for each in found if (each.scenario, each.step) not in self.known.failing)

    def _unbroken_before(self, n: int, evidence: PromiseEvidence) -> PromiseEvidence:
        """Without what the reference itself breaks there; it is asked only when something is broken."""
        if not any(evidence.broken.values()):
            return evidence
        if n not in self._broken:
            group = self.groups[n]
            self._broken[n] = self._promises(self._side(group.plan)[1], sorted(group.plan.arranged))
        before = self._broken[n].broken
        broken = {
            number: {title: said for title, said in each.items() if title not in before.get(number, ())}
            for number, each in evidence.broken.items()
        }
        return PromiseEvidence(broken, evidence.judged)

    def _judge(self, parts: Sequence[Part], told: Told, evidence: PromiseEvidence) -> tuple[ScenarioResult, ...]:
        return judge_scenarios(
            parts, told, evidence, ways=self._ways, kinds=self._kinds, remote=(),
            open_cases=frozenset(told.about["open_cases"]), now_ms=told.about["now_ms"],
        )  # fmt: skip

    def _promises(self, told: Told, numbers: Sequence[int]) -> PromiseEvidence:
        """What the judge says of these cases' promises."""
        if not numbers:
            return PromiseEvidence({}, self._titles)
        with TemporaryDirectory(prefix="liantiao-mutant-") as folder:
            file = JournalFile(Path(folder) / "journal.db")
            try:
                rows = [row for number in (0, *numbers) for row in told.of_case(number)]
                for row in sorted(rows, key=lambda each: each.seq):
                    file.append(row)
                file.flush()
            finally:
                file.close()
            record = {**told.about, "open_cases": sorted({*told.about["open_cases"]} & {*numbers})}
            cases = cases_by_region(self.book, numbers, self.package)
            found = evidence_of(judged(Path(folder) / "journal.db", record, cases, self.package, sample=None))
            return PromiseEvidence(found.broken, self._titles)


def _alive(mutant: Mutant, fate: str, why: str, noticed: Shifts) -> Trial:
    """What nobody found out; unless it is known to keep to the policy all the same."""
    soon = all(shift is not None and is_soon(shift) for shift in noticed.values())
    reason, changed = why_compliant(mutant.id, soon=soon), len(plain(noticed))
    return Trial(mutant.id, COMPLIES, reason, changed) if reason else Trial(mutant.id, fate, why, changed)


def untouched(around: Callable[[str], Edit]) -> Changes:
    """The reference as it is, with somebody watching."""
    return Mutant("", "", "", "", "", (), lambda extras: {}).changes(REFERENCE, around)


def _failing(results: Iterable[ScenarioResult]) -> list[Killer]:
    found = []
    for each in results:
        scenario = each.scenario
        if not each.steps and each.result not in GREEN:
            found.append(Killer(scenario.id, scenario.title, each.note, each.result.value))
        found += [
            Killer(scenario.id, scenario.title, step.text, step.check.result.value)
            for step in each.steps if step.check.result not in GREEN
        ]  # fmt: skip
    return found


def score_of(trials: Collection[Trial]) -> dict[str, Any]:
    """How many met which fate; the score leaves out what no other seat can see, the strict one only what is proven."""
    count = {fate: sum(each.fate == fate for each in trials) for fate in TITLES}
    visible = count[KILLED] + count[SURVIVED] + count[UNSEEN]
    strict = visible + count[UNREACHED]
    share = round(count[KILLED] / visible, 4) if visible else None
    return {"all": len(trials), **count, "score": share, "strict": round(count[KILLED] / strict, 4) if strict else None}
