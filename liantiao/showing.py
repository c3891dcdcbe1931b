"""What commands show on the terminal: progress, and what became of a simulation."""

from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sim.judge.verdict import Result

LOUD = {"broken": "bold red", "not_observed": "yellow", "not_run": "yellow", "known_issue": "yellow"}
console = Console(stderr=True)


class Bar:
    """A progress bar with one line per phase."""

    def __init__(self, *, quiet: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, disable=quiet)
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._progress.add_task(phase, total=total)
        self._progress.update(self._tasks[phase], completed=done, total=total)


def print_summary(summary: dict[str, Any], out: Path) -> None:
    """Promises that are not kept, the sums, cases left open, faults, and where the report lies."""
    results = Counter(Result(promise["result"]) for promise in summary["promises"])
    for promise in summary["promises"]:
        if promise["result"] in LOUD:
            counts = f"适用 {promise['applied']:,}，违反 {promise['violations']:,}"
            line = f"[{LOUD[promise['result']]}]{Result(promise['result']).title}[/]  {promise['title']}  {counts}"
            console.print(line, highlight=False, soft_wrap=True)
    tally = "，".join(f"{result.title} {count} 项" for result, count in results.items())
    console.print(f"检核项：{tally}", highlight=False, soft_wrap=True)
    console.print(
        f"种子 {summary['seed']}，摘要 {summary['digest']}；{summary['finished']:,}/{summary['planned']:,} 件走到终点，"
        f"{summary['messages']:,} 条报文，{summary['seconds']} 秒，内存峰值 {summary['peak_mib']} MiB",
        highlight=False,
        soft_wrap=True,
    )
    if summary["open_cases"]:
        shown = "、".join(map(str, summary["open_cases"][:20]))
        console.print(
            f"[bold yellow]未完成[/] {len(summary['open_cases']):,} 件未走到终点：{shown}",
            highlight=False,
            soft_wrap=True,
        )
    script, strikes = summary["faults"], summary["strikes"]
    console.print(
        f"故障脚本：{script['title']}（{script['id']}），击中 {strikes:,} 次", highlight=False, soft_wrap=True
    )
    console.print(f"报告：{out / 'report.html'}", highlight=False, soft_wrap=True)
