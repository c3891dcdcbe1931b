"""The sellers: they confirm, sign and pay apart; some never sign; nothing said to them breaks them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.gov_platform import MyCase, MyCaseShown, Sign
from contract.people import CaseOver, JoinInvited, LoginFailed, SignInvited, Told
from contract.portal import Join, LoginAgain
from people.seller import ROLE
from sim.message import Message, refused
from sim.party import File
from sim.posts import Posts, reply
from tests.people.habits import anything_said_to, habits
from tests.town import Town


def town(**shares: float) -> Town:
    def platform(file: File, heard: Message) -> Posts:
        return [reply(MyCaseShown("awaiting_payment", ""))] if type(heard) is MyCase else ()

    return Town({"seller": ROLE}, {"seller": habits(ROLE, **shares)}, answers={"gov_platform": platform})


def test_the_sellers_confirm_and_sign_once() -> None:
    life = town()
    life.say("portal", "seller", JoinInvited("SQB1"))
    life.run(1)
    assert [each.authorisation for each in life.heard("portal", Join)] == ["SQS1"]
    for _ in range(2):
        life.say("gov_platform", "seller", SignInvited("SJ1"))
    life.run(1)
    assert [each.role for each in life.heard("gov_platform", Sign)] == ["seller"]
    assert life.state("seller", "deal").name == "taking_part"
    life.say("portal", "seller", CaseOver("done"))
    life.run(ms=100)
    assert life.state("seller", "deal").name == "over"
    assert not life.unexpected()


def test_a_face_not_known_is_shown_again_even_from_the_window() -> None:
    life = town()
    life.say("portal", "seller", LoginFailed("人脸比对不一致"))
    life.run(1)
    assert [each.role for each in life.heard("portal", LoginAgain)] == ["seller"]


def test_some_never_sign() -> None:
    life = town(signing_abandoned=1.0)
    life.say("gov_platform", "seller", SignInvited("SJ1"))
    life.run(15)
    assert not life.heard("gov_platform")
    assert life.state("seller", "deal").name == "taking_part"


@pytest.mark.parametrize("said", [JoinInvited("SQB1"), LoginFailed("不一致"), SignInvited("SJ1")])
def test_once_it_is_over_nothing_is_done_any_more(said: Message) -> None:
    life = town()
    life.say("portal", "seller", said)
    life.run(ms=100)
    life.say("portal", "seller", CaseOver("withdrawn"))
    life.run(ms=100)
    life.say("portal", "seller", said)
    life.run(30)
    assert not [*life.heard("portal"), *life.heard("gov_platform")]
    assert not life.unexpected()


def test_what_they_owe_apart_they_look_for_themselves() -> None:
    life = town()
    life.say("notify", "seller", Told("payment", "请缴款"))
    life.run(14.5)
    assert {each.role for each in life.heard("gov_platform", MyCase)} == {"seller"}
    life.say("portal", "seller", CaseOver("lapsed"))
    life.run(1)
    assert life.state("seller", "pay").name == "unwilling"


def test_refusals_are_taken_note_of() -> None:
    life = town()
    life.say("portal", "seller", JoinInvited("SQB1"))
    for kind in (Join, LoginAgain, Sign):
        life.say("portal", "seller", refused(kind)("not_now", "当前状态不受理"))
    life.run(1)
    assert life.file("seller").turned_away == "not_now"
    assert not life.unexpected()


@settings(max_examples=60)
@given(st.lists(anything_said_to(ROLE), max_size=25), st.sampled_from([0.01, 30, 3_000]))
def test_nothing_said_to_a_seller_breaks_them_and_the_end_is_the_end(said: list[Message], minutes: float) -> None:
    life = town()
    for each in said:
        life.say("portal", "seller", each)
        life.run(minutes=minutes)
    life.say("portal", "seller", CaseOver("done"))
    life.run(500)
    assert all(life.state("seller", track).end for track in ("deal", "pay"))
