"""The verdict on a run, as far as its journal goes now."""

from typing import Any

from fastapi import APIRouter

from sim.faces.control.keeper import Keeper


def add_verdict(router: APIRouter, keeper: Keeper, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/verdict")
    async def verdict(found: Named) -> dict[str, Any]:
        await found.host.file.durable()
        return await keeper.verdict(found)
