"""Rarer things that people and departments do: off unless a step turns them on."""

from typing import Final

from features.casting import Cast
from features.vocabulary import VOCABULARY
from sim.calendar import DAY_MS
from sim.faults import Effect, Fault

SUBJECT = "人与部门的处置"
RARE: Final = {
    "卖方始终不确认": ("seller_absent", "卖方收到邀请后不参与申请。"),
    "经办人受理后即试图登簿": ("records_early", "税费未核、未缴之时。"),
    "经办人未获企业授权": ("unauthorised_agent", "以法人名义的签章不被接受。"),
    "共享回填返回空值": ("shared_field_missing", "户籍一栏没有共享到。"),
    "供水的受理回执迟至十五天后才到": ("acceptance_late", "办理照常，结果先于回执到达。"),
    "燃气受理之后再无结果": ("gas_unanswered", "查询也只答办理中。"),
}
SEIZURE, AFTER = "seized_during_handling", "seizure_delay"


def _declare(expression: str, share: str, about: str) -> None:
    def set_share(cast: Cast) -> None:
        cast.shares[share] = 1.0

    set_share.__doc__ = about
    VOCABULARY.arranges(SUBJECT, expression, expression)(set_share)


for _expression, (_share, _about) in RARE.items():
    _declare(_expression, _share, _about)


@VOCABULARY.arranges(SUBJECT, "一次缺三种证照", "一次缺三种证照")
def three_missing(cast: Cast) -> None:
    """电子证照库同时取不到三种，由申请人补传。"""
    cast.shares |= {"certificate_missing": 1.0, "three_certificates_missing": 1.0}


@VOCABULARY.arranges(SUBJECT, "申请之前法院已查封房屋", "申请之前法院已查封房屋")
def seized_before(cast: Cast) -> None:
    """双方成交之时裁定已经送达登记机构。"""
    cast.shares[SEIZURE], cast.durations[AFTER] = 1.0, 0


@VOCABULARY.arranges(SUBJECT, "成交{int}天后法院送达查封裁定", "成交90天后法院送达查封裁定")
def seized_after(cast: Cast, days: int) -> None:
    """其时办件到了哪一步，由时间决定。"""
    cast.shares[SEIZURE], cast.durations[AFTER] = 1.0, days * DAY_MS


@VOCABULARY.arranges(SUBJECT, "供水另报来一个从未发出过的业务号被退回", "供水另报来一个从未发出过的业务号被退回")
def foreign_result(cast: Cast) -> None:
    """真的结果照常送达，此外还有一条业务号不是本件的退回结果。"""
    changes = (("accept_no", "YS9999999990"), ("status", 4), ("reason_code", "arrears"), ("reason", "存在欠费"))
    cast.faults.append(Fault("foreign-water.result", Effect.STRAY, "water.result", most=1, changes=changes))
