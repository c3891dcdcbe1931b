"""The buyers: the ordinary story, what goes wrong, every way to stop, and that nothing said to them breaks them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.gov_platform import AskReceipts, GoToPayment, MyCase, MyCaseShown, Rate, Sign
from contract.hub import ChooseAndPay
from contract.people import (
    BillShown,
    CaseOver,
    CashierOpened,
    CorrectionWanted,
    DealDone,
    LoginFailed,
    PaymentFailed,
    ReceiptsReady,
    ResultShown,
    ReviewInvited,
    SignInvited,
    Told,
    UploadAsked,
    Visit,
)
from contract.portal import Apply, Correct, LoginAgain, Upload, Withdraw
from contract.unionpay import CardReturned, PayByApp, PayByBank
from people.buyer import ROLE
from people.buyer_files import AFTER_BILL, AFTER_PAYMENT, BEFORE_TAX
from sim.calendar import DAY_MS
from sim.message import Message, refused
from sim.party import File
from sim.posts import Posts, reply, send
from tests.people.habits import FEE_DUE, TAX_DUE, anything_said_to, habits
from tests.town import Town, a_dossier

NUMBERS = (TAX_DUE.number, FEE_DUE.number)
BILL = BillShown((TAX_DUE, FEE_DUE), True)
TRACKS = ("deal", "pay", "withdrawal", "receipts", "review")


class Life(Town):
    """A buyer whose surroundings answer as they should, except for what a test takes out of their hands."""

    def __init__(self, dossier: Any = None, silent: tuple[type[Message], ...] = (), **shares: float) -> None:
        self.silent, self.stage = silent, "awaiting_payment"
        answers = {"gov_platform": self.platform, "hub": self.hub, "unionpay": self.channel}
        super().__init__(
            {"buyer": ROLE}, {"buyer": habits(ROLE, **shares)}, dossier=dossier or a_dossier(), answers=answers
        )
        self.orders = 0

    def platform(self, file: File, heard: Message) -> Posts:
        if type(heard) is MyCase:
            return [reply(MyCaseShown(self.stage, ""))]
        if type(heard) in self.silent:
            return ()
        if type(heard) is GoToPayment:
            return [send("buyer", BILL)]
        return [send("buyer", ReceiptsReady(("P1",)))] if type(heard) is AskReceipts else ()

    def hub(self, file: File, heard: Message) -> Posts:
        self.orders += 1
        if type(heard) in self.silent:
            return ()
        return [send("buyer", CashierOpened(f"O100000{self.orders}", "tn", 1_508_000))]

    def channel(self, file: File, heard: Message) -> Posts:
        return () if type(heard) in self.silent else [send("buyer", ResultShown(NUMBERS, True))]

    def applied(self) -> "Life":
        self.begin("buyer", DealDone())
        self.run(hours=12)
        return self

    def told(self, days: float = 20) -> "Life":
        self.say("notify", "buyer", Told("payment", "请缴款"))
        self.run(days)
        return self

    def over(self, outcome: str = "done") -> "Life":
        self.say("portal", "buyer", CaseOver(outcome))
        self.run(hours=1)
        return self

    def ends(self) -> dict[str, str]:
        return {track: self.state("buyer", track).name for track in TRACKS}


def test_an_application_goes_to_the_portal_with_the_chosen_items_and_the_buyers_consent() -> None:
    life = Life(a_dossier(items=0b00101, channel=1)).applied()
    (form,) = life.heard("portal", Apply)
    assert form.application.items == ("power", "gas")
    assert form.application.channel == "minzhengtong"
    assert form.authorisation == "SQB1"
    assert life.state("buyer", "deal").name == "under_way"


def test_at_the_window_the_clerk_is_visited_and_the_card_is_read() -> None:
    life = Life(a_dossier(channel=2)).applied().told()
    assert len(life.heard("clerk", Visit)) == 1
    assert not life.heard("portal")
    assert [each.order_no for each in life.heard("unionpay", PayByBank)] == ["O1000001"]


@pytest.mark.parametrize(
    ("asked", "seat", "done"),
    [
        (LoginFailed("人脸比对不一致"), "portal", LoginAgain),
        (UploadAsked(("结婚证",)), "portal", Upload),
        (SignInvited("SJ1"), "gov_platform", Sign),
        (CorrectionWanted("请补正"), "portal", Correct),
    ],
)
def test_what_is_asked_of_the_buyers_they_do_and_no_longer_once_it_is_over(asked, seat, done) -> None:
    life = Life().applied()
    life.say("portal", "buyer", asked)
    life.run(60)
    assert len(life.heard(seat, done)) == 1
    late = Life().applied()
    late.say("portal", "buyer", asked)
    late.run(ms=100)
    late.over().say("portal", "buyer", asked)
    late.run(60)
    assert not late.heard(seat, done)
    assert not late.unexpected()


def test_an_invitation_to_sign_that_comes_twice_is_signed_once() -> None:
    life = Life().applied()
    life.say("gov_platform", "buyer", SignInvited("SJ1"))
    life.say("gov_platform", "buyer", SignInvited("SJ1"))
    life.run(1)
    assert [sign.role for sign in life.heard("gov_platform", Sign)] == ["buyer"]


def test_a_bill_is_paid_in_one_order_for_everything_shown() -> None:
    life = Life().applied().told()
    assert [(each.payer, each.numbers) for each in life.heard("hub", ChooseAndPay)] == [("buyer", NUMBERS)]
    assert [each.order_no for each in life.heard("unionpay", PayByApp)] == ["O1000001"]
    assert life.ends() | {"deal": ""} == {
        "deal": "", "pay": "paid", "withdrawal": "content", "receipts": "no_receipts", "review": "uninvited",
    }  # fmt: skip
    assert life.over().ends()["deal"] == "over"
    assert not life.unexpected()


def test_who_means_to_pay_does_so_within_the_term() -> None:
    for case in range(2, 60):
        life = Life()
        life.begin("buyer", DealDone(), case=case)
        life.run(hours=12)
        told_ms = life.clock.now_ms
        life.say("notify", "buyer", Told("payment", "请缴款"), case=case)
        life.run(20)
        ((asked_ms, _, _),) = life.heard_at("gov_platform", MyCase, case=case)
        assert asked_ms <= told_ms + 14 * DAY_MS + 1_000


def test_who_never_pays_waits_for_the_end() -> None:
    life = Life(never_pays=1.0).applied().told(30)
    assert life.state("buyer", "pay").name == "unwilling"
    assert not life.heard("gov_platform")
    assert life.over("lapsed").ends()["deal"] == "over"


def test_a_failed_payment_is_tried_again_from_the_start() -> None:
    life = Life(silent=(PayByApp,)).applied().told(15)
    first = len(life.heard("unionpay", PayByApp))
    life.silent = ()
    life.say("unionpay", "buyer", PaymentFailed("O1000001", "余额不足"))
    life.run(3)
    assert len(life.heard("unionpay", PayByApp)) == first + 1
    assert life.state("buyer", "pay").name == "paid"


@pytest.mark.parametrize("lost", [GoToPayment, ChooseAndPay, PayByApp])
def test_a_page_that_shows_nothing_is_opened_again(lost: type[Message]) -> None:
    life = Life(silent=(lost,)).applied().told(15)
    assert life.state("buyer", "pay").name in ("entering", "ordering", "paying")
    life.silent = ()
    life.run(1)
    assert life.state("buyer", "pay").name == "paid"


def test_a_payment_page_that_is_not_open_yet_is_tried_later() -> None:
    life = Life().applied()
    life.stage = "accepted"
    life.told(15)
    assert not life.heard("gov_platform", GoToPayment)
    life.stage = "paid"
    life.run(1)
    assert life.state("buyer", "pay").name == "paid"
    assert not life.heard("gov_platform", GoToPayment)


def test_an_incomplete_or_an_empty_list_is_not_paid() -> None:
    life = Life(silent=(GoToPayment,)).applied().told(15)
    life.say("hub", "buyer", BillShown((TAX_DUE,), False))
    life.run(ms=100)
    assert life.state("buyer", "pay").name == "ordering"
    life.run(2)
    assert not life.heard("hub", ChooseAndPay)
    life.say("hub", "buyer", BillShown((), True))
    life.run(ms=100)
    assert life.state("buyer", "pay").name == "paid"


def test_refused_ways_in_are_tried_again() -> None:
    life = Life(silent=(GoToPayment, ChooseAndPay, PayByApp)).applied().told(15)
    for kind, code in ((GoToPayment, "not_awaiting_payment"), (ChooseAndPay, "not_due"), (PayByApp, "order_closed")):
        before = life.state("buyer", "pay").name
        life.silent = tuple(each for each in life.silent if each is not kind)
        life.say("hub", "buyer", refused(kind)(code, "不行"))
        life.run(3)
        assert life.state("buyer", "pay").name != before
    assert life.state("buyer", "pay").name == "paid"
    assert not life.unexpected()


def test_what_is_left_after_a_payment_is_paid_too() -> None:
    life = Life(silent=(PayByApp,)).applied().told(15)
    life.say("hub", "buyer", ResultShown((TAX_DUE.number,), False))
    life.run(ms=100)
    assert life.state("buyer", "pay").name == "paid"
    life.silent = ()
    life.run(3)
    assert life.file("buyer").paid == (TAX_DUE.number, *NUMBERS)


def test_two_tabs_pay_twice_and_the_card_gets_one_back() -> None:
    life = Life(paid_twice=1.0).applied().told()
    assert [each.order_no for each in life.heard("unionpay", PayByApp)] == ["O1000001", "O1000002"]
    life.say("unionpay", "buyer", CardReturned("O1000002", 1_508_000, "重复缴款"))
    life.run(ms=100)
    assert life.file("buyer").card_returned_fen == 1_508_000
    assert not life.unexpected()


@pytest.mark.parametrize(
    ("share", "why"),
    [
        ("withdrawn_before_tax", BEFORE_TAX),
        ("withdrawn_after_bill", AFTER_BILL),
        ("withdrawn_after_payment", AFTER_PAYMENT),
    ],
)
def test_withdrawals_have_their_hour(share: str, why: str) -> None:
    life = Life(**{share: 1.0}).applied()
    if why != BEFORE_TAX:
        assert not life.heard("portal", Withdraw)
        life.told()
        assert len(life.heard("unionpay", PayByApp)) == (why == AFTER_PAYMENT)
    life.run(60)
    assert [each.reason for each in life.heard("portal", Withdraw)] == [why]
    assert life.state("buyer", "withdrawal").name == "asked_out"
    assert life.over("withdrawn").ends()["withdrawal"] == "settled"
    assert not life.unexpected()


def test_who_has_withdrawn_does_not_pay() -> None:
    life = Life(withdrawn_before_tax=1.0).applied()
    life.run(60)
    life.told(30)
    assert life.state("buyer", "pay").name == "unwilling"
    assert not life.heard("gov_platform")


def test_a_case_that_ends_first_need_not_be_withdrawn() -> None:
    life = Life(withdrawn_before_tax=1.0)
    life.begin("buyer", DealDone())
    while life.state("buyer", "deal").name != "under_way":
        life.run(minutes=1)
    life.over("declined").run(60)
    assert not life.heard("portal", Withdraw)
    assert life.ends()["withdrawal"] == "settled"


def test_a_refused_application_is_given_up() -> None:
    life = Life().applied()
    life.say("portal", "buyer", refused(Apply)("not_now", "当前状态不受理"))
    life.run(ms=100)
    assert life.state("buyer", "deal").name == "under_way"
    life.say("portal", "buyer", refused(Apply)("duplicate_home", "该房屋已有在办的套餐申请"))
    life.run(ms=100)
    assert life.state("buyer", "deal").name == "over"
    assert life.file("buyer").outcome == "declined"


def test_receipts_are_asked_for_until_they_can_be_had() -> None:
    life = Life(receipt_requested=1.0, silent=(AskReceipts,)).applied().told(60)
    assert len(life.heard("gov_platform", AskReceipts)) == 1
    life.say("gov_platform", "buyer", refused(AskReceipts)("not_yet_paid", "尚未缴清，不能申请票据"))
    life.silent = ()
    life.run(500)
    assert life.ends()["receipts"] == "received"
    assert life.file("buyer").receipts == ("P1",)


def test_who_shares_the_bill_asks_for_receipts_once_the_other_side_has_paid() -> None:
    life = Life(a_dossier(separate_payers=True), receipt_requested=1.0).applied().told(60)
    assert life.ends()["pay"] == "paid"
    assert len(life.heard("gov_platform", MyCase)) > 20
    assert not life.heard("gov_platform", AskReceipts)
    life.stage = "paid"
    life.run(10)
    assert len(life.heard("gov_platform", AskReceipts)) == 1
    assert life.ends()["receipts"] == "received"
    looked = len(life.heard("gov_platform", MyCase))
    life.run(60)
    assert len(life.heard("gov_platform", MyCase)) == looked


def test_who_waits_for_the_other_side_forgoes_receipts_when_the_case_ends() -> None:
    life = Life(a_dossier(separate_payers=True), receipt_requested=1.0).applied().told(60).over("lapsed")
    assert life.ends()["receipts"] == "forgone"
    assert not life.heard("gov_platform", AskReceipts)


def test_receipts_are_forgone_at_the_end_and_may_still_come() -> None:
    life = Life(receipt_requested=1.0, silent=(AskReceipts,)).applied().told(60).over()
    assert life.ends()["receipts"] == "forgone"
    life.say("hub", "buyer", ReceiptsReady(("P1",)))
    life.run(ms=100)
    assert life.ends()["receipts"] == "received"


@pytest.mark.parametrize(("bad", "scores"), [(1.0, {1, 2}), (0.0, {3, 4, 5})])
def test_ratings_come_after_the_end_once_and_bad_ones_say_why(bad: float, scores: set[int]) -> None:
    life, found = Life(rating_given=1.0, bad_rating=bad), []
    for case in range(1, 40):
        life.begin("buyer", DealDone(), case=case)
        life.run(hours=12)
        life.say("portal", "buyer", CaseOver("done"), case=case)
        for _ in range(2):
            life.say("city_platform", "buyer", ReviewInvited("BJ1"), case=case)
        life.run(14.1)
        (rating,) = life.heard("city_platform", Rate, case=case)
        assert bool(rating.reason) == (rating.score < 3)
        found.append(rating.score)
    assert set(found) <= scores
    assert len(set(found)) > 1
    assert life.state("buyer", "review").name == "rated"


def test_most_do_not_rate() -> None:
    life = Life().applied().over()
    life.say("city_platform", "buyer", ReviewInvited("BJ1"))
    life.run(60)
    assert not life.heard("city_platform")
    assert life.state("buyer", "review").end


@settings(max_examples=60)
@given(st.data())
def test_nothing_said_to_a_buyer_breaks_them_and_the_end_is_the_end(data: st.DataObject) -> None:
    shares = data.draw(
        st.sampled_from([{}, {"withdrawn_before_tax": 1.0}, {"receipt_requested": 1.0, "rating_given": 1.0}])
    )
    life = Life(silent=(GoToPayment, AskReceipts, ChooseAndPay, PayByApp), **shares).applied()
    for said in data.draw(st.lists(anything_said_to(ROLE), max_size=25)):
        life.say("portal", "buyer", said)
        life.run(minutes=data.draw(st.sampled_from([0.01, 30, 3_000])))
    life.over().run(500)
    assert all(life.state("buyer", track).end for track in TRACKS)
