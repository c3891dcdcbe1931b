"""The verdict on a run, as far as its journal goes now, and what whoever judges the journal elsewhere must know."""

from typing import Any

from fastapi import APIRouter

from sim.faces.control.keeper import Keeper


def add_verdict(router: APIRouter, keeper: Keeper, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/verdict")
    async def verdict(found: Named) -> dict[str, Any]:
        await found.host.file.durable()
        return await keeper.verdict(found)

    @router.get("/runs/{run}/record")
    async def record(found: Named) -> dict[str, Any]:
        await found.host.file.durable()
        return keeper.record(found)
