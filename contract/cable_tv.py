"""The cable-TV network: account pre-check, transfer with all terminals, attachment, polled result, cancellation."""

from contract.errors import ACCOUNT_UNKNOWN, ALREADY_DONE
from contract.records import Transfer
from sim.message import SILENT, Answers, Error, Message, notice, request, response

SUSPENDED_FOR_ARREARS = Error("suspended_for_arrears", "欠费停机", "结清欠费后重新提交")
CONTRACT_RUNNING = Error("contract_running", "套餐或合约未到期", "到期或解约后重新提交")
NO_USER_AT_ADDRESS = Error("no_user_at_address", "地址无有效用户", "核对地址与账号")
SECOND_SETS = Error("second_sets", "副机未一并办理", "一并提交全部终端")
EQUIPMENT_NOT_RETURNED = Error("equipment_not_returned", "设备未归还", "归还设备后重新提交")
OWNER_ID_DIFFERS = Error("owner_id_differs", "户主证件不符", "核对户主证件")
CLOSED_ACCOUNT = Error("closed_account", "已销户", "重新开户")
UNKNOWN_ACCEPTANCE = Error("unknown_acceptance", "受理编号不存在", "核对受理编号")
TOO_LATE = Error("too_late", "已办结，不能撤销", "另行申请过户")
REASONS = (
    SUSPENDED_FOR_ARREARS,
    CONTRACT_RUNNING,
    NO_USER_AT_ADDRESS,
    SECOND_SETS,
    EQUIPMENT_NOT_RETURNED,
    OWNER_ID_DIFFERS,
    CLOSED_ACCOUNT,
)


@response("cable_tv.prechecked", "广电户号预核验返回")
class Prechecked(Message):
    """`passed` 1/0 with the detail, as utilities answer in life."""

    account: str
    passed: bool
    reason: str


@request("cable_tv.precheck", "广电户号预核验", Answers.QUERY, "/accounts/{account}/precheck", inventory=("FJ-57",), item="cable_tv",
         ref="account", authorised="authorisation")  # fmt: skip
class Precheck(Message):
    account: str
    owner_name: str
    authorisation: str


@response("cable_tv.push_accepted", "广电过户受理返回")
class PushAccepted(Message):
    accept_no: str


@request("cable_tv.push", "广电过户推送", Answers.NOW, "/transfers", inventory=("FJ-45@hub", "FJ-56@registry"), step="总对总-②",
         item="cable_tv", ref="account", errors=(ACCOUNT_UNKNOWN, ALREADY_DONE))  # fmt: skip
class Push(Message):
    account: str
    transfer: Transfer


@response("cable_tv.attached", "附件接收返回")
class Attached(Message):
    accept_no: str


@request("cable_tv.attach", "广电过户附件推送", Answers.NOW, "/transfers/{accept_no}/attachments", by="accept_no", ref="accept_no",
         item="cable_tv", errors=(UNKNOWN_ACCEPTANCE,))  # fmt: skip
class Attach(Message):
    accept_no: str
    files: tuple[str, ...]


@request("cable_tv.fetch_results", "定时取广电过户结果", Answers.QUERY, "/results/batch", inventory=("FJ-46@hub", "FJ-56@registry"),
        step="总对总-③", item="cable_tv")  # fmt: skip
class FetchResults(Message):
    """The batch poll; its entries are `Result`."""


@notice("cable_tv.result", "广电过户结果", item="cable_tv", ref="accept_no", polled="cable_tv.fetch_results", ladder=SILENT,
        inventory=("FJ-46@hub", "FJ-56@registry"), step="总对总-③")  # fmt: skip
class Result(Message):
    """`status` 3 done, 4 rejected with reason code and text."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@response("cable_tv.status", "单件结果返回")
class Status(Message):
    """`status` 2 in progress, 3 done, 4 rejected, 5 cancelled."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@request("cable_tv.query_status", "按受理编号查询广电过户", Answers.QUERY, "/transfers/{accept_no}", method="GET", by="accept_no",
         ref="accept_no", item="cable_tv", inventory=("FJ-46@hub", "FJ-56@registry"))  # fmt: skip
class QueryStatus(Message):
    accept_no: str


@response("cable_tv.cancelled", "广电过户撤销返回")
class Cancelled(Message):
    accept_no: str


@request("cable_tv.cancel", "撤销广电过户", Answers.NOW, "/transfers/{accept_no}/cancellation", by="accept_no", ref="accept_no",
         item="cable_tv", inventory=("FJ-67",), errors=(TOO_LATE,))  # fmt: skip
class Cancel(Message):
    accept_no: str
    reason: str
