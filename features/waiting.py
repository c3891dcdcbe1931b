"""How long a real system is waited for: the times that scenarios promise, as fast as the run's handling lets them pass."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from features.playing import Part
from features.reading import Scenario
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from sim.runs.scale import scale_of

if TYPE_CHECKING:
    from features.real import Real

PROMISED: Final = re.compile(r"(\d+)(个工作日|天|小时|分钟)")
UNITS_MS: Final = {"个工作日": 2 * DAY_MS, "天": DAY_MS, "小时": HOUR_MS, "分钟": MINUTE_MS}
"""A working day may have a weekend before it."""
USUAL_MS: Final = 30 * DAY_MS
"""A case may take so long where its scenario promises nothing longer."""


def promised_ms(scenarios: Iterable[Scenario]) -> int:
    """The longest time that any of these scenarios speaks of."""
    texts = (step.text for scenario in scenarios for step in scenario.steps)
    spans = (int(count) * UNITS_MS[unit] for text in texts for count, unit in PROMISED.findall(text))
    return max(spans, default=0)


def limit_s_of(part: Part, real: "Real") -> float:
    """How many seconds a scenario is waited for: what it promises at the run's pace, the longest declared poll, a margin."""
    term_ms = scale_of(real.handling).term(USUAL_MS + promised_ms([part.scenario]))
    waited = (term_ms + real.manifest.longest_poll_ms + real.manifest.margin_ms) / 1_000
    return waited if real.limit_s is None else min(waited, real.limit_s)


class Limits:
    """How long each scenario is waited for; one that never ends holds up none of the others."""

    def __init__(self, parts: Sequence[Part], real: "Real") -> None:
        self._left = {part.scenario.id: (part, limit_s_of(part, real)) for part in parts}
        self._say = real.say
        self.overdue: dict[int, float] = {}
        """Cases that had not ended when their scenario's time was over, and how many seconds that was."""

    def wait_for(self, open_cases: Collection[int], seconds: float) -> bool:
        """Whether any scenario is still to be waited for, so long after the beginning. A new limit that is reached is said."""
        for name, (part, limit_s) in list(self._left.items()):
            going = [each.number for each in part.cases if each.number in open_cases]
            if going and seconds <= limit_s:
                continue
            del self._left[name]
            if going:
                self.overdue |= dict.fromkeys(going, limit_s)
                self._say(f"“{part.scenario.title}”等到时限 {limit_s:g} 秒，办件还没有走到终点，不再等它。")
        return bool(self._left)
