"""The parts of the main job in turn: one that fails or is red does not keep the others from being played."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from features.capsules import CapsuleError
from features.casting import CastingError
from features.reading import FeatureError
from liantiao.loading.run import INTERRUPTED, LoadError
from liantiao.main_job.parts import PLAY
from liantiao.main_job.plan import PARTS, Job, Tell
from liantiao.sandbox_client import SandboxError
from liantiao.simulating.run_folder import FolderError
from sim.clock import Stopwatch
from sim.journal.record import JournalError
from sim.judge.verdict import INCOMPLETE_EXIT
from sim.package import PackageError

SAID: Final = (
    CapsuleError, CastingError, FeatureError, FolderError, JournalError, LoadError, PackageError, SandboxError,
)  # fmt: skip
"""What the parts raise with a sentence for people."""
Play = Mapping[str, Callable[[Job, Path, Tell], int]]


class State(StrEnum):
    """How far a part came."""

    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not_run"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a part; `exit_code` is None where it was not played."""

    state: State
    exit_code: int | None = None
    why: str = ""
    seconds: float = 0.0
    phases: Mapping[str, float] = field(default_factory=dict)
    """Seconds of each phase of it."""


def play_all(
    job: Job, folder: Path, shown: Callable[[str], AbstractContextManager[Tell]],
    ended: Callable[[dict[str, Outcome]], None], play: Play = PLAY,
) -> dict[str, Outcome]:  # fmt: skip
    """Play what was asked for, each part into a folder of its own; Ctrl-C ends it. `ended` hears what there is so far."""
    outcomes = {part: Outcome(State.NOT_RUN if part in job.parts else State.LEFT_OUT) for part in PARTS}
    for part in job.parts:
        with shown(part) as tell:
            outcomes[part] = _play(job, part, folder / part, tell, play)
        ended(outcomes)
        if outcomes[part].state is State.INTERRUPTED:
            break
    return outcomes


def _play(job: Job, part: str, out: Path, tell: Tell, play: Play) -> Outcome:
    phases = Phases(tell)
    try:
        code, state, why = play[part](job, out, phases), State.DONE, ""
    except KeyboardInterrupt:
        code, state, why = INCOMPLETE_EXIT, State.INTERRUPTED, INTERRUPTED
    except SAID as error:
        code, state, why = INCOMPLETE_EXIT, State.FAILED, str(error)
    except Exception as error:
        if os.environ.get("LIANTIAO_DEBUG"):
            raise
        code, state = INCOMPLETE_EXIT, State.FAILED
        why = f"程序内部出错（{type(error).__name__}：{error}）；设 LIANTIAO_DEBUG=1 重跑可见出处。"
    return Outcome(state, code, why, *phases.taken())


class Phases:
    """Passes progress on, and notes how long each phase took."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._watch = tell, Stopwatch()
        self._begun: dict[str, float] = {}

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Progress of a phase; the first of it ends the one before."""
        self._begun.setdefault(phase, self._watch.seconds)
        self._tell(phase, done, total)

    def taken(self) -> tuple[float, dict[str, float]]:
        """Seconds in all, and of each phase."""
        now = self._watch.seconds
        ends = [*self._begun.values(), now][1:]
        spans = zip(self._begun.items(), ends, strict=True)
        return round(now, 1), {phase: round(end - begun, 1) for (phase, begun), end in spans}
