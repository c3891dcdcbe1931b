"""What commands show on the terminal: progress, and what became of a simulation."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dashboards.figures import taken
from sim.clock import Stopwatch
from sim.judge.verdict import Result

LOUD = {"broken": "bold red", "not_observed": "yellow", "not_run": "yellow", "known_issue": "yellow"}
console = Console(stderr=True)
EVERY_S: Final = 10.0
"""How often progress is said where there is no terminal to show a bar."""


class Bar:
    """Progress, one line per phase: a bar on a terminal; elsewhere a plain line now and then, as a log can hold."""

    def __init__(self, *, quiet: bool, of: str = "") -> None:
        """`of` is said before every phase: what they are phases of."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, disable=quiet or not console.is_terminal)
        self._lines = None if quiet or console.is_terminal else Lines(lambda line: say(escape(line)))
        self._tasks: dict[str, Any] = {}
        self._of = f"{of} · " if of else ""

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        phase = self._of + phase
        if self._lines is not None:
            self._lines(phase, done, total)
        if phase not in self._tasks:
            self._tasks[phase] = self._progress.add_task(phase, total=total)
        self._progress.update(self._tasks[phase], completed=done, total=total)


class Lines:
    """Progress as plain lines: where a phase begins and ends, and in between how far it is every so many seconds."""

    def __init__(self, tell: Callable[[str], None], every_s: float = EVERY_S) -> None:
        self._tell, self._every_s = tell, every_s
        self._watch, self._phase, self._said, self._said_at = Stopwatch(), "", -1, 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Say it if there is news to be said."""
        begins, ends = phase != self._phase, done >= total and done != self._said
        if begins or ends or self._watch.seconds - self._said_at >= self._every_s:
            self._phase, self._said, self._said_at = phase, done, self._watch.seconds
            self._tell(f"{phase} {done:,}/{total:,}，已用 {taken(self._watch.seconds)}")


def say(line: str) -> None:
    """A line for people; markup is rich's."""
    console.print(line, highlight=False, soft_wrap=True)


def print_summary(summary: dict[str, Any], out: Path) -> None:
    """Promises that are not kept, the sums, cases left open, faults, and where the report lies."""
    results = Counter(Result(promise["result"]) for promise in summary["promises"])
    for promise in summary["promises"]:
        if promise["result"] in LOUD:
            counts = f"适用 {promise['applied']:,}，违反 {promise['violations']:,}"
            line = f"[{LOUD[promise['result']]}]{Result(promise['result']).title}[/]  {promise['title']}  {counts}"
            say(line)
    tally = "，".join(f"{result.title} {count} 项" for result, count in results.items())
    say(f"检核项：{tally}")
    say(
        f"种子 {summary['seed']}，摘要 {summary['digest']}；{summary['finished']:,}/{summary['planned']:,} 件走到终点，"
        f"{summary['messages']:,} 条报文，{summary['seconds']} 秒，内存峰值 {summary['peak_mib']} MiB"
    )
    if summary["open_cases"]:
        shown = "、".join(map(str, summary["open_cases"][:20]))
        say(f"[bold yellow]未完成[/] {len(summary['open_cases']):,} 件未走到终点：{shown}")
    script, strikes = summary["faults"], summary["strikes"]
    say(f"故障脚本：{script['title']}（{script['id']}），击中 {strikes:,} 次")
    say(f"报告：{out / 'report.html'}")
