"""A run opened from its folder: the newest snapshot that this program can read, and what the journal has after it."""

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.disk import why
from sim.faces.bodies import BodyError, body_of
from sim.faces.control.errors import Refusal
from sim.faces.doors import Directory
from sim.journal.cut import void
from sim.journal.record import JournalError
from sim.journal.sqlite_reads import JournalReads
from sim.message import Message
from sim.package import PackageError
from sim.runs.plan import RunPlan
from sim.runs.replay import Read, Replay, Replayed, ReplayError
from sim.runs.run import Run
from sim.runs.snapshot import SnapshotError, load
from sim.runs.snapshot_files import Snapshot, SnapshotFiles
from sim.runs.snapshots import SNAPSHOT_SEQ


class ReopenError(Exception):
    """A run's folder cannot be opened; the message is for people and says what to do."""


def plan_in(folder: Path) -> RunPlan:
    """The plan of the run in a folder. Raises ReopenError."""
    path = folder / "plan.json"
    try:
        plan = RunPlan.from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ReopenError(f"{path} 读不出来（{why(error)}）") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReopenError(f"{path} 不是批次的设置（{type(error).__name__}：{error}）") from None
    if plan.name != folder.name:
        raise ReopenError(f"{path} 是批次“{plan.name}”的，却在文件夹“{folder.name}”里")
    return plan


def why_not_opened(error: Exception) -> str:
    """Why a run's folder cannot be opened, in words for people."""
    if isinstance(error, (ReopenError, JournalError, SnapshotError, PackageError)):
        return str(error)
    if isinstance(error, Refusal):
        return error.problem.detail
    if isinstance(error, OSError):
        return f"{error.filename} 不能读写（{why(error)}）"
    return f"{type(error).__name__}：{error}"


@dataclass(frozen=True, slots=True)
class Reopened:
    """A run as its journal ends, and what came of reading it."""

    run: Run
    told: Replayed
    snapshot_seq: int


def reader(known: Directory) -> Read:
    """Reads bodies from the journal."""

    def read(kind: str, text: str) -> Message:
        try:
            return body_of(known.kinds[kind]).parse(text.encode())
        except BodyError as error:
            raise ReplayError(f"报文体读不出来：{error}") from None

    return read


def reopened(
    fresh: Callable[[], Run], files: SnapshotFiles, journal: JournalReads, code: str, known: Directory
) -> Reopened:
    """The run as it was when its last row was written. Raises ReopenError."""
    looking = gc.isenabled()
    gc.disable()  # nearly all that is made now is kept
    try:
        run, seq = _started(fresh, files, journal, code)
        told = Replay(run, known.kinds, reader(known)).feed(journal, seq)
    finally:
        if looking:
            gc.enable()
    return Reopened(run, told, seq)


def _started(fresh: Callable[[], Run], files: SnapshotFiles, journal: JournalReads, code: str) -> tuple[Run, int]:
    commands, needed = journal.commands(), _needed(journal)
    last = max(journal.last_seq(), commands[-1].seq if commands else 0)
    gone = void(commands)
    troubles: list[str] = []
    for snapshot in files.known():
        if any(after < snapshot.seq < before for after, before in gone):
            files.forget(snapshot)  # the server ended before it could
            continue
        if snapshot.seq < needed or snapshot.seq > last:
            continue
        if snapshot.code != code:
            troubles.append(f"{snapshot.file_name} 由另一版本的程序写成")
            continue
        try:
            return _loaded(fresh, files, snapshot), snapshot.seq
        except (SnapshotError, OSError) as error:
            troubles.append(str(error))
    if needed:
        told = "；".join(troubles) or "没有快照"
        raise ReopenError(
            f"批次 {files.folder.parent.name} 打不开：报文日志第 {needed} 行以前的已按保留策略清理，需要快照，而{told}。"
            "请用写下快照的那一版程序打开，或移走这个批次的文件夹后重建。"
        )
    return fresh(), 0


def _needed(journal: JournalReads) -> int:
    """From which seq on all that came from outside is still in the journal."""
    return min(max(journal.dropped.before_seq - 1, 0), int(journal.meta().get(SNAPSHOT_SEQ, 0)))


def _loaded(fresh: Callable[[], Run], files: SnapshotFiles, snapshot: Snapshot) -> Run:
    run = fresh()
    load(run, files.read(snapshot))
    return run
