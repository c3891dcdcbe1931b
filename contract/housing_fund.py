"""The housing provident fund: withdrawal for a purchase, decided by a person within three working days."""

from contract.records import Withdrawal
from sim.message import SILENT, Answers, Error, Message, notice, request, response

ACCOUNT_UNKNOWN = Error("account_unknown", "未建户或封存不足月数", "核对个人账号与缴存状态")
ALREADY_WITHDRAWN = Error("already_withdrawn", "同一套房已提取", "同一套房限提取一次")
ACCOUNT_FROZEN = Error("account_frozen", "账户冻结或司法扣划", "解除冻结后重新提交")
LOAN_OPEN = Error("loan_open", "有未结清公积金贷款须先还贷", "先偿还贷款")
NOT_OWN_PURCHASE = Error("not_own_purchase", "非本人或配偶购房", "由购房人本人申请")
PERIOD_OVER = Error("period_over", "超过购房提取时限", "不再受理")
AMOUNT_TOO_HIGH = Error("amount_too_high", "提取额超过房价或已付款", "更正提取额后重新提交")
ELSEWHERE = Error("elsewhere", "异地购房且非户籍或缴存地", "按缴存地规定办理")
TRADED_OFTEN = Error("traded_often", "短期内多次交易同套住房", "不再受理")
BANK_NAME_DIFFERS = Error("bank_name_differs", "收款账户户名不符或非一类户", "更换本人一类账户后重新提交")
TITLE_NOT_FOUND = Error("title_not_found", "完税或产权信息未查到", "稍后重新提交")
TOO_LATE = Error("too_late", "已办结，不能撤销", "另行申请")
REASONS = (ACCOUNT_FROZEN, LOAN_OPEN, NOT_OWN_PURCHASE, PERIOD_OVER, AMOUNT_TOO_HIGH, ELSEWHERE, TRADED_OFTEN, BANK_NAME_DIFFERS,
           TITLE_NOT_FOUND)  # fmt: skip


@response("housing_fund.push_accepted", "公积金提取受理返回")
class PushAccepted(Message):
    accept_no: str


@request("housing_fund.push", "公积金提取推送", Answers.NOW, "/withdrawals", inventory=("FJ-49@hub", "FJ-56@registry"),
         step="总对总-②", item="housing_fund", ref="account", errors=(ACCOUNT_UNKNOWN, ALREADY_WITHDRAWN))  # fmt: skip
class Push(Message):
    account: str
    withdrawal: Withdrawal


@request("housing_fund.fetch_results", "定时取公积金提取结果", Answers.QUERY, "/results/batch",
         inventory=("FJ-50@hub", "FJ-56@registry"), step="总对总-③", item="housing_fund")  # fmt: skip
class FetchResults(Message):
    """The batch poll; its entries are `Result`."""


@notice("housing_fund.result", "公积金提取结果", item="housing_fund", ref="accept_no", polled="housing_fund.fetch_results",
        ladder=SILENT, inventory=("FJ-50@hub", "FJ-56@registry"), step="总对总-③", amount="amount_fen")  # fmt: skip
class Result(Message):
    """`status` 3 paid out, 4 rejected."""

    accept_no: str
    status: int
    reason_code: str
    reason: str
    amount_fen: int


@response("housing_fund.status", "单件结果返回")
class Status(Message):
    """`status` 2 in progress, 3 paid out, 4 rejected, 5 cancelled."""

    accept_no: str
    status: int
    reason_code: str
    reason: str


@request("housing_fund.query_status", "按受理编号查询公积金提取", Answers.QUERY, "/withdrawals/{accept_no}", method="GET",
         by="accept_no", ref="accept_no", item="housing_fund", inventory=("FJ-50@hub", "FJ-56@registry"))  # fmt: skip
class QueryStatus(Message):
    accept_no: str


@response("housing_fund.cancelled", "公积金提取撤销返回")
class Cancelled(Message):
    accept_no: str


@request("housing_fund.cancel", "撤销公积金提取", Answers.NOW, "/withdrawals/{accept_no}/cancellation", by="accept_no",
         ref="accept_no", item="housing_fund", inventory=("FJ-67",), errors=(TOO_LATE,))  # fmt: skip
class Cancel(Message):
    accept_no: str
    reason: str
