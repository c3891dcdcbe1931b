"""What the main job is to do: every part of it with all that decides its result, checked before anything begins."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any, Final

from features.reading import Scenario
from liantiao.simulating.region_run import Plan
from loadtests.settings import Settings
from sim.package import Package
from sim.plain import PlainError

ACCEPTANCE, LOAD, SIMULATION = "acceptance", "load", "simulation"
PARTS: Final = (ACCEPTANCE, LOAD, SIMULATION)
"""In the order in which they are played; the names of their folders too."""
TITLES: Final[Mapping[str, str]] = {ACCEPTANCE: "验收", LOAD: "负载", SIMULATION: "仿真"}
Tell = Callable[[str, int, int], None]
"""(phase, done, of how many): what shows progress."""


class MainJobError(PlainError):
    """What was asked for cannot be done; the message says what, where and what would do."""


@dataclass(frozen=True, slots=True)
class Job:
    """The whole job as it was asked for."""

    package: Package
    seed: int
    parts: tuple[str, ...]
    """Which parts are to be played."""
    words: tuple[str, ...]
    """What the scenarios were chosen by; none: all of the package."""
    scenarios: tuple[Scenario, ...]
    load: Settings
    slo: Path | None
    slos: Sequence[Mapping[str, Any]]
    simulation: Plan
    workers: int
    """Processes of the simulation; the result does not depend on them."""

    def about(self, part: str) -> str:
        """What a part does, for people."""
        return {
            ACCEPTANCE: f"政策文件的 {len(self.scenarios):,} 个场景，参照系统另起一个进程，经 HTTP 接入沙箱，逐条判定",
            LOAD: f"Locust 扮演当事人办 {self.load.cases:,} 件，按 {self.load.profile} 到达（开放模型），压后凭日志判定",
            SIMULATION: f"在虚拟时间里办完 {self.simulation.cases:,} 件，判定全部检核项",
        }[part]

    def command(self, part: str) -> str:
        """What to type to have a part again by itself."""
        whose = f"--package {self.package.id} --seed {self.seed}"
        return {
            ACCEPTANCE: " ".join(("liantiao accept --over-http", whose, *(f"--only {quote(word)}" for word in self.words))),
            LOAD: f"liantiao load {whose} --cases {self.load.cases} --profile {self.load.profile}"
            + (f" --slo {quote(str(self.slo))}" if self.slo else ""),
            SIMULATION: f"liantiao simulate {whose} --cases {self.simulation.cases} --faults {self.simulation.about['faults']['id']}",
        }[part]  # fmt: skip


def chosen(only: Collection[str]) -> tuple[str, ...]:
    """The parts that are named, in their order; all where none is. Raises MainJobError."""
    for name in only:
        if name not in PARTS:
            each = "、".join(f"{part}（{TITLES[part]}）" for part in PARTS)
            raise MainJobError(f"--only 没有“{name}”，可用 {each}；可多次。")
    return tuple(part for part in PARTS if not only or part in only)
