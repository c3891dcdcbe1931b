"""Runs: made, listed, shown, joined, reset and taken away; and the cases people apply in."""

import json
from typing import Any

from fastapi import APIRouter

from sim.faces.control.clock import mode
from sim.faces.control.errors import Refusal
from sim.faces.control.keeper import Keeper
from sim.faces.control.shapes import Attach, Begin, NewRun
from sim.faces.hosted import Hosted
from sim.faces.key_handout import handed_out
from sim.faces.refusals import Problem, listed
from sim.runs.exchanges import CaseUnknownError
from sim.runs.follower import Follower
from sim.runs.state_digest import state_digest


def add_runs(router: APIRouter, keeper: Keeper, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs")
    async def list_runs() -> dict[str, Any]:
        unopened = [{"name": name, **json.loads(why.as_json())} for name, why in keeper.runs.shut.items()]
        return {"runs": [about(each) for each in keeper.runs.values()], "unopened": unopened}

    @router.post("/runs", status_code=201)
    async def create_run(new: NewRun) -> dict[str, Any]:
        return about(await keeper.create(new))

    @router.get("/runs/{run}")
    async def show_run(found: Named, digest: bool = False, going: bool = False) -> dict[str, Any]:
        if digest:  # of the state before the next input, as a restart has it: what is due by now has happened
            found.host.catch_up()
            found.run.catch_up()
            found.host.flush()
        more = {"open_cases": open_cases(found)} if going else {}
        return about(found) | more | ({"digest": state_digest(found.run)} if digest else {})

    @router.delete("/runs/{run}")
    async def delete_run(run: str) -> dict[str, Any]:
        await keeper.delete(run)
        return {"deleted": run}

    @router.post("/runs/{run}/reset")
    async def reset_run(run: str, found: Named) -> dict[str, Any]:
        return about(await keeper.reset(run))

    @router.get("/runs/{run}/keys")
    async def keys(found: Named) -> dict[str, Any]:
        return {"keys": handed_out(found.keys)}

    @router.get("/runs/{run}/arranged")
    async def arranged(found: Named) -> dict[str, Any]:
        return {"arranged": {str(number): each.as_json() for number, each in found.run.plan.arranged.items()}}

    @router.post("/runs/{run}/attach")
    async def attach(found: Named, attached: Attach) -> dict[str, Any]:
        unknown = [seat for seat in (*attached.addresses, *attached.shares) if seat not in found.run.plan.remote]
        if unknown:
            remote = listed(found.run.plan.remote)
            detail = f"席位 {listed(unknown)} 不由外部接入；由外部接入的席位：{remote}"
            raise Refusal(Problem(409, "seat_is_ours", "席位由沙箱扮演", detail, "以 remote 声明席位后重建批次"))
        shares = {seat: [each.model_dump(by_alias=True) for each in stages] for seat, stages in attached.shares.items()}
        found.host.attach(attached.addresses, _follower(attached), shares)
        await found.host.file.durable()
        return about(found)

    @router.post("/runs/{run}/cases")
    async def begin_cases(found: Named, begin: Begin) -> dict[str, Any]:
        try:
            for first, last in [(number, number) for number in begin.numbers] or [(begin.first, begin.last)]:
                found.run.begin(first, last, at_arrival=begin.at_arrival)
        except CaseUnknownError as error:
            raise Refusal(Problem(404, "case_unknown", "没有这个办件", str(error), "核对办件号")) from None
        found.host.flush()
        await found.host.file.durable()
        return about(found)


def _follower(attached: Attach) -> Follower | None:
    """Whose clock moves with the run's from now on, if anybody is named."""
    return None if attached.follower is None else Follower(attached.follower, stops=attached.stops_when_speaking)


def open_cases(hosted: Hosted) -> list[int]:
    """The cases that go on, or have been begun and wait for their day."""
    worlds = hosted.run.worlds.values()
    return sorted(number for world in worlds for number, case in world.cases.items() if not world.rests(case))


def about(hosted: Hosted) -> dict[str, Any]:
    """What people see of a run."""
    run, host = hosted.run, hosted.host
    worlds = run.worlds.values()
    plan = run.plan.as_json()
    plan["arranged"] = len(run.plan.arranged)
    return {
        **plan, "addresses": host.addresses, "now_ms": run.now_ms, "mode": mode(run.plan), "broken": host.broken,
        "cases_ended": sum(w.finished + sum(map(w.rests, w.cases.values())) for w in worlds),
        "cases_open": sum(len(w.cases) for w in worlds), "cases_finished": sum(w.finished for w in worlds),
        "rows": host.file.last_seq, "under_way": host.outgoing.under_way, "busy_answers": host.busy_answers,
        "dropped": host.file.dropped._asdict(), "snapshot_seq": host.file.snapshot_seq,
        "code": hosted.snapshots.code,
    }  # fmt: skip
