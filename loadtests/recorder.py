"""What a worker measures: second by second and operation by operation, in histograms that add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log
from typing import Any, Final

GROWTH: Final = 1.1
"""Each bucket of a histogram reaches a tenth further than the one before: no percentile is off by more."""


_A_BUCKET: Final = 1 / log(GROWTH)


def bucket(ms: float) -> int:
    """The bucket of a duration."""
    return 0 if ms < 1 else 1 + int(log(ms) * _A_BUCKET)


def upper_ms(number: int) -> float:
    """The longest duration of a bucket."""
    return float(GROWTH**number)


class Histogram(Counter[int]):
    """Durations by bucket."""

    def note(self, ms: float) -> None:
        """One more."""
        self.add(bucket(ms))

    def add(self, number: int) -> None:
        """One more in this bucket."""
        self[number] = self.get(number, 0) + 1

    def percentile(self, share: float) -> float:
        """The duration that so many did not exceed, 0 if there are none."""
        wanted, seen = share * self.total(), 0
        for number in sorted(self):
            seen += self[number]
            if seen >= wanted:
                return round(upper_ms(number), 1)
        return 0.0

    @property
    def mean(self) -> float:
        """About how long on average."""
        total = self.total()
        return sum(upper_ms(number) * count for number, count in self.items()) / total if total else 0.0


PARTS: Final = ("latency", "service", "waiting")
"""From the intended start to the answer; from sending to the answer; from the intended start to sending."""


class Recorder:
    """Counts since the last report, to be sent and added up."""

    def __init__(self) -> None:
        self.seconds: dict[int, Counter[str]] = {}
        self.slots: dict[int, Histogram] = {}
        self.operations: dict[str, dict[str, Histogram]] = {}
        self.outcomes: Counter[str] = Counter()

    def count(self, at_ms: int, what: str, n: int = 1) -> None:
        """Something happened in this second of wall time."""
        self.seconds.setdefault(at_ms // 1_000, Counter())[what] += n

    def call(self, operation: str, outcome: str, intended_ms: float, sent_ms: float, ended_ms: float) -> None:
        """One exchange with the implementation or the sandbox; the instants are of wall time."""
        found = self.operations.get(operation)
        if found is None:
            found = self.operations[operation] = {part: Histogram() for part in PARTS}
        second, latency = int(ended_ms) // 1_000, bucket(ended_ms - intended_ms)
        slot = self.slots.get(second)
        if slot is None:
            slot = self.slots[second] = Histogram()
            self.count(int(ended_ms), "calls", 0)
        found["latency"].add(latency)
        found["service"].note(ended_ms - sent_ms)
        found["waiting"].note(sent_ms - intended_ms)
        slot.add(latency)
        self.seconds[second]["calls"] += 1
        if outcome != "ok":
            self.outcomes[f"{operation} {outcome}"] += 1
            self.count(int(ended_ms), "refused" if outcome.startswith("refused") else "errors")

    def take(self) -> dict[str, Any]:
        """Everything since the last time, as plain values."""
        told = self.told()
        self.__init__()  # type: ignore[misc]
        return told

    def told(self) -> dict[str, Any]:
        """Everything there is, as plain values; it stays."""
        return {
            "seconds": {at: dict(each) for at, each in self.seconds.items()},
            "slots": {at: dict(each) for at, each in self.slots.items()},
            "operations": {n: {p: dict(h) for p, h in each.items()} for n, each in self.operations.items()},
            "outcomes": dict(self.outcomes),
        }

    def add(self, told: Mapping[str, Any]) -> None:
        """Add what a worker sent."""
        for at, each in told["seconds"].items():
            self.seconds.setdefault(int(at), Counter()).update(each)
        for at, each in told["slots"].items():
            self.slots.setdefault(int(at), Histogram()).update(_numbers(each))
        for name, parts in told["operations"].items():
            found = self.operations.setdefault(name, {part: Histogram() for part in PARTS})
            for part, each in parts.items():
                found[part].update(_numbers(each))
        self.outcomes.update(told["outcomes"])

    def whole(self, part: str, names: Iterable[str] | None = None) -> Histogram:
        """The durations of some operations, or all, together."""
        together = Histogram()
        for name in self.operations if names is None else names:
            together.update(self.operations[name][part])
        return together


def _numbers(each: Mapping[Any, int]) -> dict[int, int]:
    return {int(number): count for number, count in each.items()}
