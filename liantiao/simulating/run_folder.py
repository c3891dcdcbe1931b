"""A run's output folder: complete or absent, never half-written."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.disk import why
from sim.plain import PlainError

RECORD = "run.json"
"""The file by which a run's folder is known."""


class FolderError(PlainError):
    """The output cannot go where it was asked to go; the message is for people."""


@contextmanager
def complete_or_absent(out: Path, *, replace: bool = False) -> Iterator[Path]:
    """A folder to write into; it takes the name `out` only when everything has been written.

    With `replace`, a run that has that name gives it up at that moment; anything else there is never touched.
    """
    out = out.absolute()
    run_there = replace and (out / RECORD).is_file()
    if out.exists() and not run_there and (not out.is_dir() or any(out.iterdir())):
        way = "其中没有 run.json，不是上一批次，不会替换；" if replace else "加 --replace 可替换上一批次；"
        raise FolderError(f"输出位置 {out} 已有内容；{way}请换一个 --out，或先移走原有内容。")
    partial, before = (out.with_name(f".{out.name}.{what}-{os.getpid()}") for what in ("partial", "before"))
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise FolderError(f"输出位置 {out} 不可写（{why(error)}）；请换一个可写的 --out。") from None
    try:
        yield partial
        if run_there:
            out.rename(before)
        elif out.exists():
            out.rmdir()
        partial.rename(out)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON the way people can read it, with a fixed order of keys."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
