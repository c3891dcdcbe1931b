"""The registry of a county unit: what portal, clerks, courts and departments say to it (steps ⑥–⑩)."""

from contract.errors import ALREADY_RECORDED, APPLICANTS_MISSING
from contract.records import Application
from sim.message import Answers, Error, Message, request, response

HOME_BUSY = Error("home_busy", "该不动产单元有在办业务", "待在办业务结束后再申请")
UNIT_ELSEWHERE = Error("unit_elsewhere", "不动产单元号不在本登记机构辖区", "核对不动产单元号与房屋坐落")
SEALS_MISSING = Error("seals_missing", "签章不齐，不能受理", "双方签章后再分发")
SEIZED = Error("seized", "不动产已被查封", "解除查封后再办理")
NOT_SETTLED = Error("not_settled", "税费未缴清且未核定免征，不得登簿", "缴清税费后再登簿")
TITLE_UNKNOWN = Error("title_unknown", "不动产单元号与权证号对应不上", "核对登记簿后重新提交")
NOT_PENDING = Error("not_pending", "该联办事项没有已推送待结果的", "核对事项代码与联办进度")
RESULT_UNKNOWN = Error("result_unknown", "联办结果只能是办结或退回", "改填办结或退回")
NO_TASK = Error("no_task", "该岗位当前没有此任务", "刷新待办列表")


@request("registry.receive", "分发申请包", Answers.ACK, "/applications", inventory=("FJ-07",), ref="receipt_code",
         errors=(HOME_BUSY, SEALS_MISSING, APPLICANTS_MISSING, SEIZED, UNIT_ELSEWHERE, TITLE_UNKNOWN))  # fmt: skip
class Receive(Message):
    receipt_code: str
    application: Application
    seal_no: str
    authorisation: str


@request("registry.receive_at_window", "窗口提交申请包", Answers.ACK, "/applications/window", inventory=("FJ-09",), ref="receipt_code",
         errors=(HOME_BUSY, SEALS_MISSING, APPLICANTS_MISSING, SEIZED, UNIT_ELSEWHERE, TITLE_UNKNOWN))  # fmt: skip
class ReceiveAtWindow(Message):
    """The same data as `Receive`, collected once at the window (最多采一次)."""

    receipt_code: str
    application: Application
    seal_no: str
    authorisation: str


@request("registry.corrected", "补正材料送达", Answers.ACK, "/applications/{case}/corrections", inventory=("FJ-07",))
class Corrected(Message):
    what: str


@request("registry.withdraw", "撤回申请", Answers.ACK, "/applications/{case}/withdrawal", inventory=("FJ-67",),
         errors=(ALREADY_RECORDED,))  # fmt: skip
class Withdraw(Message):
    reason: str


# ---- what clerks decide ---------------------------------------------------------------------------------------------------
@request("registry.accept", "受理", Answers.ACK, "/tasks/{case}/accept", inventory=("FJ-36",), errors=(SEIZED,))
class Accept(Message):
    """The accepting clerk takes the case in."""


@request("registry.ask_correction", "要求补正", Answers.ACK, "/tasks/{case}/correction", inventory=("FJ-36",))
class AskCorrection(Message):
    what: str


@request("registry.decline", "不予受理", Answers.ACK, "/tasks/{case}/decline", inventory=("FJ-36",))
class Decline(Message):
    reason: str


@request("registry.approve", "审核通过", Answers.ACK, "/tasks/{case}/approve", inventory=("FJ-36",))
class Approve(Message):
    """The reviewing clerk finds everything in order."""


@request("registry.refuse_registration", "不予登记", Answers.ACK, "/tasks/{case}/refuse", inventory=("FJ-36",))
class RefuseRegistration(Message):
    reason: str


@request(
    "registry.record", "登簿", Answers.ACK, "/tasks/{case}/record", inventory=("FJ-36",), errors=(SEIZED, NOT_SETTLED)
)
class Record(Message):
    """The recording clerk enters the transfer in the register: the moment of 登簿."""


@request("registry.certify", "缮证", Answers.ACK, "/tasks/{case}/certify", inventory=("FJ-36",), errors=(NO_TASK,))
class Certify(Message):
    """The certifying clerk has the title certificate made."""


@request(
    "registry.settle_item",
    "人工补录联办结果",
    Answers.ACK,
    "/tasks/{case}/linked",
    errors=(NOT_PENDING, RESULT_UNKNOWN),
)
class SettleItem(Message):
    """What a clerk has found out about a linked item that no query brings; `result` is 办结 or 退回."""

    item: str
    result: str


# ---- the court (FJ-68) -------------------------------------------------------------------------------------------------------
@response("registry.seizure_answered", "查控反馈", inventory=("FJ-68",))
class SeizureAnswered(Message):
    """`status` 1 controlled, 2 not controlled with the reason (already recorded to another owner)."""

    status: int
    reason: str


@request("registry.seize", "法院查封", Answers.NOW, "/court/seizures", inventory=("FJ-68",), ref="document_no")
class Seize(Message):
    document_no: str
    unit_code: str
    term_ms: int
