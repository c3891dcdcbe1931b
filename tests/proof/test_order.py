"""Order is not a promise: worlds whose same-instant messages come in other orders all come to an end (design law 8)."""

from collections import Counter, defaultdict
from itertools import combinations

import pytest

from sim.journal import Block, Catalogue
from tests.worlds import HORIZON_MS, fed, play, stuck


@pytest.mark.parametrize("seed", range(10))
def test_a_shuffled_run_finishes_with_nothing_unexpected(seed: int) -> None:
    for world, store in play(400, seed):
        assert not stuck(world)
        assert not store.unexpected
        assert world.finished == world.begun


class Orders:
    """A store that counts in which order messages on two lanes of a case came when they were due at one instant."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def append(self, block: Block, of: Catalogue) -> None:
        """Count what a block shows."""
        together: dict[tuple[int, int], list[str]] = defaultdict(list)
        for row in block.rows:
            route = of.routes[row["route"]]
            if row["case_no"] and route.sender != route.receiver:
                together[int(row["case_no"]), int(row["t"])].append(f"{route.sender}→{route.receiver}")
        for lanes in together.values():
            self.counts.update((first, second) for first, second in combinations(lanes, 2) if first != second)

    def close(self, of: Catalogue) -> None:
        """Nothing to do."""


def test_what_is_due_at_one_instant_comes_in_either_order() -> None:
    orders = Orders()
    for seed in range(3):
        world = fed("fuzhou", orders, 2_000, seed)
        world.run(HORIZON_MS)
        world.journal.close()
    often = {tuple(sorted(pair)) for pair, count in orders.counts.items() if count + orders.counts[pair[::-1]] > 200}
    assert len(often) > 20
    for first, second in often:
        share = orders.counts[first, second] / (orders.counts[first, second] + orders.counts[second, first])
        assert 0.3 < share < 0.7, f"{first} 先于 {second} 的比例为 {share:.2f}"
