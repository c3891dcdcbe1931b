"""The buyers, as one party: they apply, sign, correct, pay, ask for receipts, rate, and now and then withdraw."""

from contract.gov_platform import GoToPayment, MyCase, Rate, Sign
from contract.hub import ChooseAndPay
from contract.people import CaseOver, CorrectionWanted, DealDone, LoginFailed, SignInvited, UploadAsked, Visit
from contract.portal import Apply, Correct, LoginAgain, Upload, Withdraw
from contract.records import BUYER
from people.applicant import LogInAgain, SignNow, log_in, login_failed, sign, sign_invited, turned_away
from people.application import WINDOW, application_of
from people.buyer_files import AFTER_BILL, AFTER_PAYMENT, BEFORE_TAX, CHANGE_MIND, BuyerFile, ChangeMind, Settings
from people.paying import PAY, STOP_PAYING
from people.receipts import FORGO_RECEIPTS, RECEIPTS, RECEIVED
from people.reviewing import REVIEW
from sim.calendar import DAY_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, send
from sim.table import Part, Role, State, Track, row


@timer("buyer.form_filled", "申请填写完成")
class FormFilled(Message):
    """The form is filled in, or the window reached."""


@timer("buyer.upload_now", "补传证照")
class UploadNow(Message):
    """The papers have been photographed."""

    missing: tuple[str, ...]


@timer("buyer.correct_now", "完成补正")
class CorrectNow(Message):
    """What was asked for has been put right."""

    what: str


@timer("buyer.give_up", "未能提交，不再申请")
class GiveUp(Message):
    """The portal will not have the application."""


@timer("buyer.peek", "未得通知先看“我的办件”")
class Peek(Message):
    """How far is it?"""


@timer("buyer.case_ended", "办件结束，不必撤回")
class CaseEnded(Message):
    """There is nothing left to withdraw."""


SAYS_NOTHING = frozenset({"not_now", "not_found", "case_closed"})
"""What is no word on the form itself. Any other no is final, whether the portal says it or the door it stands behind: the buyers
will not fill the form in again."""
WORST = 1
FORM_FILLED, GIVE_UP, PEEK, CASE_ENDED = FormFilled(), GiveUp(), Peek(), CaseEnded()


# ---- the application -----------------------------------------------------------------------------------------------------
def begin(file: BuyerFile, heard: DealDone) -> Posts:
    settings: Settings = file.settings
    file.withdraws = _withdraws(settings, file.draw(b"buyer.withdraws"))
    return [later(settings.form_filling.at(file.draw(b"buyer.form_filling")), FORM_FILLED)]


def _withdraws(settings: Settings, luck: float) -> str:
    """One draw for all three occasions, so that nobody withdraws twice."""
    for why, share in (
        (BEFORE_TAX, settings.withdrawn_before_tax),
        (AFTER_BILL, settings.withdrawn_after_bill),
        (AFTER_PAYMENT, settings.withdrawn_after_payment),
    ):
        if luck < share:
            return why
        luck -= share
    return ""


def apply(file: BuyerFile, heard: FormFilled) -> Posts:
    settings: Settings = file.settings
    form, consent = application_of(file.dossier), f"SQB{file.case.number}"
    at_window = file.dossier.channel == WINDOW
    posts = [send("clerk", Visit(form, consent)) if at_window else send("portal", Apply(form, consent))]
    if file.arranged_reason("buyer.rate_early"):
        posts.append(send("city_platform", Rate(WORST, "还没办就评")))
    if file.luck(b"pays_unasked") < settings.pays_unasked:
        posts += [send("gov_platform", GoToPayment(BUYER)), send("tax_hub", ChooseAndPay(BUYER, ("未经计税计费",)))]
    if file.luck(b"looks_unasked") < settings.looks_unasked:
        posts.append(later(DAY_MS, PEEK))
    if file.withdraws == BEFORE_TAX:
        posts.append(later(settings.withdrawal_delay.at(file.draw(b"buyer.withdrawal_delay")), CHANGE_MIND))
    return posts


def peek(file: BuyerFile, heard: Peek) -> Posts:
    return [send("gov_platform", MyCase(BUYER))]


def not_taken(file: BuyerFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return NOTHING if heard.error in SAYS_NOTHING else [later(0, GIVE_UP)]


def upload_asked(file: BuyerFile, heard: UploadAsked) -> Posts:
    if file.outcome:
        return NOTHING
    settings: Settings = file.settings
    return [later(settings.form_filling.at(file.draw(b"buyer.upload")), UploadNow(heard.missing))]


def upload(file: BuyerFile, heard: UploadNow) -> Posts:
    return [send("portal", Upload(heard.missing))]


def correction_wanted(file: BuyerFile, heard: CorrectionWanted) -> Posts:
    if file.outcome:
        return NOTHING
    settings: Settings = file.settings
    return [later(settings.correction_by_applicant.at(file.draw(b"buyer.correction")), CorrectNow(heard.what))]


def correct(file: BuyerFile, heard: CorrectNow) -> Posts:
    return [send("portal", Correct(heard.what))]


def over(file: BuyerFile, heard: CaseOver) -> Posts:
    return _let_rest(file, heard.outcome)


def give_up(file: BuyerFile, heard: GiveUp) -> Posts:
    return _let_rest(file, "declined")


def _let_rest(file: BuyerFile, outcome: str) -> Posts:
    """End whatever the buyers still had in mind; only the review comes after the end."""
    if file.outcome:
        return NOTHING
    file.outcome = outcome
    posts: list[Post] = []
    if not file.state("pay").end:
        posts.append(later(0, STOP_PAYING))
    if file.withdraws and file.state("withdrawal") is not SETTLED:
        posts.append(later(0, CASE_ENDED))
    if file.wants_receipts and file.state("receipts") is not RECEIVED:
        posts.append(later(0, FORGO_RECEIPTS))
    return posts


# ---- withdrawal ---------------------------------------------------------------------------------------------------------------
def change_mind(file: BuyerFile, heard: ChangeMind) -> Posts:
    if file.outcome:
        return [later(0, CASE_ENDED)]
    file.withdrawn = True
    posts = [send("portal", Withdraw(file.withdraws))]
    if not file.state("pay").end:
        posts.append(later(0, STOP_PAYING))
    return posts


def stay(file: BuyerFile, heard: Refused) -> Posts:
    file.turned_away, file.withdrawn = heard.error, False
    return NOTHING


UNDECIDED = State("undecided", "未成交", end=True)
FILLING = State("filling", "填写申请")
UNDER_WAY = State("under_way", "办理中")
OVER = State("over", "办件结束", end=True)
GOING = (UNDER_WAY, OVER)

CONTENT = State("content", "无意撤回", end=True)
ASKED_OUT = State("asked_out", "已申请撤回")
SETTLED = State("settled", "撤回已有结果", end=True)

# fmt: off
DEAL = Track("deal", "买方办理", UNDECIDED, [
    # while the buyers are  we hear              it becomes  and we
    row(UNDECIDED,          DealDone,            FILLING,    begin),
    row(FILLING,            FormFilled,          UNDER_WAY,  apply),
    row(UNDER_WAY,          refused(Apply),      None,       not_taken),
    row(UNDER_WAY,          GiveUp,              OVER,       give_up),
    row(UNDER_WAY,          Peek,                None,       peek),
    row(GOING,              LoginFailed,         None,       login_failed),
    row(UNDER_WAY,          LogInAgain,          None,       log_in),
    row(GOING,              UploadAsked,         None,       upload_asked),
    row(UNDER_WAY,          UploadNow,           None,       upload),
    row(GOING,              SignInvited,         None,       sign_invited),
    row(UNDER_WAY,          SignNow,             None,       sign),
    row(GOING,              CorrectionWanted,    None,       correction_wanted),
    row(UNDER_WAY,          CorrectNow,          None,       correct),
    row(GOING,              CaseOver,            OVER,       over),
    row(OVER,               refused(Apply),      None,       turned_away),
    row(GOING,              refused(Visit),      None,       turned_away),
    row(GOING,              refused(LoginAgain), None,       turned_away),
    row(GOING,              refused(Upload),     None,       turned_away),
    row(GOING,              refused(Sign),       None,       turned_away),
    row(GOING,              refused(Correct),    None,       turned_away),
])

WITHDRAWAL = Track("withdrawal", "买方撤回", CONTENT, [
    row(CONTENT,            ChangeMind,          ASKED_OUT,  change_mind),
    row(ASKED_OUT,          refused(Withdraw),   SETTLED,    stay),
    row((CONTENT, ASKED_OUT), CaseEnded,         SETTLED),
    row(SETTLED,            refused(Withdraw),   None,       turned_away),
])
# fmt: on

ROLE = Role("buyer", "买方", (Part(BuyerFile, [DEAL, PAY, WITHDRAWAL, RECEIPTS, REVIEW]),), Settings)
