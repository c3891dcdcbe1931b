"""`liantiao accept` and `liantiao steps`: the features of a package judged, and the words they may use."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from features.accepting import Acceptance, accept_in_process, accept_over_http, scenarios_of
from features.given import GIVEN, keep_given
from features.judging import ScenarioResult
from features.reading import Scenario
from features.vocabulary import ARRANGES, VOCABULARY
from liantiao import help_pages
from liantiao.acceptance.comparing import compare, comparison_page, read_results, told, write_page
from liantiao.acceptance.document import read_template
from liantiao.acceptance.files import Written, write_reports
from liantiao.acceptance.rebuilding import Rebuilt, rebuild
from liantiao.problems.merging import merge_into, scenarios_to_retest
from liantiao.reviewing import asked
from liantiao.reviewing.asked import the_day
from liantiao.reviewing.reviews import export_reviews
from sim.calendar import parse_day
from sim.judge.verdict import BROKEN_EXIT, KEPT_EXIT, Result
from sim.package import Package, load_package

LOUD = {Result.BROKEN: "bold red", Result.NOT_OBSERVED: "yellow", Result.NOT_RUN: "yellow", Result.MANUAL: "cyan"}
console = Console(stderr=True)


class AcceptError(Exception):
    """What was asked for cannot be judged; the message says what, where and what would do."""


accept_app = typer.Typer(cls=help_pages.Group, invoke_without_command=True)


@accept_app.callback()
def accept_command(
    ctx: typer.Context,
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    only: Annotated[
        list[str] | None, typer.Option("--only", help="只跑题目、条款、陷阱编号或文件名含此字样的场景；可多次")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：同一种子，同一结果")] = 2024,
    out: Annotated[
        Path | None, typer.Option("--out", help="输出文件夹：报文日志、计划、结果与报告；缺省 out/accept")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="先清掉 --out 里上一次的结果")] = False,
    over_http: Annotated[
        bool, typer.Option("--over-http", help="参照系统另起一个进程，经 HTTP 接入沙箱；缺省在一个进程里办")
    ] = False,
    template: Annotated[
        Path | None,
        typer.Option("--template", help="《联调测试报告》的模板（.docx），由 liantiao report template 导出一份来改"),
    ] = None,
    again: Annotated[
        Path | None, typer.Option("--rebuild", help="不再办理，凭这个输出文件夹的计划与报文日志重新判定并写出报告")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
    known_issues: asked.KnownIssues = None,
    reviews: asked.Reviews = None,
    evidence: asked.EvidenceFile = None,
    figures: asked.Figures = None,
    today: asked.Today = "",
    retest: asked.Retest = None,
) -> None:
    """按政策文件逐条验收：场景全部办一遍，凭报文日志判定，写出报告。"""
    if ctx.invoked_subcommand is not None:
        return
    if template is not None:
        read_template(template)
    files = asked.GivenFiles(known_issues, reviews, evidence, figures, today)
    if again is not None:
        rebuilt = rebuild(again, out or again, template, files)
        acceptance, written, folder = rebuilt.acceptance, rebuilt.written, out or again
    else:
        folder = out or Path("out/accept")
        chosen = chosen_scenarios(load_package(package), only or (), retest)
        acceptance, written = accepted(package, chosen, seed, folder, replace, over_http, template, as_json, files)
    if as_json:
        print(json.dumps(acceptance.as_dict(), ensure_ascii=False))
    else:
        show(acceptance, written, folder)
    if retest is not None and again is None:
        for line in merge_into(retest, folder, the_day(today)):
            if not as_json:
                _say(line)
    if again is not None and not as_json:
        show_rebuilt(rebuilt)
    raise typer.Exit(acceptance.exit_code)


def chosen_scenarios(package: Package, only: Sequence[str], retest: Path | None) -> Sequence[Scenario]:
    """The scenarios that were asked for. Raises AcceptError."""
    if retest is not None:
        if only:
            raise AcceptError("--retest 复测清单里的问题，--only 按字样挑选场景，只能选一个。")
        return scenarios_to_retest(retest, package)
    scenarios = scenarios_of(package, only)
    if not scenarios:
        raise AcceptError(f"没有题目、条款或文件名含“{'、'.join(only)}”的场景。")
    return scenarios


def accepted(
    package: str, scenarios: Sequence[Scenario], seed: int, out: Path, replace: bool, over_http: bool, template: Path | None,
    quiet: bool, files: asked.GivenFiles,
) -> tuple[Acceptance, Written]:  # fmt: skip
    """Play, judge and report into a new folder. Raises AcceptError and what the steps of it raise."""
    loaded = load_package(package)
    given = files.read(loaded)
    make_way(out, replace=replace)
    keep_given(out, given)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, disable=quiet
    ) as bar:
        task = bar.add_task("选角", total=len(scenarios))
        accept = accept_over_http if over_http else accept_in_process
        acceptance = accept(
            scenarios, loaded, seed, out,
            lambda phase, done, total: bar.update(task, description=phase, completed=done, total=total),
        )  # fmt: skip
        bar.update(task, description="报告")
        return acceptance, write_reports(out, acceptance, loaded, template)


@accept_app.command("compare", cls=help_pages.Command)
def compare_command(
    before: Annotated[Path, typer.Argument(metavar="甲", help="较早一次的输出文件夹")],
    after: Annotated[Path, typer.Argument(metavar="乙", help="较晚一次的输出文件夹")],
    page: Annotated[Path | None, typer.Option("--html", help="另写一页 HTML")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """比较两次验收：哪些变好、哪些变坏、哪些新增或不再有。有变坏的，退出码为 1。"""
    found = compare(read_results(before), read_results(after))
    if page is not None:
        write_page(page, comparison_page(found, str(before), str(after)))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for line in told(found):
            _say(line)
    raise typer.Exit(BROKEN_EXIT if found["worse"] else KEPT_EXIT)


@accept_app.command("reviews", cls=help_pages.Command)
def reviews_command(
    export: Annotated[Path, typer.Option("--export", help="写出核验表（.xlsx），填好后由 accept --reviews 读回")],
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    of: Annotated[
        Path | None, typer.Option("--of", help="只要这次验收（输出文件夹）里还没有结论的；缺省为套餐的全部人工核验项")
    ] = None,
) -> None:
    """导出人工核验表：由评审人逐项填写结论、说明、评审人、复核人与日期。"""
    rows = export_reviews(export, load_package(package), None if of is None else still_open(of))
    _say(f"核验表 {escape(str(export))}：{rows} 项")


def still_open(folder: Path) -> list[str]:
    """What of an acceptance waits for a reviewer. Raises CompareError."""
    record = read_results(folder)
    entries = (*record["scenarios"], *record["promises"])
    return [each["id"] for each in entries if each["result"] == Result.MANUAL.value and not each.get("review")]


def make_way(out: Path, *, replace: bool) -> None:
    """The folder must be new, or what is in it may go; only a folder of ours does. Raises AcceptError."""
    if not out.exists() or not any(out.iterdir()):
        return
    if not replace:
        raise AcceptError(f"{out} 已有内容；换一个 --out，或加 --replace 覆盖上一次的验收结果。")
    if not (out / "plan.json").is_file() and not (out / GIVEN).is_file():
        raise AcceptError(f"{out} 不像是验收的输出（没有 plan.json），不敢清空；请换一个 --out。")
    shutil.rmtree(out)


def show(acceptance: Acceptance, written: Written, out: Path) -> None:
    """What went wrong line by line, then the sums."""
    for each in acceptance.results:
        if each.result in LOUD:
            _say(_line(each))
            for step in each.steps:
                if step.check.result is not Result.KEPT:
                    _say(
                        f"    那么 {escape(step.text)}：应为 {escape(step.check.expected)}，实际 {escape(step.check.seen)}"
                    )
    tally = Counter(each.result for each in acceptance.results)
    _say("场景：" + "，".join(f"{result.title} {tally[result]}" for result in Result if tally[result]))
    robust = sum(each.robustness for each in acceptance.results)
    _say(f"不通过之中：违反条款 {tally[Result.BROKEN] - robust}，健壮性 {robust}")
    promises = Counter(Result(each["result"]) for each in acceptance.verdict["promises"])
    _say("检核项：" + "，".join(f"{result.title} {promises[result]}" for result in Result if promises[result]))
    for line in told_given(acceptance):
        _say(line)
    _say(f"结论：[bold]{written.conclusion.word}[/]  {escape(written.conclusion.because)}")
    _say(f"时钟：{acceptance.verdict['clock']['title']}")
    _say(f"报文日志摘要 {acceptance.run['journal_sha256']}")
    for name, value in written.hashes.items():
        _say(f"  {value[:16]}  {escape(str(out / name))}")


def told_given(acceptance: Acceptance) -> list[str]:
    """What of the things people added does not count, so that nobody has to look for it."""
    given = acceptance.given
    lines = [
        f"[yellow]证据不能作证[/] {'、'.join(each.clauses)}  {escape(each.told)}"
        for each in given.evidence
        if each.faults
    ]
    today = parse_day(given.day) if given.day else 0
    lines += [
        f"[yellow]已知问题已到期[/] {escape(name)}  {escape(issue.expired)}"
        for name, issue in given.known_issues.items() if not issue.excuses(today)
    ]  # fmt: skip
    return lines


def show_rebuilt(rebuilt: Rebuilt) -> None:
    """How the reports made again compare with those that were there."""
    if rebuilt.same:
        _say(f"与原有文件逐字节相同：{'、'.join(rebuilt.same)}")
    if rebuilt.changed:
        _say(f"[yellow]与原有文件不同，已按日志重写[/]：{'、'.join(rebuilt.changed)}")
    if rebuilt.absent:
        _say(f"原先没有、这次写出：{'、'.join(rebuilt.absent)}")
    if rebuilt.other_code:
        _say("[yellow]本程序的版本与验收时不同[/]：判定以本版本的步骤与检核项为准。")


def _line(result: ScenarioResult) -> str:
    kind = "（健壮性）" if result.robustness else ""
    scenario = result.scenario
    head = f"[{LOUD[result.result]}]{result.result.title}{kind}[/]"
    return f"{head}  {escape(scenario.title)}  {'、'.join(scenario.clauses)}  办件 {result.case_no}  {scenario.place}"


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)


def steps_command(as_json: Annotated[bool, typer.Option("--json", help="打印 JSON")] = False) -> None:
    """列出场景可用的全部步骤，各带一个例子。"""
    if as_json:
        print(json.dumps([_told(phrase) for phrase in VOCABULARY.phrases], ensure_ascii=False))
        return
    subjects = dict.fromkeys(phrase.subject for phrase in VOCABULARY.phrases)
    for subject in subjects:
        print(f"{subject}")
        for phrase in VOCABULARY.phrases:
            if phrase.subject == subject:
                keyword = "假如、当" if phrase.sort == ARRANGES else "那么"
                print(f"  {keyword} {phrase.expression}\n      例：{phrase.example}\n      {phrase.about}")


def _told(phrase: Any) -> dict[str, str]:
    return {
        "subject": phrase.subject, "sort": phrase.sort, "expression": phrase.expression, "example": phrase.example,
        "about": phrase.about,
    }  # fmt: skip
