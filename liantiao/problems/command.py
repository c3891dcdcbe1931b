"""`liantiao problems`: the problem list of a package's acceptances."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from liantiao import help_pages
from liantiao.problems.listed import LIST, STATES, counts, read_list, write_list
from liantiao.problems.merging import merge_into
from liantiao.problems.sheet import export_problems, import_problems
from liantiao.reviewing.asked import Today, the_day

problems_app = typer.Typer(
    cls=help_pages.Group, no_args_is_help=True, help="问题清单：并入验收、导出填写、读回、查看。"
)
console = Console(stderr=True)
ListFile = Annotated[Path, typer.Option("--list", help="问题清单")]
DEFAULT = Path("out") / LIST


@problems_app.command("merge", cls=help_pages.Command)
def merge_command(
    folder: Annotated[Path, typer.Argument(metavar="验收", help="liantiao accept 的输出文件夹")],
    path: Annotated[
        Path | None, typer.Option("--list", help="问题清单；缺省为验收文件夹旁边的 problems.json，没有就新建")
    ] = None,
    today: Today = "",
) -> None:
    """把一次验收并入问题清单：新问题记入，修好的转待复测、再次通过即关闭，关闭后又出现的重开。"""
    for line in merge_into(path or folder.resolve().parent / LIST, folder, the_day(today)):
        _say(line)


@problems_app.command("export", cls=help_pages.Command)
def export_command(
    out: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="写出的工作簿")],
    path: ListFile = DEFAULT,
) -> None:
    """导出问题清单：黄色表头的各列（状态、责任单位、责任人、期限、说明）供填写。"""
    _say(f"问题清单 {escape(str(out))}：{export_problems(out, read_list(path))} 项")


@problems_app.command("import", cls=help_pages.Command)
def import_command(
    sheet: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="填好的工作簿")],
    path: ListFile = DEFAULT,
) -> None:
    """读回填好的问题清单；有一格不对，就一格也不改。"""
    before = read_list(path)
    after, changed = import_problems(sheet, before)
    if changed:
        write_list(path, after)
    for mark in changed:
        was, now = before.problems[mark], after.problems[mark]
        _say(
            f"{mark}  {was.state} → {now.state}  {escape(now.unit)} {escape(now.owner)} {now.due}  {escape(now.title)}"
        )
    _say(f"读回 {len(changed)} 项改动，写入 {escape(str(path))}" if changed else "没有改动")


@problems_app.command("show", cls=help_pages.Command)
def show_command(
    path: ListFile = DEFAULT,
    states: Annotated[
        list[str] | None, typer.Option("--state", help=f"只看这些状态：{'、'.join(STATES)}；可多次")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """查看问题清单。"""
    problems = list(read_list(path).problems.values())
    for state in states or ():
        if state not in STATES:
            raise help_pages.Misused(f"没有状态“{state}”，可用 {'、'.join(STATES)}。")
    shown = [each for each in problems if not states or each.state in states]
    if as_json:
        print(
            json.dumps({"counts": counts(problems), "problems": [asdict(each) for each in shown]}, ensure_ascii=False)
        )
        return
    for each in shown:
        _say(
            f"{each.fingerprint}  {each.state}  {each.severity}  {'、'.join(each.clauses)}  {escape(each.title)}"
            f"  {escape(each.unit)} {escape(each.owner)} {each.due}  {each.first_seen} 至 {each.last_seen}，{each.times} 次"
        )
        _say(f"    {escape(each.step or each.expected)}：应为 {escape(each.expected)}，实际 {escape(each.seen)}")
    _say("，".join(f"{state} {n}" for state, n in counts(problems).items()))


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)
