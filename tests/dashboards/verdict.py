"""A verdict with nearly every result in it, in the shape of verdict.json."""

from __future__ import annotations

from typing import Any

from sim.judge.promises import PromiseKind
from sim.judge.verdict import Evidence, Finding, Result, Verdict

IDENTITY = "350799198503072812"


def verdict() -> dict[str, Any]:
    """What verdict.json says: one promise of nearly every result, one broken with evidence."""
    evidence = [
        Evidence(17, f"登簿 2024-09-05 10:12:31 早于缴清；买方证件 {IDENTITY}，电话 15412345678"),
        Evidence(93, "登簿 2024-09-11 15:40:02，未见缴清"),
    ]
    rows: list[tuple[str, str, str, PromiseKind, Result, int, int, str]] = [
        (
            "money_conserved",
            "资金守恒：扣款等于入账与退回之和",
            "FJ-A3-11",
            PromiseKind.SAFETY,
            Result.KEPT,
            268,
            0,
            "",
        ),
        ("voucher_once", "一张凭证至多销账一次", "FJ-A3-11", PromiseKind.SAFETY, Result.KEPT, 531, 0, ""),
        (
            "recorded_after_settled",
            "缴清或核定免征之前不得登簿",
            "FJ-3.4-08",
            PromiseKind.SAFETY,
            Result.BROKEN,
            268,
            2,
            "",
        ),
        ("linked_after_recording", "登簿之前不推送联办", "FJ-A4-01", PromiseKind.SAFETY, Result.KEPT, 240, 0, ""),
        (
            "own_tax_path",
            "厦门办件不经省级税费同缴",
            "FJ-3.4-09",
            PromiseKind.SAFETY,
            Result.NOT_OBSERVED,
            0,
            0,
            "没有适用的件",
        ),
        (
            "bill_in_time",
            "核税时限",
            "FJ-A3-02",
            PromiseKind.TIMELINESS,
            Result.NO_FIGURE,
            0,
            0,
            "原文未给出时限，也没有设定",
        ),
        ("seals_visible", "申请表签章外观", "FJ-A1-05", PromiseKind.SAFETY, Result.MANUAL, 0, 0, "版式须人工查看"),
        (
            "notice_healed",
            "通知丢失后主动查询",
            "FJ-A3-12",
            PromiseKind.LIVENESS,
            Result.KNOWN_ISSUE,
            5,
            1,
            "2025-06-30 前有效",
        ),
        ("reflow_complete", "办件数据完整回流", "FJ-A5-01", PromiseKind.LIVENESS, Result.KEPT, 268, 0, ""),
    ]
    findings = [
        Finding(id_, title, (clause,), kind, result, applied, violations, tuple(evidence) if result is Result.BROKEN else (), note,
                "原文未写缴款与登簿的先后；先税后证来自契税法" if result is Result.BROKEN else "")
        for id_, title, clause, kind, result, applied, violations, note in rows
    ]  # fmt: skip
    return Verdict(tuple(findings)).as_dict()
