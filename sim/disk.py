"""What the disk refuses, in words for people, and what it is to keep for certain."""

import errno
import os
from pathlib import Path

WHY = {
    errno.EACCES: "没有权限", errno.EPERM: "不允许", errno.EROFS: "只读文件系统", errno.ENOSPC: "磁盘已满", errno.ENOTDIR: "上级不是文件夹",
    errno.ENOENT: "上级位置不存在", errno.ENAMETOOLONG: "名称过长", errno.EDQUOT: "超出磁盘配额",
    errno.EEXIST: "已有同名的文件", errno.EISDIR: "是文件夹，不是文件",
}  # fmt: skip


def why(error: OSError) -> str:
    """What went wrong with a file, in Chinese where we have the words."""
    return WHY.get(error.errno or 0, f"系统错误 {error.errno}")


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole, on disk, or not at all."""
    beside = path.with_name(path.name + ".tmp")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    sync_folder(path.parent)
