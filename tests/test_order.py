"""Order is not a promise: worlds whose same-instant messages come in other orders all come to an end (design law 8)."""

import pytest

from tests.worlds import play, stuck


@pytest.mark.parametrize("seed", range(10))
def test_a_shuffled_run_finishes_with_nothing_unexpected(seed: int) -> None:
    for world, store in play(400, seed):
        assert not stuck(world)
        assert not store.unexpected
        assert world.finished == world.begun
