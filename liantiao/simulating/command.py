"""`liantiao simulate` and `liantiao faults`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from liantiao.showing import Bar, print_summary
from liantiao.simulating.options import Cases, From, PackageName, Seed, To, UsageError, checked
from liantiao.simulating.simulate import plan_of, simulate
from sim.package import load_package
from sim.package.fault_scripts import EFFECTS, when_it_strikes


def simulate_command(
    package: PackageName = "fujian-2024-55",
    cases: Cases = 830_000,
    seed: Seed = 2024,
    first: From = "2021-01-04",
    last: To = "2024-11-26",
    faults: Annotated[str, typer.Option("--faults", help="故障脚本，liantiao faults 可列出全部")] = "everyday",
    workers: Annotated[int, typer.Option("--workers", help="进程数；结果与进程数无关")] = 2,
    out: Annotated[Path, typer.Option("--out", help="输出文件夹：完整写成或不存在")] = Path("out/simulate"),
    replace: Annotated[bool, typer.Option("--replace", help="新批次写成后替换 --out 里的上一批次")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """在虚拟时间里办完全部办件，判定检核项，写出报告。"""
    loaded, from_ms, to_ms = checked(package, cases, seed, out, first, last)
    if workers < 1:
        raise UsageError(f"--workers 须为正整数，现为 {workers}；可用 --workers 2。")
    plan = plan_of(loaded, cases=cases, seed=seed, from_ms=from_ms, to_ms=to_ms, script=faults)
    with Bar(quiet=as_json) as bar:
        summary = simulate(plan, out, workers, bar, replace=replace)
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        print_summary(summary, out)
    raise typer.Exit(summary["exit_code"])


def faults_command(package: PackageName = "fujian-2024-55") -> None:
    """列出故障脚本与其中每个故障：做什么、何时、多大机会。"""
    for script in load_package(package).fault_scripts.values():
        print(f"{script.id}  {script.title}")
        for fault, title in zip(script.faults, script.titles, strict=True):
            where = f"（只限接收方 {fault.seat}）" if fault.seat else ""
            print(f"  {title}  {fault.operation}{where}  {EFFECTS[fault.effect]}；{when_it_strikes(fault)}")
