"""The clauses of the policy document: which promises touch each, with what result, and why some are touched by none."""

from html import escape
from typing import Any, Final

from dashboards.figures import number
from dashboards.promises import BROKEN, KEPT, badge

Rows = list[dict[str, Any]]
TO_COME: Final = "检核项待补"
"""Stands in the reason of a clause that the journal shows and no promise judges yet."""


def clauses_said(clauses: Rows, promises: Rows) -> str:
    """One sentence on how much of the document is judged."""
    if not clauses:
        return "本批次没有条款清单。"
    results = {promise["id"]: promise["result"] for promise in promises}
    touched = [clause for clause in clauses if clause["promises"]]
    broken = sum(any(results.get(name) == BROKEN for name in clause["promises"]) for clause in touched)
    kept = sum(all(results.get(name) == KEPT for name in clause["promises"]) for clause in touched)
    others, untouched = len(touched) - kept - broken, [clause for clause in clauses if not clause["promises"]]
    missing = sum(TO_COME in clause["why"] for clause in untouched)
    return (
        f"全文 {number(len(clauses))} 条，检核项涉及 {number(len(touched))} 条：涉及的检核项全部通过 {number(kept)} 条，"
        f"有不通过 {number(broken)} 条，其余 {number(others)} 条有尚未判定的检核项；"
        f"没有检核项的 {number(len(untouched))} 条写明原因，其中待补 {number(missing)} 条。"
        "检核项只判报文日志看得到的部分，通过不等于整条条款已验收。原因里的“场景验收”指后续的场景验收功能，本版未含。"
    )


def clauses_table(clauses: Rows, promises: Rows) -> str:
    """Two folded tables: the clauses that promises touch, and those that none does."""
    known = {promise["id"]: promise for promise in promises}
    touched = [clause for clause in clauses if clause["promises"]]
    untouched = [clause for clause in clauses if not clause["promises"]]
    judged = "".join(
        _row(clause, "<br>".join(_promise(name, known) for name in clause["promises"])) for clause in touched
    )
    reasons = "".join(_row(clause, escape(clause["why"])) for clause in untouched)
    return _folded(f"有检核项的条款（{number(len(touched))}）", "检核项", judged) + _folded(
        f"没有检核项的条款与原因（{number(len(untouched))}）", "原因", reasons
    )


def _promise(name: str, known: dict[str, dict[str, Any]]) -> str:
    promise = known.get(name)
    return f"{badge(promise['result'])} {escape(promise['title'])}" if promise else f"<code>{escape(name)}</code>"


def _row(clause: dict[str, Any], last: str) -> str:
    where = f"<code>{escape(clause['id'])}</code><br>{escape(clause['where'])}"
    return f"<tr><td>{where}</td><td>{escape(clause['requires'])}</td><td>{escape(clause['obliges_title'])}</td><td>{last}</td></tr>"


def _folded(title: str, last: str, rows: str) -> str:
    if not rows:
        return ""
    head = f"<thead><tr><th>条款</th><th>要求</th><th>对谁</th><th>{last}</th></tr></thead>"
    table = f'<div class=scroll><table class="clauses">{head}<tbody>{rows}</tbody></table></div>'
    return f"<details><summary>{title}</summary>{table}</details>"
