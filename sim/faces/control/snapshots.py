"""Snapshots of a run: taken when somebody asks, and listed."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sim.faces.control.errors import Refusal
from sim.faces.refusals import Problem
from sim.runs.snapshot import SnapshotError


class NewSnapshot(BaseModel):
    """What a snapshot is called."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="快照名：小写字母、数字、连字符")


def add_snapshots(router: APIRouter, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/snapshots")
    async def list_snapshots(found: Named) -> dict[str, Any]:
        return {"snapshots": [asdict(each) for each in found.snapshots.files.known()]}

    @router.post("/runs/{run}/snapshots", status_code=201)
    async def take_snapshot(found: Named, new: NewSnapshot) -> dict[str, Any]:
        if found.snapshots.files.of_name(new.name) is not None:
            raise Refusal(Problem(409, "snapshot_exists", "快照已存在", f"快照“{new.name}”已存在", "换一个名字"))
        try:
            return asdict(await found.snapshots.take(new.name))
        except SnapshotError as error:
            raise Refusal(Problem(503, "snapshot_failed", "快照没有写成", str(error), "检查磁盘后重试")) from None
