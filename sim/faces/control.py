"""The control API: runs, their clocks, cases and journals, for people and for test programs that hold the token."""

import hmac
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from sim.faces.control_errors import Refusal, no_token, unknown_run
from sim.faces.hosted import Hosted, Runs
from sim.faces.key_handout import handed_out
from sim.faces.keys import KeyRing
from sim.faces.refusals import Problem, listed
from sim.runs.plan import Pace
from sim.runs.run import CaseUnknownError
from sim.runs.scale import Handling


class NewRun(BaseModel):
    """What a run is created with."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="批次名：小写字母、数字、连字符")
    package: str = "fujian-2024-55"
    seed: int = Field(default=2024, ge=0, lt=2**63)
    cases: int = Field(default=10_000, ge=1, le=1 << 23, description="本批次的办件号为 1 至此数")
    start_ms: int | None = Field(default=None, description="时钟起点（毫秒）；缺省为现在")
    pace: Pace = Pace.LIVE
    factor: float = Field(default=1.0, gt=0, le=100_000)
    handling: Handling = Handling.REAL
    office_hours: bool = True
    remote: dict[str, str] = Field(default_factory=dict, description="由真实系统接入的席位及其地址；地址为空则用收件箱")
    follower: str = Field(default="", description="随本批次时钟走的对方系统的控制地址")
    scheme: str = "open"
    owner: str = ""


class Begin(BaseModel):
    """Which cases people apply in."""

    model_config = ConfigDict(extra="forbid")

    first: int = Field(default=1, ge=1)
    last: int = Field(default=1, ge=1)
    at_arrival: bool = False


class Attach(BaseModel):
    """Where the systems in a run's remote seats are reached, and which of them moves its clock with the run's."""

    model_config = ConfigDict(extra="forbid")

    addresses: dict[str, str] = Field(default_factory=dict)
    follower: str | None = None


class Advance(BaseModel):
    """How far a stepped clock moves: to an instant, by so much, to the next event, or until all cases have ended."""

    model_config = ConfigDict(extra="forbid")

    to_ms: int | None = None
    by_ms: int | None = Field(default=None, ge=0)
    next: bool = False
    until_over: bool = False
    grain_ms: int = Field(default=0, ge=0, le=3_600_000)


class Keeper(Protocol):
    """Makes and keeps runs."""

    runs: Runs

    async def create(self, new: NewRun, keys: KeyRing | None = None) -> Hosted:
        """A new run, with keys of its own or those of a run elsewhere that it is part of. Raises Refusal."""

    async def delete(self, name: str) -> None:
        """The run and its journal are gone."""

    async def reset(self, name: str) -> Hosted:
        """The run from its beginning, with an empty journal."""


def control_router(keeper: Keeper, token: str) -> APIRouter:
    """All control routes; every one of them wants the token."""

    def allowed(authorization: Annotated[str, Header()] = "") -> None:
        given = authorization.removeprefix("Bearer ").strip()
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise no_token()

    router = APIRouter(dependencies=[Depends(allowed)], tags=["control"])

    def hosted(run: str) -> Hosted:
        found = keeper.runs.get(run)
        if found is None:
            raise unknown_run(run, keeper.runs)
        return found

    Named = Annotated[Hosted, Depends(hosted)]  # noqa: N806
    _add_runs(router, keeper, Named)
    _add_clock(router, Named)
    _add_journal(router, Named)
    return router


def _add_runs(router: APIRouter, keeper: Keeper, Named: Any) -> None:  # noqa: N803
    @router.get("/runs")
    async def list_runs() -> dict[str, Any]:
        return {"runs": [about(each) for each in keeper.runs.values()]}

    @router.post("/runs", status_code=201)
    async def create_run(new: NewRun) -> dict[str, Any]:
        return about(await keeper.create(new))

    @router.get("/runs/{run}")
    async def show_run(found: Named) -> dict[str, Any]:
        return about(found)

    @router.delete("/runs/{run}")
    async def delete_run(run: str, found: Named) -> dict[str, Any]:
        await keeper.delete(run)
        return {"deleted": run}

    @router.post("/runs/{run}/reset")
    async def reset_run(run: str, found: Named) -> dict[str, Any]:
        return about(await keeper.reset(run))

    @router.get("/runs/{run}/keys")
    async def keys(found: Named) -> dict[str, Any]:
        return {"keys": handed_out(found.keys)}

    @router.post("/runs/{run}/attach")
    async def attach(found: Named, attached: Attach) -> dict[str, Any]:
        unknown = [seat for seat in attached.addresses if seat not in found.run.plan.remote]
        if unknown:
            remote = listed(found.run.plan.remote)
            detail = f"席位 {listed(unknown)} 不由外部接入；由外部接入的席位：{remote}"
            raise Refusal(Problem(409, "seat_is_ours", "席位由沙箱扮演", detail, "以 remote 声明席位后重建批次"))
        found.host.attach(attached.addresses, attached.follower)
        return about(found)

    @router.post("/runs/{run}/cases")
    async def begin_cases(found: Named, begin: Begin) -> dict[str, Any]:
        try:
            found.run.begin(begin.first, begin.last, at_arrival=begin.at_arrival)
        except CaseUnknownError as error:
            raise Refusal(Problem(404, "case_unknown", "没有这个办件", str(error), "核对办件号")) from None
        found.host.flush()
        await found.host.file.durable()
        return about(found)


def _add_clock(router: APIRouter, Named: Any) -> None:  # noqa: N803
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
        if to_ms < run.now_ms:
            detail = f"{to_ms} 早于沙箱当前时刻 {run.now_ms}"
            raise Refusal(Problem(409, "time_reversed", "时间不能倒退", detail, "给出更晚的时刻"))
        await found.host.advance(to_ms, grain_ms=how.grain_ms)
        return clock(found)


def _add_journal(router: APIRouter, Named: Any) -> None:  # noqa: N803
    @router.get("/runs/{run}/journal")
    async def journal(
        found: Named, case_no: int | None = None, seat: str | None = None, kind: str | None = None,
        outcome: str | None = None, after_seq: int = 0, limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    ) -> dict[str, Any]:  # fmt: skip
        await found.host.file.durable()
        rows = found.reads.find(
            case_no=case_no, seat=seat, kind=kind, outcome=outcome, after_seq=after_seq, limit=limit
        )
        return {"rows": [row._asdict() | {"raw": None} for row in rows]}


def about(hosted: Hosted) -> dict[str, Any]:
    """What people see of a run."""
    run, host = hosted.run, hosted.host
    worlds = run.worlds.values()
    return {
        **run.plan.as_json(), "addresses": host.addresses, "now_ms": run.now_ms, "broken": host.broken,
        "cases_open": sum(len(w.cases) for w in worlds), "cases_finished": sum(w.finished for w in worlds),
        "rows": host.file.last_seq, "under_way": host.under_way, "busy_answers": host.busy_answers,
    }  # fmt: skip


def clock(hosted: Hosted) -> dict[str, Any]:
    """Where a run's clock stands, and when its next thing is due."""
    run = hosted.run
    return {"now_ms": run.now_ms, "pace": run.plan.pace, "factor": run.plan.factor, "next_due_ms": run.next_due_ms}
