"""The portal: from application to hand-over, each stop on the way, every end, and that nothing said to it breaks it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.gov_platform import (
    Backfill,
    Backfilled,
    CancelSigning,
    CertificatesFetched,
    FetchCertificates,
    IdentityVerified,
    IssueReceiptCode,
    ReceiptCodeIssued,
    SigningDone,
    SigningExpired,
    StartSigning,
    VerifyIdentity,
)
from contract.housing import FindNetSign, NetSign
from contract.people import CaseOver, CorrectionWanted, JoinInvited, LoginFailed, PackageReady, UploadAsked
from contract.portal import (
    Accepted,
    Apply,
    Closed,
    Correct,
    CorrectionAsked,
    Join,
    LoginAgain,
    NotAccepted,
    Upload,
    Withdraw,
)
from contract.registry import Corrected, Receive
from contract.registry import Withdraw as RegistryWithdraw
from people.application import application_of
from reference.portal import ROLE
from reference.portal_parties import FIELDS
from sim.message import Message, refused
from sim.party import File
from sim.posts import Posts, reply
from tests.people.habits import anything_said_to
from tests.town import Town, a_dossier

PLATFORM: dict[type[Message], Any] = {
    VerifyIdentity: lambda heard: IdentityVerified(heard.role, heard.person.id_no, "T"),
    FetchCertificates: lambda heard: CertificatesFetched(heard.kinds, ()),
    Backfill: lambda heard: Backfilled(FIELDS),
    FindNetSign: lambda heard: NetSign(""),
    IssueReceiptCode: lambda heard: ReceiptCodeIssued("SJ1"),
}
BEFORE_SIGNING = ["verifying_buyer", "awaiting_seller", "gathering", "coding"]


class Hall(Town):
    """A portal whose platform answers at once, save the kinds named silent."""

    def __init__(self, channel: int = 0, silent: tuple[type[Message], ...] = (), **facts: Any) -> None:
        self.silent = silent

        def platform(file: File, heard: Message) -> Posts:
            said = PLATFORM.get(type(heard))
            return () if said is None or type(heard) in self.silent else [reply(said(heard))]

        answers = {"gov_platform": platform, "housing": platform}
        super().__init__({"portal": ROLE}, dossier=a_dossier(channel=channel, **facts), answers=answers)

    def tell(self, sender: str, said: Message, case: int = 1) -> "Hall":
        self.say(sender, "portal", said, case)
        self.run(minutes=1)
        return self

    def applied(self, case: int = 1) -> "Hall":
        return self.tell("buyer", Apply(application_of(self.open(case).dossier), f"SQB{case}"), case)

    def joined(self) -> "Hall":
        return self.applied().tell("seller", Join("SQS1"))

    def handed_over(self) -> "Hall":
        return self.joined().tell("gov_platform", SigningDone("QZ1"))

    @property
    def now(self) -> str:
        return self.state("portal", "main").name

    def outcomes(self) -> list[str]:
        told = [[each.outcome for each in self.heard(seat, CaseOver)] for seat in ("buyer", "seller")]
        assert told[0] == told[1]
        return told[0]


# ---- the way there ----------------------------------------------------------------------------------------------------------
def test_an_online_application_is_identified_gathered_signed_and_handed_over() -> None:
    hall = Hall().handed_over()
    assert [each.role for each in hall.heard("gov_platform", VerifyIdentity)] == ["buyer", "seller"]
    assert len(hall.heard("seller", JoinInvited)) == 1
    lookups = [*hall.heard("gov_platform", FetchCertificates), *hall.heard("gov_platform", Backfill)]
    assert {each.authorisation for each in [*lookups, *hall.heard("housing", FindNetSign)]} == {"SQB1"}
    (signing,) = hall.heard("gov_platform", StartSigning)
    assert (signing.receipt_code, signing.signers) == ("SJ1", ("buyer", "seller"))
    (received,) = hall.heard("registry", Receive)
    assert (received.receipt_code, received.seal_no, received.authorisation) == ("SJ1", "QZ1", "SQB1")
    assert hall.now == "handed_over"
    hall.tell("registry", Accepted("350102-1"))
    assert (hall.now, hall.file("portal").acceptance_no) == ("under_way", "350102-1")
    hall.tell("registry", Closed("done"))
    assert (hall.now, hall.outcomes()) == ("over", ["done"])
    assert not hall.unexpected()


def test_at_the_window_the_clerk_joins_and_takes_the_package_along() -> None:
    hall = Hall(channel=2).applied()
    assert len(hall.heard("clerk", JoinInvited)) == 1
    hall.tell("clerk", Join("SQS1")).tell("gov_platform", SigningDone("QZ1"))
    assert hall.heard("gov_platform", IssueReceiptCode)[0].channel == "window"
    (ready,) = hall.heard("clerk", PackageReady)
    assert (ready.receipt_code, ready.seal_no, ready.authorisation) == ("SJ1", "QZ1", "SQB1")
    assert not hall.heard("registry")
    assert not hall.heard("seller")


@pytest.mark.parametrize("typed", ["闽(2019)福州市不动产权第0000001号", "闽 （2019）福州市 不动产权第0000001号"])
def test_a_mistyped_title_is_spelt_right_and_the_applicants_form_left_alone(typed: str) -> None:
    form = application_of(a_dossier(title_no=typed))
    hall = Hall().tell("buyer", Apply(form, "SQB1"))
    assert hall.file("portal").application.home.title_no == "闽（2019）福州市不动产权第0000001号"
    assert form.home.title_no == typed


def test_a_home_has_one_application_at_a_time() -> None:
    hall = Hall().applied()
    hall.applied(case=2)
    assert [each["outcome"] for each in hall.rows(kind="portal.apply")] == ["ok", "refused:duplicate_home"]
    hall.tell("buyer", Withdraw("不买了"))
    hall.applied(case=2)
    assert [each["outcome"] for each in hall.rows(kind="portal.apply")][2:] == ["ok"]


@pytest.mark.parametrize(("role", "state"), [("buyer", "buyer_unknown"), ("seller", "seller_unknown")])
def test_a_face_not_known_may_be_shown_again(role: str, state: str) -> None:
    hall = Hall()
    if role == "seller":
        hall.applied()
    hall.silent = (VerifyIdentity,)
    hall.tell("seller", Join("SQS1")) if role == "seller" else hall.applied()
    hall.tell("gov_platform", refused(VerifyIdentity)("face_mismatch", "人脸比对不一致"))
    assert (hall.now, len(hall.heard(role, LoginFailed))) == (state, 1)
    hall.silent = ()
    hall.tell(role, LoginAgain(role))
    assert hall.now == ("awaiting_seller" if role == "buyer" else "signing")


def test_papers_not_found_are_asked_for_once() -> None:
    hall = Hall(silent=(FetchCertificates,)).joined()
    assert hall.now == "gathering"
    hall.answer("gov_platform", CertificatesFetched((), ("结婚证",)), FetchCertificates)
    hall.answer("gov_platform", CertificatesFetched((), ("结婚证",)), FetchCertificates)
    hall.run(minutes=1)
    assert (hall.now, [each.missing for each in hall.heard("buyer", UploadAsked)]) == ("awaiting_papers", [("结婚证",)])
    hall.tell("buyer", Upload(("结婚证",)))
    assert hall.now == "signing"
    assert not hall.unexpected()


def test_answers_that_come_twice_or_late_change_nothing() -> None:
    hall = Hall().handed_over().tell("registry", Accepted("350102-1"))
    for kind, said in PLATFORM.items():
        seat = "housing" if kind is FindNetSign else "gov_platform"
        hall.answer(seat, said(hall.heard(seat, kind)[-1]), kind)
    hall.tell("gov_platform", SigningDone("QZ1")).tell("registry", Accepted("350102-1"))
    hall.tell("registry", CorrectionAsked("补正"))
    assert (hall.now, len(hall.heard("registry"))) == ("under_way", 1)
    assert not hall.heard("buyer")
    assert not hall.unexpected()


def test_everybody_on_the_form_is_identified_once_and_an_answer_told_twice_is_not_another_persons() -> None:
    hall = Hall(silent=(VerifyIdentity,))
    form = application_of(hall.open(1).dossier)
    first = form.buyers[0]
    second = replace(first, id_no="359999199001010017")
    hall.tell("buyer", Apply(replace(form, buyers=(first, second, first)), "SQB1"))
    for person, token, state in (
        (first, "A", "verifying_buyer"),
        (first, "B", "verifying_buyer"),
        (second, "C", "awaiting_seller"),
    ):
        hall.answer("gov_platform", IdentityVerified("buyer", person.id_no, token), VerifyIdentity)
        hall.run(minutes=1)
        assert hall.now == state
    assert [each.person.id_no for each in hall.heard("gov_platform", VerifyIdentity)] == [first.id_no, second.id_no]
    assert not hall.unexpected()


@pytest.mark.parametrize("missing", ["buyers", "sellers"])
def test_a_form_without_one_side_is_turned_away(missing: str) -> None:
    hall = Hall()
    form = application_of(hall.open(1).dossier)
    hall.tell("buyer", Apply(replace(form, **{missing: ()}), "SQB1"))
    assert [each["outcome"] for each in hall.rows(kind="portal.apply")] == ["refused:applicants_missing"]
    assert hall.now == "unasked"


# ---- at the registry ------------------------------------------------------------------------------------------------------------
def test_a_correction_goes_to_the_buyers_and_back() -> None:
    hall = Hall().handed_over().tell("registry", CorrectionAsked("请补正"))
    assert (hall.now, [each.what for each in hall.heard("buyer", CorrectionWanted)]) == ("correcting", ["请补正"])
    hall.tell("buyer", Correct("已补"))
    assert (hall.now, [each.what for each in hall.heard("registry", Corrected)]) == ("handed_over", ["已补"])
    hall.tell("registry", refused(Corrected)("not_now", "不行"))
    assert not hall.unexpected()


@pytest.mark.parametrize(("code", "outcomes"), [("home_busy", ["declined"]), ("seized", ["declined"]), ("not_now", [])])
def test_a_package_the_registry_will_not_have_ends_the_case(code: str, outcomes: list[str]) -> None:
    hall = Hall().handed_over().tell("registry", refused(Receive)(code, "不行"))
    assert hall.outcomes() == outcomes


@pytest.mark.parametrize("sender", ["registry", "clerk"])
def test_not_accepted_is_an_end_whoever_says_it(sender: str) -> None:
    hall = Hall().handed_over().tell(sender, NotAccepted("材料不符"))
    assert (hall.now, hall.outcomes()) == ("over", ["declined"])


@pytest.mark.parametrize("outcome", ["done", "refused", "withdrawn", "lapsed"])
def test_the_registrys_end_is_told_to_both_sides(outcome: str) -> None:
    hall = Hall().handed_over().tell("registry", Closed(outcome)).tell("registry", Closed(outcome))
    assert hall.outcomes() == [outcome]


# ---- waiting too long -----------------------------------------------------------------------------------------------------------
def test_who_does_not_come_in_fifteen_days_lets_the_case_lapse() -> None:
    waiting = {
        "awaiting_seller": Hall().applied(),
        "awaiting_papers": Hall(silent=(FetchCertificates,)).joined(),
        "buyer_unknown": Hall(silent=(VerifyIdentity,)).applied(),
    }
    waiting["awaiting_papers"].answer("gov_platform", CertificatesFetched((), ("结婚证",)), FetchCertificates)
    waiting["buyer_unknown"].say("gov_platform", "portal", refused(VerifyIdentity)("face_mismatch", "不一致"))
    for state, hall in waiting.items():
        hall.run(14.9)
        assert hall.now == state
        hall.run(0.2)
        assert hall.outcomes() == ["lapsed"]


def test_a_signing_that_expires_ends_the_case() -> None:
    hall = Hall().joined().tell("gov_platform", SigningExpired(("seller",)))
    assert (hall.now, hall.outcomes()) == ("over", ["lapsed"])


# ---- withdrawal -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", BEFORE_SIGNING)
def test_before_signing_a_withdrawal_ends_the_case_here(state: str) -> None:
    silent = {"verifying_buyer": VerifyIdentity, "gathering": Backfill, "coding": IssueReceiptCode}.get(state)
    hall = Hall(silent=(silent,) if silent else ())
    hall.applied() if state in BEFORE_SIGNING[:2] else hall.joined()
    assert hall.now == state
    hall.tell("buyer", Withdraw("不买了"))
    assert (hall.now, hall.outcomes()) == ("over", ["withdrawn"])
    if silent is not None:
        hall.answer("gov_platform", PLATFORM[silent](hall.heard("gov_platform", silent)[-1]), silent)
        hall.run(30)
    assert not [*hall.heard("gov_platform", CancelSigning), *hall.heard("registry")]
    assert not hall.unexpected()


def test_while_signing_the_signing_is_cancelled_too() -> None:
    hall = Hall().joined().tell("buyer", Withdraw("不买了"))
    assert len(hall.heard("gov_platform", CancelSigning)) == 1
    hall.tell("gov_platform", refused(CancelSigning)("not_now", "已签署")).tell("gov_platform", SigningDone("QZ1"))
    assert (hall.now, hall.outcomes(), hall.heard("registry")) == ("over", ["withdrawn"], [])
    assert not hall.unexpected()


@pytest.mark.parametrize("before", [None, Accepted("350102-1"), CorrectionAsked("请补正")])
def test_later_the_registry_ends_it(before: Message | None) -> None:
    hall = Hall().handed_over()
    if before is not None:
        hall.tell("registry", before)
    hall.tell("buyer", Withdraw("不买了"))
    assert (hall.now, len(hall.heard("registry", RegistryWithdraw))) == ("withdrawing", 1)
    hall.tell("registry", Closed("withdrawn"))
    assert hall.outcomes() == ["withdrawn"]


@pytest.mark.parametrize(("accepted", "state"), [(True, "under_way"), (False, "handed_over")])
def test_a_withdrawal_refused_lets_the_case_go_on(accepted: bool, state: str) -> None:
    hall = Hall().handed_over()
    if accepted:
        hall.tell("registry", Accepted("350102-1"))
    hall.tell("buyer", Withdraw("不买了")).tell("registry", refused(RegistryWithdraw)("already_recorded", "已登簿"))
    assert (hall.now, hall.outcomes()) == (state, [])


def test_a_withdrawal_that_crosses_the_registrys_refusal_ends_declined() -> None:
    hall = Hall().handed_over().tell("buyer", Withdraw("不买了")).tell("registry", refused(Receive)("seized", "查封"))
    hall.tell("registry", refused(RegistryWithdraw)("not_now", "不行"))
    assert (hall.now, hall.outcomes()) == ("over", ["declined"])
    assert not hall.unexpected()


@settings(max_examples=80)
@given(st.lists(anything_said_to(ROLE), max_size=25), st.sampled_from([0, 1, 2]), st.booleans())
def test_nothing_said_to_the_portal_breaks_it(said: list[Message], channel: int, far: bool) -> None:
    hall = Hall(channel=channel)
    hall.handed_over() if far else hall.applied()
    for each in said:
        hall.tell("registry", each)
    hall.run(1)
    assert hall.now
    assert len(hall.outcomes()) <= 1


def test_a_short_account_number_and_a_consent_for_another_case_are_turned_away() -> None:
    short = ("350000000001", "10000001", "2000000001", "3000000000000001", "400000000001")
    hall = Hall(accounts=short).applied()
    assert hall.now == "unasked"
    for consent in ("SQB2", "BQS1", "SQBSQB1"):
        other = Hall().tell("buyer", Apply(application_of(a_dossier()), consent))
        assert other.now == "unasked"


def test_an_unusable_receipt_code_is_asked_for_again_and_never_used() -> None:
    hall = Hall(silent=(IssueReceiptCode,)).joined()
    hall.answer("gov_platform", ReceiptCodeIssued("？？"), IssueReceiptCode)
    hall.run(minutes=1)
    assert hall.now == "coding"
    assert len(hall.heard("gov_platform", IssueReceiptCode)) == 2
    assert not hall.heard("gov_platform", StartSigning)
