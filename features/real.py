"""Acceptance of a real system: what is asked of it, which scenarios can be played with it, and the verdict on what was seen."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from features.accepting import ABOUT, OBSERVED, Acceptance, judged_and_written
from features.by_hand import work_path
from features.casting import Cast
from features.kept import JOURNAL, keep_plan, keep_record
from features.manifest import NO_MANIFEST, Manifest
from features.needs import needs_of
from features.playing import BEGINS_MS, RUN, Play, cast_all
from features.preparing import Prepared
from features.reading import Scenario
from features.real_run import PlayedReal, play_real
from features.situation import situation_of
from features.steps.homes import choose
from liantiao.server_verdict import NO_FIGURES
from sim.clock import wall_ms
from sim.dossier import ITEMS
from sim.package import Package
from sim.runs.scale import Handling

DATED: Final = "场景要求指定的日期或时刻，真实系统不跟随沙箱的时钟；能跟随的，加 --follows-clock"
REAL: Final = "real"
"""The way an acceptance was played: with a real system."""
PEOPLE: Final = ("buyer", "seller", "clerk", "court")
"""Who applies, pays and decides: real people, where we only observe."""
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
    observes: bool = False
    """Whether people handle cases there as ever, and nothing is applied for by us."""

    @property
    def seats(self) -> dict[str, str]:
        """The seats that are not ours, with their addresses; people are theirs where we only observe."""
        return dict.fromkeys(PEOPLE, "") | dict(self.remote) if self.observes else dict(self.remote)


def accept_real(
    scenarios: Sequence[Scenario], package: Package, seed: int, folder: Path, real: Real, told: Tell
) -> Acceptance:
    """Play what can be played with the real system and judge what was seen of it. Raises FeatureError, CastingError,
    SandboxError where our own part cannot begin."""
    real = replace(real, work=work_path(folder))
    told("选角", 0, len(scenarios))
    play, left = castable(scenarios, package, seed, real)
    keep_plan(folder, play, left)
    keep_played(play_real(play, folder, real, told), play, folder, real)
    return judged_and_written(folder, package, told)


def castable(
    scenarios: Sequence[Scenario], package: Package, seed: int, real: Real
) -> tuple[Play, list[tuple[Scenario, str]]]:
    """The scenarios that can be played with the real system, and of the others why they cannot. Raises as casting does."""
    why_not = {each.id: why for each in scenarios if (why := left_out(each, package, real))}
    chosen = [each for each in scenarios if each.id not in why_not]
    play, unready = only_loaded(cast_real(chosen, package, seed, real), real.prepared)
    why_not |= unready
    parts = {part.scenario.id for part in play.parts}
    return play, [(each, why_not[each.id]) for each in scenarios if each.id not in parts]


def keep_played(played: PlayedReal, play: Play, folder: Path, real: Real) -> None:
    """What is left of a play with a real system, in the folder: the journal, and what the run said of itself."""
    journal = folder / JOURNAL
    if played.nothing:
        keep_record(journal, bare_record(play, real) | {"nothing": played.nothing})
    else:
        for suffix in ("", "-wal", "-shm"):
            if (path := Path(f"{played.journal}{suffix}")).exists():
                shutil.copy(path, folder / f"{JOURNAL}{suffix}")
        keep_record(journal, record_of(played, real))


def record_of(played: PlayedReal, real: Real) -> dict[str, Any]:
    """What the run said of its end, and by what it is judged: the figures given, and whether cases may still go on."""
    limits = real.prepared.limits if real.prepared is not None else NO_FIGURES
    return {name: played.about[name] for name in ABOUT} | {
        "remote": sorted(real.seats), "way": OBSERVED if real.observes else REAL,
        "limits": {name: list(each) for name, each in limits.items()}, "may_go_on": not real.follows_clock,
        "cut_short": played.cut_short, "bound": dict(played.bound), "overdue": dict(played.overdue),
    }  # fmt: skip


def bare_record(play: Play, real: Real) -> dict[str, Any]:
    """What is said of a run in which nothing was seen."""
    return {
        "package": play.plan.package, "run": RUN, "seed": play.plan.seed, "planned": 0, "begun": 0, "open_cases": [],
        "clock": {"title": "没有开始"}, "now_ms": play.plan.start_ms, "faults": "", "order_tolerance_ms": 0,
        "remote": sorted(real.seats), "way": OBSERVED if real.observes else REAL,
    }  # fmt: skip


def left_out(scenario: Scenario, package: Package, real: Real) -> str:
    """Why a scenario is not played, "" where it is."""
    needs = needs_of(scenario, package)
    if real.observes and (never := situation_of(scenario).never):
        return never
    if needs.dated and not real.follows_clock:
        return DATED
    return real.manifest.lacks(needs, package)


def cast_real(scenarios: Sequence[Scenario], package: Package, seed: int, real: Real) -> Play:
    """The scenarios' cases: those of a system that does not follow our clock all begin at once, and now."""
    implemented = sum(1 << bit for bit, item in enumerate(ITEMS) if item in real.manifest.items)

    def fit(cast: Cast) -> None:
        cast.edits.append(lambda dossier, stock: choose(dossier, dossier.items & implemented))

    start = BEGINS_MS if real.follows_clock else wall_ms()
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
