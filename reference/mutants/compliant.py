"""Mutants that other seats can tell from the reference and that still keep to the policy, each with the reason.

Such a mutant counts neither as killed nor as surviving. Whoever adds one must say what of the policy leaves it open; what a
scenario finds out all the same counts as killed.
"""

from fnmatch import fnmatchcase
from typing import Final

_ASKED_TWICE: Final = "只查不改：多问一次，事项、工单、款项都不变；政策没有规定只问一次"
_ASKED_LATER: Final = "久无结果才按编号查询，何时查由提问的一方自定；政策没有给出时限"
_ASKED_SOONER: Final = "只查不改：一推送就问总对总，总对总有了结果照样回报；何时问，政策没有规定"
_REPORTED_AT_ONCE: Final = "办件报送被退回，隔多久重报政策没有规定；所报内容相同"
_AMOUNT_ASKED: Final = (
    "请提多少由登记系统按成交价拟定，申请表上没有，政策没有规定；前后各次所写一致、到账与所请一致即可"
)
COMPLIANT: Final[dict[str, str]] = {
    "*/twice/*.precheck@*": _ASKED_TWICE,
    "*/twice/*.query_status@*": _ASKED_TWICE,
    "*_overdue/order/*.query_status@*": _ASKED_LATER,
    "*_overdue/order/hub.query_*@hub": _ASKED_LATER,
    "*_overdue/early/hub.query_*@hub": _ASKED_SOONER,
    "registry/reflow/report_refused/registry.report_again/early/gov_platform.report_*@*": _REPORTED_AT_ONCE,
    "registry/housing_fund/*/amount/*push*@*/withdrawal.asked_fen": _AMOUNT_ASKED,
}
"""Why, for all mutants whose id fits."""
_APART: Final = "各是各的事，同一刻要发的几个报文谁先谁后，政策没有规定；每件至多晚一分钟，逐件比过"
SOON: Final[dict[str, str]] = {
    "hub/receipts/*/order/*.fetch_*@*": _APART,
    "registry/*/order/gov_platform.progress@*": _APART,
    "registry/*/order/hub.push_*@hub": _APART,
}
"""The same for those whose messages are the reference's, none of them sooner and none later by more than a minute, but in another
order between two seats."""


def why_compliant(name: str, *, soon: bool) -> str:
    """Why the mutant of this id keeps to the policy; "" where nothing says so. `soon`: whether `SOON` is about it."""
    known = COMPLIANT | SOON if soon else COMPLIANT
    return next((why for pattern, why in known.items() if fnmatchcase(name, pattern)), "")
