"""The platform: identity, certificates, and whole stories."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import gov_platform as said
from fake_departments.gov_platform import ROLE
from sim.identifiers import is_licence_number
from tests.fake_departments.platform_town import BOTH, CODE, ITEMS, Platform, package, some_settings
from tests.town import BUYER, SELLER, START_MS, Town, a_dossier


def test_both_parties_are_verified_by_face() -> None:
    town = Platform()
    buyer = town.ask(said.VerifyIdentity("buyer", BUYER))
    seller = town.ask(said.VerifyIdentity("seller", SELLER))
    assert (buyer.role, seller.role) == BOTH
    assert buyer.token != seller.token
    assert town.heard_at("portal")[0][0] - START_MS == 50 + 500 + 50


@pytest.mark.parametrize(("role", "person"), [
    ("seller", BUYER), ("buyer", SELLER), ("clerk", BUYER), ("buyer", replace(BUYER, id_no="350000199001010023")),
])  # fmt: skip
def test_nobody_passes_for_another(role: str, person: Any) -> None:
    assert Platform().error(said.VerifyIdentity(role, person)) == "face_mismatch"


def test_a_face_fails_by_attempt_and_passes_when_tried_again() -> None:
    town = Platform(identity_failed=0.3)
    first = [town.error(said.VerifyIdentity("buyer", BUYER), case=case) for case in range(1, 201)]
    assert 40 <= first.count("face_mismatch") <= 80
    failed = first.index("face_mismatch") + 1
    tries = [town.error(said.VerifyIdentity("buyer", BUYER), case=failed) for _ in range(12)]
    assert "" in tries


def test_one_certificate_in_a_few_cases_is_missing() -> None:
    kinds = ("身份证", "户口簿", "结婚证")
    town = Platform(certificate_missing=0.25)
    asked = said.FetchCertificates("SQB1", (BUYER, SELLER), kinds)
    back = [town.ask(asked, case=case) for case in range(1, 201)]
    missing = [each.missing for each in back if each.missing]
    assert all(sorted(each.found + each.missing) == sorted(kinds) for each in back)
    assert 30 <= len(missing) <= 70
    assert {each[0] for each in missing} == set(kinds)
    assert town.ask(said.FetchCertificates("SQB1", (), ()), case=999).missing == ()


def test_nothing_personal_is_looked_up_without_authorisation() -> None:
    town = Platform()
    assert town.error(said.FetchCertificates("", (BUYER,), ("身份证",))) == "authorisation_missing"
    assert town.error(said.Backfill("", "350102001001GB00001F00010001", (BUYER.id_no,))) == "authorisation_missing"
    assert town.ask(said.Backfill("SQB1", "350102001001GB00001F00010001", (BUYER.id_no,))).fields


def test_a_title_has_one_certificate_with_a_valid_mark() -> None:
    town = Platform()
    asked = said.CertifyTitle("闽（2023）福州市不动产权第0000001号", "350102001001GB00001F00010001", ("林晓",))
    marks = {town.ask(asked, "registry").mark for _ in range(2)}
    assert len(marks) == 1
    assert is_licence_number(marks.pop())
    assert town.ask(asked, "registry", case=2).mark != town.ask(asked, "registry").mark


def test_every_track_ends_in_a_whole_story() -> None:
    town = Platform(let_go=True)
    town.say("portal", "gov_platform", said.IssueReceiptCode("online_hall", ITEMS))
    town.run(ms=100)
    code = town.file("gov_platform").receipt_code
    for seat, message in [
        ("portal", said.StartSigning(code, (), BOTH)), ("buyer", said.Sign("buyer")),
        ("registry", package("accepted", 1)), ("registry", said.OpenReview(CODE)), ("seller", said.Sign("seller")),
        ("registry", package("done", 2)), ("buyer", said.Rate(1, "态度差")),
    ]:  # fmt: skip
        town.say(seat, "gov_platform", message)
        town.run(ms=200)
    assert town.sandbox.cases
    town.say("registry", "gov_platform", said.FollowUpDone("已整改"))
    town.run(minutes=1)
    assert not town.sandbox.cases


def test_both_platforms_show_progress_apart() -> None:
    rules = some_settings()
    town = Town({"gov_platform": ROLE, "city_platform": ROLE}, {"gov_platform": rules, "city_platform": rules})
    town.say("registry", "city_platform", said.Progress("accepted"))
    town.run(minutes=1)
    for seat in ("gov_platform", "city_platform"):
        town.say("buyer", seat, said.MyCase("buyer"))
    town.run(minutes=1)
    shown = {sender: heard.stage for _, sender, heard in town.heard_at("buyer")}
    assert shown == {"gov_platform": "", "city_platform": "accepted"}


words = st.sampled_from(
    ["", "buyer", "seller", "accepted", "process", "done", "awaiting_payment", "paid", "window", CODE]
)
some = st.lists(words, max_size=3).map(tuple)
numbers = st.integers(-1, 7)
anything = st.one_of(
    st.builds(said.VerifyIdentity, words, st.sampled_from([BUYER, SELLER])),
    st.builds(said.FetchCertificates, words, st.just((BUYER,)), some),
    st.builds(said.Backfill, words, words, some),
    st.builds(said.IssueReceiptCode, words, some),
    st.builds(
        said.StartSigning, st.sampled_from(["", "SJ350102202303062987654 3".replace(" ", "")]), some, st.just(BOTH)
    ),
    st.builds(said.Sign, words),
    st.builds(said.CancelSigning, words),
    st.builds(said.Progress, words),
    st.builds(said.MyCase, words),
    st.builds(said.GoToPayment, words),
    st.builds(said.AskReceipts, words),
    st.builds(said.CertifyTitle, words, words, some),
    st.builds(said.ReportMain, words, words, numbers, st.just(ITEMS)),
    st.builds(said.ReportItem, words, words),
    st.builds(said.ReportPackage, words, words, numbers, st.just(ITEMS), some),
    st.builds(said.OpenReview, words),
    st.builds(said.Rate, numbers, words),
    st.builds(said.FollowUpDone, words),
)
steps = st.lists(
    st.tuples(st.sampled_from(["buyer", "seller", "portal", "registry", "clerk"]), anything) | st.integers(0, 16)
)


@settings(max_examples=60)
@given(st.integers(1, 2), steps)
def test_no_messages_break_it(mode: int, messages: list[Any]) -> None:
    town = Platform(mode, identity_failed=0.5, certificate_missing=0.5)
    for step in messages:
        if isinstance(step, int):
            town.run(days=step)
        else:
            town.say(step[0], "gov_platform", step[1])
    town.run(days=16)
    asked = [row for row in town.rows() if row["receiver"] == "gov_platform" and row["outcome"].startswith("refused:")]
    declared = {error.code for kind in ROLE.where for error in kind.op.errors}
    assert {row["outcome"].removeprefix("refused:") for row in asked} <= declared | {"not_now"}
    assert not town.unexpected()
    assert town.now_in("signing") != "signing"
    assert town.now_in("review") != "invited"


def test_a_co_owner_is_one_of_the_buyers() -> None:
    wife = replace(BUYER, name="黄梅", id_no="350000199202020029")
    town = Platform()
    town.open(1, a_dossier(buyers=(BUYER, wife)))
    assert town.ask(said.VerifyIdentity("buyer", wife)).role == "buyer"
