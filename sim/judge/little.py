"""Little's law as a verdict on the run itself: queues are as long as arrivals and waits say, or nothing here can be trusted."""

from typing import Any

from sim.judge.promises import PromiseKind
from sim.judge.verdict import SAMPLE, Evidence, Finding, Result

Line = dict[str, Any]
SHORTEST_QUEUE = 0.05
"""Less than one person waiting in twenty looks."""
OURS = "仿真对自身的核对，与被测系统无关；不符说明排队模型或日志有误，其余结果不可采信"


def too_short(line: Line) -> bool:
    """A queue so short that looking at it now and then tells nothing of its mean."""
    return bool((line["expected"] or 0) < SHORTEST_QUEUE and (line["sampled"] or 0) < SHORTEST_QUEUE)


def little_finding(desks: dict[str, list[Line]]) -> Finding:
    """What the measured desks say: each registry's, and each post's of the whole province."""
    lines = [*desks["registries"], *(desks["posts"] if desks["registries"] else ())]
    wrong = [line for line in lines if not line["consistent"]]
    judged = [line for line in lines if not (line["consistent"] and too_short(line))]
    result = Result.BROKEN if wrong else Result.KEPT if judged else Result.NOT_OBSERVED
    return Finding(
        "littles_law", "排队自洽：采样队长 = 到达率 × 平均等待（利特尔定律）", (), PromiseKind.SAFETY, result,
        applied=len(judged), violations=len(wrong), sample=tuple(Evidence(0, _said(line)) for line in wrong[:SAMPLE]),
        note="" if judged else "没有足够长的队可供核对", inferred=OURS, unit="个窗口",
    )  # fmt: skip


def _said(line: Line) -> str:
    where = f"登记机构 {line['registry']}" if "registry" in line else "全省"
    return f"{where} {line['post']}：采样队长 {line['sampled']:g}，到达率 × 等待 {line['expected']:g}"
