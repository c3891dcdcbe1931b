"""The gas company: account pre-check, transfer with a safety inspection, attachment, polled result, cancellation."""

from contract.errors import ACCOUNT_UNKNOWN, ALREADY_DONE, ARREARS, NAME_DIFFERS
from contract.records import Transfer
from sim.message import SILENT, Answers, Error, Message, notice, request, response

TRANSFER_LIMITED = Error("transfer_limited", "限制过户", "到营业厅解除限制")
INSPECTION_FAILED = Error("inspection_failed", "安检不合格或未安检", "预约入户安检后重新提交")
SUSPENDED = Error("suspended", "报停或未通气", "先恢复通气")
METER_OVERDUE = Error("meter_overdue", "表具超期", "更换表具后重新提交")
CARD_BALANCE = Error("card_balance", "IC卡余量未结", "结清余量后重新提交")
UNKNOWN_ACCEPTANCE = Error("unknown_acceptance", "受理编号不存在", "核对受理编号")
TOO_LATE = Error("too_late", "已办结，不能撤销", "另行申请过户")
REASONS = (ARREARS, NAME_DIFFERS, TRANSFER_LIMITED, INSPECTION_FAILED, SUSPENDED, METER_OVERDUE, CARD_BALANCE)


@response("gas.prechecked", "用气户号预核验返回")
class Prechecked(Message):
    """`passed` 1/0 with the detail, as utilities answer in life."""

    account: str
    passed: bool
    reason: str


@request("gas.precheck", "用气户号预核验", Answers.QUERY, "/accounts/{account}/precheck", inventory=("FJ-57",), item="gas",
         ref="account", authorised="authorisation")  # fmt: skip
class Precheck(Message):
    account: str
    owner_name: str
    authorisation: str


@response("gas.push_accepted", "用气过户受理返回")
class PushAccepted(Message):
    accept_no: str


@request("gas.push", "用气过户推送", Answers.NOW, "/transfers", inventory=("FJ-54",),
         item="gas", ref="account", errors=(ACCOUNT_UNKNOWN, ALREADY_DONE))  # fmt: skip
class Push(Message):
    account: str
    transfer: Transfer


@response("gas.attached", "附件接收返回")
class Attached(Message):
    accept_no: str


@request("gas.attach", "用气过户附件推送", Answers.NOW, "/transfers/{accept_no}/attachments", by="accept_no", ref="accept_no",
         item="gas", errors=(UNKNOWN_ACCEPTANCE,))  # fmt: skip
class Attach(Message):
    accept_no: str
    files: tuple[str, ...]


@request("gas.fetch_results", "定时取用气过户结果", Answers.QUERY, "/results/batch", inventory=("FJ-55",), item="gas")  # fmt: skip
class FetchResults(Message):
    """The batch poll; its entries are `Result`."""


@notice("gas.result", "用气过户结果", item="gas", ref="accept_no", polled="gas.fetch_results", ladder=SILENT,
        inventory=("FJ-55",))  # fmt: skip
class Result(Message):
    """`status` 3 done, 4 rejected with reason code and text."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@response("gas.status", "单件结果返回")
class Status(Message):
    """`status` 2 in progress, 3 done, 4 rejected, 5 cancelled."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@request("gas.query_status", "按受理编号查询用气过户", Answers.QUERY, "/transfers/{accept_no}", method="GET", by="accept_no",
         ref="accept_no", item="gas", inventory=("FJ-55",))  # fmt: skip
class QueryStatus(Message):
    accept_no: str


@response("gas.cancelled", "用气过户撤销返回")
class Cancelled(Message):
    accept_no: str


@request("gas.cancel", "撤销用气过户", Answers.NOW, "/transfers/{accept_no}/cancellation", by="accept_no", ref="accept_no",
         item="gas", inventory=("FJ-67",), errors=(TOO_LATE,))  # fmt: skip
class Cancel(Message):
    accept_no: str
    reason: str
