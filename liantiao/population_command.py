"""`liantiao population export`: the people, homes and accounts that systems under test load beforehand."""

from pathlib import Path
from typing import Annotated

import typer

from liantiao import help_pages
from liantiao.showing import Bar, console
from liantiao.simulating.options import Cases, From, PackageName, Seed, To, UsageError, checked
from sim.population import Population
from sim.population.export import export

population_app = typer.Typer(cls=help_pages.Group, no_args_is_help=True, help="人群与办件数据。")


@population_app.command("export", cls=help_pages.Command)
def export_command(
    out: Annotated[Path, typer.Option("--out", help="输出文件夹：完整写成或不存在")],
    package: PackageName = "fujian-2024-55",
    cases: Cases = 1_000,
    seed: Seed = 2024,
    first: From = "2021-01-04",
    last: To = "2024-11-26",
    form: Annotated[str, typer.Option("--format", help="csv、parquet 或 jsonl")] = "csv",
    masked: Annotated[
        bool, typer.Option("--masked", help="姓名、证件、电话、户号脱敏，仅供查看，不能用于装载")
    ] = False,
) -> None:
    """导出被测系统需预先装载的人员、房屋、登记簿与户号数据。"""
    loaded, from_ms, to_ms = checked(package, cases, seed, out, first, last)
    population = Population(loaded, seed, cases, from_ms, to_ms)
    if form not in ("csv", "parquet", "jsonl"):
        raise UsageError(f"--format 不认识“{form}”，可用 csv、parquet、jsonl。")
    with Bar(quiet=False) as bar:
        counts = export(population, out, form, masked=masked, progress=lambda done: bar("导出", done, cases))
    for table, rows in counts.items():
        console.print(f"{table}: {rows:,} 行", highlight=False)
    console.print(f"已写入 {out}", highlight=False)
