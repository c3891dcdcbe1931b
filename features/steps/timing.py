"""When things happen in a case and how long they take, and what payers do out of turn."""

from dataclasses import replace
from typing import Final

from features.casting import Cast, Stock
from features.steps.words import ITEM_NAMES
from features.vocabulary import VOCABULARY
from sim.check_digits import identity_check
from sim.dossier import Dossier

SUBJECT = "时机与不按常规"
TAKES: Final = {
    "出票": ("receipt", "请求票据到税务、非税给出票据。"),
    "当事人签署": ("signing_human", "收到签署邀请到签署；卖方确认、重新登录、窗口签署也用这么久。"),
    "核税": ("tax_assessment", "税务受理申报到核定税额。"),
    "银行扣款": ("bank_debit", "输入密码到扣款成功。"),
    "申请人补齐": ("resubmission", "联办事项被退回，到申请人补齐所缺的材料。"),
    **{title: (item, "部门受理推送到给出结果。") for item, title in ITEM_NAMES.items()},
}
OUT_OF_TURN: Final = {
    "买方连点刷新十次": ("refreshes", "同时十次进入缴款。"),
    "买方第一次一项也不勾选": ("chooses_nothing", "什么也没选就点了支付；之后全选。"),
    "买方未经通知即去缴款": ("pays_unasked", "提交申请后立即去缴款，此时还没有计税计费。"),
    "买方申请次日自行查看我的办件": ("looks_unasked", "没有得到通知，自己去看。"),
    "买方缴款之前先申请票据": ("asks_receipts_early", "得知应缴之后、缴款之前。"),
    "买方先申请卖方的票据": ("asks_for_sellers", "之后再申请自己的。"),
    "卖方始终不缴款": ("seller_never_pays", "买方照常缴款。"),
    "税款依法全部免征": ("tax_waived", "征收补偿后重新承受住房；登记费照收。"),
    "税务在核税半小时后收回重核": ("tax_reassessed", "查得买方家庭另有一套住房，须重新申报。"),
}
XIAMEN: Final = "350203"


def _declare(expression: str, share: str, about: str) -> None:
    def set_share(cast: Cast) -> None:
        cast.shares[share] = 1.0

    set_share.__doc__ = about
    VOCABULARY.arranges(SUBJECT, expression, expression)(set_share)


for _expression, (_share, _about) in OUT_OF_TURN.items():
    _declare(_expression, _share, _about)


def _takes(what: str, name: str, about: str) -> None:
    def set_duration(cast: Cast, ms: int) -> None:
        cast.durations[name] = ms

    set_duration.__doc__ = about
    VOCABULARY.arranges(SUBJECT, f"{what}用时{{时长}}", f"{what}用时1小时")(set_duration)


for _what, (_name, _meaning) in TAKES.items():
    _takes(_what, _name, _meaning)


@VOCABULARY.arranges(SUBJECT, "缴款人得知应缴后{时长}缴款", "缴款人得知应缴后9小时缴款")
def pays_after(cast: Cast, ms: int) -> None:
    """从收到待缴短信起算；买方与卖方都如此。"""
    cast.durations["citizen_pay"] = ms


@VOCABULARY.arranges(SUBJECT, "买方申请后{时长}撤回", "买方申请后2天撤回")
def withdraws_after(cast: Cast, ms: int) -> None:
    """从提交申请起算；其时办件到了哪一步，由时间决定。"""
    cast.shares["withdrawn_before_tax"] = 1.0
    cast.durations["withdrawal_delay"] = ms


@VOCABULARY.arranges(SUBJECT, "买方缴清后{时长}申请票据", "买方缴清后30分钟申请票据")
def asks_receipts_after(cast: Cast, ms: int) -> None:
    """从看到缴清结果起算。"""
    cast.durations["receipt_request"] = ms


@VOCABULARY.arranges(SUBJECT, "买方办结后{时长}评价", "买方办结后1天评价")
def rates_after(cast: Cast, ms: int) -> None:
    """从收到评价邀请起算。"""
    cast.durations["rating_delay"] = ms


@VOCABULARY.arranges(SUBJECT, "缴款人打开云闪付未付，{时长}后回来", "缴款人打开云闪付未付，5分钟后回来")
def leaves(cast: Cast, ms: int) -> None:
    """第一次没有输入密码：取消、被打断或应用被关闭；回来后照常支付。"""
    cast.shares["payment_left"] = 1.0
    cast.durations["payment_retry"] = ms


@VOCABULARY.arranges(SUBJECT, "缴款人支付后{时长}又打开缴款页", "缴款人支付后10分钟又打开缴款页")
def looks_while_paying(cast: Cast, ms: int) -> None:
    """还没有看到结果就再去缴款。"""
    cast.shares["looks_while_paying"] = 1.0
    cast.durations["payment_retry"] = ms


@VOCABULARY.arranges(SUBJECT, "缴清后{时长}又打开缴款页", "缴清后5分钟又打开缴款页")
def looks_after_paying(cast: Cast, ms: int) -> None:
    """已看到缴清结果，又从我的办件进入。"""
    cast.shares["looks_after_paying"] = 1.0
    cast.durations["payment_retry"] = ms


@VOCABULARY.arranges(SUBJECT, "买方账户余额为{金额}", "买方账户余额为10080元")
def balance(cast: Cast, amount_fen: int) -> None:
    """单笔支付超过余额的，银行扣款失败。"""
    cast.shares["account_balance_fen"] = amount_fen


@VOCABULARY.arranges(SUBJECT, "法院在申请后{时长}送达查封裁定", "法院在申请后12小时送达查封裁定")
def seized(cast: Cast, ms: int) -> None:
    """从双方成交、开始填写申请起算。"""
    cast.shares["seized_during_handling"] = 1.0
    cast.durations["seizure_delay"] = ms


@VOCABULARY.arranges(SUBJECT, "买方户籍在厦门市", "买方户籍在厦门市")
def from_xiamen(cast: Cast) -> None:
    """身份证号以厦门的区划代码开头；房屋仍在原处。"""

    def moved(dossier: Dossier, stock: Stock) -> Dossier:
        head = dossier.buyers[0]
        number = XIAMEN + head.id_no[6:17]
        return replace(dossier, buyers=(replace(head, id_no=number + identity_check(number)), *dossier.buyers[1:]))

    cast.edits.append(moved)
