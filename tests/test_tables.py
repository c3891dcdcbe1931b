"""The rule tables of all roles: what they ignore and why, that states can be left, that every state is met in life."""

import pytest

from liantiao.compose import ROLES
from tests.worlds import RARE, play, stuck

SEEDS_FOR_STATES = (1, 2, 3)


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_at_most_a_tenth_of_a_table_is_ignored_and_every_ignored_row_says_why(role) -> None:
    rules = [rule for track in role.tracks for rule in track.rows]
    ignored = [rule for rule in rules if rule.reason]
    assert len(ignored) <= len(rules) / 10, [(r.state, r.kind.op.name, r.reason) for r in ignored]
    assert all(len(rule.reason) >= 6 for rule in ignored)


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_every_state_can_be_left_or_is_an_end(role) -> None:
    for track in role.tracks:
        for state in track.states:
            leaves = [rule for rule in state.rows.values() if rule.next is not state]
            assert state.end or leaves, f"{role.title}的“{state.title}”既不是终点，也走不出去"


def test_every_state_of_every_table_is_reached_in_a_real_run() -> None:
    reached: set[tuple[str, str, str]] = set()
    for seed in SEEDS_FOR_STATES:
        for world, store in play(3_000, seed, "storm", RARE):
            reached |= store.reached
            assert not stuck(world)
    reached |= {
        (role.name, track.name, rule.next.name)
        for role in ROLES.values()
        for track in role.tracks
        for rule in track.rows
        if rule.hits  # direct replies have no rows of their own; their rules count themselves
    }
    missing = [
        f"{role.title}·{track.title}·{state.title}"
        for role in ROLES.values()
        for track in role.tracks
        for state in track.states
        if state is not track.start and (role.name, track.name, state.name) not in reached
    ]
    assert not missing
