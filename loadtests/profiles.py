"""When cases come in under load: each profile gives the n-th case its instant, a pure function of profile, count and seed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from loadtests.settings import Settings
from sim.calendar import DAY_MS, WorkingCalendar, parse_day
from sim.draws import bounds_of
from sim.population.arrivals import Arrivals

DEFAULT_RATE: Final = 40.0
"""Cases a second on average where a profile is given without its length: chosen, what one small machine carries."""
LEAST_S: Final = 10.0
STEPS: Final = 10
SLOTS: Final = 100
TITLES: Final = {
    "constant": "恒定速率", "province-day": "全省一个工作日", "month-end": "季末一个月", "tax-eve": "税收政策调整前后",
    "first-hour": "开网第一小时", "staircase": "阶梯加压", "spike": "突增", "soak": "长时间平稳",
    "compressed": "四十七个月压缩",
}  # fmt: skip
SPANS: Final = {
    "province-day": ("2024-03-29", "2024-03-29"), "month-end": ("2024-03-01", "2024-03-31"),
    "tax-eve": ("2024-11-15", "2024-12-14"), "compressed": ("2021-01-04", "2024-11-26"),
}  # fmt: skip
"""Days of the working calendar whose arrivals a profile squeezes into its length; 2024-12-01 is when a tax rule eased."""
SHAPES: Final = {
    "first-hour": [float(np.exp(-4 * slot / SLOTS)) for slot in range(SLOTS)],
    "staircase": [float(1 + slot * STEPS // SLOTS) for slot in range(SLOTS)],
    "spike": [10.0 if 45 <= slot < 55 else 1.0 for slot in range(SLOTS)],
    "soak": [1.0] * SLOTS,
}
"""Weights of a hundred equal parts of the profile's length; synthetic, chosen."""


class ProfileError(ValueError):
    """A profile that nobody knows; the message says what would do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How cases come in: the name of a shape, its rate for `constant`, its length in seconds for any other."""

    name: str
    figure: float
    times: float = 1.0

    @property
    def title(self) -> str:
        """For people."""
        each = f"每秒 {self.figure:g} 件" if self.name == "constant" else f"{self.figure:g} 秒"
        return f"{TITLES[self.name]}（{each}，{self.times:g} 倍）"

    def offsets_ms(self, cases: int) -> NDArray[np.int64]:
        """How long after the beginning each case comes in, in rising order."""
        if self.name == "constant":
            return (np.arange(cases) * (1_000 / self.figure / self.times)).astype(np.int64)
        share = (np.arange(cases) + 0.5) / cases
        length = self.figure * 1_000 / self.times
        if self.name in SPANS:
            return (_as_in_life(self.name, share) * length).astype(np.int64)
        bounds = np.concatenate([[0.0], bounds_of(SHAPES[self.name])])
        return (np.interp(share, bounds, np.linspace(0.0, 1.0, len(bounds))) * length).astype(np.int64)


def _as_in_life(name: str, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quantiles of the population's own arrivals over the days of a profile, as parts of its span."""
    first, last = map(parse_day, SPANS[name])
    arrivals = Arrivals(WorkingCalendar.load(), first, last)
    index = np.arange(200_000, dtype=np.uint64)
    moments = np.sort(arrivals.arrival_ms(1, index, index % np.uint64(3) == 0))
    parts = (moments - moments[0]) / max(1, min(int(moments[-1]), last + DAY_MS) - int(moments[0]))
    quantiles: NDArray[np.float64] = np.interp(share, np.linspace(0.0, 1.0, len(parts)), parts)
    return quantiles


def profile_of(text: str, cases: int, times: float = 1.0) -> Profile:
    """`constant:40`, `province-day`, `spike:120`: a name and a figure. Raises ProfileError."""
    name, _, figure = text.partition(":")
    if name not in TITLES:
        raise ProfileError(f"没有负载曲线“{name}”；可用：{'、'.join(TITLES)}。")
    try:
        number = (
            float(figure) if figure else (DEFAULT_RATE if name == "constant" else max(LEAST_S, cases / DEFAULT_RATE))
        )
    except ValueError:
        number = 0.0
    if not 0 < times <= 1_000:
        raise ProfileError(f"--times 是曲线的倍数，应大于 0、不大于 1,000，如 5；现为 {times:g}。")
    if not 0 < number < 1e7:
        what = "每秒件数" if name == "constant" else "秒数"
        raise ProfileError(
            f"负载曲线“{text}”冒号后应为大于 0 的{what}，如 {name}:{40 if name == 'constant' else 600}。"
        )
    return Profile(name, number, times)


def offsets_of(settings: Settings) -> NDArray[np.int64]:
    """When each case of a load comes in; in a closed model all stand ready from the beginning."""
    if settings.closed:
        return np.zeros(settings.cases, np.int64)
    return profile_of(settings.profile, settings.cases, settings.times).offsets_ms(settings.cases)
