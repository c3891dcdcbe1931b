"""The non-tax revenue system of the finance department: pay code, write-off, e-receipt, red-letter reversal."""

from contract.errors import ALREADY_PAID, AMOUNT_DIFFERS, EXPIRED, NOT_PAID, VOIDED
from contract.records import Charge
from sim.message import Answers, Error, Message, request, response

ALREADY_ISSUED = Error("already_issued", "该业务已有有效缴款书", "使用原缴款书，或先作废")
REGISTRY_DIFFERS = Error("registry_differs", "登记机构编码与房屋所在地不一致", "核对登记机构编码后重新提交")
ALREADY_REVERSED = Error("already_reversed", "票据已冲红", "无须重复冲红")


@response("non_tax.pay_code_issued", "缴款书号返回", ref="pay_code", amount="amount_fen")
class PayCodeIssued(Message):
    """`charge` is None when nothing is to be paid; `exempt` then names the rule."""

    charge: Charge | None
    pay_code: str
    amount_fen: int
    exempt: str


@request("non_tax.issue_pay_code", "开具缴款书", Answers.NOW, "/pay-codes", inventory=("FJ-12",), step="税费同缴-2", item="fee",
         errors=(ALREADY_ISSUED, REGISTRY_DIFFERS))  # fmt: skip
class IssuePayCode(Message):
    """`copies` counts the certificates beyond the first, which the fee includes; `exempt` is a reason of the fee table."""

    registry_code: str
    residential: bool
    copies: int
    payer_name: str
    exempt: str


@response("non_tax.bill", "非税缴款单返回", amount="amount_fen")
class FeeBill(Message):
    charge: Charge
    amount_fen: int


@request("non_tax.query_bill", "查询非税缴款单", Answers.QUERY, "/pay-codes/{pay_code}", method="GET", by="pay_code", ref="pay_code",
         inventory=("FJ-18",), step="税费同缴-6", item="fee", errors=(ALREADY_PAID, EXPIRED, VOIDED))  # fmt: skip
class QueryFee(Message):
    pay_code: str


@response("non_tax.written_off", "非税销账返回")
class FeeWrittenOff(Message):
    pay_code: str


@request("non_tax.write_off", "非税销账", Answers.NOW, "/pay-codes/{pay_code}/write-off", by="pay_code", ref="pay_code",
         amount="amount_fen", inventory=("FJ-24",), step="税费同缴-11", item="fee",
         errors=(ALREADY_PAID, AMOUNT_DIFFERS, EXPIRED, VOIDED))  # fmt: skip
class WriteOffFee(Message):
    pay_code: str
    order_no: str
    amount_fen: int


@response("non_tax.void_done", "缴款书作废返回")
class FeeVoided(Message):
    pay_code: str


@request("non_tax.void", "作废缴款书", Answers.NOW, "/pay-codes/{pay_code}/void", by="pay_code", ref="pay_code",
         inventory=("FJ-30",), item="fee", errors=(ALREADY_PAID,))  # fmt: skip
class VoidFee(Message):
    pay_code: str
    reason: str


@response("non_tax.receipt", "电子票据返回", amount="amount_fen")
class FeeReceipt(Message):
    """Receipt code 8 digits, number 10 digits, check code 6 characters."""

    pay_code: str
    receipt_code: str
    receipt_no: str
    check_code: str
    amount_fen: int


@request("non_tax.fetch_receipt", "请求电子票据", Answers.NOW, "/pay-codes/{pay_code}/receipt", by="pay_code", ref="pay_code",
         inventory=("FJ-33",), step="税费同缴-15", item="fee", errors=(NOT_PAID, ALREADY_REVERSED))  # fmt: skip
class FetchReceipt(Message):
    pay_code: str


@response("non_tax.reversed", "票据冲红返回", amount="amount_fen")
class FeeReversed(Message):
    pay_code: str
    red_receipt_no: str
    amount_fen: int


@request("non_tax.reverse", "票据冲红并退付", Answers.NOW, "/pay-codes/{pay_code}/reversal", by="pay_code", ref="pay_code",
         inventory=("FJ-30",), item="fee", errors=(NOT_PAID, ALREADY_REVERSED))  # fmt: skip
class ReverseFee(Message):
    pay_code: str
    reason: str
