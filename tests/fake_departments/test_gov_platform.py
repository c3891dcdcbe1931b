"""The government service platform: who is who, what is signed, how far a case is, what is reported and how it is rated."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import gov_platform as said
from contract.hub import OpenPayment, RequestReceipts
from contract.people import ReviewInvited, SignInvited
from fake_departments.gov_platform import ROLE, Settings
from sim.durations import Duration
from sim.identifiers import is_licence_number
from sim.message import Message, Refused
from sim.package.places import Region, Registry
from sim.posts import NOTHING, refuse
from tests.town import BUYER, SELLER, START_MS, Town, a_dossier

BOTH = ("buyer", "seller")
ITEMS = ("transfer", "tax", "filing", "power", "water")
REGISTRY = Registry("350102", "fuzhou", "福州市鼓楼区不动产登记中心", "福州市", True, 7, "standard", 1.0, 1.0)
CODE = "350102-20230306-000001"
FIRST_CODE = "SJ3501022023030629876543"


def fixed(ms: int) -> Duration:
    return Duration((ms,) * 1024, working=False, source="测试")


def some_settings(mode: int = 2, identity_failed: float = 0.0, certificate_missing: float = 0.0) -> Settings:
    times = [fixed(ms) for ms in (500, 2_000, 2_000, 300, 9_000, 3_000, 30_000)]
    region = Region("fuzhou", "3501", "福州市", 1.0, "province", mode, ())
    return Settings(identity_failed, certificate_missing, *times, region, (REGISTRY,))


class Platform(Town):
    """A town with one platform at the provincial seat, and stubs around it."""

    def __init__(self, mode: int = 2, answers: Any = None, let_go: bool = False, **changes: Any) -> None:
        super().__init__(
            {"gov_platform": ROLE}, {"gov_platform": some_settings(mode, **changes)}, answers=answers, let_go=let_go
        )

    def answers_to(self, message: Message, seat: str = "portal", case: int = 1) -> list[Any]:
        """Send a message and wait; returns what came back."""
        before = len(self.heard(seat, case=case))
        self.say(seat, "gov_platform", message, case)
        self.run(ms=20_000)
        return self.heard(seat, case=case)[before:]

    def ask(self, message: Message, seat: str = "portal", case: int = 1) -> Any:
        """The first that came back, or None."""
        return next(iter(self.answers_to(message, seat, case)), None)

    def error(self, message: Message, seat: str = "portal", case: int = 1) -> str:
        """The error a message was refused with, or "" if it was not."""
        back = self.answers_to(message, seat, case)
        return next((each.error for each in back if isinstance(each, Refused)), "")

    def now_in(self, track: str) -> str:
        return self.state("gov_platform", track).name

    def start_signing(self, channel: str = "online_hall", case: int = 1) -> str:
        """Take a receipt code and invite both to sign; returns the code."""
        code: str = self.ask(said.IssueReceiptCode(channel, ITEMS), case=case).receipt_code
        assert not self.error(said.StartSigning(code, ("申请表", "买卖合同"), BOTH), case=case)
        return code


def main(stage: str, at_ms: int, items: tuple[str, ...] = ITEMS, code: str = CODE) -> said.ReportMain:
    return said.ReportMain(code, stage, at_ms, items)


def package(stage: str, at_ms: int, items: tuple[str, ...] = ITEMS, code: str = CODE) -> said.ReportPackage:
    return said.ReportPackage(code, stage, at_ms, items, ())


# ---- identity, certificates, backfill, title ------------------------------------------------------------------------
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


# ---- receipt code and seals -----------------------------------------------------------------------------------------
def test_a_case_has_one_receipt_code_that_says_nothing_of_its_number() -> None:
    town = Platform()
    ask = said.IssueReceiptCode("online_hall", ITEMS)
    codes = [town.ask(ask, case=case).receipt_code for case in (1, 1, 2, 3, 830_000)]
    assert codes[0] == codes[1]
    assert len(set(codes)) == 4
    assert codes[0] == FIRST_CODE
    assert [int(code[-8:]) for code in codes] != [1, 1, 2, 3, 830_000]


def test_both_sign_and_the_portal_is_called_back_once() -> None:
    town = Platform()
    code = town.start_signing()
    assert [town.heard(seat, SignInvited)[0].receipt_code for seat in BOTH] == [code, code]
    for role in ("seller", "seller", "buyer", "buyer"):
        assert not town.error(said.Sign(role), role)
    (done,) = town.heard("portal", said.SigningDone)
    assert done.seal_no
    assert town.now_in("signing") == "signed"
    assert not town.error(said.StartSigning(code, (), BOTH))
    town.run(days=20)
    assert not town.heard("portal", said.SigningExpired)


def test_at_the_window_the_clerk_signs_for_both() -> None:
    town = Platform()
    town.start_signing("window")
    assert len(town.heard("clerk", SignInvited)) == 1
    assert not town.heard("buyer")
    assert town.error(said.Sign("buyer"), "buyer") == "not_a_signer"
    for role in BOTH:
        assert not town.error(said.Sign(role), "clerk")
    assert len(town.heard("portal", said.SigningDone)) == 1


@pytest.mark.parametrize(("role", "seat"), [("seller", "buyer"), ("clerk", "clerk"), ("buyer", "clerk")])
def test_nobody_signs_for_another(role: str, seat: str) -> None:
    town = Platform()
    town.start_signing()
    assert town.error(said.Sign(role), seat) == "not_a_signer"


def test_a_signing_needs_its_own_code_and_both_parties() -> None:
    town = Platform()
    assert town.error(said.StartSigning("SJ1", (), BOTH)) == "not_now"
    code = town.ask(said.IssueReceiptCode("online_hall", ITEMS)).receipt_code
    assert town.error(said.StartSigning("SJ1", (), BOTH)) == "receipt_code_unknown"
    for signers in ((), ("buyer",), ("buyer", "buyer"), ("buyer", "bank")):
        assert town.error(said.StartSigning(code, (), signers)) == "signers_invalid"
    assert town.now_in("signing") == "coded"
    assert not town.error(said.StartSigning(code, (), ("seller", "buyer")))
    assert town.error(said.StartSigning("SJ1", (), BOTH)) == "receipt_code_unknown"


def test_after_fifteen_days_the_signing_is_void() -> None:
    town = Platform()
    code = town.start_signing()
    town.ask(said.Sign("buyer"), "buyer")
    town.run(days=14)
    assert town.now_in("signing") == "signing"
    town.run(days=2)
    (expired,) = town.heard("portal", said.SigningExpired)
    assert (expired.missing, town.now_in("signing")) == (("seller",), "void")
    assert town.error(said.Sign("seller"), "seller") == "signing_over"
    assert town.error(said.StartSigning(code, (), BOTH)) == "signing_over"
    assert not town.heard("portal", said.SigningDone)


@pytest.mark.parametrize("so_far", range(4))
def test_a_signing_is_cancelled_at_any_time_and_stays_so(so_far: int) -> None:
    town = Platform()
    if so_far:
        town.start_signing()
    for role in BOTH[: so_far - 1] if so_far else ():
        town.ask(said.Sign(role), role)
    for _ in range(2):
        assert not town.error(said.CancelSigning("撤回"))
    assert town.now_in("signing") == "void"
    assert town.error(said.Sign("buyer"), "buyer") == "signing_over"
    code = town.ask(said.IssueReceiptCode("online_hall", ITEMS)).receipt_code
    assert town.error(said.StartSigning(code, (), BOTH)) == "signing_over"
    town.run(days=20)
    assert not town.heard("portal", said.SigningExpired)


# ---- progress, payment, receipts ------------------------------------------------------------------------------------
def test_progress_is_shown_and_never_goes_back() -> None:
    town = Platform()
    assert town.ask(said.MyCase("buyer"), "buyer").stage == ""
    for stage, shown in [("accepted",) * 2, ("paid",) * 2, ("awaiting_payment", "paid"), ("closed",) * 2]:
        assert not town.error(said.Progress(stage), "registry")
        assert town.ask(said.MyCase("buyer"), "buyer").stage == shown
    assert town.error(said.Progress("办结"), "registry") == "stage_unknown"


def test_payment_opens_only_while_payment_is_awaited() -> None:
    town = Platform()
    for stage, opens in [("accepted", False), ("awaiting_payment", True), ("paid", False), ("closed", False)]:
        town.ask(said.Progress(stage), "registry")
        assert town.error(said.GoToPayment("seller"), "seller") == ("" if opens else "not_awaiting_payment")
    assert [opened.payer for opened in town.heard("hub", OpenPayment)] == ["seller"]


@pytest.mark.parametrize(("stages", "error"), [
    ((), "not_yet_paid"), (("accepted", "awaiting_payment"), "not_yet_paid"), (("awaiting_payment", "paid"), ""),
    (("recorded",), ""), (("paid", "recorded", "closed"), ""), (("awaiting_payment", "closed"), "not_yet_paid"),
])  # fmt: skip
def test_receipts_are_for_who_has_paid(stages: tuple[str, ...], error: str) -> None:
    town = Platform()
    for stage in stages:
        town.ask(said.Progress(stage), "registry")
    assert town.error(said.AskReceipts("buyer"), "buyer") == error
    assert len(town.heard("hub", RequestReceipts)) == (not error)


def test_what_the_hub_will_not_open_is_remarked_in_my_case() -> None:
    def say_no(file: Any, heard: Message) -> Any:
        return NOTHING if isinstance(heard, Refused) else refuse(said.NOT_YET_PAID, "该业务当前无待缴项")

    town = Platform(answers={"hub": say_no})
    town.ask(said.Progress("awaiting_payment"), "registry")
    town.ask(said.GoToPayment("buyer"), "buyer")
    assert town.ask(said.MyCase("buyer"), "buyer").remark == "该业务当前无待缴项"
    town.ask(said.Progress("paid"), "registry")
    assert town.ask(said.MyCase("buyer"), "buyer").remark == ""
    town.ask(said.AskReceipts("buyer"), "buyer")
    assert town.ask(said.MyCase("buyer"), "buyer").remark
    assert not town.unexpected()


# ---- reflow ---------------------------------------------------------------------------------------------------------
def test_mode_2_stores_the_package_stage_by_stage() -> None:
    town = Platform()
    for at_ms, stage in enumerate(("accepted", "process", "done")):
        assert town.ask(package(stage, at_ms), "registry").stage == stage
    assert town.now_in("reflow") == "closed"
    assert not town.heard("registry", said.ItemsDistributed)


def test_mode_1_distributes_the_items_and_takes_their_reports() -> None:
    town = Platform(mode=1)
    assert town.ask(main("accepted", START_MS), "registry").stage == "accepted"
    town.run(minutes=1)
    (distributed,) = town.heard("registry", said.ItemsDistributed)
    assert distributed.items == ITEMS
    assert town.ask(main("accepted", START_MS), "registry").stage == "accepted"
    for code, error in [("power", ""), ("filing", ""), ("gas", "item_code_unknown"), ("用电", "item_code_unknown")]:
        assert town.error(said.ReportItem(code, "done"), "registry") == error
    assert town.ask(main("done", START_MS + 1), "registry").stage == "done"
    town.run(minutes=2)
    assert town.now_in("reflow") == "closed"
    assert len(town.heard("registry", said.ItemsDistributed)) == 1


@pytest.mark.parametrize(("mode", "report"), [
    (2, main("accepted", 0)), (1, package("accepted", 0)), (2, said.ReportItem("power", "done")),
])  # fmt: skip
def test_a_region_takes_its_own_mode_only(mode: int, report: Message) -> None:
    town = Platform(mode)
    ours = main("accepted", 0) if mode == 1 else package("accepted", 0)
    first = town.error(report, "registry")
    assert first == ("stage_missing" if isinstance(report, said.ReportItem) else "wrong_mode")
    assert not town.error(ours, "registry")
    assert town.error(report, "registry") == "wrong_mode"


@pytest.mark.parametrize(("before", "report", "error"), [
    ([], package("accepted", 5, ("transfer", "telephone")), "item_code_unknown"),
    ([], package("process", 5), "stage_missing"),
    ([], package("done", 5), "stage_missing"),
    ([], package("closed", 5), "stage_unknown"),
    ([package("accepted", 5)], package("process", 4), "time_reversed"),
    ([package("accepted", 5)], package("done", 5), ""),
    ([package("accepted", 5)], package("process", 6, code="350102-20230306-000002"), "case_code_differs"),
    ([package("accepted", 5), said.Progress("recorded")], package("done", 6), "stage_missing"),
    ([package("accepted", 5), said.Progress("recorded"), package("process", 6)], package("done", 6), ""),
    ([package("accepted", 5), package("done", 6)], package("process", 7), "time_reversed"),
])  # fmt: skip
def test_reports_are_checked(before: list[Message], report: Message, error: str) -> None:
    town = Platform()
    for each in before:
        assert not town.error(each, "registry")
    assert town.error(report, "registry") == error


def test_a_stage_reported_twice_is_answered_as_the_first_time() -> None:
    town = Platform()
    for at_ms, stage in [(5, "accepted"), (6, "process"), (4, "accepted"), (7, "done"), (6, "process"), (7, "done")]:
        assert town.ask(package(stage, at_ms), "registry").stage == stage
    assert town.now_in("reflow") == "closed"


# ---- reviews --------------------------------------------------------------------------------------------------------
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


# ---- the whole ------------------------------------------------------------------------------------------------------
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


@settings(max_examples=60, deadline=None)
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
