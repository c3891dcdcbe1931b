"""How long a real system is waited for: the times that scenarios promise, as fast as the run's handling lets them pass."""

import re
from collections.abc import Iterable
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
LEAST_S: Final = 600.0
"""A real system is given so much time however fast our departments are."""


def promised_ms(scenarios: Iterable[Scenario]) -> int:
    """The longest time that any of these scenarios speaks of."""
    texts = (step.text for scenario in scenarios for step in scenario.steps)
    spans = (int(count) * UNITS_MS[unit] for text in texts for count, unit in PROMISED.findall(text))
    return max(spans, default=0)


def limit_s_of(parts: Iterable[Part], real: "Real") -> float:
    """How many seconds all cases together are waited for."""
    scale = scale_of(real.handling)
    longest = USUAL_MS + promised_ms(part.scenario for part in parts)
    return max(LEAST_S, scale.term(longest) / 1_000) + real.manifest.longest_poll_ms / 1_000
