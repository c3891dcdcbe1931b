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
def complete_or_absent(
    out: Path, *, replace: bool | None = None, known_by: str = RECORD, last: str = "上一批次"
) -> Iterator[Path]:
    """A folder to write into; it takes the name `out` only when everything has been written.

    With `replace`, the `last` one of its kind, `known_by` a file in it, gives up that name at that moment; anything else
    there is never touched. None stands for a command that has no `--replace`. Raises FolderError.
    """
    out = out.absolute()
    last_there = replace and (out / known_by).is_file()
    if out.exists() and not last_there and (not out.is_dir() or any(out.iterdir())):
        ways = {
            True: f"其中没有 {known_by}，不是{last}，不会替换；", False: f"加 --replace 可替换{last}；", None: "",
        }  # fmt: skip
        way = ways[replace]
        raise FolderError(f"输出位置 {out} 已有内容；{way}请换一个 --out，或先移走原有内容。")
    partial, before = (out.with_name(f".{out.name}.{what}-{os.getpid()}") for what in ("partial", "before"))
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise FolderError(f"输出位置 {out} 不可写（{why(error)}）；请换一个可写的 --out。") from None
    try:
        yield partial
        if last_there:
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
