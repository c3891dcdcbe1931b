"""The channel's orders: bank debit, write-off on both legs, what goes back to the card, reconciliation (步骤9-12)."""

from contract.non_tax import FeeWrittenOff, WriteOffFee
from contract.people import PaymentFailed
from contract.records import BUYER, FEE, SELLER
from contract.tax import WriteOff, WrittenOff
from contract.unionpay import (
    BEING_PAID,
    DUPLICATE_ORDER,
    ORDER_AMOUNT_DIFFERS,
    ORDER_CLOSED,
    ORDER_NO_INVALID,
    PAYER_UNKNOWN,
    Cancel,
    CardReturned,
    CreateOrder,
    Debited,
    OrderCreated,
    PayByApp,
    PayByBank,
    PaymentNotice,
    QueryStatus,
    Refund,
    Reverse,
    Split,
    StatusFound,
)
from fake_departments.unionpay_legs import (
    START_WRITE_OFF,
    AllWrittenOff,
    AskLegAgain,
    LegKnown,
    NoneWrittenOff,
    StartWriteOff,
    answered_again,
    ask_leg,
    fee_refused,
    fee_written_off,
    leg_known,
    leg_rejected,
    leg_taken,
    tax_refused,
    tax_written_off,
    write_off,
)
from fake_departments.unionpay_order_file import OrderFile, entry, give_back
from fake_departments.unionpay_returns import (
    RefundMade,
    cancel_debited,
    cancel_too_late,
    cancel_unpaid,
    refund,
    refund_again,
    refunded,
    reverse_debited,
    reverse_paid,
    reverse_too_early,
    reverse_unknown,
    reverse_unpaid,
)
from fake_departments.unionpay_settings import Settings, ordinal
from sim.calendar import MINUTE_MS
from sim.identifiers import is_order_id
from sim.message import Message, refused, timer
from sim.posts import Posts, later, refuse, reply, send
from sim.table import State, Track, row

PAY_TIMEOUT_MS = 15 * MINUTE_MS
"""payTimeout: an order that nobody pays is closed (domain: UnionPay's suggestion)."""
NO_FUNDS = "余额不足"


@timer("unionpay.debit_failed", "银行扣款失败", inventory=("FJ-23",), step="税费同缴-10")
class DebitFailed(Message):
    """The bank refuses: 77, no funds."""


@timer("unionpay.pay_timeout", "超过支付时限")
class PayTimeout(Message):
    """Nobody has paid the order in time."""


DEBIT_FAILED, PAY_TIMEOUT = DebitFailed(), PayTimeout()


# ---- ordering and paying ------------------------------------------------------------------------------------------------
def create(file: OrderFile, heard: CreateOrder) -> Posts:
    if not is_order_id(heard.order_no):
        return refuse(ORDER_NO_INVALID)
    if heard.payer not in (BUYER, SELLER):
        return refuse(PAYER_UNKNOWN)
    if not heard.charges or sum([charge.amount_fen for charge in heard.charges]) != heard.amount_fen:
        return refuse(ORDER_AMOUNT_DIFFERS)
    file.order, file.attempt = heard, ordinal(file)
    tn = f"{file.now_ms}{file.case.number * 10 + file.attempt % 10:08d}"
    return [
        reply(OrderCreated(heard.order_no, heard.payer, tn, heard.amount_fen)),
        later(PAY_TIMEOUT_MS, PAY_TIMEOUT),
    ]


def duplicate(file: OrderFile, heard: CreateOrder) -> Posts:
    return refuse(DUPLICATE_ORDER)


def debit(file: OrderFile, heard: PayByApp | PayByBank) -> Posts:
    settings: Settings = file.settings
    likely = settings.payment_failed * (settings.payment_failed_again if file.attempt > 1 else 1.0)
    failed = file.draw(b"unionpay.payment_failed", file.attempt) < likely
    failed = failed or file.order.amount_fen > settings.account_balance_fen
    outcome = DEBIT_FAILED if failed else Debited(file.order.order_no, file.order.amount_fen)
    return [later(settings.bank_debit.at(file.draw(b"unionpay.bank_debit", file.attempt)), outcome)]


def pay_again(file: OrderFile, heard: PayByApp | PayByBank) -> Posts:
    return refuse(BEING_PAID)


def pay_closed(file: OrderFile, heard: PayByApp | PayByBank) -> Posts:
    return refuse(ORDER_CLOSED)


def tell_failed(file: OrderFile, heard: DebitFailed) -> Posts:
    file.failed = True
    return [send(file.order.payer, PaymentFailed(file.order.order_no, NO_FUNDS))]


# ---- writing off --------------------------------------------------------------------------------------------------------
def debited(file: OrderFile, heard: Debited) -> Posts:
    settings: Settings = file.settings
    file.debited_ms = file.now_ms
    return [later(settings.acknowledge.at(file.draw(b"unionpay.acknowledge", file.attempt)), START_WRITE_OFF)]


def tell_paid(file: OrderFile, heard: AllWrittenOff) -> Posts:
    """Notice, split and reconciliation; what the departments did not take goes back to the card."""
    order, written, returned = file.order, file.legs(True), file.legs(False)
    posts = [
        send("tax_hub", PaymentNotice(order.order_no, order.payer, written, returned, order.amount_fen)),
        entry(file, file.debited_ms, file.amount_of(written), written),
    ]
    for charge in order.charges:
        if charge.number in file.written:
            seat = "non_tax" if charge.sort == FEE else "tax"
            posts.append(send(seat, Split(charge.number, order.order_no, charge.amount_fen)))
    if returned:
        posts.append(send(order.payer, CardReturned(order.order_no, file.amount_of(returned), file.why)))
    return posts


def return_all(file: OrderFile, heard: NoneWrittenOff) -> Posts:
    order = file.order
    notice = PaymentNotice(order.order_no, order.payer, (), file.legs(False), order.amount_fen)
    return [send("tax_hub", notice), give_back(file, file.why)]


# ---- the table ----------------------------------------------------------------------------------------------------------
UNORDERED = State("unordered", "未下单", end=True)
WAITING = State("waiting", "待支付")
DEBITING = State("debiting", "银行扣款中")
DEBITED = State("debited", "已扣款，待销账")
WRITING_OFF = State("writing_off", "销账中")
PAID = State("paid", "已销账", end=True)
RETURNED = State("returned", "已原路退回", end=True)
CLOSED = State("closed", "已关闭，未扣款", end=True)
REFUNDING = State("refunding", "退货中")
REFUNDED = State("refunded", "费款已退货", end=True)
LEG_ASKED = State("leg_asked", "单项销账核对中")
LEG_KNOWN = State("leg_known", "单项销账已核清", end=True)

KEPT = (PAID, REFUNDING, REFUNDED)
IN_HAND = (DEBITING, DEBITED, WRITING_OFF, *KEPT)
OVER = (RETURNED, CLOSED)
WRITTEN = (*KEPT, RETURNED)

NOT_FOUND, REFUSED_BY_BANK = ("34", "34"), ("00", "77")
CODES = {
    WAITING: NOT_FOUND, DEBITING: ("00", "03"), DEBITED: ("00", "05"), WRITING_OFF: ("00", "05"),
    PAID: ("00", "00"), REFUNDING: ("00", "00"), REFUNDED: ("00", "00"), RETURNED: ("00", "00"), CLOSED: ("00", "34"),
}  # fmt: skip
"""What a status query says in each state: the query's own code and the payment's; 77 when the bank has refused."""


def status(file: OrderFile, heard: QueryStatus) -> Message:
    state = file.states[0]
    answer_code, origin_code = REFUSED_BY_BANK if file.failed else CODES.get(state, NOT_FOUND)
    if state not in CODES:
        return StatusFound(heard.order_no, answer_code, origin_code, "", (), ())
    written, returned = (file.legs(True), file.legs(False)) if origin_code == "00" else ((), ())
    return StatusFound(heard.order_no, answer_code, origin_code, file.order.payer, written, returned)


# fmt: off
ORDER = Track("order", "支付订单", UNORDERED, [
    row(UNORDERED,           CreateOrder,           WAITING,     create),
    row((WAITING, *IN_HAND, *OVER), CreateOrder,    None,        duplicate),
    row(WAITING,             PayByApp,              DEBITING,    debit),
    row(WAITING,             PayByBank,             DEBITING,    debit),
    row(WAITING,             PayTimeout,            CLOSED),
    row(IN_HAND,             PayByApp,              None,        pay_again),
    row(IN_HAND,             PayByBank,             None,        pay_again),
    row(OVER,                PayByApp,              None,        pay_closed),
    row(OVER,                PayByBank,             None,        pay_closed),
    row(DEBITING,            DebitFailed,           CLOSED,      tell_failed),
    row(DEBITING,            Debited,               DEBITED,     debited),
    row(DEBITED,             StartWriteOff,         WRITING_OFF, write_off),
    row(WRITING_OFF,         WrittenOff,            None,        tax_written_off),
    row(WRITING_OFF,         FeeWrittenOff,         None,        fee_written_off),
    row(WRITING_OFF,         refused(WriteOff),     None,        tax_refused),
    row(WRITING_OFF,         refused(WriteOffFee),  None,        fee_refused),
    row(WRITING_OFF,         LegKnown,              None,        leg_known),
    row(WRITING_OFF,         AllWrittenOff,         PAID,        tell_paid),
    row(WRITING_OFF,         NoneWrittenOff,        RETURNED,    return_all),
    row((WAITING, CLOSED),   Cancel,                CLOSED,      cancel_unpaid),
    row(DEBITED,             Cancel,                RETURNED,    cancel_debited),
    row(RETURNED,            Cancel,                None,        cancel_unpaid),
    row((DEBITING, WRITING_OFF, *KEPT), Cancel,     None,        cancel_too_late),
    row((WAITING, CLOSED),   Reverse,               CLOSED,      reverse_unpaid),
    row(DEBITING,            Reverse,               CLOSED,      reverse_unknown),
    row(DEBITED,             Reverse,               RETURNED,    reverse_debited),
    row(RETURNED,            Reverse,               None,        reverse_unpaid),
    row(WRITING_OFF,         Reverse,               None,        reverse_too_early),
    row(KEPT,                Reverse,               None,        reverse_paid),
    row(PAID,                Refund,                REFUNDING,   refund),
    row((WAITING, DEBITING, DEBITED, WRITING_OFF, REFUNDING, REFUNDED, *OVER), Refund, None, refund_again),
    row(REFUNDING,           RefundMade,            REFUNDED,    refunded),
    # a leg on its own sheet
    row(UNORDERED,           AskLegAgain,           LEG_ASKED,   ask_leg),
    row(LEG_ASKED,           WrittenOff,            LEG_KNOWN,   leg_taken),
    row(LEG_ASKED,           FeeWrittenOff,         LEG_KNOWN,   leg_taken),
    row(LEG_ASKED,           refused(WriteOff),     LEG_KNOWN,   leg_rejected),
    row(LEG_ASKED,           refused(WriteOffFee),  LEG_KNOWN,   leg_rejected),
    # write-offs repeated on the way are answered again
    row((*WRITTEN, LEG_KNOWN), WrittenOff,          None,        answered_again),
    row((*WRITTEN, LEG_KNOWN), FeeWrittenOff,       None,        answered_again),
    row((*WRITTEN, LEG_KNOWN), refused(WriteOff),   None,        answered_again),
    row((*WRITTEN, LEG_KNOWN), refused(WriteOffFee), None,       answered_again),
    row(WRITTEN,             LegKnown,              None,        answered_again),
])
# fmt: on
