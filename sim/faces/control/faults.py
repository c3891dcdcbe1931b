"""Faults of a run: what is at work, laid one by one or as a script of the package, and taken away."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from sim.faces.control.errors import Refusal
from sim.faces.control.fault_shapes import NewFault, misfit, read_new
from sim.faces.control.keeper import Keeper
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem, listed
from sim.fault_json import fault_as_json
from sim.faults import Fault
from sim.package.fault_scripts import EFFECTS, FaultScript, when_it_strikes
from sim.package.tables import PackageError, nearest
from sim.runs.scale import scale_of


def add_faults(router: APIRouter, keeper: Keeper, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/faults")
    async def list_faults(found: Named) -> dict[str, Any]:
        scripts = keeper.package(found.run.plan.package).fault_scripts
        return {
            "faults": [shown(found, fault) for fault in found.run.faults],
            "scripts": [{"script": name, "title": script.title} for name, script in scripts.items()],
            "effects": {effect.value: title for effect, title in EFFECTS.items()},
        }

    @router.post("/runs/{run}/faults", status_code=201)
    async def add_fault(found: Named, new: NewFault) -> dict[str, Any]:
        try:
            fault = read_new(new, keeper.directory)
        except PackageError as error:
            raise bad_fault(str(error)) from None
        if why := misfit(fault, found, keeper.directory):
            raise bad_fault(why)
        _check_names(found, [fault])
        await _lay(found, (*found.run.faults, fault), {"added": [fault.name]})
        return shown(found, fault)

    @router.delete("/runs/{run}/faults/{name}")
    async def remove_fault(found: Named, name: str) -> dict[str, Any]:
        left = tuple(fault for fault in found.run.faults if fault.name != name)
        if len(left) == len(found.run.faults):
            names = [fault.name for fault in found.run.faults]
            detail = f"本批次没有故障“{name}”，{nearest(name, names)}；现有：{listed(names)}"
            raise Refusal(Problem(404, "fault_unknown", "没有这个故障", detail, "核对故障名"))
        await _lay(found, left, {"removed": [name]})
        return {"deleted": name}

    @router.delete("/runs/{run}/faults")
    async def remove_all(found: Named) -> dict[str, Any]:
        names = [fault.name for fault in found.run.faults]
        if names:
            await _lay(found, (), {"removed": names})
        return {"deleted": names}

    @router.post("/runs/{run}/faults/scripts/{script}", status_code=201)
    async def lay_script(found: Named, script: str) -> dict[str, Any]:
        try:
            known = keeper.package(found.run.plan.package).fault_script(script)
        except PackageError as error:
            problem = Problem(404, "script_unknown", "没有这个故障脚本", str(error), "核对脚本名")
            raise Refusal(problem) from None
        scale = scale_of(found.run.plan.handling, found.run.plan.term_factor)
        faults = [scale.fault(fault) for fault in _of_script(known)]
        apart = {fault.name: misfit(fault, found, keeper.directory) for fault in faults}
        laid = [fault for fault in faults if not apart[fault.name]]
        _check_names(found, laid)
        change = {"script": script, "added": [fault.name for fault in laid]}
        await _lay(found, (*found.run.faults, *laid), change)
        left_out = [{"name": name, "why": why} for name, why in apart.items() if why]
        return {"script": script, "title": known.title, "faults": [shown(found, each) for each in laid],
                "left_out": left_out}  # fmt: skip


def _of_script(script: FaultScript) -> list[Fault]:
    return [replace(fault, title=title) for fault, title in zip(script.faults, script.titles, strict=True)]


async def _lay(found: Hosted, faults: tuple[Fault, ...], change: dict[str, Any]) -> None:
    """From now on these are at work; the journal's command holds each of them whole, so that a replay lays the same."""
    host = found.host
    host.catch_up()
    found.run.lay_faults(faults, {**change, "faults": [fault_as_json(fault) for fault in faults]})
    host.flush()
    await host.file.durable()


def _check_names(found: Hosted, new: list[Fault]) -> None:
    taken = [fault.name for fault in new if any(fault.name == each.name for each in found.run.faults)]
    if taken:
        detail = f"本批次已有故障：{listed(taken)}"
        raise Refusal(Problem(409, "fault_exists", "故障已存在", detail, "换一个名字，或先删除原有的"))


def bad_fault(why: str) -> Refusal:
    """A fault that cannot be laid."""
    return Refusal(Problem(400, "bad_fault", "故障写法不对", why, "按提示更正；GET …/faults 列出全部效果与脚本"))


def shown(found: Hosted, fault: Fault) -> dict[str, Any]:
    """What people see of a fault at work."""
    told = fault_as_json(fault)
    if "steps" in told.get("delay", {}):
        steps = told["delay"].pop("steps")
        told["delay"] |= {"median_ms": steps[len(steps) // 2], "p90_ms": steps[len(steps) * 9 // 10]}
    return told | {
        "title": fault.title or fault.name, "effect_title": EFFECTS[fault.effect], "when": when_it_strikes(fault),
        "struck": found.run.struck[fault.name],
    }  # fmt: skip
