"""How an order is undone: cancelled on its clearing day, reversed while unknown, its fee refunded (FJ-30)."""

from contract.errors import ALREADY_PAID
from contract.people import PaymentFailed
from contract.records import FEE
from contract.unionpay import (
    BEING_PAID,
    NOT_REFUNDABLE,
    NOT_SAME_DAY,
    TAX_NOT_BY_CARD,
    Cancel,
    Cancelled,
    Refund,
    Refunded,
    Reverse,
    Reversed,
)
from fake_departments.unionpay_order_file import OrderFile, entry, give_back, settle_date
from fake_departments.unionpay_settings import Settings
from sim.message import Message, timer
from sim.posts import Posts, answer, refuse, reply, send, working

UNDONE = "支付结果不明，已冲正"


@timer("unionpay.refund_made", "退货到账")
class RefundMade(Message):
    """The fee is back on the card."""


REFUND_MADE = RefundMade()


def cancel_unpaid(file: OrderFile, heard: Cancel) -> Posts:
    return [reply(Cancelled(heard.order_no))]


def cancel_debited(file: OrderFile, heard: Cancel) -> Posts:
    if settle_date(file.now_ms) != settle_date(file.debited_ms):
        return refuse(NOT_SAME_DAY)
    return [reply(Cancelled(heard.order_no)), give_back(file, "订单已撤销")]


def cancel_too_late(file: OrderFile, heard: Cancel) -> Posts:
    if file.debited_ms and settle_date(file.now_ms) != settle_date(file.debited_ms):
        return refuse(NOT_SAME_DAY)
    return refuse(BEING_PAID)


def reverse_unpaid(file: OrderFile, heard: Reverse) -> Posts:
    return [reply(Reversed(heard.order_no))]


def reverse_unknown(file: OrderFile, heard: Reverse) -> Posts:
    return [reply(Reversed(heard.order_no)), send(file.order.payer, PaymentFailed(heard.order_no, UNDONE))]


def reverse_debited(file: OrderFile, heard: Reverse) -> Posts:
    return [reply(Reversed(heard.order_no)), give_back(file, UNDONE)]


def reverse_too_early(file: OrderFile, heard: Reverse) -> Posts:
    return refuse(BEING_PAID)


def reverse_paid(file: OrderFile, heard: Reverse) -> Posts:
    return refuse(ALREADY_PAID)


def refund(file: OrderFile, heard: Refund) -> Posts:
    """Only the fee goes back by card, whole; a written-off tax belongs to the treasury."""
    charge = next((each for each in file.order.charges if each.number == heard.number), None)
    if charge is None or heard.number not in file.written:
        return refuse(NOT_REFUNDABLE)
    if charge.sort != FEE:
        return refuse(TAX_NOT_BY_CARD)
    if heard.amount_fen != charge.amount_fen:
        return refuse(NOT_REFUNDABLE, "退货金额与原缴金额不符")
    file.refund, file.asker = heard, file.asked
    settings: Settings = file.settings
    return [working(settings.fee_refund.at(file.draw(b"unionpay.fee_refund", file.attempt)), REFUND_MADE)]


def refund_again(file: OrderFile, heard: Refund) -> Posts:
    sorts = {charge.number: charge.sort for charge in file.order.charges}
    paid_tax = heard.number in file.written and sorts.get(heard.number) != FEE
    return refuse(TAX_NOT_BY_CARD if paid_tax else NOT_REFUNDABLE)


def refunded(file: OrderFile, heard: RefundMade) -> Posts:
    done = file.refund
    return [
        answer(file.asker, Refunded(done.order_no, done.number, done.amount_fen)),
        entry(file, file.now_ms, -done.amount_fen, (done.number,)),
    ]
