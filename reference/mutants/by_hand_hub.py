"""Defects of a tax-and-fee service that vendors really make: money, notices, queries, refunds, receipts."""

from dataclasses import replace
from typing import Any

from contract.hub import CancelCharges, ChargesCancelled, CheckOrder
from contract.people import BillShown, ReceiptsReady
from contract.records import FEE
from contract.tax import TreasuryRefund
from contract.unionpay import (
    BillFound,
    Cancel,
    CreateOrder,
    PaymentNotice,
    QueryStatus,
    ReconciliationEntry,
    Refund,
    StatusFound,
)
from reference.hub import ROLE
from reference.hub_charges import ReadyToPay, TermOver
from reference.hub_file import OPEN, ReconciliationDifference
from reference.mutants.defects import also, defect, on, rewriting, saying, silent_on, taking
from reference.mutants.mutant import Mutant
from sim.calendar import DAY_MS
from sim.posts import LATER, Post, send


def _amount_in_yuan(file: Any, body: Any) -> Any:
    return replace(body, amount_fen=body.amount_fen // 100)


def _never_heard_before(file: Any, heard: Any) -> Any:
    order = file.orders.get(heard.order_no)
    if order is not None:
        order.status = OPEN
    return heard


def _answered_is_paid(file: Any, heard: Any) -> Any:
    order = file.orders.get(heard.order_no)
    if order is None or heard.answer_code != "00":
        return heard
    return replace(heard, origin_code="00", written_off=order.numbers, returned=())


def _any_amount(file: Any, heard: Any) -> Any:
    order = file.orders.get(heard.order_no)
    return heard if order is None else replace(heard, amount_fen=order.amount_fen)


def _all_written_off(file: Any, heard: Any) -> Any:
    order = file.orders.get(heard.order_no)
    return heard if order is None else replace(heard, written_off=order.numbers, returned=())


def _partial_payable(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    file.shown[heard.payer] = frozenset(charge.number for charge in heard.charges)
    return [(*p[:3], replace(p[3], complete=True)) if isinstance(p[3], BillShown) else p for p in posts]


def _by_card(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    said = []
    for post in posts:
        body = post[3]
        if isinstance(body, TreasuryRefund):
            post = send("pay", Refund(file.paid[body.voucher_no], body.voucher_no, body.amount_fen))
        said.append(post)
    return said


def _two_days(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    return [(LATER, None, 2 * DAY_MS, p[3]) if isinstance(p[3], TermOver) else p for p in posts]


def _unmasked(file: Any, body: Any) -> Any:
    numbers = {charge.number: charge.payer_id_no for charge in file.charges}
    shown = [replace(charge, payer_id_no=numbers.get(charge.number, "")) for charge in body.charges]
    return replace(body, charges=tuple(shown))


def _to_the_other(file: Any, heard: Any, posts: list[Post]) -> list[Post]:
    other = {"buyer": "seller", "seller": "buyer"}
    return [(p[0], other[p[1]], *p[2:]) if isinstance(p[3], ReceiptsReady) else p for p in posts]


def _no_tax_no_fee(file: Any, heard: Any) -> Any:
    if all(charge.sort == FEE for charge in file.charges):
        file.charges = ()
    return heard


def _told_at_once(file: Any, heard: Any) -> list[Post]:
    return [send("registry", ChargesCancelled(file.returned_fen))]


MUTANTS: tuple[Mutant, ...] = (
    defect("order-in-yuan", "下单金额把分当成元", "T07", on(ROLE, None, rewriting(CreateOrder, _amount_in_yuan))),
    defect("refund-in-yuan", "退款金额把分当成元", "T07", on(ROLE, None, rewriting(Refund, _amount_in_yuan))),
    defect("order-number-with-hyphen", "订单号带连字符", "", on(ROLE, None, rewriting(
        CreateOrder, lambda file, body: replace(body, order_no=f"{body.order_no[:8]}-{body.order_no[8:]}")))),
    defect("notice-not-idempotent", "缴款结果通知重复到达就重复入账", "T01",
           on(ROLE, PaymentNotice, taking(_never_heard_before))),
    defect("notice-amount-unchecked", "缴款结果通知的金额不核对", "T07", on(ROLE, PaymentNotice, taking(_any_amount))),
    defect("returned-leg-taken-for-paid", "一边销账失败退回，也算全部缴清", "T04", on(ROLE, PaymentNotice, taking(_all_written_off))),
    defect("answer-code-taken-for-payment", "只看应答码 00，不看原交易的应答码", "T03",
           on(ROLE, StatusFound, taking(_answered_is_paid))),
    defect("no-active-query", "只等缴款结果通知，从不主动查询", "T02", on(ROLE, None, silent_on(CheckOrder))),
    defect("partial-bill-payable", "清单缺税或缺费时也可以付", "T05", on(ROLE, BillFound, saying(_partial_payable))),
    defect("tax-refunded-by-card", "税款已入库仍按原路退回", "T24", on(ROLE, None, saying(_by_card))),
    defect("never-lapses", "缴款期限届满不作废", "T09", on(ROLE, ReadyToPay, silent_on(TermOver))),
    defect("lapses-after-two-days", "缴款期限写死为两天", "T09", on(ROLE, ReadyToPay, saying(_two_days))),
    defect("orders-left-open", "撤回时不关在途订单", "T24", on(ROLE, None, silent_on(Cancel))),
    defect("cancelled-told-too-soon", "税费还没退清就回告已退清", "T24",
           on(ROLE, CancelCharges, also(_told_at_once), states=("due", "settled"))),
    defect("no-tax-no-fee", "免税的件连登记费也不收", "T10", on(ROLE, ReadyToPay, taking(_no_tax_no_fee))),
    defect("bill-unmasked", "缴款清单显示完整证件号", "", on(ROLE, None, rewriting(BillShown, _unmasked))),
    defect("receipts-to-the-other", "买卖双方的完税凭证发反", "", on(ROLE, None, saying(_to_the_other))),
    defect("differences-ignored", "对账不符不理会", "T08",
           on(ROLE, ReconciliationEntry, silent_on(QueryStatus, ReconciliationDifference))),
)  # fmt: skip
