"""Draws are pure, spread evenly, and do not lean on one another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.draws import Luck, bits, bounds_of, draw, permute, salt, uniform

ROWS = np.arange(50_000, dtype=np.uint64)
U64 = st.integers(0, 2**64 - 1)


def test_a_draw_depends_on_everything_named_and_on_nothing_else():
    seat = salt(1, "case", "7")
    drawn = {draw(seat, b"tax/handling"), draw(seat, b"tax/handling", 1), draw(seat, b"gas/handling")}
    drawn.add(draw(salt(2, "case", "7"), b"tax/handling"))
    assert len(drawn) == 4
    assert draw(seat, b"tax/handling") == draw(salt(1, "case", "7"), b"tax/handling")


def test_known_draws_never_change():
    assert salt(2024, "case", "7") == 12693748105472879807
    assert draw(salt(2024, "case", "7"), b"tax/handling", 1) == 0.8900859261435363
    assert bits(2024, np.arange(2, dtype=np.uint64), "home/area").tolist() == [
        12373471713116172453,
        7467653943760720789,
    ]


def test_names_do_not_run_together():
    assert salt(1, "ab", "c") != salt(1, "a", "bc")


@pytest.mark.parametrize("purpose", [b"x", b"tax/pay", b"tax/handling", b"housing_fund/handling/reason"])
def test_attempts_are_even_and_independent(purpose):
    drawn = np.array([[draw(salt(3, str(case)), purpose, n) for n in range(4)] for case in range(5_000)])
    assert abs(drawn.mean() - 0.5) < 0.01
    assert np.abs(np.corrcoef(drawn.T) - np.eye(4)).max() < 0.06


@given(U64, st.lists(U64, min_size=1, max_size=20), st.text(max_size=20))
def test_a_row_alone_is_the_row_among_others(seed, index, purpose):
    together = uniform(seed, np.array(index, np.uint64), purpose)
    alone = [uniform(seed, np.array([i], np.uint64), purpose)[0] for i in index]
    assert together.tolist() == alone
    assert all(0 <= value < 1 for value in alone)


def test_columns_are_even_and_independent():
    drawn = np.array([uniform(5, ROWS, purpose) for purpose in ("a", "b", "c", "d")])
    counts = np.histogram(drawn[0], 20, (0, 1))[0]
    assert ((counts - 2_500) ** 2 / 2_500).sum() < 45
    assert np.abs(np.corrcoef(drawn) - np.eye(4)).max() < 0.02
    assert abs(np.corrcoef(drawn[0][1:], drawn[0][:-1])[0, 1]) < 0.02


@given(st.integers(1, 40), U64)
def test_serials_are_a_shuffle(width, seed):
    some = np.arange(min(1 << width, 2_000), dtype=np.uint64)
    shuffled = permute(seed, some, width, "account")
    assert len(np.unique(shuffled)) == len(some)
    assert int(shuffled.max()) < 1 << width


def test_neighbours_get_far_serials():
    serial = Luck(9, ROWS).serial("account", 26) / 2**26
    assert abs(np.corrcoef(serial[1:], serial[:-1])[0, 1]) < 0.02
    assert len(np.unique(np.diff(serial))) > 40_000, "no fixed step between neighbours"


def test_choices_follow_their_weights():
    luck = Luck(9, ROWS)
    shares = np.bincount(luck.choose("kind", bounds_of((2, 0, 5, 3)))) / len(ROWS)
    assert shares == pytest.approx([0.2, 0, 0.5, 0.3], abs=0.01)
    assert luck.happens("rare", 0.05).mean() == pytest.approx(0.05, abs=0.005)
    assert set(luck.below("die", 6).tolist()) == set(range(6))


def test_quantiles_follow_their_table():
    drawn = Luck(9, ROWS).quantile("area", (0, 100, 1_000))
    assert np.percentile(drawn, [25, 50, 75]) == pytest.approx([50, 100, 550], rel=0.05)
    assert drawn.min() >= 0
    assert drawn.max() <= 1_000
