"""The folder of the main job: the run before stays until the new one is complete; what was cut short is kept, and says so."""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Final

from liantiao.simulating.run_folder import RECORD, FolderError
from sim.disk import why

INDEX: Final = "index.json"
WHAT: Final = "run"
"""What index.json says that it is the index of."""
CUT_SHORT: Final = "-INCOMPLETE"
"""What is added to the name where a run that was cut short leaves the name to a complete one."""


class JobFolder:
    """Where the main job writes. Raises FolderError where it may not go where it was asked to."""

    def __init__(self, out: Path, *, replace: bool) -> None:
        self._out = out.absolute()
        if _has_something(self._out) and not (replace and _is_ours(self._out)):
            way = (
                "其中没有 index.json 或 run.json，不是上一批次，不会替换；"
                if replace
                else "加 --replace 可替换上一批次；"
            )
            raise FolderError(f"输出位置 {self._out} 已有内容；{way}请换一个 --out，或先移走原有内容。")
        self.work = self._out.with_name(f".{self._out.name}.partial-{os.getpid()}")
        """Where the parts write until it is settled."""
        try:
            self.work.mkdir(parents=True)
        except OSError as error:
            raise FolderError(f"输出位置 {self._out} 不可写（{why(error)}）；请换一个可写的 --out。") from None

    def settle(self, *, complete: bool) -> Path:
        """Give it its name, and return it: `out`; or, for what was cut short while a complete run is there, beside that."""
        keeps = not complete and _has_something(self._out) and _is_complete(self._out)
        name = self._beside() if keeps else self._out
        before = self._out.with_name(f".{self._out.name}.before-{os.getpid()}")
        if name.exists():
            name.rename(before)
        self.work.rename(name)
        shutil.rmtree(before, ignore_errors=True)
        return name

    def drop(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self.work, ignore_errors=True)

    def _beside(self) -> Path:
        """The name for what was cut short: another such run gives it up, nothing else does."""
        name = self._out.with_name(self._out.name + CUT_SHORT)
        return name.with_name(f"{name.name}-{os.getpid()}") if _has_something(name) and not _is_ours(name) else name


def _has_something(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _is_ours(folder: Path) -> bool:
    return (folder / RECORD).is_file() or bool(_index(folder))


def _is_complete(folder: Path) -> bool:
    """Whether a run lies there that was not cut short; a folder of `liantiao simulate` always is."""
    return (folder / RECORD).is_file() or _index(folder).get("complete") is True


def _index(folder: Path) -> dict[str, Any]:
    """The index of a main job, nothing where there is none."""
    try:
        told = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) and told.get("what") == WHAT else {}
