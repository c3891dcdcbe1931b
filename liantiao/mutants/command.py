"""`liantiao mutants`: does the acceptance suite notice what is wrong? The reference is given one defect at a time."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from features.accepting import scenarios_of
from liantiao.mutants.earlier import Earlier
from liantiao.mutants.pool import MutantError, bench_of, chosen, mutants_on, try_all
from liantiao.mutants.tables import lines_of, record_of, write_workbook
from liantiao.mutants.trials import Trial
from liantiao.simulating.run_folder import complete_or_absent, write_json
from reference.mutants.catalogue import SORT_TITLES
from sim.judge.verdict import BROKEN_EXIT, INCOMPLETE_EXIT, KEPT_EXIT
from sim.package import load_package

ENOUGH: Final = 0.95
"""The share of visible mutants that the suite must kill."""
console = Console(stderr=True)


def mutants_command(
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="只试这个缺陷：编号、编号的开头几段（如 hand、hub/payment）或类别；可多次"),
    ] = None,
    scenarios: Annotated[
        list[str] | None, typer.Option("--scenarios", help="只用题目、条款、陷阱编号或文件名含此字样的场景；可多次")
    ] = None,
    sample: Annotated[int, typer.Option("--sample", help="只抽这么多个试；0 为全部")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：同一种子，同一抽样、同一结果")] = 2024,
    again: Annotated[
        Path | None, typer.Option("--again", help="上次的 mutants.json：杀死而那个场景还在的照旧，只试其余的和新有的")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", help="进程数；结果与进程数无关")] = 2,
    out: Annotated[Path | None, typer.Option("--out", help="输出文件夹：mutants.json、mutants.xlsx")] = None,
    listed: Annotated[bool, typer.Option("--list", help="只列出缺陷，不试")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """给参照系统植入缺陷，一次一个，看验收场景能否发现。"""
    if again and (only or sample):
        raise MutantError("--again 再试的是那份结果里没有杀死的，不能与 --only、--sample 同用；请去掉其一。")
    if sample < 0 or workers < 1:
        raise MutantError(
            f"--sample 不能为负、--workers 须为正整数，现为 {sample}、{workers}；例如 --sample 100 --workers 2。"
        )
    before = Earlier.read(again, package, seed) if again else None
    loaded = load_package(package)
    found = scenarios_of(loaded, scenarios or ())
    if not found:
        raise MutantError(
            f"没有题目、条款或文件名含“{'、'.join(scenarios or ())}”的场景；liantiao accept 的 --only 同此写法。"
        )
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=as_json,
    ) as bar:
        task = bar.add_task("参照系统", total=1)
        bench = bench_of(found, loaded, seed)
        mutants = mutants_on(bench)
        kept = before.kept(bench, mutants) if before else {}
        wanted = before.left(mutants, kept) if before else chosen(mutants, only or (), sample, seed)
        if listed:
            bar.stop()
            for each in wanted:
                print(f"{each.id}  {SORT_TITLES[each.sort]}  {each.title}")
            return
        bar.update(task, description="植入缺陷", total=len(wanted), completed=0)
        trials = try_all(bench, wanted, workers, lambda done: bar.update(task, completed=done))
    known = kept | {each.mutant: each for each in trials}
    trials = [known[name] for name in mutants if name in known]
    gone = len(before.trials.keys() - mutants.keys()) if before else 0
    record = record_of(bench, mutants, trials, kept=len(kept), gone=gone)
    _tell(record, trials, out, as_json=as_json)
    share = record["score"]["score"]
    raise typer.Exit(INCOMPLETE_EXIT if share is None else KEPT_EXIT if share >= ENOUGH else BROKEN_EXIT)


def _tell(record: Mapping[str, Any], trials: Sequence[Trial], out: Path | None, *, as_json: bool) -> None:
    """What came of it, in a folder if one was asked for, and on the terminal."""
    if out is not None:
        with complete_or_absent(out) as folder:
            write_json(folder / "mutants.json", record)
            write_workbook(folder / "mutants.xlsx", record, trials)
    print(json.dumps(record, ensure_ascii=False) if as_json else "\n".join(lines_of(record)))
