"""Clocks: read, and moved where wall time does not move them."""

from typing import Any

from fastapi import APIRouter

from sim.faces.control.errors import Refusal
from sim.faces.control.shapes import LAST_MS, Advance
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem


def add_clock(router: APIRouter, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/clock")
    async def show_clock(found: Named) -> dict[str, Any]:
        return clock(found)

    @router.post("/runs/{run}/clock/advance")
    async def advance(found: Named, how: Advance) -> dict[str, Any]:
        run = found.run
        if found.host.is_live:
            raise Refusal(
                Problem(409, "clock_is_live", "时钟是实时的", "实时批次的时钟不能拨动", "以 pace=stepped 建批次")
            )
        if how.until_over:
            await found.host.advance_until_over(how.grain_ms)
            return clock(found)
        to_ms = how.to_ms if how.to_ms is not None else run.now_ms + (how.by_ms or 0)
        if how.next:
            to_ms = run.next_due_ms or run.now_ms
        if to_ms > LAST_MS:
            detail = f"{to_ms} 在 2027-12-01 之后，那以后的工作日历还没有公布"
            raise Refusal(Problem(409, "time_too_far", "时刻太远", detail, "给出更早的时刻"))
        if to_ms < run.now_ms:
            detail = f"{to_ms} 早于沙箱当前时刻 {run.now_ms}"
            raise Refusal(Problem(409, "time_reversed", "时间不能倒退", detail, "给出更晚的时刻"))
        await found.host.advance(to_ms, grain_ms=how.grain_ms)
        return clock(found)


def clock(hosted: Hosted) -> dict[str, Any]:
    """Where a run's clock stands, and when its next thing is due."""
    run = hosted.run
    return {"now_ms": run.now_ms, "pace": run.plan.pace, "factor": run.plan.factor, "next_due_ms": run.next_due_ms}
