"""The stock: cases that an implementation held before a run began, each following from package, seed and number alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.calendar import DAY_MS, FIRST_MS, HOUR_MS
from sim.draws import Flags, Luck, Numbers
from sim.identifiers import PROVINCES, canonical_title
from sim.package import Package
from sim.population import MOST_CASES, Population, PopulationChunk
from sim.population import identifier_columns as columns
from sim.population.identifier_columns import Chinese, Text

STATES: Final = {
    "done": "办结", "partly_done": "部分办结", "withdrawn": "已撤回", "refused": "不予登记", "lapsed": "逾期终止",
    "awaiting_seller": "待卖方确认", "waiting": "已分发待受理", "correcting": "待补正",
}  # fmt: skip
"""Where a stocked case stands; the codes in the order of the numbers by which columns keep them."""
TRANSFERRED: Final = ("done", "partly_done")
ACCEPTED: Final = (*TRANSFERRED, "withdrawn", "refused")
UNDER_WAY: Final = ("awaiting_seller", "waiting", "correcting")
STOCK_DAYS: Final = 1_423
"""Over how many days before the run the stock came in: 2021-01-04 to 2024-11-26, the time of the 830,000 (chosen)."""
UNDER_WAY_DAYS: Final = 10
"""Within how many days before the run a case that is still under way came in: chosen, shorter than any of its terms."""
LEAST_DAYS: Final = 45
"""Over at least so many: no run of holidays is longer."""
HANDLING_DAYS: Final = 15
"""Within how many days a case ended: chosen."""


@dataclass(slots=True)
class StockColumns:
    """Some stocked cases, one row each; `chunk` has their homes and people. Times in epoch ms, 0 where not yet."""

    chunk: PopulationChunk
    number: Numbers
    state: Numbers
    accepted_ms: Numbers
    ended_ms: Numbers
    receipt_code: Text
    acceptance_no: Text
    title_no: Chinese
    """The certificate that is valid now."""
    mortgaged: Flags
    seized: Flags

    def __len__(self) -> int:
        return len(self.number)


class Stock:
    """Cases 1 to `count` of a population, as they stand on the day of `now_ms`. Raises ValueError for too many."""

    def __init__(self, package: Package, seed: int, count: int, now_ms: int) -> None:
        if not 0 <= count < MOST_CASES:
            raise ValueError(f"存量 {count:,} 不在 0 至 {MOST_CASES - 1:,} 之内，再多就没有房屋留给新的办件")
        self.today_ms = now_ms - (now_ms + 8 * HOUR_MS) % DAY_MS
        self.package, self.seed, self.count = package, seed, count
        from_ms = max(FIRST_MS, self.today_ms - STOCK_DAYS * DAY_MS)
        if self.today_ms - from_ms < LEAST_DAYS * DAY_MS:
            raise ValueError(
                f"存量在此前 {LEAST_DAYS} 天以上陆续收件，而工作日历从 2020-01-01 起；起点应在 2020-02-15 以后"
            )
        self._population = Population(package, seed, count, from_ms, self.today_ms - DAY_MS)
        registries = list(package.registries.values())
        self._codes = np.array([int(registry.code) for registry in registries])
        self._places = np.array([registry.cert_place for registry in registries])
        self._provinces = np.array([PROVINCES[registry.code[:2]] for registry in registries])
        self._bounds = self._population.bounds("stock_state", *STATES)

    def __len__(self) -> int:
        return self.count

    def columns(self, start: int, stop: int) -> StockColumns:
        """The cases at positions start up to, not including, stop; position 0 is case 1."""
        chunk = self._population.chunk(start, stop)
        luck = Luck(self.seed, chunk.index)
        number = chunk.index.astype(np.int64) + 1
        state = luck.choose("stock/state", self._bounds)
        under_way = np.isin(state, _codes_of(UNDER_WAY))
        recent = self.today_ms - luck.below("stock/recent", UNDER_WAY_DAYS * DAY_MS // 1_000) * 1_000
        came_ms = np.where(under_way, recent, chunk.arrival_ms)
        ended_ms = np.minimum(came_ms + (1 + luck.below("stock/days", HANDLING_DAYS)) * DAY_MS, self.today_ms)
        return StockColumns(
            chunk, number, state, came_ms, np.where(under_way, 0, ended_ms),
            receipt_code=self._numbered("SJ", "", chunk, came_ms, number, 8),
            acceptance_no=self._acceptance_numbers(chunk, came_ms, number, state),
            title_no=self._titles(chunk, ended_ms, number, state),
            mortgaged=np.where(np.isin(state, _codes_of(TRANSFERRED)), chunk.cases.loan, chunk.cases.mortgage > 0),
            seized=luck.happens("stock/seized", self.package.share("stock_seized")),
        )  # fmt: skip

    def _acceptance_numbers(self, chunk: PopulationChunk, came_ms: Numbers, number: Numbers, state: Numbers) -> Text:
        """As the registry numbers them; "" for who was never accepted."""
        six, seven = (self._numbered("", "-", chunk, came_ms, number, width) for width in (6, 7))
        numbered = np.where(number < 1_000_000, six.astype(seven.dtype), seven)
        return np.where(np.isin(state, _codes_of(ACCEPTED)), numbered, b"")

    def _numbered(
        self, head: str, between: str, chunk: PopulationChunk, ms: Numbers, number: Numbers, width: int
    ) -> Text:
        """District, day and serial in one number."""
        district, day = columns.digits(self._codes[chunk.registry], 6), columns.digits(_days(ms), 8)
        return columns.text(head, district, between, day, between, columns.digits(number, width))

    def _titles(self, chunk: PopulationChunk, ended_ms: Numbers, number: Numbers, state: Numbers) -> Chinese:
        """The buyers' certificate where the home was transferred, otherwise still the sellers'."""
        titles = chunk.homes.title_no.copy()
        typed = np.nonzero(chunk.homes.title_form)[0]
        titles[typed] = [canonical_title(text) for text in titles[typed].tolist()]
        new = np.nonzero(np.isin(state, _codes_of(TRANSFERRED)))[0]
        registry = chunk.registry[new]
        year, place = _days(ended_ms[new]) // 10_000, self._places[registry]
        titles[new] = columns.title_numbers(self._provinces[registry], year, place, number[new])
        return titles


def _codes_of(states: tuple[str, ...]) -> list[int]:
    return [code for code, state in enumerate(STATES) if state in states]


def _days(ms: Numbers) -> Numbers:
    """Local days as the numbers yyyymmdd."""
    day = (ms + 8 * HOUR_MS).astype("datetime64[ms]").astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    year = day.astype("datetime64[Y]")
    parts = (
        (year.astype(np.int64) + 1970) * 10_000,
        (month - year).astype(np.int64) * 100 + 100,
        (day - month).astype(np.int64) + 1,
    )
    return np.asarray(sum(parts))
