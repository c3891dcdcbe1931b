"""The government service platform: identity, certificates, receipt code, seals, progress, case reflow, reviews."""

from sim.dossier import Person
from sim.message import Answers, Error, Message, notice, request, response

FACE_MISMATCH = Error("face_mismatch", "人脸比对不一致", "请本人重新认证")
LOGIN_EXPIRED = Error("login_expired", "登录凭证已过期", "重新登录认证")
TICKET_USED = Error("ticket_used", "认证票据已使用过", "重新登录认证")
SEAL_REVOKED = Error("seal_revoked", "签章证书已吊销", "由本人重新申领签章证书")
AUTHORISATION_MISSING = Error("authorisation_missing", "未附申请人授权，不得查询个人信息", "取得授权后再查询")
RECEIPT_CODE_UNKNOWN = Error("receipt_code_unknown", "收件码不是本办件的收件码", "核对收件码后重新提交")
SIGNERS_INVALID = Error("signers_invalid", "签署人须为买卖双方", "由买卖双方共同签署")
NOT_A_SIGNER = Error("not_a_signer", "不在签署人名单内", "由签署人本人签署")
SIGNING_OVER = Error("signing_over", "签署已取消或已逾期失效", "重新提交申请")
STAGE_UNKNOWN = Error("stage_unknown", "环节不在约定范围内", "核对环节后重报")
NOT_AWAITING_PAYMENT = Error("not_awaiting_payment", "该办件不在待缴状态", "待通知缴款后再进入")
NOT_YET_PAID = Error("not_yet_paid", "尚未缴清，不能申请票据", "缴清后再申请")
ITEM_CODE_UNKNOWN = Error("item_code_unknown", "事项编码不在清单内", "核对实施清单后重报")
TIME_REVERSED = Error("time_reversed", "环节时间倒序", "更正时间后重报")
STAGE_MISSING = Error("stage_missing", "缺少前序环节", "先报送前序环节")
WRONG_MODE = Error("wrong_mode", "与本地区办件模式不符", "按本地区约定的模式报送")
CASE_CODE_DIFFERS = Error("case_code_differs", "办件编号与已报送的不一致", "以首次报送的办件编号重报")
NOT_OPEN = Error("not_open", "该环节尚不可评价", "受理后再评价")
ALREADY_RATED = Error("already_rated", "该办件已评价，无需重复评价", "无须重复评价")
REASON_NEEDED = Error("reason_needed", "差评须填写理由", "补充理由后提交")
SCORE_INVALID = Error("score_invalid", "评价等级须为1至5", "选择五级之一")


# ---- identity, certificates, backfill, receipt code ----------------------------------------------------------------------
@response("gov_platform.identity_verified", "身份认证通过")
class IdentityVerified(Message):
    """Who was identified is said again, so that an answer heard twice is not taken for another person's."""

    role: str
    id_no: str
    token: str


@request("gov_platform.verify_identity", "统一身份认证", Answers.NOW, "/identity/verifications", inventory=("FJ-02",),
         ref="role", errors=(FACE_MISMATCH, LOGIN_EXPIRED, TICKET_USED))  # fmt: skip
class VerifyIdentity(Message):
    role: str
    person: Person


@response("gov_platform.certificates_fetched", "电子证照返回")
class CertificatesFetched(Message):
    found: tuple[str, ...]
    missing: tuple[str, ...]


@request("gov_platform.fetch_certificates", "获取电子证照", Answers.NOW, "/certificates/query", inventory=("FJ-03",),
         authorised="authorisation", ref="authorisation", errors=(AUTHORISATION_MISSING,))  # fmt: skip
class FetchCertificates(Message):
    authorisation: str
    persons: tuple[Person, ...]
    kinds: tuple[str, ...]


@response("gov_platform.backfilled", "回填数据返回")
class Backfilled(Message):
    fields: tuple[str, ...]


@request("gov_platform.backfill", "共享数据回填", Answers.NOW, "/sharing/backfill", inventory=("FJ-04",),
         authorised="authorisation", ref="authorisation", errors=(AUTHORISATION_MISSING,))  # fmt: skip
class Backfill(Message):
    authorisation: str
    unit_code: str
    id_nos: tuple[str, ...]


@response("gov_platform.receipt_code_issued", "收件码返回", ref="receipt_code")
class ReceiptCodeIssued(Message):
    receipt_code: str


@request("gov_platform.issue_receipt_code", "生成统一收件码", Answers.NOW, "/receipt-codes", inventory=("FJ-05",))
class IssueReceiptCode(Message):
    """`channel` is online_hall, minzhengtong or window: at the window the clerk is invited to sign for both."""

    channel: str
    items: tuple[str, ...]


# ---- seals --------------------------------------------------------------------------------------------------------------
@request("gov_platform.start_signing", "发起电子签章", Answers.ACK, "/signings", ref="receipt_code", inventory=("FJ-06",),
         errors=(RECEIPT_CODE_UNKNOWN, SIGNERS_INVALID, SIGNING_OVER))  # fmt: skip
class StartSigning(Message):
    """`signers` are buyer and seller, the two who must sign within 15 days."""

    receipt_code: str
    documents: tuple[str, ...]
    signers: tuple[str, ...]


@request("gov_platform.sign", "签署", Answers.ACK, "/signings/{case}/signatures", inventory=("FJ-06",),
         ref="role", errors=(NOT_A_SIGNER, SIGNING_OVER, SEAL_REVOKED))  # fmt: skip
class Sign(Message):
    """Heard from the signer's own seat; at the window from the clerk's."""

    role: str


@notice("gov_platform.signing_done", "双方签署完成", "/callbacks/signing", inventory=("FJ-06",), ref="seal_no")
class SigningDone(Message):
    seal_no: str


@notice("gov_platform.signing_expired", "签署逾期失效", "/callbacks/signing-expired", inventory=("FJ-06",))
class SigningExpired(Message):
    missing: tuple[str, ...]


@request("gov_platform.cancel_signing", "取消签署", Answers.ACK, "/signings/{case}/cancellation", inventory=("FJ-67",))
class CancelSigning(Message):
    reason: str


# ---- progress, payment and receipts entry ("我的办件") ------------------------------------------------------------------------
@request("gov_platform.progress", "推送办件进度", Answers.ACK, "/cases/{case}/progress", inventory=("FJ-10",),
         errors=(STAGE_UNKNOWN,))  # fmt: skip
class Progress(Message):
    """`stage`: accepted, awaiting_payment, paid, recorded, closed."""

    stage: str


@response("gov_platform.my_case_shown", "我的办件返回")
class MyCaseShown(Message):
    """`stage` as last reported (empty before acceptance); `remark` says why an entry to payment or receipts was closed."""

    stage: str
    remark: str


@request("gov_platform.my_case", "查询我的办件", Answers.QUERY, "/cases/{case}", method="GET", inventory=("FJ-10",))
class MyCase(Message):
    role: str


@request("gov_platform.go_to_payment", "从我的办件进入缴款", Answers.ACK, "/cases/{case}/payment", inventory=("FJ-16",),
         step="税费同缴-4", errors=(NOT_AWAITING_PAYMENT,))  # fmt: skip
class GoToPayment(Message):
    role: str


@request("gov_platform.ask_receipts", "申请票据", Answers.ACK, "/cases/{case}/receipts", inventory=("FJ-32",),
         step="税费同缴-14", errors=(NOT_YET_PAID,))  # fmt: skip
class AskReceipts(Message):
    role: str


# ---- the new title's electronic certificate -----------------------------------------------------------------------------------
@response("gov_platform.title_certified", "电子证照签发返回", ref="mark")
class TitleCertified(Message):
    mark: str


@request(
    "gov_platform.certify_title",
    "签发不动产权电子证照",
    Answers.NOW,
    "/certificates/titles",
    ref="title_no",
    inventory=("FJ-36",),
)
class CertifyTitle(Message):
    title_no: str
    unit_code: str
    holders: tuple[str, ...]


# ---- case reflow (附件5) ----------------------------------------------------------------------------------------------------------
@response("gov_platform.case_stored", "办件入库返回", inventory=("FJ-63",))
class CaseStored(Message):
    stage: str


@request("gov_platform.report_main", "模式1：报送主办件", Answers.NOW, "/reflow/main", inventory=("FJ-59",), ref="case_code",
         errors=(ITEM_CODE_UNKNOWN, TIME_REVERSED, STAGE_MISSING, STAGE_UNKNOWN, CASE_CODE_DIFFERS, WRONG_MODE))  # fmt: skip
class ReportMain(Message):
    """`stage`: accepted, done. Mode 1: the platform distributes the items and packs the data.

    `items` are codes of the package's list: transfer, tax, filing, water, power, gas, cable_tv, housing_fund.
    """

    case_code: str
    stage: str
    at_ms: int
    items: tuple[str, ...]


@notice("gov_platform.items_distributed", "模式1：平台分发联办事项", "/callbacks/items", inventory=("FJ-60",))
class ItemsDistributed(Message):
    items: tuple[str, ...]


@request("gov_platform.report_item", "模式1：回报子办件", Answers.ACK, "/reflow/items", inventory=("FJ-60",), ref="item_code",
         errors=(ITEM_CODE_UNKNOWN, STAGE_MISSING, WRONG_MODE))  # fmt: skip
class ReportItem(Message):
    item_code: str
    result: str


@request("gov_platform.report_package", "模式2：报送套餐包", Answers.NOW, "/reflow/packages", inventory=("FJ-62",), ref="case_code",
         errors=(ITEM_CODE_UNKNOWN, TIME_REVERSED, STAGE_MISSING, STAGE_UNKNOWN, CASE_CODE_DIFFERS, WRONG_MODE))  # fmt: skip
class ReportPackage(Message):
    """`stage`: accepted, process (at recording), done. Mode 2: the sender distributed and packs all cases itself.

    `items` as in `ReportMain`.
    """

    case_code: str
    stage: str
    at_ms: int
    items: tuple[str, ...]
    results: tuple[str, ...]


# ---- reviews (好差评) ------------------------------------------------------------------------------------------------------------
@request("gov_platform.open_review", "推送可评办件", Answers.ACK, "/reviews", inventory=("FJ-64",), ref="case_code",
         errors=(CASE_CODE_DIFFERS,))  # fmt: skip
class OpenReview(Message):
    case_code: str


@request("gov_platform.rate", "五级评价", Answers.ACK, "/reviews/{case}/ratings", inventory=("FJ-65",),
         errors=(NOT_OPEN, ALREADY_RATED, REASON_NEEDED, SCORE_INVALID))  # fmt: skip
class Rate(Message):
    score: int
    reason: str


@notice("gov_platform.review_returned", "评价回流", "/callbacks/reviews", inventory=("FJ-66",))
class ReviewReturned(Message):
    score: int
    follow_up: bool


@request("gov_platform.follow_up_done", "差评整改反馈", Answers.ACK, "/reviews/{case}/follow-up", inventory=("FJ-66",))
class FollowUpDone(Message):
    action: str
