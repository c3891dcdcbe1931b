"""Good and bad reviews."""

import pytest

from contract import gov_platform as said
from contract.people import ReviewInvited
from tests.fake_departments.platform_town import CODE, Platform


def test_a_good_review_flows_back_and_is_the_only_one() -> None:
    town = Platform()
    town.ask(said.OpenReview(CODE), "registry")
    assert [invited.case_code for invited in town.heard("buyer", ReviewInvited)] == [CODE]
    assert not town.error(said.Rate(3, ""), "buyer")
    (back,) = town.heard("registry", said.ReviewReturned)
    assert (back.score, back.follow_up, town.now_in("review")) == (3, False, "rated")
    assert town.error(said.Rate(5, ""), "buyer") == "already_rated"
    assert town.error(said.FollowUpDone("回访"), "registry") == "not_now"
    town.run(days=20)
    assert len(town.heard("registry", said.ReviewReturned)) == 1


def test_a_bad_review_needs_a_reason_and_is_followed_up() -> None:
    town = Platform()
    town.ask(said.OpenReview(CODE), "registry")
    assert town.error(said.Rate(2, " "), "buyer") == "reason_needed"
    assert not town.error(said.Rate(2, "等候太久"), "buyer")
    (back,) = town.heard("registry", said.ReviewReturned)
    assert (back.score, back.follow_up, town.now_in("review")) == (2, True, "following_up")
    assert town.error(said.Rate(2, "等候太久"), "buyer") == "already_rated"
    for _ in range(2):
        assert not town.error(said.FollowUpDone("已电话回访"), "registry")
    assert town.now_in("review") == "followed_up"


@pytest.mark.parametrize("score", [-1, 0, 6])
def test_there_are_five_levels(score: int) -> None:
    town = Platform()
    town.ask(said.OpenReview(CODE), "registry")
    assert town.error(said.Rate(score, "理由"), "buyer") == "score_invalid"


def test_rating_opens_with_the_invitation_and_closes_by_itself_without_a_good_word() -> None:
    town = Platform()
    assert town.error(said.Rate(5, ""), "buyer") == "not_open"
    town.ask(said.OpenReview(CODE), "registry")
    assert not town.error(said.OpenReview(CODE), "registry")
    assert town.error(said.OpenReview("别的办件"), "registry") == "case_code_differs"
    town.run(days=15)
    assert town.now_in("review") == "unrated"
    assert not town.heard("registry", said.ReviewReturned)
    assert town.error(said.Rate(5, ""), "buyer") == "not_open"
    assert len(town.heard("buyer", ReviewInvited)) == 1


def test_two_ratings_in_one_moment_count_once() -> None:
    town = Platform()
    town.ask(said.OpenReview(CODE), "registry")
    for score in (5, 4):
        town.say("buyer", "gov_platform", said.Rate(score, ""))
    town.run(minutes=1)
    assert [back.score for back in town.heard("registry", said.ReviewReturned)] == [5]
    assert town.heard("buyer")[-1].error == "already_rated"
