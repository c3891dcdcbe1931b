"""The UnionPay tax-and-fee channel: combined bill, orders, debits, write-offs, notices, refunds, reconciliation."""

from contract.errors import ALREADY_PAID
from contract.records import Charge
from sim.message import Answers, Error, Ladder, Message, notice, request, response, timer

NOTICE_LADDER = Ladder((0, 60_000, 120_000, 240_000), forever=False)
"""Five sends in all, after 0, 1, 2 and 4 minutes; each waits 10 s for an answer (domain: UnionPay back notice)."""

BILL_INCOMPLETE = Error("bill_incomplete", "缴费查询须同时含税与费的要素", "补齐三要素与缴款书号后重查")
ORDER_AMOUNT_DIFFERS = Error("order_amount_differs", "订单金额与勾选项合计不符", "以清单合计金额下单")
ORDER_CLOSED = Error("order_closed", "订单已关闭", "重新下单")
BEING_PAID = Error("being_paid", "订单正在支付或已支付", "等待支付结果，或办理退款")
ORDER_NO_INVALID = Error("order_no_invalid", "订单号应为8至40位字母或数字", "去掉连字符与下划线后重新下单")
PAYER_UNKNOWN = Error("payer_unknown", "缴款人不明", "缴款人应为买方或卖方")
DUPLICATE_ORDER = Error("duplicate_order", "订单号重复", "更换订单号")
NOT_SAME_DAY = Error("not_same_day", "已过当日清算时点，不能撤销", "改为申请退货")
TAX_NOT_BY_CARD = Error("tax_not_by_card", "税款已入库，不能原路退回", "向税务机关申请退库")
NOT_REFUNDABLE = Error("not_refundable", "订单未成功或已退", "核对订单状态")


@response("unionpay.bill_found", "合并清单返回", inventory=("FJ-20",), step="税费同缴-7", ref="query_no")
class BillFound(Message):
    """`complete` is False when one of tax and fee could not be asked; `payer` repeats whose list it is."""

    query_no: str
    payer: str
    charges: tuple[Charge, ...]
    complete: bool


@request("unionpay.query_bill", "缴费查询", Answers.LATER, "/bills/query", by="query_no", opens=True, ref="query_no",
         inventory=("FJ-17",), step="税费同缴-5", errors=(BILL_INCOMPLETE,))  # fmt: skip
class QueryBill(Message):
    query_no: str
    payer: str
    charges: tuple[Charge, ...]


@response("unionpay.order_created", "下单返回", ref="order_no")
class OrderCreated(Message):
    order_no: str
    payer: str
    tn: str
    amount_fen: int


@request("unionpay.create_order", "下单", Answers.NOW, "/orders", by="order_no", opens=True, ref="order_no", amount="amount_fen",
         inventory=("FJ-22",), step="税费同缴-9",
         errors=(ORDER_NO_INVALID, PAYER_UNKNOWN, ORDER_AMOUNT_DIFFERS, DUPLICATE_ORDER))  # fmt: skip
class CreateOrder(Message):
    order_no: str
    payer: str
    charges: tuple[Charge, ...]
    amount_fen: int


@request("unionpay.pay", "云闪付支付", Answers.ACK, "/orders/{order_no}/app-payment", by="order_no", ref="order_no",
         inventory=("FJ-23",), step="税费同缴-10", errors=(ORDER_CLOSED, BEING_PAID))  # fmt: skip
class PayByApp(Message):
    order_no: str


@request("unionpay.pay_by_bank", "银行卡或扫码支付", Answers.ACK, "/orders/{order_no}/bank-payment", by="order_no", ref="order_no",
         inventory=("FJ-23",), step="税费同缴-10", errors=(ORDER_CLOSED, BEING_PAID))  # fmt: skip
class PayByBank(Message):
    order_no: str


@timer(
    "unionpay.debited", "银行扣款成功", inventory=("FJ-23",), step="税费同缴-10", ref="order_no", amount="amount_fen"
)
class Debited(Message):
    order_no: str
    amount_fen: int


@notice("unionpay.payment_notice", "缴款结果通知", "/callbacks/payment", inventory=("FJ-26",), step="税费同缴-12", ref="order_no",
        amount="amount_fen", ladder=NOTICE_LADDER)  # fmt: skip
class PaymentNotice(Message):
    """Only successful debits are notified. `amount_fen` is what was debited; `written_off` are the numbers it has paid,
    `returned` those whose money goes back to the card."""

    order_no: str
    payer: str
    written_off: tuple[str, ...]
    returned: tuple[str, ...]
    amount_fen: int


@response("unionpay.status_found", "交易状态返回")
class StatusFound(Message):
    """`answer_code` is the query's own code, `origin_code` the payment's: 00 ok, 03/05 in progress, 34 unknown, 77 no funds.

    An answer of 34 may still change (the order waits for its payment); 00 with an origin of 34 is final: nothing was paid.
    """

    order_no: str
    answer_code: str
    origin_code: str
    payer: str
    written_off: tuple[str, ...]
    returned: tuple[str, ...]


@request("unionpay.query_status", "交易状态查询", Answers.QUERY, "/orders/{order_no}", method="GET", by="order_no", ref="order_no",
         inventory=("FJ-28",))  # fmt: skip
class QueryStatus(Message):
    order_no: str


@response("unionpay.cancelled", "撤销返回")
class Cancelled(Message):
    order_no: str


@request("unionpay.cancel", "撤销订单", Answers.NOW, "/orders/{order_no}/cancellation", by="order_no", ref="order_no",
         inventory=("FJ-30",), errors=(BEING_PAID, NOT_SAME_DAY))  # fmt: skip
class Cancel(Message):
    """Close an unpaid order, or undo a whole payment of the same clearing day that has not been written off."""

    order_no: str


@response("unionpay.refunded", "退货完成", ref="order_no", amount="amount_fen", inventory=("FJ-30",))
class Refunded(Message):
    order_no: str
    number: str
    amount_fen: int


@request("unionpay.refund", "退货", Answers.LATER, "/orders/{order_no}/refunds", by="order_no", ref="order_no", amount="amount_fen",
         inventory=("FJ-30",), errors=(TAX_NOT_BY_CARD, NOT_REFUNDABLE))  # fmt: skip
class Refund(Message):
    order_no: str
    number: str
    amount_fen: int


@response("unionpay.reversed", "冲正返回", ref="order_no")
class Reversed(Message):
    order_no: str


@request("unionpay.reverse", "冲正", Answers.NOW, "/orders/{order_no}/reversal", by="order_no", ref="order_no",
         inventory=("FJ-30",), errors=(BEING_PAID, ALREADY_PAID))  # fmt: skip
class Reverse(Message):
    """Undo a payment whose outcome is unknown."""

    order_no: str


@notice("unionpay.card_returned", "原路退回", ref="order_no", amount="amount_fen", inventory=("FJ-30",))
class CardReturned(Message):
    """Money given back to the payer's card: a double payment, a refused write-off, a cancelled or reversed order."""

    order_no: str
    amount_fen: int
    reason: str


@notice("unionpay.split", "清分入账", inventory=("FJ-29",), ref="number", amount="amount_fen", by="number")
class Split(Message):
    """The share of one payment that the channel clears to the treasury (tax) or the fiscal account (fee)."""

    number: str
    order_no: str
    amount_fen: int


@request(
    "unionpay.fetch_reconciliation", "取对账文件", Answers.QUERY, "/reconciliation/{settle_date}", inventory=("FJ-29",)
)
class FetchReconciliation(Message):
    """The daily file; its entries are `ReconciliationEntry`. The day ends at 23:00."""

    settle_date: str


@notice("unionpay.reconciliation_entry", "对账明细", inventory=("FJ-29",), ref="order_no", amount="amount_fen",
        polled="unionpay.fetch_reconciliation")  # fmt: skip
class ReconciliationEntry(Message):
    """One line of a day: what an order's payment has brought in (`numbers` written off), or, below zero, a refund."""

    order_no: str
    settle_date: str
    amount_fen: int
    numbers: tuple[str, ...]
