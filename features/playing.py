"""Playing: scenarios' cases in one run, in process and as fast as it goes, with the journal on disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from features.casting import Cast, Casting, Played
from features.reading import Scenario, Step
from features.vocabulary import ARRANGES, VOCABULARY
from liantiao.serving.live import run_of
from sim.calendar import DAY_MS, HOUR_MS
from sim.journal.record import Record
from sim.journal.sqlite import JournalFile
from sim.package import Package
from sim.runs.plan import Pace, RunPlan
from sim.runs.run import Run

BEGINS_MS: Final = 1_740_962_400_000
"""2025-03-03 08:40, a Monday: after the tax rules of 2024-12-01, with room for those of 2026."""
POPULATION: Final = 131_072
"""Out of so many cases scenarios find theirs."""
HORIZON_MS: Final = 730 * DAY_MS
"""So long after the last application a case may take; one that is still open then is listed."""
RUN: Final = "accept"
A_MORNING: Final = 24
STEP_MS: Final = 6 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Part:
    """A scenario with the case it was given; `others` are alike and judged alike, `second` is another one beside it."""

    scenario: Scenario
    cast: Cast
    played: Played
    others: tuple[Played, ...] = ()
    second: Played | None = None

    @property
    def cases(self) -> tuple[Played, ...]:
        """Every case of the scenario."""
        return (self.played, *self.others, *([self.second] if self.second else []))


@dataclass(frozen=True, slots=True)
class Play:
    """What will be played: the parts, and the plan of the run."""

    parts: tuple[Part, ...]
    plan: RunPlan


def cast_all(
    scenarios: Sequence[Scenario], package: Package, seed: int, start_ms: int = BEGINS_MS,
    turn: Callable[[int], int] | None = None, fit: Callable[[Cast], None] = lambda cast: None,
) -> Play:  # fmt: skip
    """Every scenario's case, arranged as its steps say; the same for the same seed, start and files. `turn` tells how long
    after the start the n-th scenario begins (`turn_ms`), `fit` adapts each cast to whoever is judged.

    Raises FeatureError, CastingError.
    """
    turn = turn or turn_ms
    bare = RunPlan(RUN, package.id, seed, POPULATION, start_ms, Pace.STEPPED)
    casting = Casting(run_of(bare, package).book.population)
    parts = []
    for n, scenario in enumerate(scenarios):
        cast = Cast(start_ms, after_ms=turn(n))
        for step in scenario.steps:
            if step.role != "then":
                arrange(cast, step, scenario)
        fit(cast)
        parts.append(given(casting, scenario, cast))
    arranged = {each.number: each.circumstances for part in parts for each in part.cases}
    return Play(tuple(parts), RunPlan(RUN, package.id, seed, POPULATION, start_ms, Pace.STEPPED, arranged=arranged))


def turn_ms(n: int) -> int:
    """How long after the beginning the n-th scenario has its turn: two dozen a morning, Monday to Friday, five minutes apart.

    So nobody queues for long, and no scenario begins at another time of day because others were added.
    """
    morning, minute = divmod(n, A_MORNING)
    week, day = divmod(morning, 5)
    return (week * 7 + day) * DAY_MS + minute * HOUR_MS // 12


def given(casting: Casting, scenario: Scenario, cast: Cast) -> Part:
    """A scenario with its cases. Raises CastingError."""
    first, *others = [casting.cast(each) for each in cast.each()]
    second = casting.beside(cast, first) if cast.second else None
    return Part(scenario, cast, first, tuple(others), second)


def arrange(cast: Cast, step: Step, scenario: Scenario) -> None:
    """Do to the cast what a step says. Raises FeatureError with file and line."""
    from features.reading import FeatureError

    place = f"{scenario.file}:{step.line}"
    phrase, words = VOCABULARY.find(step, place)
    assert phrase.sort == ARRANGES
    try:
        phrase.does(cast, *words)
    except ValueError as error:
        raise FeatureError(f"{place} 的步骤“{step.text}”：{error}") from None


def play(play_: Play, package: Package, journal: Path, told: Callable[[int], None] = lambda over: None) -> Run:
    """Play it in process; the journal is written to a new file. `told` hears how many cases are over, now and then."""
    run = run_of(play_.plan, package)
    file = JournalFile(journal)
    try:
        cases = [each for part in play_.parts for each in part.cases]
        for each in cases:
            run.begin(each.number, each.number, at_arrival=True)
        last = max(each.dossier.arrival_ms for each in cases)
        while not run.is_over and run.now_ms < last + HORIZON_MS:
            run.advance(run.now_ms + STEP_MS)
            hand_over(run, file)
            told(max(len(cases) - sum(len(world.cases) + world.to_come for world in run.worlds.values()), 0))
        hand_over(run, file)
    finally:
        file.close()
    return run


def hand_over(run: Run, file: JournalFile) -> None:
    """Write what the run has written."""
    for each in run.written:
        if isinstance(each, Record):
            file.append(each)
        else:
            file.append_command(each)
    run.written = []
    file.flush()
