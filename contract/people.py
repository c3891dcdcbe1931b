"""What buyers, sellers and clerks hear and decide; the steps that only a person can take."""

from contract.records import Application, Charge
from sim.message import SILENT, Answers, Error, Message, notice, request, timer

NO_SUCH_POST = Error("no_such_post", "没有这个岗位", "岗位为受理、审核、登簿、缮证之一")


# ---- buyer and seller ------------------------------------------------------------------------------------------------
@timer("buyer.deal_done", "双方成交")
class DealDone(Message):
    """The sale is agreed; the application can be made."""


@notice("person.login_failed", "登录未通过", ladder=SILENT)
class LoginFailed(Message):
    reason: str


@notice("person.join_invited", "邀请卖方确认", ladder=SILENT)
class JoinInvited(Message):
    """Goes to the seller, or for a window case to the clerk before whom both parties stand."""

    receipt: str


@notice("person.upload_asked", "请上传缺失证照", ladder=SILENT)
class UploadAsked(Message):
    missing: tuple[str, ...]


@notice("person.sign_invited", "请签署申请表与合同", inventory=("FJ-06",))
class SignInvited(Message):
    receipt_code: str


@notice("person.told", "短信送达", ladder=SILENT)
class Told(Message):
    """A text message that asks for something: `about` is payment; what only informs ends at the gateway."""

    about: str
    text: str


@notice("person.correction_asked", "请补正材料", inventory=("FJ-08",))
class CorrectionWanted(Message):
    what: str


@notice("person.bill_shown", "展示缴款清单", inventory=("FJ-21",), step="税费同缴-8")
class BillShown(Message):
    charges: tuple[Charge, ...]
    complete: bool


@notice(
    "person.cashier_opened", "唤起云闪付", inventory=("FJ-22",), step="税费同缴-9", ref="order_no", amount="amount_fen"
)
class CashierOpened(Message):
    order_no: str
    tn: str
    amount_fen: int


@notice("person.payment_failed", "支付未成功", ladder=SILENT, ref="order_no")
class PaymentFailed(Message):
    order_no: str
    reason: str


@notice("person.result_shown", "刷新缴纳结果", inventory=("FJ-27",), step="税费同缴-13")
class ResultShown(Message):
    paid: tuple[str, ...]
    settled: bool


@notice("person.receipts_ready", "票据可下载", inventory=("FJ-35",), step="税费同缴-16")
class ReceiptsReady(Message):
    numbers: tuple[str, ...]


@notice("person.review_invited", "邀请评价", ladder=SILENT, inventory=("FJ-64",))
class ReviewInvited(Message):
    case_code: str


@notice("person.case_over", "告知办件结果", inventory=("FJ-58",))
class CaseOver(Message):
    """The end of the application: done, partly_done, declined, refused, withdrawn, lapsed."""

    outcome: str


# ---- clerks ----------------------------------------------------------------------------------------------------------
@request("clerk.visit", "窗口提交申请", Answers.ACK, "/window/visits", inventory=("FJ-01",))
class Visit(Message):
    application: Application
    authorisation: str


@notice("clerk.package_ready", "窗口件申请包就绪", ref="receipt_code")
class PackageReady(Message):
    application: Application
    receipt_code: str
    seal_no: str
    authorisation: str


@notice("clerk.linked_stuck", "联办久无结果，转人工")
class LinkedStuck(Message):
    """A department has taken a linked item in, and never says how it ended; `item` is its code."""

    item: str


@notice("clerk.charges_stuck", "计税计费屡被退回，转人工")
class ChargesStuck(Message):
    """The tax-and-fee service turns a case's facts down however often they are put right; `error` is the code of its last
    refusal, or `charges_returned`."""

    error: str


@notice("clerk.task", "待办任务", errors=(NO_SUCH_POST,))
class Task(Message):
    """Work for a post: accept 受理, review 审核, record 登簿, certify 缮证."""

    post: str
