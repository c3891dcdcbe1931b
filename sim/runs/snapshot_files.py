"""Snapshots on disk: each one file, whole or not there, with a line of JSON before its bytes that says what it is.

The folder belongs to this server alone (mode 0700): what is read from it is trusted, as `sim.runs.snapshot` says.
"""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import xxhash

from sim.disk import sync_folder
from sim.runs.snapshot import SnapshotError

SUFFIX = ".snapshot"
KEPT = 2
"""So many of those that the server takes by itself are kept; named ones stay until their run goes."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a snapshot without reading its bytes. `name` is "" for one that the server took by itself.

    It holds what all rows up to `seq` led to; `code` is the version of the program that can read it.
    """

    seq: int
    now_ms: int
    code: str
    digest: str
    name: str = ""

    @property
    def file_name(self) -> str:
        """The file it is in."""
        return f"{self.name or f'{self.seq:012d}.auto'}{SUFFIX}"


class SnapshotFiles:
    """The snapshots of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, seq: int, now_ms: int, code: str, raw: bytes, name: str = "") -> tuple[Snapshot, Path]:
        """Write one beside its place, onto the disk; `keep` puts it there."""
        if name and not NAME.fullmatch(name):
            raise SnapshotError(f"快照名“{name}”只能用小写字母、数字、连字符，至多 63 个")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        made = Snapshot(seq, now_ms, code, xxhash.xxh3_128_hexdigest(raw), name)
        path = self.folder / f"{made.file_name}.tmp"
        with path.open("wb") as file:
            file.write(json.dumps(asdict(made)).encode() + b"\n")
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        return made, path

    def keep(self, path: Path) -> None:
        """Put what was written into its place, and let the oldest of its sort go."""
        path.rename(path.with_suffix(""))
        for old in [each for each in self.known() if not each.name][KEPT:]:
            (self.folder / old.file_name).unlink(missing_ok=True)
        sync_folder(self.folder)

    def known(self) -> list[Snapshot]:
        """All of them, the newest first."""
        found = [self._head(path) for path in self.folder.glob(f"*{SUFFIX}")] if self.folder.exists() else []
        return sorted(found, key=lambda each: (-each.seq, each.name))

    def of_name(self, name: str) -> Snapshot | None:
        """The one of that name."""
        return next((each for each in self.known() if each.name == name), None)

    def read(self, snapshot: Snapshot) -> bytes:
        """The bytes. Raises SnapshotError if they are not those that were written."""
        with (self.folder / snapshot.file_name).open("rb") as file:
            file.readline()
            raw = file.read()
        if xxhash.xxh3_128_hexdigest(raw) != snapshot.digest:
            raise SnapshotError(f"快照 {self.folder / snapshot.file_name} 已损坏")
        return raw

    def forget(self, gone: Snapshot) -> None:
        """Take one away."""
        (self.folder / gone.file_name).unlink(missing_ok=True)
        sync_folder(self.folder)

    def forget_after(self, seq: int) -> list[Snapshot]:
        """Take away what was taken after `seq`, and say what: the run has gone back to before."""
        later = [each for each in self.known() if each.seq > seq]
        for each in later:
            self.forget(each)
        return later

    @staticmethod
    def _head(path: Path) -> Snapshot:
        with path.open("rb") as file:
            try:
                return Snapshot(**json.loads(file.readline()))
            except (ValueError, TypeError):
                raise SnapshotError(f"快照 {path} 已损坏；请移走后重启") from None
