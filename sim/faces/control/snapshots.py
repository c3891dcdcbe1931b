"""Snapshots of a run: taken when somebody asks, listed, gone back to, and taken away."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sim.faces.control.errors import Refusal, unknown_snapshot
from sim.faces.control.keeper import Keeper
from sim.faces.control.runs import about
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem
from sim.runs.snapshot import SnapshotError
from sim.runs.snapshot_files import Snapshot


class NewSnapshot(BaseModel):
    """What a snapshot is called."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="快照名：小写字母、数字、连字符")


UNREAD = "检查磁盘；已损坏的快照文件移走后重试"
ELSEWHERE = "外部接入的系统不随本批次恢复：请把它们也恢复到同一时刻的状态，或从没有在办事项的时刻恢复"


def add_snapshots(router: APIRouter, keeper: Keeper, Named: Any) -> None:  # noqa: N803
    """The routes; `Named` is the run that the path names."""

    @router.get("/runs/{run}/snapshots")
    async def list_snapshots(found: Named) -> dict[str, Any]:
        return {
            "snapshots": [asdict(each) for each in known(found)],
            "restores": found.reads.meta().get("restores", {}),
        }

    @router.post("/runs/{run}/snapshots", status_code=201)
    async def take_snapshot(found: Named, new: NewSnapshot) -> dict[str, Any]:
        if any(each.name == new.name for each in known(found)):
            raise Refusal(Problem(409, "snapshot_exists", "快照已存在", f"快照“{new.name}”已存在", "换一个名字"))
        try:
            return asdict(await found.snapshots.take(new.name))
        except SnapshotError as error:
            raise Refusal(Problem(503, "snapshot_failed", "快照没有写成", str(error), "检查磁盘后重试")) from None

    @router.delete("/runs/{run}/snapshots/{name}")
    async def delete_snapshot(found: Named, name: str) -> dict[str, Any]:
        try:
            await found.snapshots.delete(of_name(found, name))
        except SnapshotError as error:
            raise Refusal(Problem(503, "snapshot_failed", "快照没有写成", str(error), "检查磁盘后重试")) from None
        return {"deleted": name}

    @router.post("/runs/{run}/snapshots/{name}/restore")
    async def restore_snapshot(run: str, _: Named, name: str) -> dict[str, Any]:
        again, told = await keeper.restore(run, name)
        warned = {"note": ELSEWHERE} if any(again.host.addresses.values()) else {}
        return about(again) | {"restored": told | warned}


def known(hosted: Hosted) -> list[Snapshot]:
    """The snapshots of a run, the newest first. Raises Refusal when one on disk is not what was written."""
    try:
        return hosted.snapshots.files.known()
    except SnapshotError as error:
        raise Refusal(Problem(503, "snapshot_broken", "快照读不出来", str(error), UNREAD)) from None


def of_name(hosted: Hosted, name: str) -> Snapshot:
    """The snapshot of that name. Raises Refusal, which lists those that there are."""
    found = {each.name: each for each in known(hosted) if each.name}
    if name not in found:
        raise unknown_snapshot(name, list(found))
    return found[name]
