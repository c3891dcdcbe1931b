"""Arrivals are a pure function of profile and count, and have the shape their name says."""

import numpy as np
import pytest

from loadtests.profiles import SPANS, TITLES, ProfileError, profile_of


@pytest.mark.parametrize("name", TITLES)
def test_every_case_has_its_instant_in_rising_order(name: str) -> None:
    profile = profile_of(f"{name}:60", 500)
    offsets = profile.offsets_ms(500)
    assert len(offsets) == 500
    assert np.all(np.diff(offsets) >= 0)
    assert np.array_equal(offsets, profile.offsets_ms(500))
    if name != "constant":
        assert offsets[0] >= 0
        assert 30_000 <= offsets[-1] <= 60_000


def test_a_constant_rate_and_its_multiple() -> None:
    assert profile_of("constant:10", 5).offsets_ms(5).tolist() == [0, 100, 200, 300, 400]
    assert profile_of("constant:10", 5, times=5).offsets_ms(5).tolist() == [0, 20, 40, 60, 80]


def test_shapes() -> None:
    def share(name: str, first: float, last: float) -> float:
        parts = profile_of(f"{name}:100", 10_000).offsets_ms(10_000) / 100_000
        return float(np.mean((parts >= first) & (parts < last)))

    assert share("staircase", 0.9, 1.0) == pytest.approx(10 / 55, abs=0.01)
    assert share("spike", 0.45, 0.55) == pytest.approx(100 / 190, abs=0.02)
    assert share("first-hour", 0.0, 0.25) > 0.6
    assert share("province-day", 0.0, 0.25) < share("province-day", 0.35, 0.7)
    assert set(SPANS) < set(TITLES)


@pytest.mark.parametrize("times", [0.0, -1.0, 1_001.0, float("nan")])
def test_a_multiple_that_cannot_be_is_named_by_itself(times: float) -> None:
    with pytest.raises(ProfileError, match=r"--times .*应大于 0、不大于 1,000"):
        profile_of("constant:10", 5, times)


@pytest.mark.parametrize("text", ["rush", "constant:0", "constant:x", "soak:-1", "spike:nan"])
def test_what_is_no_profile_is_said(text: str) -> None:
    with pytest.raises(ProfileError, match=r"可用|大于 0"):
        profile_of(text, 10)
