"""The rule tables of all roles: what they ignore and why, that states can be left, that all of them is met in life."""

from functools import cache

import pytest

from liantiao.compose import ROLES
from tests.proof.mischief import Explorer, Sayings, unsound
from tests.proof.watch import Watch
from tests.worlds import HORIZON_MS, RARE, SeenStore, fed, package, play, stuck

SEEDS_FOR_STATES = (1, 2, 3)
OFTEN = RARE | {
    "recalled": 0.8, "bad_rating": 0.5, "rating_given": 0.5, "tax_reassessed": 0.5, "looks_unasked": 0.5, "pays_unasked": 0.3,
    "payment_left": 0.3, "looks_while_paying": 0.3, "looks_after_paying": 0.3, "chooses_nothing": 0.2,
}  # fmt: skip
SCRIPTS_FOR_RULES = ("storm", "lost_notices", "none") * 20


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


@cache
def sayings_of_a_run() -> Sayings:
    """What is said in a rough run."""
    with Watch(ROLES.values(), keep=True) as watch:
        for _ in play(300, 1, "storm", RARE):
            pass
    return Sayings(watch.heard, ROLES.values())


def test_every_state_is_reached_in_a_real_run_and_every_rule_runs_and_keeps_law_4() -> None:
    """What the runs do not meet by themselves is said, in others, to the next file that stands where a rule would hear it."""
    with Watch(ROLES.values()) as watch:
        for seed in SEEDS_FOR_STATES:
            for world, store in play(3_000, seed, "storm", RARE):
                assert not stuck(world)
                assert not store.unexpected
        states = [state for role in ROLES.values() for track in role.tracks for state in track.states]
        starts = {track.start for role in ROLES.values() for track in role.tracks}
        assert [state for state in states if state not in watch.reached | starts] == []
        assert watch.answered
        assert not watch.unanswered, "requests to be answered later were not answered at all"
        explorer = Explorer(watch, sayings_of_a_run())
        for seed, script in enumerate(SCRIPTS_FOR_RULES):
            for region in package().regions if explorer.missing else ():
                world = fed(region, SeenStore(), 4_000, seed, script, OFTEN, most=25)
                explorer.play(world, HORIZON_MS)
                assert not unsound(world)
    assert [f"{rule.state}，{rule.kind.op.name}" for rule in explorer.missing] == []
