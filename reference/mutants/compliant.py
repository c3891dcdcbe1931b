"""Mutants that other seats can tell from the reference and that still keep to the policy, each with the reason.

Such a mutant counts neither as killed nor as surviving. Whoever adds one must say what of the policy leaves it open; what a
scenario finds out all the same counts as killed.
"""

from fnmatch import fnmatchcase
from typing import Final

_ASKED_TWICE: Final = "只查不改：多问一次，事项、工单、款项都不变；政策没有规定只问一次"
_ASKED_LATER: Final = "久无结果才按编号查询，何时查由提问的一方自定；政策没有给出时限"
_RESUBMITTED: Final = "补齐是登记人员与申请人之间的事，各系统之间没有报文；退回之后隔多久再推，政策没有规定"
COMPLIANT: Final[dict[str, str]] = {
    "*/twice/*.precheck@*": _ASKED_TWICE,
    "*/twice/*.query_status@*": _ASKED_TWICE,
    "*_overdue/order/*.query_status@*": _ASKED_LATER,
    "*_overdue/order/hub.query_*@hub": _ASKED_LATER,
    "registry/*_resubmit/order/*": _RESUBMITTED,
    "registry/*_resubmit/early/*": _RESUBMITTED,
}
"""Why, for all mutants whose id fits: they do nothing but ask, or do it sooner or later than the reference would."""


def why_compliant(name: str) -> str:
    """Why the mutant of this id keeps to the policy; "" where nothing says so."""
    return next((why for pattern, why in COMPLIANT.items() if fnmatchcase(name, pattern)), "")
