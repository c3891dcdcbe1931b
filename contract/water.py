"""The water company: account pre-check, transfer of the account, attachment, call-back with the result, cancellation."""

from contract.errors import ACCOUNT_UNKNOWN, ALREADY_DONE, ARREARS, NAME_DIFFERS
from contract.records import Transfer
from sim.message import Answers, Error, Message, notice, request, response

METER_SHARED = Error("meter_shared", "合表或总表户", "先办理分户")
USE_CHANGED = Error("use_changed", "用水性质变更", "到营业厅办理")
METER_FAULT = Error("meter_fault", "表故障或换表在途", "待换表完成后重新提交")
NO_ACCOUNT = Error("no_account", "趸售或物业转供，无独立户号", "向物业申请")
UNKNOWN_ACCEPTANCE = Error("unknown_acceptance", "受理编号不存在", "核对受理编号")
TOO_LATE = Error("too_late", "已办结，不能撤销", "另行申请过户")
REASONS = (ARREARS, NAME_DIFFERS, METER_SHARED, USE_CHANGED, METER_FAULT, NO_ACCOUNT)


@response("water.prechecked", "用水户号预核验返回")
class Prechecked(Message):
    """`passed` 1/0 with the detail, as utilities answer in life."""

    account: str
    passed: bool
    reason: str


@request("water.precheck", "用水户号预核验", Answers.QUERY, "/accounts/{account}/precheck", inventory=("FJ-57",), item="water",
         ref="account", authorised="authorisation")  # fmt: skip
class Precheck(Message):
    account: str
    owner_name: str
    authorisation: str


@response("water.push_accepted", "用水过户受理返回")
class PushAccepted(Message):
    accept_no: str


@request("water.push", "用水过户推送", Answers.NOW, "/transfers", inventory=("FJ-52",),
         item="water", ref="account", errors=(ACCOUNT_UNKNOWN, ALREADY_DONE))  # fmt: skip
class Push(Message):
    account: str
    transfer: Transfer


@response("water.attached", "附件接收返回")
class Attached(Message):
    accept_no: str


@request("water.attach", "用水过户附件推送", Answers.NOW, "/transfers/{accept_no}/attachments", by="accept_no", ref="accept_no",
         item="water", errors=(UNKNOWN_ACCEPTANCE,))  # fmt: skip
class Attach(Message):
    accept_no: str
    files: tuple[str, ...]


@notice("water.result", "用水过户结果", "/callbacks/water/result", item="water", ref="accept_no",
        inventory=("FJ-53",))  # fmt: skip
class Result(Message):
    """`status` 3 done, 4 rejected with reason code and text."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@response("water.status", "单件结果返回")
class Status(Message):
    """`status` 2 in progress, 3 done, 4 rejected, 5 cancelled."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@request("water.query_status", "按受理编号查询用水过户", Answers.QUERY, "/transfers/{accept_no}", method="GET", by="accept_no",
         ref="accept_no", item="water", inventory=("FJ-53",))  # fmt: skip
class QueryStatus(Message):
    accept_no: str


@response("water.cancelled", "用水过户撤销返回")
class Cancelled(Message):
    accept_no: str


@request("water.cancel", "撤销用水过户", Answers.NOW, "/transfers/{accept_no}/cancellation", by="accept_no", ref="accept_no",
         item="water", inventory=("FJ-67",), errors=(TOO_LATE,))  # fmt: skip
class Cancel(Message):
    accept_no: str
    reason: str
