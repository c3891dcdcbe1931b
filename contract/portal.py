"""The provincial online application system: what applicants and registries say to it (steps ①–⑤)."""

from contract.errors import APPLICANTS_MISSING
from contract.records import Application
from sim.message import Answers, Error, Message, notice, request, response

AUTHORISATION_DIFFERS = Error("authorisation_differs", "授权编号不是本件的", "由本件的申请人重新授权")
ACCOUNT_MALFORMED = Error("account_malformed", "户号位数不符", "核对户号，前导零不可省略")
DUPLICATE_HOME = Error("duplicate_home", "该房屋已有在办的套餐申请", "先办结或撤回在办申请")
CHANNEL_UNKNOWN = Error("channel_unknown", "申请渠道不在约定的三端之内", "从省网上办事大厅、闽政通或线下窗口申请")
HOME_ELSEWHERE = Error("home_elsewhere", "房屋坐落不在本省", "向房屋所在地的登记机构申请")
PRICE_MISSING = Error("price_missing", "成交价缺失或为零", "填写合同成交价后再提交")
FIELD_EMPTY = Error("field_empty", "必填项未填写", "填写后再提交；只有空格的不算已填", covers=("blank",))
NO_APPLICATION = Error("no_application", "没有这件申请", "核对办件号")
RECEIPT_CODE_DIFFERS = Error("receipt_code_differs", "收件码不是本件的", "用申请时取得的收件码查询")
SLIPS = ("bad_check_digit", "bad_birth_date", "bad_length", "bad_characters", "old_identity_number", "lower_case_x", "lower_case",
         "full_width", "has_spaces")  # fmt: skip
ID_INVALID = Error("id_invalid", "证件号码校验位不符", "核对证件号码后再提交", covers=SLIPS, field="id_no")


@request("portal.apply", "提交套餐申请", Answers.ACK, "/applications", ref="authorisation", inventory=("FJ-01",),
         step="税费同缴-1", errors=(APPLICANTS_MISSING, DUPLICATE_HOME, CHANNEL_UNKNOWN, HOME_ELSEWHERE, PRICE_MISSING,
         FIELD_EMPTY, ID_INVALID, ACCOUNT_MALFORMED, AUTHORISATION_DIFFERS))  # fmt: skip
class Apply(Message):
    """One application for all chosen items; `authorisation` is the buyers' consent to look-ups (四（三）)."""

    application: Application
    authorisation: str


@request(
    "portal.join", "卖方确认并授权", Answers.ACK, "/applications/{case}/join", ref="authorisation", inventory=("FJ-01",)
)
class Join(Message):
    authorisation: str


@request("portal.login_again", "重新登录认证", Answers.ACK, "/applications/{case}/login", inventory=("FJ-02",))
class LoginAgain(Message):
    role: str


@request("portal.upload", "上传缺失证照", Answers.ACK, "/applications/{case}/uploads")
class Upload(Message):
    documents: tuple[str, ...]


@request("portal.correct", "补正后重新提交", Answers.ACK, "/applications/{case}/corrections", inventory=("FJ-01",))
class Correct(Message):
    what: str


@request("portal.withdraw", "申请撤回", Answers.ACK, "/applications/{case}/withdrawal", inventory=("FJ-67",))
class Withdraw(Message):
    reason: str


@response("portal.progress_shown", "办理进度返回", ref="acceptance_no")
class ProgressShown(Message):
    """`stage` is where the application stands, in the portal's own words; `outcome` how it ended, "" while it goes on."""

    stage: str
    acceptance_no: str
    outcome: str


@request("portal.query_progress", "查询办理进度", Answers.QUERY, "/applications/{case}/progress", method="GET",
         errors=(NO_APPLICATION, RECEIPT_CODE_DIFFERS))  # fmt: skip
class QueryProgress(Message):
    """Asked by the applicants with the receipt code of their case, also long after it has ended (三（一）)."""

    receipt_code: str


@notice("portal.accepted", "受理通知", "/callbacks/accepted", ref="acceptance_no", inventory=("FJ-08",))
class Accepted(Message):
    acceptance_no: str


@notice("portal.not_accepted", "不予受理通知", "/callbacks/not-accepted", inventory=("FJ-08",))
class NotAccepted(Message):
    reason: str


@notice("portal.correction_asked", "补正通知", "/callbacks/correction", inventory=("FJ-08",))
class CorrectionAsked(Message):
    what: str


@notice("portal.closed", "办件结束通知", "/callbacks/closed", inventory=("FJ-58",))
class Closed(Message):
    """How the application ended: done, partly_done (an item was sent back for good), refused, withdrawn, lapsed."""

    outcome: str
