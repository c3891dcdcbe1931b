"""The power company: account pre-check, transfer of the account, attachment, result, cancellation."""

from contract.errors import ACCOUNT_UNKNOWN, ALREADY_DONE, ARREARS, NAME_DIFFERS
from contract.records import Transfer
from sim.message import SILENT, Answers, Error, Message, notice, request, response

ADDRESS_DIFFERS = Error("address_differs", "用电地址与坐落不符", "核对地址后重新提交")
WORK_ORDER_OPEN = Error("work_order_open", "该户有在途工单", "待工单办结后重新提交")
NOT_RESIDENTIAL = Error("not_residential", "非居民或合表用户", "到营业厅办理")
CLOSED_ACCOUNT = Error("closed_account", "已销户或暂停", "先恢复用电")
BREACH_OPEN = Error("breach_open", "违约用电未结清", "结清后重新提交")
CONTRACT_OPEN = Error("contract_open", "有代扣或分布式光伏合同须先解约", "解约后重新提交")
UNKNOWN_ACCEPTANCE = Error("unknown_acceptance", "受理编号不存在", "核对受理编号")
TOO_LATE = Error("too_late", "已办结，不能撤销", "另行申请过户")
REASONS = (
    ARREARS,
    NAME_DIFFERS,
    ADDRESS_DIFFERS,
    WORK_ORDER_OPEN,
    NOT_RESIDENTIAL,
    CLOSED_ACCOUNT,
    BREACH_OPEN,
    CONTRACT_OPEN,
)


@response("power.prechecked", "用电户号预核验返回")
class Prechecked(Message):
    """`passed` 1/0 with the detail, as utilities answer in life."""

    account: str
    passed: bool
    reason: str


@request("power.precheck", "用电户号预核验", Answers.QUERY, "/accounts/{account}/precheck", inventory=("FJ-57",), item="power",
         ref="account", authorised="authorisation")  # fmt: skip
class Precheck(Message):
    account: str
    owner_name: str
    authorisation: str


@response("power.push_accepted", "用电过户受理返回")
class PushAccepted(Message):
    accept_no: str


@request("power.push", "用电过户推送", Answers.NOW, "/transfers", inventory=("FJ-41@hub", "FJ-56@registry"), step="总对总-②",
         item="power", ref="account", errors=(ACCOUNT_UNKNOWN, ALREADY_DONE))  # fmt: skip
class Push(Message):
    account: str
    transfer: Transfer


@response("power.attached", "附件接收返回")
class Attached(Message):
    accept_no: str


@request("power.attach", "用电过户附件推送", Answers.NOW, "/transfers/{accept_no}/attachments", by="accept_no", ref="accept_no",
         item="power", errors=(UNKNOWN_ACCEPTANCE,))  # fmt: skip
class Attach(Message):
    accept_no: str
    files: tuple[str, ...]


@request("power.fetch_results", "定时取用电过户结果", Answers.QUERY, "/results/batch", inventory=("FJ-42@hub", "FJ-56@registry"),
         step="总对总-③", item="power")  # fmt: skip
class FetchResults(Message):
    """The batch poll; its entries are `Result`."""


@notice("power.result", "用电过户结果", item="power", ref="accept_no", polled="power.fetch_results", ladder=SILENT,
        inventory=("FJ-42@hub", "FJ-56@registry"), step="总对总-③")  # fmt: skip
class Result(Message):
    """`status` 3 done, 4 rejected with reason code and text."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@response("power.status", "单件结果返回")
class Status(Message):
    """`status` 2 in progress, 3 done, 4 rejected, 5 cancelled."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@request("power.query_status", "按受理编号查询用电过户", Answers.QUERY, "/transfers/{accept_no}", method="GET", by="accept_no",
         ref="accept_no", item="power", inventory=("FJ-42@hub", "FJ-56@registry"))  # fmt: skip
class QueryStatus(Message):
    accept_no: str


@response("power.cancelled", "用电过户撤销返回")
class Cancelled(Message):
    accept_no: str


@request("power.cancel", "撤销用电过户", Answers.NOW, "/transfers/{accept_no}/cancellation", by="accept_no", ref="accept_no",
         item="power", inventory=("FJ-67",), errors=(TOO_LATE,))  # fmt: skip
class Cancel(Message):
    accept_no: str
    reason: str
