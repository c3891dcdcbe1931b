"""The provincial services: tax-and-fee for registries outside Xiamen; power, cable TV and housing fund for who is not linked."""

from contract.records import Charge, TaxFacts, Transfer, Withdrawal
from sim.message import SILENT, Answers, Error, Message, notice, request, timer

NOT_SERVED = Error("not_served", "本地区不经省级税费同缴服务办理", "使用本地税费通道")
NOT_DUE = Error("not_due", "该业务当前无待缴项", "刷新清单")
NOTHING_CHOSEN = Error("nothing_chosen", "未勾选任何缴款项", "至少勾选一项")
NOT_SETTLED = Error("not_settled", "尚未缴清，不能取票", "缴清后再申请")
NOT_RECORDED = Error("not_recorded", "未登簿的业务不得推送", "登簿后再推送")


# ---- charges (步骤1-3) ----------------------------------------------------------------------------------------------------
@request("hub.push_charges", "推送计税计费信息", Answers.ACK, "/charges", inventory=("FJ-11@hub", "FJ-69@local_hub"), step="税费同缴-2",
         errors=(NOT_SERVED,))  # fmt: skip
class PushCharges(Message):
    registry_code: str
    facts: TaxFacts
    copies: int
    residential: bool
    fee_exempt: str


@notice(
    "hub.charges_ready",
    "返回缴款书号与三要素",
    "/callbacks/charges",
    inventory=("FJ-14",),
    step="税费同缴-2",
    amount="total_fen",
)
class ChargesReady(Message):
    """Empty when everything is exempt."""

    charges: tuple[Charge, ...]
    total_fen: int


@notice("hub.charges_returned", "税务退回补正", "/callbacks/charges-returned", inventory=("FJ-14",))
class ChargesReturned(Message):
    reason: str


@notice("hub.charges_lapsed", "缴款逾期作废", "/callbacks/charges-lapsed", inventory=("FJ-30",))
class ChargesLapsed(Message):
    """The term of payment is over and what was unpaid is void; what was paid is given back."""


@request(
    "hub.cancel_charges", "撤件：取消或退回税费", Answers.ACK, "/charges/{case}/cancellation", inventory=("FJ-67",)
)
class CancelCharges(Message):
    reason: str


@notice(
    "hub.charges_cancelled",
    "税费已取消或退清",
    "/callbacks/charges-cancelled",
    inventory=("FJ-30",),
    amount="returned_fen",
)
class ChargesCancelled(Message):
    returned_fen: int


# ---- payment (步骤4-13) -------------------------------------------------------------------------------------------------------
@request("hub.open_payment", "进入税费同缴界面", Answers.ACK, "/payments/{case}/open", inventory=("FJ-16",), step="税费同缴-4",
         errors=(NOT_DUE,))  # fmt: skip
class OpenPayment(Message):
    payer: str


@request("hub.choose_and_pay", "勾选缴款项并发起支付", Answers.ACK, "/payments/{case}/orders", inventory=("FJ-21",), step="税费同缴-8",
         errors=(NOT_DUE, NOTHING_CHOSEN))  # fmt: skip
class ChooseAndPay(Message):
    payer: str
    numbers: tuple[str, ...]


@timer("hub.check_order", "到时主动查询订单状态", inventory=("FJ-28",))
class CheckOrder(Message):
    order_no: str


@notice(
    "hub.payment_settled",
    "缴款结果",
    "/callbacks/payment",
    inventory=("FJ-31@hub", "FJ-69@local_hub"),
    amount="total_fen",
)
class PaymentSettled(Message):
    """Everything due is paid."""

    total_fen: int


# ---- receipts (步骤14-16) ----------------------------------------------------------------------------------------------------------
@request("hub.request_receipts", "申请取票", Answers.ACK, "/receipts/{case}", inventory=("FJ-32",), step="税费同缴-14",
         errors=(NOT_SETTLED,))  # fmt: skip
class RequestReceipts(Message):
    role: str


# ---- linked services (附件4 ①④) ------------------------------------------------------------------------------------------------------
@request("hub.push_power", "电表过户推送总对总", Answers.ACK, "/power", inventory=("FJ-40",), step="总对总-①", item="power",
         errors=(NOT_RECORDED,))  # fmt: skip
class PushPower(Message):
    transfer: Transfer


@request("hub.push_cable_tv", "广电过户推送总对总", Answers.ACK, "/cable-tv", inventory=("FJ-44",), step="总对总-①",
         item="cable_tv", errors=(NOT_RECORDED,))  # fmt: skip
class PushCableTv(Message):
    transfer: Transfer


@request("hub.push_housing_fund", "公积金提取推送总对总", Answers.ACK, "/housing-fund", inventory=("FJ-48",), step="总对总-①",
         item="housing_fund", errors=(NOT_RECORDED,))  # fmt: skip
class PushHousingFund(Message):
    withdrawal: Withdrawal


@request("hub.fetch_results", "登记机构定时取联办结果", Answers.QUERY, "/results/batch",
         inventory=("FJ-43", "FJ-47", "FJ-51"), step="总对总-④")  # fmt: skip
class FetchResults(Message):
    """One registry's batch poll for its own cases; its entries are the results below."""


@notice("hub.power_result", "总对总电表结果", item="power", polled="hub.fetch_results", ladder=SILENT, inventory=("FJ-43",),
        step="总对总-④")  # fmt: skip
class PowerResult(Message):
    status: int
    reason_code: str
    reason: str


@notice("hub.cable_tv_result", "总对总广电结果", item="cable_tv", polled="hub.fetch_results", ladder=SILENT, inventory=("FJ-47",),
        step="总对总-④")  # fmt: skip
class CableTvResult(Message):
    status: int
    reason_code: str
    reason: str


@notice("hub.housing_fund_result", "总对总公积金结果", item="housing_fund", polled="hub.fetch_results", ladder=SILENT,
        inventory=("FJ-51",), step="总对总-④")  # fmt: skip
class HousingFundResult(Message):
    status: int
    reason_code: str
    reason: str


@request(
    "hub.query_power",
    "按办件查询总对总电表结果",
    Answers.ACK,
    "/power/{case}/query",
    inventory=("FJ-43",),
    item="power",
)
class QueryPower(Message):
    """Asks for a result that should have come by poll; it is laid ready again."""


@request(
    "hub.query_cable_tv",
    "按办件查询总对总广电结果",
    Answers.ACK,
    "/cable-tv/{case}/query",
    inventory=("FJ-47",),
    item="cable_tv",
)
class QueryCableTv(Message):
    """As `QueryPower`."""


@request("hub.query_housing_fund", "按办件查询总对总公积金结果", Answers.ACK, "/housing-fund/{case}/query", inventory=("FJ-51",),
         item="housing_fund")  # fmt: skip
class QueryHousingFund(Message):
    """As `QueryPower`."""
