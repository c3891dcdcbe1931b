"""The tax bureau: declaration, assessment, vouchers, write-off, refund through the treasury, certificates."""

from contract.errors import ALREADY_PAID, AMOUNT_DIFFERS, EXPIRED, NOT_PAID, VOIDED
from contract.records import Charge, TaxFacts
from sim.message import Answers, Error, Message, notice, request, response

ALREADY_DECLARED = Error("already_declared", "已申报，正在核税", "等待核税结果")
PRICE_MISSING = Error("price_missing", "成交价缺失或为零", "补充成交价后重新申报")
FOREIGN_SENDER = Error("foreign_sender", "非省登记系统不得直接访问", "经省级税费同缴服务提交")
REGISTRY_DIFFERS = Error("registry_differs", "登记机构编码与房屋所在地不一致", "核对登记机构编码后重新申报")
ALREADY_REFUNDED = Error("already_refunded", "已退库", "无须重复申请")


@request("tax.declare", "涉税信息申报", Answers.ACK, "/declarations", inventory=("FJ-13",), step="税费同缴-2", item="tax",
         amount="price_fen", errors=(ALREADY_DECLARED, PRICE_MISSING, FOREIGN_SENDER, REGISTRY_DIFFERS))  # fmt: skip
class Declare(Message):
    """`registry_code` names the registry whose case it is (附件3 总述)."""

    registry_code: str
    price_fen: int
    facts: TaxFacts


@notice(
    "tax.assessed",
    "核税结果：应缴",
    "/callbacks/assessed",
    inventory=("FJ-13",),
    step="税费同缴-2",
    item="tax",
    amount="total_fen",
)
class Assessed(Message):
    """Three elements per payer and voucher, one `Charge` each."""

    charges: tuple[Charge, ...]
    total_fen: int


@notice(
    "tax.exempted", "核税结果：免税或不征", "/callbacks/exempted", inventory=("FJ-13",), step="税费同缴-2", item="tax"
)
class Exempted(Message):
    reasons: tuple[str, ...]


@notice("tax.returned", "核税结果：退回补正", "/callbacks/returned", inventory=("FJ-13",), item="tax")
class Returned(Message):
    reason: str


@response("tax.bill", "税单返回", amount="amount_fen")
class TaxBill(Message):
    charge: Charge
    amount_fen: int


@request("tax.query_bill", "查询税单", Answers.QUERY, "/vouchers/{voucher_no}", method="GET", by="voucher_no", ref="voucher_no",
         inventory=("FJ-19",), step="税费同缴-6", item="tax", errors=(ALREADY_PAID, EXPIRED, VOIDED))  # fmt: skip
class QueryBill(Message):
    voucher_no: str


@response("tax.written_off", "税款销账返回")
class WrittenOff(Message):
    voucher_no: str


@request("tax.write_off", "税款销账", Answers.NOW, "/vouchers/{voucher_no}/write-off", by="voucher_no", ref="voucher_no",
         amount="amount_fen", inventory=("FJ-25",), step="税费同缴-11", item="tax",
         errors=(ALREADY_PAID, AMOUNT_DIFFERS, EXPIRED, VOIDED))  # fmt: skip
class WriteOff(Message):
    voucher_no: str
    order_no: str
    amount_fen: int


@response("tax.void_done", "税票作废返回")
class VoucherVoided(Message):
    voucher_no: str


@request("tax.void", "作废税票", Answers.NOW, "/vouchers/{voucher_no}/void", by="voucher_no", ref="voucher_no",
         inventory=("FJ-30",), item="tax", errors=(ALREADY_PAID,))  # fmt: skip
class Void(Message):
    voucher_no: str
    reason: str


@request(
    "tax.cancel_declaration",
    "撤销申报",
    Answers.ACK,
    "/declarations/{case}/cancellation",
    inventory=("FJ-30",),
    item="tax",
)
class CancelDeclaration(Message):
    """Withdraw a declaration that is still being assessed, or whose assessment is on its way: unpaid vouchers are void."""

    reason: str


@response("tax.treasury_refunded", "退库完成", ref="voucher_no", amount="amount_fen", inventory=("FJ-30",), item="tax")
class TreasuryRefunded(Message):
    voucher_no: str
    amount_fen: int


@request("tax.treasury_refund", "申请退库", Answers.LATER, "/vouchers/{voucher_no}/refund", by="voucher_no", ref="voucher_no",
         amount="amount_fen", inventory=("FJ-30",), item="tax", errors=(AMOUNT_DIFFERS, NOT_PAID, ALREADY_REFUNDED))  # fmt: skip
class TreasuryRefund(Message):
    voucher_no: str
    amount_fen: int
    reason: str


@response("tax.certificate", "完税凭证返回", amount="amount_fen")
class TaxCertificate(Message):
    voucher_no: str
    certificate_no: str
    amount_fen: int


@request("tax.fetch_certificate", "请求完税凭证", Answers.NOW, "/vouchers/{voucher_no}/certificate", by="voucher_no",
         ref="voucher_no", inventory=("FJ-34",), step="税费同缴-15", item="tax", errors=(NOT_PAID, ALREADY_REFUNDED))  # fmt: skip
class FetchCertificate(Message):
    voucher_no: str
