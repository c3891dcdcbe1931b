"""Clocks: read, moved where wall time does not move them, and what is still to come."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from sim.clock import wall_ms
from sim.faces.control.errors import Refusal
from sim.faces.control.pending import count_pending, pending
from sim.faces.control.shapes import LAST_MS, Advance
from sim.faces.glossary import Glossary, beijing
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem
from sim.runs.plan import PACE_TITLES, Pace, RunPlan
from sim.runs.stepping import Moved, StepError, Stepper, Stop

STOPS = {
    Stop.ARRIVED: "已到指定时刻", Stop.OVER: "全部办件已结束", Stop.LIMIT: "实际用时已到上限，时钟停在途中；再调用一次即从这里继续",
    Stop.STUCK: "没有人再发出报文，办件仍未结束；看 waiting 中谁在等谁",
}  # fmt: skip
MOST_WAITING = 20
ERRORS = {"run_broken": (409, "批次已中断", "看服务的输出，再重置批次"),
          "follower_silent": (504, "跟随方没有跟上时钟", "确认对方系统在运行，再推进")}  # fmt: skip


def add_clock(router: APIRouter, Named: Any, words: Glossary) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/clock")
    async def show_clock(found: Named) -> dict[str, Any]:
        found.host.catch_up()
        found.host.flush()
        return clock(found) | {"wall_ms": wall_ms()}

    @router.post("/runs/{run}/clock/advance")
    async def advance(found: Named, how: Advance) -> dict[str, Any]:
        if found.host.is_live:
            detail = f"批次“{found.run.plan.name}”的时钟模式是“{mode(found.run.plan)}”，不能拨动"
            raise Refusal(Problem(409, "clock_is_live", "时钟是实时的", detail, "以 pace=stepped 建批次"))
        stepper = Stepper(found.host, grain_ms=how.grain_ms, limit_s=how.limit_s)
        try:
            if found.run.plan.led and how.to_ms is not None:
                return await _follow(found, how, how.to_ms, stepper)
            moved = await (stepper.until_over() if how.until_over else stepper.to(_target(found, how)))
        except StepError as error:
            status, title, step = ERRORS[error.code]
            more = {"clock": clock(found)}
            raise Refusal(Problem(status, error.code, title, str(error), step, more=more)) from None
        return clock(found) | await progress(found, moved, words)

    @router.get("/runs/{run}/clock/pending")
    async def show_pending(
        found: Named,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
        case_no: Annotated[int | None, Query(ge=1)] = None,
    ) -> dict[str, Any]:
        events = await pending(found, words, limit, case_no=case_no)
        return {"now_ms": found.run.now_ms, "total": count_pending(found.run), "events": events}


async def _follow(found: Hosted, how: Advance, to_ms: int, stepper: Stepper) -> dict[str, Any]:
    """Whoever leads our clock moves it, and is told how things stand here then."""
    if how.lying is not None:
        found.run.told_what_lies(frozenset(how.lying))
    for number in filter(found.run.holds, how.over):
        found.run.close_case(number)
    await stepper.follow(max(to_ms, found.run.now_ms), until_said=how.until_said)
    return {"now_ms": found.run.now_ms, "next_due_ms": found.run.next_due_ms, "heard": found.host.heard}


def _target(found: Hosted, how: Advance) -> int | None:
    """The instant the clock is to be moved to; None for that of the next thing due."""
    if how.next:
        return None
    now_ms = found.run.now_ms
    to_ms = how.to_ms if how.to_ms is not None else now_ms + (how.by_ms or 0)
    if to_ms > LAST_MS:
        detail = f"{to_ms} 在 2027-12-01 之后，那以后的工作日历还没有公布"
        raise Refusal(Problem(409, "time_too_far", "时刻太远", detail, "给出更早的时刻"))
    if to_ms < now_ms:
        detail = f"{to_ms}（{beijing(to_ms)}）早于沙箱当前时刻 {now_ms}（{beijing(now_ms)}）"
        raise Refusal(Problem(409, "time_reversed", "时间不能倒退", detail, "给出更晚的时刻，或重置批次"))
    return to_ms


def mode(plan: RunPlan) -> str:
    """The mode of a run's clock, as every report states it."""
    title = PACE_TITLES[plan.pace]
    return title if plan.pace is Pace.STEPPED else f"{title} × {plan.factor:g}"


def clock(hosted: Hosted) -> dict[str, Any]:
    """Where a run's clock stands, and when its next thing is due."""
    run, plan = hosted.run, hosted.run.plan
    due = run.next_due_ms
    return {
        "now_ms": run.now_ms, "now": beijing(run.now_ms), "pace": plan.pace, "factor": plan.factor, "mode": mode(plan),
        "next_due_ms": due, "next_due": None if due is None else beijing(due), "settle_ms": plan.settle_ms,
        "follower": hosted.host.follower.address, "broken": hosted.host.broken,
    }  # fmt: skip


async def progress(hosted: Hosted, moved: Moved, words: Glossary) -> dict[str, Any]:
    """How far an advance came, and what is waited for if it did not come far enough."""
    run, worlds = hosted.run, hosted.run.worlds.values()
    waiting: list[Any] = []
    if moved.stop in (Stop.STUCK, Stop.LIMIT):
        waiting = await pending(hosted, words, MOST_WAITING, all_seats=moved.stop is Stop.STUCK)
    return {
        "stop": moved.stop, "stop_title": STOPS[moved.stop], "moved_ms": moved.to_ms - moved.from_ms,
        "over": run.is_over, "cases_open": sum(len(world.cases) for world in worlds),
        "cases_finished": sum(world.finished for world in worlds), "rows": hosted.host.file.last_seq, "waiting": waiting,
    }  # fmt: skip
