"""A run's output folder: complete or absent, never half-written."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class FolderError(Exception):
    """The output cannot go where it was asked to go; the message is for people."""


@contextmanager
def complete_or_absent(out: Path) -> Iterator[Path]:
    """A folder to write into; it takes the name `out` only when everything has been written."""
    out = out.absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderError(f"输出位置 {out} 已有内容；请换一个 --out，或先移走原有内容。")
    partial = out.with_name(f".{out.name}.partial-{os.getpid()}")
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise FolderError(f"输出位置 {out} 不可写（{error.strerror}）；请换一个可写的 --out。") from None
    try:
        yield partial
        if out.exists():
            out.rmdir()
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON the way people can read it, with a fixed order of keys."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
