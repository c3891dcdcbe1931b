"""How a buyer or seller pays what they were told to: from the text message to the result on the page."""

from contract.gov_platform import GoToPayment, MyCase, MyCaseShown
from contract.hub import ChooseAndPay
from contract.people import BillShown, CashierOpened, PaymentFailed, ResultShown, Told
from contract.unionpay import CardReturned, PayByApp, PayByBank
from people.applicant import AFTER_PAYING, ApplicantFile, ApplicantSettings, turned_away
from people.application import WINDOW
from sim.calendar import DAY_MS, HOUR_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, send
from sim.table import State, Track, ignored, row

PATIENCE_MS = 3 * HOUR_MS
"""When a page that showed nothing is opened again: by then the hub has asked after every order (its last time is two hours)."""


@timer("payer.look", "打开“我的办件”")
class Look(Message):
    """The payer looks whether there is something to pay."""


@timer("payer.stop", "不再缴款")
class StopPaying(Message):
    """The payer will not pay, or need not any more."""


@timer("payer.nothing_due", "没有应缴的款项")
class NothingDue(Message):
    """Everything is paid already."""


REFRESHES = 10
SOON = 5
"""How often someone tries again soon; after that, once a day. No document gives a figure: chosen."""
LOOK, STOP_PAYING, NOTHING_DUE = Look(), StopPaying(), NothingDue()


# ---- told, and whether to pay --------------------------------------------------------------------------------------------
def told(file: ApplicantFile, heard: Told) -> Posts:
    file.text = heard.text
    settings: ApplicantSettings = file.settings
    if file.outcome or file.withdrawn or file.unwilling:
        return [later(0, STOP_PAYING)]
    # who means to pay does so within the term, whatever the draw
    last_ms = settings.bill_validity.at(0.5) - DAY_MS
    delay_ms = min(settings.citizen_pay.at(file.luck(b"citizen_pay")), last_ms)
    return [*file.is_told(), *(file.thinks_of_bill(delay_ms) or [later(delay_ms, LOOK)])]


def read_again(file: ApplicantFile, heard: Told) -> Posts:
    file.text = heard.text
    return NOTHING


def _again(file: ApplicantFile) -> Post:
    file.failures += 1
    if file.failures > SOON:
        return later(DAY_MS, LOOK)
    settings: ApplicantSettings = file.settings
    return later(settings.payment_retry.at(file.luck(b"payment_retry", file.failures)), LOOK)


# ---- the way in ------------------------------------------------------------------------------------------------------------
def look(file: ApplicantFile, heard: Look) -> Posts:
    if file.outcome or file.withdrawn:
        return [later(0, STOP_PAYING)]
    return [send("gov_platform", MyCase(file.role)), later(PATIENCE_MS, LOOK)]


def go_in(file: ApplicantFile, heard: MyCaseShown) -> Posts:
    file.stage = heard.stage
    if heard.stage in AFTER_PAYING:
        return [later(0, NOTHING_DUE)]
    if heard.stage != "awaiting_payment":
        return NOTHING
    settings: ApplicantSettings = file.settings
    times = REFRESHES if not file.orders and file.luck(b"refreshes") < settings.refreshes else 1
    return [send("gov_platform", GoToPayment(file.role))] * times


def see_stage(file: ApplicantFile, heard: MyCaseShown) -> Posts:
    file.stage = heard.stage
    return file.has_looked()


def come_back(file: ApplicantFile, heard: Refused) -> Posts:
    file.turned_away = heard.error
    return [_again(file)]


# ---- choosing and paying -------------------------------------------------------------------------------------------------------
def choose(file: ApplicantFile, heard: BillShown) -> Posts:
    file.charges = heard.charges
    if not heard.complete:
        return [_again(file)]
    if not heard.charges:
        return [later(0, NOTHING_DUE)]
    settings: ApplicantSettings = file.settings
    if not file.failures and file.luck(b"chooses_nothing") < settings.chooses_nothing:
        return [send("tax_hub", ChooseAndPay(file.role, ()))]
    order = send("tax_hub", ChooseAndPay(file.role, tuple([charge.number for charge in heard.charges])))
    if not file.orders and file.luck(b"paid_twice") < settings.paid_twice:
        file.tabs = 2
        return [order, order, later(PATIENCE_MS, LOOK)]
    return [order, later(PATIENCE_MS, LOOK)]


def see_bill(file: ApplicantFile, heard: BillShown) -> Posts:
    file.charges = heard.charges
    return NOTHING


def pay(file: ApplicantFile, heard: CashierOpened) -> Posts:
    settings: ApplicantSettings = file.settings
    if not file.failures and file.luck(b"payment_left") < settings.payment_left:
        return [_again(file)]
    if not file.orders and file.luck(b"looks_while_paying") < settings.looks_while_paying:
        return [_payment(file, heard.order_no), _again(file)]
    return [_payment(file, heard.order_no), later(PATIENCE_MS, LOOK)]


def pay_in_other_tab(file: ApplicantFile, heard: CashierOpened) -> Posts:
    if len(file.orders) >= file.tabs or heard.order_no in file.orders:
        return NOTHING
    return [_payment(file, heard.order_no)]


def _payment(file: ApplicantFile, order_no: str) -> Post:
    file.orders = (*file.orders, order_no)
    return send("pay", PayByBank(order_no) if file.dossier.channel == WINDOW else PayByApp(order_no))


def failed(file: ApplicantFile, heard: PaymentFailed) -> Posts:
    return [_again(file)]


def see_failure(file: ApplicantFile, heard: PaymentFailed) -> Posts:
    file.failures += 1
    return NOTHING


def paid(file: ApplicantFile, heard: ResultShown) -> Posts:
    see_result(file, heard)
    if not heard.settled and any(charge.number not in file.paid for charge in file.charges):
        return [_again(file)]
    settings: ApplicantSettings = file.settings
    if not file.outcome and file.luck(b"looks_after_paying") < settings.looks_after_paying:
        return [*file.has_paid(heard.settled), later(settings.payment_retry.at(file.luck(b"looks_again")), LOOK)]
    return file.has_paid(heard.settled)


def see_result(file: ApplicantFile, heard: ResultShown) -> Posts:
    file.paid = (*file.paid, *heard.paid)
    return NOTHING


def see_card(file: ApplicantFile, heard: CardReturned) -> Posts:
    file.card_returned_fen += heard.amount_fen
    return NOTHING


UNTOLD = State("untold", "未通知缴款", end=True)
DUE = State("due", "待缴款")
ENTERING = State("entering", "进入缴款")
ORDERING = State("ordering", "已勾选待下单")
PAYING = State("paying", "支付中")
PAID = State("paid", "已缴款", end=True)
UNWILLING = State("unwilling", "不再缴款", end=True)

ACTIVE = (DUE, ENTERING, ORDERING, PAYING)
INFORMED = (*ACTIVE, PAID, UNWILLING)

# fmt: off
PAY = Track("pay", "缴款", UNTOLD, [
    # while payment is                      we hear                it becomes  and we
    row(UNTOLD,                             Told,                  DUE,        told),
    row((*ACTIVE, PAID),                    Look,                  ENTERING,   look),
    row(ENTERING,                           MyCaseShown,           None,       go_in),
    row(ENTERING,                           refused(GoToPayment),  DUE,        come_back),
    row(ENTERING,                           BillShown,             ORDERING,   choose),
    row(ORDERING,                           refused(ChooseAndPay), DUE,        come_back),
    row((DUE, ENTERING, ORDERING),          CashierOpened,         PAYING,     pay),
    row((PAYING, PAID),                     CashierOpened,         None,       pay_in_other_tab),
    row(PAYING,                             refused(PayByApp),     DUE,        come_back),
    row(PAYING,                             refused(PayByBank),    DUE,        come_back),
    row(PAYING,                             PaymentFailed,         DUE,        failed),
    row(ACTIVE,                             ResultShown,           PAID,       paid),
    row((ENTERING, ORDERING),               NothingDue,            PAID),
    row(ACTIVE,                             StopPaying,            UNWILLING),
    # said again, or too late
    row(INFORMED,                           Told,                  None,       read_again),
    row((UNTOLD, DUE, ORDERING, PAYING, PAID, UNWILLING), MyCaseShown, None,   see_stage),
    row((DUE, ORDERING, PAYING, PAID, UNWILLING), BillShown,       None,       see_bill),
    row((DUE, ENTERING, ORDERING, PAID, UNWILLING), PaymentFailed, None,       see_failure),
    row((PAID, UNWILLING),                  ResultShown,           None,       see_result),
    row(INFORMED,                           CardReturned,          None,       see_card),
    row((UNTOLD, DUE, ORDERING, PAYING, PAID, UNWILLING), refused(GoToPayment), None, turned_away),
    row((UNTOLD, DUE, ENTERING, PAYING, PAID, UNWILLING), refused(ChooseAndPay), None, turned_away),
    row((DUE, ENTERING, ORDERING, PAID, UNWILLING), refused(PayByApp), None,   turned_away),
    row((DUE, ENTERING, ORDERING, PAID, UNWILLING), refused(PayByBank), None,  turned_away),
    ignored(UNWILLING,                      CashierOpened,         "不再缴款，订单到时由通道关闭"),
])
# fmt: on
