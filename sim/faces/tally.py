"""Counts of what came to the doors: by seat, operation and outcome, and how long the answers took.

Counting one request is a look into a dictionary and a step of a histogram: well below two microseconds.
"""

from bisect import bisect_left
from typing import Final

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Key = tuple[str, str, int, str]
"""(seat, operation, status, outcome)."""


class Tally:
    """What came to the doors since the server's start. A request at no operation is counted under an empty name."""

    def __init__(self) -> None:
        self.requests: dict[Key, int] = {}
        self.took: dict[str, list[int]] = {}
        """By seat: how many answers fell into each interval of BOUNDS_S, the last one open."""
        self.seconds: dict[str, float] = {}

    def count(self, seat: str, operation: str, status: int, outcome: str, seconds: float) -> None:
        """One request was answered."""
        key = (seat, operation, status, outcome)
        requests = self.requests
        requests[key] = requests.get(key, 0) + 1
        took = self.took.get(seat)
        if took is None:
            took = self.took[seat] = [0] * (len(BOUNDS_S) + 1)
            self.seconds[seat] = 0.0
        took[bisect_left(BOUNDS_S, seconds)] += 1
        self.seconds[seat] += seconds
