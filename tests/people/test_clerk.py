"""The clerks: the window's whole story, the four posts' decisions and what they do when the registry says no."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.gov_platform import Sign
from contract.people import CaseOver, JoinInvited, PackageReady, SignInvited, Task, Visit
from contract.portal import Apply, Join, NotAccepted
from contract.registry import (
    Accept,
    Approve,
    AskCorrection,
    Certify,
    Decline,
    ReceiveAtWindow,
    Record,
    RefuseRegistration,
)
from people.application import application_of
from people.clerk import ROLE, SEIZED_REASON
from sim.calendar import MINUTE_MS
from sim.message import Message, refused
from tests.people.habits import anything_said_to, habits
from tests.town import Town, a_dossier

FORM = application_of(a_dossier(channel=2))
READY = PackageReady(FORM, "SJ1", "QZ1", "SQB1")


def town(clerks: int = 1, **shares: float) -> Town:
    return Town({"clerk": ROLE}, {"clerk": habits(ROLE, **shares)}, clerks=lambda registry, post: clerks)


def tell(life: Town, sender: str, said: Message, days: float = 1) -> None:
    life.say(sender, "clerk", said)
    life.run(days)


def at_window() -> Town:
    life = town()
    tell(life, "buyer", Visit(FORM, "SQB1"))
    return life


# ---- the window -----------------------------------------------------------------------------------------------------------
def test_the_window_collects_once_joins_signs_and_hands_in() -> None:
    life = at_window()
    (applied,) = life.heard("portal", Apply)
    assert (applied.application, applied.authorisation) == (FORM, "SQB1")
    tell(life, "portal", JoinInvited("SQB1"))
    tell(life, "gov_platform", SignInvited("SJ1"))
    tell(life, "portal", READY)
    tell(life, "portal", READY)
    assert [each.authorisation for each in life.heard("portal", Join)] == ["SQS1"]
    assert [each.role for each in life.heard("gov_platform", Sign)] == ["buyer", "seller"]
    (handed,) = life.heard("registry", ReceiveAtWindow)
    assert (handed.receipt_code, handed.seal_no, handed.authorisation) == ("SJ1", "QZ1", "SQB1")
    assert life.state("clerk", "window").name == "handed_in"
    assert not life.unexpected()


def test_visitors_queue_for_the_accepting_clerk() -> None:
    life = town()
    for case in (1, 2, 3):
        life.open(case)
        life.say("buyer", "clerk", Visit(FORM, "SQB1"), case=case)
    life.run(1)
    times = sorted(life.heard_at("portal", Apply, case)[0][0] for case in (1, 2, 3))
    assert all(later - earlier > MINUTE_MS for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize(("code", "told"), [("duplicate_home", ["declined"]), ("not_now", [])])
def test_an_application_the_portal_refuses_goes_home_with_its_people(code: str, told: list[str]) -> None:
    life = at_window()
    tell(life, "portal", refused(Apply)(code, "不行"))
    assert [each.outcome for each in life.heard("buyer", CaseOver)] == told


@pytest.mark.parametrize(("code", "told"), [("home_busy", ["在办"]), ("seized", ["在办"]), ("not_now", [])])
def test_a_package_the_registry_refuses_is_reported_to_the_portal(code: str, told: list[str]) -> None:
    life = at_window()
    tell(life, "portal", READY)
    tell(life, "registry", refused(ReceiveAtWindow)(code, "在办"))
    assert [each.reason for each in life.heard("portal", NotAccepted)] == told


def test_what_comes_too_late_is_taken_note_of() -> None:
    life = at_window()
    for kind in (Join, Sign):
        tell(life, "portal", refused(kind)("not_now", "当前状态不受理"))
    assert life.file("clerk").turned_away == "not_now"
    assert not life.unexpected()


# ---- the posts ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("post", "shares", "decision", "state"),
    [
        ("accept", {}, Accept, "accepted"),
        ("accept", {"correction_asked": 1.0, "not_accepted": 1.0}, AskCorrection, "correcting"),
        ("accept", {"not_accepted": 1.0}, Decline, "declined"),
        ("review", {}, Approve, "approved"),
        ("review", {"review_refused": 1.0}, RefuseRegistration, "refused"),
        ("record", {}, Record, "recorded"),
        ("certify", {}, Certify, "certified"),
    ],
)
def test_a_task_ends_in_a_decision(post: str, shares: dict[str, float], decision: Any, state: str) -> None:
    life = town(**shares)
    for _ in range(2):
        life.say("registry", "clerk", Task(post))
    life.run(1)
    tell(life, "registry", Task(post)) if post != "accept" or state != "correcting" else None
    assert [type(each) for each in life.heard("registry")] == [decision]
    assert life.state("clerk", post).name == state
    assert not life.unexpected()


def test_a_correction_is_asked_for_the_first_time_only() -> None:
    life = town(correction_asked=1.0)
    tell(life, "registry", Task("accept"))
    tell(life, "registry", Task("accept"))
    assert [type(each) for each in life.heard("registry")] == [AskCorrection, Accept]


def test_what_is_found_seized_is_declined_or_refused() -> None:
    life = town()
    for post, kind in (("accept", Accept), ("review", None), ("record", Record)):
        tell(life, "registry", Task(post))
        if kind is not None:
            tell(life, "registry", refused(kind)("seized", "不动产已被查封"))
    assert [each.reason for each in life.heard("registry", Decline)] == [SEIZED_REASON]
    assert [each.reason for each in life.heard("registry", RefuseRegistration)] == [SEIZED_REASON]
    assert life.state("clerk", "accept").name == "declined"
    assert life.state("clerk", "review").name == "refused"
    assert life.state("clerk", "record").name == "unrecorded"


@pytest.mark.parametrize(
    ("post", "kind", "shares"),
    [
        ("accept", Accept, {}),
        ("accept", AskCorrection, {"correction_asked": 1.0}),
        ("accept", Decline, {"not_accepted": 1.0}),
        ("review", Approve, {}),
        ("review", RefuseRegistration, {"review_refused": 1.0}),
        ("record", Record, {}),
        ("certify", Certify, {}),
    ],
)
def test_a_decision_the_registry_no_longer_wants_leaves_the_task_undone(post: str, kind: Any, shares: Any) -> None:
    life = town(**shares)
    tell(life, "registry", Task(post))
    tell(life, "registry", refused(kind)("not_now", "当前状态不受理"))
    assert len(life.heard("registry")) == 1
    assert life.state("clerk", post).name.startswith("un")
    assert not life.unexpected()


def test_there_are_four_posts() -> None:
    life = town()
    tell(life, "registry", Task("archive"))
    assert [each["outcome"] for each in life.rows(kind="clerk.task")] == ["refused:no_such_post"]


def test_each_post_has_its_own_clerks() -> None:
    life = town()
    for post in ("accept", "review"):
        life.say("registry", "clerk", Task(post))
    life.run(1)
    assert all(each["started_t"] == each["asked_t"] for each in life.rows(receiver="clerk", sender="clerk"))


@settings(max_examples=60)
@given(st.lists(anything_said_to(ROLE), max_size=25), st.sampled_from([0.01, 30, 3_000]))
def test_nothing_said_to_a_clerk_breaks_them(said: list[Message], minutes: float) -> None:
    life = town(clerks=2, correction_asked=0.5)
    for each in said:
        life.say("registry", "clerk", each)
        life.run(minutes=minutes)
    life.run(30)
    assert all(state.end for state in life.file("clerk").states)
