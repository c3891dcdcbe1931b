"""Which nonces were heard of late, so that a copied request is known for one."""

from collections import deque

from sim.calendar import MINUTE_MS

KEEP_MS = 10 * MINUTE_MS
"""Twice the clock difference allowed: a timestamp five minutes ahead stays good for ten."""

MOST = 1_000_000
"""About 120 MB when full; 1,600 signed requests a second for ten minutes."""


class NonceMemory:
    """Remembers (key, nonce) for KEEP_MS after it was heard; each call costs O(1), amortised.

    It holds `most` at the most. What has to go before its time is counted in `forgotten_early`: until that moment is
    ten minutes past, a copy of a forgotten request would pass.
    """

    def __init__(self, most: int = MOST) -> None:
        self.forgotten_early = 0
        self._most = most
        self._heard: dict[int, int] = {}
        self._order: deque[int] = deque()

    def __len__(self) -> int:
        return len(self._heard)

    def remember(self, key_id: str, nonce: str, now_ms: int) -> bool:
        """True, and remembered, if this key has not used the nonce within KEEP_MS; `now_ms` is Unix time."""
        heard, order = self._heard, self._order
        oldest_kept = now_ms - KEEP_MS
        while order and heard[order[0]] < oldest_kept:
            del heard[order.popleft()]
        mark = hash((key_id, nonce))  # 64 bits, salted by the process: a third of the memory of two strings
        if mark in heard:
            return False
        if len(heard) >= self._most:
            del heard[order.popleft()]
            self.forgotten_early += 1
        heard[mark] = now_ms
        order.append(mark)
        return True
