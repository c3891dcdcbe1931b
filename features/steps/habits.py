"""What people and departments do in a case: mishaps, second thoughts, refusals. Each is off unless a step turns it on."""

from typing import Final

from contract import cable_tv, gas, housing_fund, power, water
from features.casting import Cast
from features.vocabulary import VOCABULARY
from sim.calendar import DAY_MS
from sim.message import Error

SUBJECT = "人与部门的处置"
VOCABULARY.word("联办部门", "供水|电力|燃气|广电|公积金中心", str)
MISHAPS: Final = {
    "申请人第一次人脸比对不通过": ("identity_failed", "须重新登录认证。"),
    "有证照取不到": ("certificate_missing", "电子证照库缺件，由申请人补传。"),
    "有人迟迟不签署": ("signing_abandoned", "签署逾期失效。"),
    "登记机构要求补正": ("correction_asked", "受理岗要求补正一次，申请人次日补正。"),
    "登记机构不予受理": ("not_accepted", "受理岗依法不予受理。"),
    "登记机构不予登记": ("review_refused", "审核岗依法不予登记。"),
    "办理中法院查封房屋": ("seized_during_handling", "成交后数日内送达查封裁定。"),
    "买方申请后即撤回": ("withdrawn_before_tax", "核税之前撤回。"),
    "买方得知税费后撤回": ("withdrawn_after_bill", "应当缴款时撤回。"),
    "买方缴款后撤回": ("withdrawn_after_payment", "缴清之后五分钟撤回。"),
    "税务先退回补正": ("tax_returned", "核税第一次退回。"),
    "始终无人缴款": ("never_pays", "缴款期限届满而作废。"),
    "第一次支付失败": ("payment_failed", "余额不足、风控等，之后再付。"),
    "买方在两个页面各付一次": ("paid_twice", "两张订单，同样的款项。"),
    "登簿后即被更正": ("recalled", "联办先撤后推。"),
    "评价为差评": ("bad_rating", "写明理由，引出整改。"),
}
"""Phrases that make one thing happen, the share they set to one, and what people should know of it."""
REJECTS: Final = {
    "供水": ("water", water.REASONS), "电力": ("power", power.REASONS), "燃气": ("gas", gas.REASONS),
    "广电": ("cable_tv", cable_tv.REASONS), "公积金中心": ("housing_fund", housing_fund.REASONS),
}  # fmt: skip
OMISSIONS: Final = {
    "被退回后不再补办": ("resubmitted", "联办事项退回即止。"),
    "买方不申请票据": ("receipt_requested", "缴清之后不取票。"),
    "买方不评价": ("rating_given", "办结之后不评价。"),
}


IN_TIME: Final = {"correction_asked": ("correction_by_applicant", DAY_MS)}
"""What applicants do about a mishap within its term: left to luck, a case can lapse first."""


def _declare(expression: str, share: str, about: str, value: float) -> None:
    def set_share(cast: Cast) -> None:
        cast.shares[share] = value
        if share in IN_TIME:
            name, ms = IN_TIME[share]
            cast.durations.setdefault(name, ms)

    set_share.__doc__ = about
    VOCABULARY.arranges(SUBJECT, expression, expression)(set_share)


for _expression, (_share, _about) in MISHAPS.items():
    _declare(_expression, _share, _about, 1.0)
for _expression, (_share, _about) in OMISSIONS.items():
    _declare(_expression, _share, _about, 0.0)


@VOCABULARY.arranges(SUBJECT, "{联办部门}第一次退回", "供水第一次退回")
def rejected_once(cast: Cast, department: str) -> None:
    """第一次推送被退回，理由由部门的实际情形定；补齐之后不再退回。"""
    cast.shares[f"{REJECTS[department][0]}_rejected"] = 1.0


@VOCABULARY.arranges(SUBJECT, "{联办部门}以{引文}第一次退回", "电力以“欠费未结清”第一次退回")
def rejected_for(cast: Cast, department: str, title: str) -> None:
    """第一次推送因这个理由被退回；补齐之后不再退回。"""
    item, reasons = REJECTS[department]
    cast.shares[f"{item}_rejected"] = 1.0
    cast.reasons[f"{item}.reject"] = _code(title, reasons)


@VOCABULARY.arranges(SUBJECT, "{联办部门}每次都退回", "燃气每次都退回")
def rejected_always(cast: Cast, department: str) -> None:
    """补齐再推仍被退回。"""
    cast.shares |= {f"{REJECTS[department][0]}_rejected": 1.0, "rejected_again": 1.0}


def _code(title: str, reasons: tuple[Error, ...]) -> str:
    codes = {error.title: error.code for error in reasons}
    if title not in codes:
        raise ValueError(f"这个部门的退回理由有：{'、'.join(codes)}")
    return codes[title]
