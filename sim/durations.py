"""How long things take, described by data and drawn by looking up a quantile."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from statistics import NormalDist
from typing import Self

from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

STEPS = 1_024
OFFICE_DAY_MS = 6 * HOUR_MS + 30 * MINUTE_MS

_UNITS_MS = {"ms": 1, "s": SECOND_MS, "min": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_SHAPES = ({"median", "p90"}, {"low", "high"}, {"fixed"})
_MEASURES = [f"{word}_{unit}" for shape in _SHAPES for word in sorted(shape) for unit in _UNITS_MS]
_CLOCKS = ("working", "elapsed")
_STANDARD = NormalDist()
_MIDDLES = [(step + 0.5) / STEPS for step in range(STEPS)]


class DurationError(ValueError):
    """A duration table that cannot be read."""


@dataclass(frozen=True, slots=True)
class Duration:
    """An immutable distribution of durations; `working` tells whether office time or elapsed time is meant."""

    steps: tuple[int, ...]
    working: bool
    source: str

    def at(self, u: float) -> int:
        """The duration in milliseconds at quantile u, which lies in [0, 1)."""
        return self.steps[int(u * STEPS)]

    @property
    def mean_ms(self) -> float:
        """The mean over all quantiles."""
        return sum(self.steps) / STEPS

    @classmethod
    def from_table(cls, table: Mapping[str, object], where: str) -> Self:
        """Reads `{ median_h = 3, p90_h = 8, clock = "working", source = "…" }` or its low/high or fixed form."""
        clock, source = table.get("clock"), table.get("source")
        if clock not in _CLOCKS:
            raise DurationError(f"{where} 的 clock 为“{clock}”，只能是 working（办公时间）或 elapsed（自然时间）。")
        if not isinstance(source, str) or not source:
            raise DurationError(f"{where} 缺少 source，请写明这个时长的来源。")
        working = clock == "working"
        measures = {}
        for key, value in table.items():
            if key not in ("clock", "source"):
                word, ms = _measure(key, value, working, where)
                measures[word] = ms
        if len(measures) != len(table) - 2 or set(measures) not in _SHAPES:
            forms = "median 与 p90、low 与 high 或 fixed"
            raise DurationError(f"{where} 的时长写法不完整或重复（{'、'.join(table)}），请只写 {forms} 之一。")
        return cls(tuple(_quantiles(measures, where)), working, source)


def _measure(key: str, value: object, working: bool, where: str) -> tuple[str, float]:
    if key not in _MEASURES:
        valid = [*_MEASURES, "clock", "source"]
        # A key that goes on too long keeps its unit: median_hours means median_h, not median_s.
        near = max(filter(key.startswith, valid), key=len, default=get_close_matches(key, valid, 1, 0.0)[0])
        raise DurationError(f"{where} 中有未知键“{key}”，最接近的合法名称是“{near}”。")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise DurationError(f"{where} 的 {key} = {value!r} 不是有效时长，请改为零或正数。")
    word, unit = key.split("_")
    return word, value * (OFFICE_DAY_MS if working and unit == "d" else _UNITS_MS[unit])


def _quantiles(measures: Mapping[str, float], where: str) -> list[int]:
    if "fixed" in measures:
        return [round(measures["fixed"])] * STEPS
    if "low" in measures:
        low, high = measures["low"], measures["high"]
        if low > high:
            raise DurationError(f"{where} 的 low 大于 high，请对调。")
        return [round(low + (high - low) * middle) for middle in _MIDDLES]
    median, p90 = measures["median"], measures["p90"]
    if not 0 < median <= p90:
        raise DurationError(f"{where} 的 median 必须大于零且不大于 p90，请核对数值和单位。")
    sigma = math.log(p90 / median) / _STANDARD.inv_cdf(0.9)
    return [round(median * math.exp(sigma * _STANDARD.inv_cdf(middle))) for middle in _MIDDLES]
