"""The platform's good-or-bad reviews (好差评): five levels, once per case, a bad one followed up, none made up."""

from contract.gov_platform import (
    ALREADY_RATED,
    CASE_CODE_DIFFERS,
    NOT_OPEN,
    REASON_NEEDED,
    SCORE_INVALID,
    FollowUpDone,
    OpenReview,
    Rate,
    ReviewReturned,
)
from contract.people import ReviewInvited
from contract.records import BUYER
from fake_departments.gov_platform_file import PlatformFile
from sim.calendar import DAY_MS
from sim.message import Message, timer
from sim.posts import NOTHING, Posts, later, refuse, send
from sim.table import State, Track, ignored, row

BEST, WORST, WORST_GOOD = 5, 1, 3
"""非常满意 5, 满意 4, 基本满意 3; 不满意 2 and 非常不满意 1 are bad (国办发〔2019〕51号)."""

RATING_TERM_MS = 15 * DAY_MS
"""Chosen: no document gives the time in which a case can be rated."""


@timer("gov_platform.rated_well", "评价为满意", inventory=("FJ-65",))
class RatedWell(Message):
    """The rating is one of the three good levels."""


@timer("gov_platform.rated_badly", "评价为不满意，转整改", inventory=("FJ-66",))
class RatedBadly(Message):
    """The rating is one of the two bad levels."""


@timer("gov_platform.rating_over", "评价期满", inventory=("FJ-64",))
class RatingOver(Message):
    """Fifteen days have passed since the invitation."""


RATED_WELL, RATED_BADLY, RATING_OVER = RatedWell(), RatedBadly(), RatingOver()

NOT_INVITED = State("not_invited", "未邀评", end=True)
INVITED = State("invited", "待评价")
RATED = State("rated", "已评价", end=True)
FOLLOWING_UP = State("following_up", "差评整改中")
FOLLOWED_UP = State("followed_up", "差评已整改", end=True)
UNRATED = State("unrated", "期满未评", end=True)


def invite(file: PlatformFile, heard: OpenReview) -> Posts:
    file.review_code, file.opener = heard.case_code, file.sender
    return [send(BUYER, ReviewInvited(heard.case_code)), later(RATING_TERM_MS, RATING_OVER)]


def invited_already(file: PlatformFile, heard: OpenReview) -> Posts:
    """One invitation per case: pushed again, it stands."""
    return NOTHING if heard.case_code == file.review_code else refuse(CASE_CODE_DIFFERS)


def rate(file: PlatformFile, heard: Rate) -> Posts:
    if file.score:
        return refuse(ALREADY_RATED)
    if not WORST <= heard.score <= BEST:
        return refuse(SCORE_INVALID)
    if heard.score < WORST_GOOD and not heard.reason.strip():
        return refuse(REASON_NEEDED)
    file.score = heard.score
    return [later(0, RATED_BADLY if heard.score < WORST_GOOD else RATED_WELL)]


def not_open(file: PlatformFile, heard: Rate) -> Posts:
    return refuse(NOT_OPEN)


def rating_over(file: PlatformFile, heard: Rate) -> Posts:
    return refuse(NOT_OPEN, "评价期已满，评价通道已关闭")


def already_rated(file: PlatformFile, heard: Rate) -> Posts:
    return refuse(ALREADY_RATED)


def return_good(file: PlatformFile, heard: RatedWell) -> Posts:
    return [send(file.opener, ReviewReturned(file.score, False))]


def return_bad(file: PlatformFile, heard: RatedBadly) -> Posts:
    return [send(file.opener, ReviewReturned(file.score, True))]


REVIEW_TRACK = Track("review", "好差评", NOT_INVITED, [
    row(NOT_INVITED, OpenReview, INVITED, invite),
    row((INVITED, RATED, FOLLOWING_UP, FOLLOWED_UP, UNRATED), OpenReview, None, invited_already),
    row(NOT_INVITED, Rate, None, not_open),
    row(INVITED, Rate, None, rate),
    row((RATED, FOLLOWING_UP, FOLLOWED_UP), Rate, None, already_rated),
    row(UNRATED, Rate, None, rating_over),
    row(INVITED, RatedWell, RATED, return_good),
    row(INVITED, RatedBadly, FOLLOWING_UP, return_bad),
    row(INVITED, RatingOver, UNRATED),
    row(FOLLOWING_UP, FollowUpDone, FOLLOWED_UP),
    ignored(FOLLOWED_UP, FollowUpDone, "重复的整改反馈"),
])  # fmt: skip
