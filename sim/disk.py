"""What the disk refuses, in words for people."""

import errno

WHY = {
    errno.EACCES: "没有权限", errno.EPERM: "不允许", errno.EROFS: "只读文件系统", errno.ENOSPC: "磁盘已满", errno.ENOTDIR: "上级不是文件夹",
    errno.ENOENT: "上级位置不存在", errno.ENAMETOOLONG: "名称过长", errno.EDQUOT: "超出磁盘配额",
}  # fmt: skip


def why(error: OSError) -> str:
    """What went wrong with a file, in Chinese where we have the words."""
    return WHY.get(error.errno or 0, f"系统错误 {error.errno}")
