"""Observations out of a CSV file: what happened in a real system without a message, read and handed to the sandbox."""

import csv
from pathlib import Path
from typing import Any, Final

from liantiao.sandbox_client import SandboxError, SandboxRun
from sim.plain import PlainError

COLUMNS: Final = {"办件号": "case_no", "受理编号": "number", "事项": "what", "时间": "at", "经办人": "by"}
"""受理编号 may be any number of the case that the journal has, or that was reported together with its 办件号."""


class ObservationsError(PlainError):
    """A file of observations that cannot be used; the message is for people and names file and line."""


def read_observations(path: Path) -> list[dict[str, Any]]:
    """What the file says, a row each. Raises ObservationsError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ObservationsError(f"读不到观察记录 {path}（{error.strerror}）；核对 --observations。") from None
    except UnicodeDecodeError:
        raise ObservationsError(f"{path} 不是 UTF-8 编码；请另存为 CSV UTF-8。") from None
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise ObservationsError(f"{path} 缺少列 {'、'.join(missing)}；表头应为：{'、'.join(COLUMNS)}。")
    return [_row(path, n, row) for n, row in enumerate(rows, 2)]


def _row(path: Path, line: int, row: dict[str, Any]) -> dict[str, Any]:
    told = {key: (row.get(name) or "").strip() for name, key in COLUMNS.items()}
    number = told["case_no"]
    if number and not (number.isascii() and number.isdigit()):
        raise ObservationsError(f"{path} 第 {line} 行的办件号“{number}”不是数；核对后再试。")
    if not number and not told["number"]:
        raise ObservationsError(f"{path} 第 {line} 行既没有办件号也没有受理编号；至少写一个。")
    for name in ("事项", "时间", "经办人"):
        if not told[COLUMNS[name]]:
            raise ObservationsError(f"{path} 第 {line} 行的“{name}”是空的；请补上。")
    return {**told, "case_no": int(number) if number else None}


def report(run: SandboxRun, path: Path) -> int:
    """Hand all of them to the sandbox; how many. Raises ObservationsError with what the sandbox says of them."""
    told = read_observations(path)
    if not told:
        return 0
    try:
        return int(run.control("POST", "/observations", {"observations": told})["taken"])
    except SandboxError as error:
        raise ObservationsError(f"{path} 里有沙箱不收的观察：{error}") from None
