"""How the buyers rate the service once it is over: some of them, once, and seldom badly."""

from contract.gov_platform import Rate
from contract.people import ReviewInvited
from people.applicant import turned_away
from people.buyer_files import BuyerFile, Settings
from sim.calendar import DAY_MS
from sim.message import Message, refused, timer
from sim.posts import NOTHING, Posts, later, send
from sim.table import State, Track, row

LAST_RATING_MS = 14 * DAY_MS
"""Reviews close after fifteen days; who means to rate does so before."""
COMPLAINTS = ("办理时间过长，多次催问", "进度查询不清楚，通知不及时")


@timer("buyer.rate_now", "去评价")
class RateNow(Message):
    """The buyer sits down to rate."""


RATE_NOW = RateNow()


def review_invited(file: BuyerFile, heard: ReviewInvited) -> Posts:
    file.case_code = heard.case_code
    settings: Settings = file.settings
    if file.draw(b"buyer.rating_given") >= settings.rating_given:
        return NOTHING
    return [later(min(settings.rating_delay.at(file.draw(b"buyer.rating_delay")), LAST_RATING_MS), RATE_NOW)]


def read_invitation(file: BuyerFile, heard: ReviewInvited) -> Posts:
    file.case_code = heard.case_code
    return NOTHING


def rate(file: BuyerFile, heard: RateNow) -> Posts:
    settings: Settings = file.settings
    luck = file.draw(b"buyer.score")
    arranged = file.arranged_reason("buyer.score")
    if arranged:
        return [send("city_platform", Rate(int(arranged), ""))]
    if file.draw(b"buyer.bad_rating") < settings.bad_rating:
        return [send("city_platform", Rate(1 if luck < 0.5 else 2, COMPLAINTS[luck < 0.5]))]
    return [send("city_platform", Rate(5 if luck < 0.8 else 4 if luck < 0.95 else 3, ""))]


UNINVITED = State("uninvited", "未邀请评价", end=True)
INVITED = State("invited", "已邀请评价", end=True)
RATED = State("rated", "已评价", end=True)

# fmt: off
REVIEW = Track("review", "评价", UNINVITED, [
    row(UNINVITED,          ReviewInvited,       INVITED,    review_invited),
    row(INVITED,            RateNow,             RATED,      rate),
    row(RATED,              refused(Rate),       None,       turned_away),
    row((INVITED, RATED),   ReviewInvited,       None,       read_invitation),
])
# fmt: on
