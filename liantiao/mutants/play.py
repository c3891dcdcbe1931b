"""One play of all scenarios for a mutant: in process, its journal in memory, within limits that no defect can break."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from features.playing import HORIZON_MS, STEP_MS
from liantiao.server_verdict import about
from liantiao.serving.live import run_of
from reference.mutants.mutant import Changes
from reference.mutants.operators import Said
from reference.mutants.rules import Edit, Place, place_of
from sim.calendar import DAY_MS
from sim.journal.record import Record
from sim.package import Package
from sim.posts import ANSWER, HOLD, REPLY, SEND, Posts, Refusal
from sim.runs.plan import RunPlan
from sim.runs.run import Run
from sim.table import Row

SPARE_MS: Final = 60 * DAY_MS
"""How much longer than the reference a mutant may take; what it leaves open then stays open."""
SPEAKS: Final = (SEND, REPLY, HOLD, ANSWER)


class RunawayError(Exception):
    """A mutant that never comes to rest."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mutant may take: actions, journal rows, and time on the clock."""

    actions: int
    rows: int
    until_ms: int


@dataclass(slots=True)
class Watch:
    """Laid on every rule of the reference: counts what is done, and notes what is said where."""

    most: int = 0
    actions: int = 0
    said: dict[Place, dict[Said, None]] | None = None
    _open: dict[Place, dict[Said, None]] = field(default_factory=dict)

    def around(self, role: str) -> Edit:
        """The edit that lays it on a role's rules."""

        def edit(row: Row) -> Row:
            action, place = row.action, place_of(role, row)

            def watched(file: Any, heard: Any) -> Posts:
                self.actions += 1
                if self.most and self.actions > self.most:
                    raise RunawayError(f"动作超过 {self.most:,} 次仍不停")
                posts = action(file, heard)
                if self.said is not None:
                    seen = self.said.setdefault(place, {})
                    for how, seat, _, body in () if isinstance(posts, Refusal) else posts:
                        if how in SPEAKS:
                            seen[how, seat if isinstance(seat, str) else "", type(body)] = None
                return posts

            return replace(row, action=watched)

        return edit


@dataclass(frozen=True, slots=True)
class Told:
    """What a play left: the rows of every case (0: of none), the cases still open, and why it was broken off."""

    rows: Mapping[int, list[Record]]
    about: Mapping[str, Any]
    stopped: str = ""

    def of_case(self, case_no: int) -> list[Record]:
        """Everything about a case, in order."""
        return self.rows.get(case_no, [])


def play_mutant(plan: RunPlan, package: Package, changes: Changes, limits: Limits | None) -> Told:
    """Play every case of a plan against a mutant; a crash of its rules ends the play, and is said."""
    run = run_of(plan, package, changes)
    rows: dict[int, list[Record]] = defaultdict(list)
    stopped, count = "", 0
    try:
        last = begin_all(run)
        until = last + HORIZON_MS if limits is None else limits.until_ms
        while not run.is_over and run.now_ms < until and not stopped:
            run.advance(run.now_ms + STEP_MS)
            count += take(run, rows)
            if limits is not None and count > limits.rows:
                stopped = f"失控：报文超过 {limits.rows:,} 条仍不停"
    except RunawayError as error:
        stopped = f"失控：{error}"
    except Exception as error:  # whatever a defect does to a rule, the other mutants are tried
        stopped = f"崩溃：{type(error).__name__}：{error}"
    return Told(rows, about(run), stopped)


def begin_all(run: Run) -> int:
    """Begin the cases arranged, or all of a plan that arranges none; when the last of them applies."""
    numbers = [*run.plan.arranged] or [*range(1, run.plan.cases + 1)]
    for number in numbers:
        run.begin(number, number, at_arrival=True)
    return max(run.book.dossier(number).arrival_ms for number in numbers)


def take(run: Run, rows: Mapping[int, list[Record]]) -> int:
    """Take over what a run has written."""
    written, run.written = run.written, []
    for each in written:
        if isinstance(each, Record):
            rows[each.case_no].append(each)
    return len(written)
