"""A run of the server taken back to one of its snapshots: what was written since goes aside, and it goes on from there."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liantiao.code_version import code_version
from sim.clock import wall_ms
from sim.faces.control.errors import Refusal
from sim.faces.control.snapshots import of_name
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem
from sim.journal.cut import Cut, cut_after
from sim.journal.record import JournalError
from sim.runs.host import ANCHOR
from sim.runs.run import Run
from sim.runs.snapshot import SnapshotError, load
from sim.runs.snapshot_files import Snapshot
from sim.runs.snapshots import SNAPSHOT_SEQ

ASIDE = "before_restore"
"""The folder, in that of the run, with what was cut off."""
RESTORES = "restores"
"""Metadata of the journal: how often the run was taken back, and how much was cut off in all."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it."""

    snapshot: Snapshot
    cut: Cut
    forgotten: tuple[str, ...]
    """Names of snapshots that were taken after this one, and are gone."""

    def as_json(self) -> dict[str, Any]:
        """As people are told."""
        cut = self.cut
        return {
            "snapshot": self.snapshot.name, "seq": cut.seq, "now_ms": self.snapshot.now_ms, "dropped_rows": cut.rows,
            "dropped_commands": cut.commands, "kept_in": cut.kept_in, "forgotten_snapshots": list(self.forgotten),
        }  # fmt: skip


def snapshot_to_restore(hosted: Hosted, name: str, fresh: Run) -> Snapshot:
    """The snapshot of that name, which has been read to the end: nothing is taken away for one that cannot be.

    Raises Refusal.
    """
    if hosted.host.moving.locked():
        detail = f"批次“{hosted.run.plan.name}”的时钟正在推进"
        raise Refusal(Problem(409, "clock_moving", "时钟正在推进", detail, "等推进的调用返回后再恢复"))
    files, found = hosted.snapshots.files, of_name(hosted, name)
    if found.code != code_version():
        detail = f"快照“{name}”由另一版本的程序写成，本程序读不出来"
        raise Refusal(
            Problem(409, "snapshot_of_other_code", "快照属于另一版本", detail, "用写下它的那一版程序恢复，或重置批次")
        )
    try:
        load(fresh, files.read(found))
    except (SnapshotError, OSError) as error:
        raise Refusal(
            Problem(409, "snapshot_unreadable", "快照读不出来", str(error), "删除这个快照，改用别的快照，或重置批次")
        ) from None
    return found


async def cut_back(hosted: Hosted, folder: Path, snapshot: Snapshot) -> Restored:
    """Close a run and cut it back to a snapshot; it can be opened again afterwards, whatever happened.

    Raises JournalError; the journal is then as it was.
    """
    meta = hosted.reads.meta()
    await hosted.snapshots.stop()
    await closed(hosted)
    before = meta.get(RESTORES, {"times": 0, "rows": 0})

    def told(rows: int) -> dict[str, Any]:
        times = {"times": before["times"] + 1, "rows": before["rows"] + rows}
        return {ANCHOR: [wall_ms(), snapshot.now_ms], SNAPSHOT_SEQ: snapshot.seq, RESTORES: times}

    cut = await asyncio.to_thread(
        cut_after,
        folder / "journal.db",
        snapshot.seq,
        snapshot.now_ms,
        folder / ASIDE,
        {"snapshot": snapshot.name},
        told,
    )
    forgotten = hosted.snapshots.files.forget_after(snapshot.seq)
    return Restored(snapshot, cut, tuple(each.name for each in forgotten if each.name))


async def closed(hosted: Hosted) -> None:
    """Nothing of the run moves or is open any more. What could not be written is not: its journal is broken, and says so."""
    with suppress(JournalError):
        await hosted.host.close()
    hosted.reads.close()
    with suppress(JournalError):
        hosted.host.file.close()
