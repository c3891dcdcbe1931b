"""Handling and terms are shortened by one rule."""

from hypothesis import given
from hypothesis import strategies as st

from contract.gov_platform import CancelSigning
from sim.calendar import DAY_MS, MINUTE_MS, SECOND_MS
from sim.durations import STEPS, Duration
from sim.faults import Effect, Fault
from sim.posts import later
from sim.runs.scale import MOST_TERM_FACTOR, Handling, scale_of

times = st.integers(0, 400 * DAY_MS)


@given(times)
def test_real_changes_nothing(ms: int) -> None:
    real = scale_of(Handling.REAL)
    assert real.handled(ms) == real.term(ms) == ms


@given(times, times)
def test_longer_terms_and_gaps_stay_longer_and_never_fall_below_a_second(a: int, b: int) -> None:
    for handling in (Handling.INSTANT, Handling.SHORT):
        scale = scale_of(handling)
        for shortened in (scale.term, scale.gap):
            if MINUTE_MS <= a <= b:
                assert SECOND_MS <= shortened(a) <= shortened(b)
            assert shortened(min(a, MINUTE_MS - 1)) == min(a, MINUTE_MS - 1)
        assert scale.gap(a) <= scale.term(a)


def test_an_order_can_be_paid_before_it_closes_and_is_looked_after_before_it_does() -> None:
    scale = scale_of(Handling.INSTANT)
    assert scale.term(15 * MINUTE_MS) == scale.term(5 * DAY_MS) == 5 * SECOND_MS
    assert SECOND_MS < scale.term(5 * MINUTE_MS) < 2 * SECOND_MS
    assert scale.gap(60 * MINUTE_MS) == SECOND_MS


def test_instant_makes_a_day_of_a_term_a_second_and_handling_nothing() -> None:
    scale = scale_of(Handling.INSTANT)
    assert (scale.term(15 * DAY_MS), scale.handled(5 * DAY_MS)) == (15 * SECOND_MS, 0)
    assert scale_of(Handling.SHORT).handled(DAY_MS) == MINUTE_MS


@given(times, st.integers(1, MOST_TERM_FACTOR), st.sampled_from([Handling.INSTANT, Handling.SHORT]))
def test_a_factor_lengthens_terms_but_no_gap_and_never_beyond_life(ms: int, factor: int, handling: Handling) -> None:
    plain, longer = scale_of(handling), scale_of(handling, factor)
    assert longer.term(ms) == (ms if ms < MINUTE_MS else min(ms, factor * plain.term(ms)))
    assert (longer.gap(ms), longer.handled(ms)) == (plain.gap(ms), plain.handled(ms))
    assert scale_of(Handling.REAL, factor).term(ms) == ms


def test_a_post_keeps_all_but_its_delay() -> None:
    post = later(20 * DAY_MS, CancelSigning("x"))
    assert scale_of(Handling.INSTANT).post(post) == (*post[:2], 20 * SECOND_MS, post[3])


def test_how_late_a_script_makes_a_message_is_a_term() -> None:
    late = Fault("late", Effect.LATE, "*", delay=Duration((20 * DAY_MS,) * STEPS, False, "test"))
    assert scale_of(Handling.REAL).fault(late) is late
    delay = scale_of(Handling.INSTANT).fault(late).delay
    assert delay is not None
    assert delay.at(0.5) == 20 * SECOND_MS
