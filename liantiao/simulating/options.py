"""What every command that draws a population asks for, and what is wrong with it."""

from pathlib import Path
from typing import Annotated

import typer

from sim.calendar import WorkingCalendar, parse_day
from sim.package import Package, load_package
from sim.plain import PlainError
from sim.population import MOST_CASES

MOST_SEED = 2**63 - 1
PackageName = Annotated[str, typer.Option("--package", help="套餐编号")]
Cases = Annotated[int, typer.Option("--cases", help="办件数")]
Seed = Annotated[int, typer.Option("--seed", help="随机种子：同一种子，同一结果")]
From = Annotated[str, typer.Option("--from", help="首日，如 2021-01-04")]
To = Annotated[str, typer.Option("--to", help="末日，如 2024-11-26")]


class UsageError(PlainError):
    """What was asked for cannot be done; the message says what, where and what would do."""


def checked(package: str, cases: int, seed: int, out: Path, first: str, last: str) -> tuple[Package, int, int]:
    """The package and the period in ms, if everything asked for can be done. Raises UsageError, PackageError, CalendarError."""
    if not str(out) or str(out) == ".":
        raise UsageError("--out 不能为空，也不能是当前文件夹；例如 --out out/run。")
    if not 0 <= seed <= MOST_SEED:
        raise UsageError(f"--seed 须在 0 至 {MOST_SEED} 之间，现为 {seed}。")
    if not package:
        raise UsageError("--package 不能为空；例如 --package fujian-2024-55。")
    loaded = load_package(Path(package) if "/" in package else package)
    if cases < 1:
        raise UsageError(f"--cases 须为正整数，现为 {cases}；例如 --cases 1000。")
    if cases > MOST_CASES:
        raise UsageError(f"--cases {cases:,} 太多，证号会重复；至多 {MOST_CASES:,}。")
    from_ms, to_ms = parse_day(first), parse_day(last)
    if from_ms > to_ms:
        raise UsageError(f"--from {first} 晚于 --to {last}；请把首日放在前面。")
    if not WorkingCalendar.load().working_days(from_ms, to_ms):
        raise UsageError(f"--from {first} 至 --to {last} 没有一个工作日，窗口无法收件；请放宽起止日期。")
    return loaded, from_ms, to_ms
