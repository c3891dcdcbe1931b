"""`liantiao accept` and `liantiao steps`: the features of a package judged, and the words they may use."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from features.accepting import Acceptance, accept_in_process, accept_over_http, scenarios_of
from features.by_hand import plan_of_work
from features.judging import ScenarioResult
from features.kept import PLAN
from features.preparing import prepare as prepare_folder
from features.reading import Scenario
from features.real import Real, accept_real, cast_real, left_out
from features.vocabulary import ARRANGES, VOCABULARY
from liantiao import accept_options as options
from liantiao import help_pages
from liantiao.accept_options import AcceptError
from liantiao.acceptance.comparing import compare, comparison_page, read_results, told, write_page
from liantiao.acceptance.document import read_template
from liantiao.acceptance.files import Written, write_reports
from liantiao.acceptance.rebuilding import Rebuilt, rebuild
from sim.judge.verdict import BROKEN_EXIT, KEPT_EXIT, Result
from sim.package import Package, load_package

LOUD = {Result.BROKEN: "bold red", Result.NOT_OBSERVED: "yellow", Result.NOT_RUN: "yellow", Result.MANUAL: "cyan"}
console = Console(stderr=True)


accept_app = typer.Typer(cls=help_pages.Group, invoke_without_command=True)


@accept_app.callback()
def accept_command(
    ctx: typer.Context,
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    only: options.Only = None,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：同一种子，同一结果")] = 2024,
    out: options.Out = None,
    replace: Annotated[bool, typer.Option("--replace", help="先清掉 --out 里上一次的结果")] = False,
    over_http: options.OverHttp = False,
    template: options.Template = None,
    again: options.Again = None,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
    real: options.Real = None,
    dialect: options.Dialect = None,
    join: options.Join = False,
    follows_clock: options.FollowsClock = False,
    handling: options.Handled = None,
    manifest: options.ManifestFile = None,
    limit: options.Limit = None,
    host: options.Host = "127.0.0.1",
    port: options.Port = 8900,
    token: options.Token = "",
    observations: options.ObservationsFile = None,
    prepare: options.Prepare = None,
    plan: options.Plan = False,
    prepared: options.PreparedFolder = None,
) -> None:
    """按政策文件逐条验收：场景全部办一遍，凭报文日志判定，写出报告；--real 验收真实系统，否则验收参照系统。"""
    if ctx.invoked_subcommand is not None:
        return
    if template is not None:
        read_template(template)
    if again is not None:
        folder = out or again
        rebuilt = rebuild(again, folder, template)
        tell(rebuilt.acceptance, rebuilt.written, folder, as_json=as_json, rebuilt=rebuilt)
    loaded = load_package(package)
    asked = options.real_of(
        options.Asked(real, dialect, join, follows_clock, handling, manifest, limit, host, port, token, observations,
                      prepared),
        loaded, seed, _say, over_http=over_http,
    )  # fmt: skip
    scenarios = scenarios_of(loaded, only or ())
    if not scenarios:
        raise AcceptError(f"没有题目、条款或文件名含“{'、'.join(only or ())}”的场景。")
    if prepare is not None:
        _prepare(prepare, scenarios, loaded, seed, asked)
        return
    if plan:
        _plan(scenarios, loaded, seed, asked or Real({}))
        return
    folder = out or Path("out/accept")
    make_way(folder, replace=replace)
    play = partial(accept_real, real=asked) if asked else accept_over_http if over_http else accept_in_process
    acceptance, written = accepted(play, scenarios, loaded, seed, folder, template, quiet=as_json)
    tell(acceptance, written, folder, as_json=as_json)


def tell(
    acceptance: Acceptance, written: Written, folder: Path, *, as_json: bool, rebuilt: Rebuilt | None = None
) -> None:
    """Say what came of it, and leave with its exit code."""
    if as_json:
        print(json.dumps(acceptance.as_dict(), ensure_ascii=False))
    else:
        show(acceptance, written, folder)
        if rebuilt is not None:
            show_rebuilt(rebuilt)
    raise typer.Exit(acceptance.exit_code)


def accepted(
    play: Callable[..., Acceptance], scenarios: Sequence[Scenario], package: Package, seed: int, out: Path,
    template: Path | None, *, quiet: bool,
) -> tuple[Acceptance, Written]:  # fmt: skip
    """Play, judge and report into a new folder. Raises what the steps of it raise."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, disable=quiet
    ) as bar:
        task = bar.add_task("选角", total=len(scenarios))

        def so_far(phase: str, done: int, total: int) -> None:
            bar.update(task, description=phase, completed=done, total=total)

        acceptance = play(scenarios, package, seed, out, told=so_far)
        bar.update(task, description="报告")
        return acceptance, write_reports(out, acceptance, package, template)


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


def _prepare(folder: Path, scenarios: Sequence[Scenario], package: Package, seed: int, asked: Real | None) -> None:
    """Export what a real system must be loaded with."""
    real = asked or Real({})
    chosen = [each for each in scenarios if not left_out(each, package, real)]
    for name, rows in prepare_folder(folder, cast_real(chosen, package, seed, real), package).items():
        _say(f"{name}：{rows} 行")
    _say(f"已写入 {folder}；{len(scenarios) - len(chosen)} 个场景不必准备（实施清单未声明，或要跟随时钟）。")
    _say("装载后在“场景”表勾选“已装载”，在“指标”表填数值、来源、批准人，再用 --prepared 读回。")


def _plan(scenarios: Sequence[Scenario], package: Package, seed: int, real: Real) -> None:
    """What people will have to do by hand, before anything begins."""
    chosen = [each for each in scenarios if not left_out(each, package, real)]
    work = plan_of_work(cast_real(chosen, package, seed, real), package, real.manifest)
    for title, what, times, minutes in work:
        _say(f"{title}：{what}，{times} 次，{minutes} 分钟")
    hours = sum(minutes for *_, minutes in work) / 60
    _say(f"共 {len(chosen)} 个场景，由人办理 {sum(times for *_, times, _ in work)} 次，约 {hours:.1f} 小时。")


def make_way(out: Path, *, replace: bool) -> None:
    """The folder must be new, or what is in it may go; only a folder of ours does. Raises AcceptError."""
    if out.exists() and not out.is_dir():
        raise AcceptError(f"--out {out} 是文件，不是文件夹；请换一个 --out。")
    if not out.exists() or not any(out.iterdir()):
        return
    if not replace:
        raise AcceptError(f"{out} 已有内容；换一个 --out，或加 --replace 覆盖上一次的验收结果。")
    if not _is_ours(out / PLAN):
        raise AcceptError(f"{out} 不像是验收的输出（没有列出场景的 {PLAN}），不敢清空；请换一个 --out。")
    shutil.rmtree(out)


def _is_ours(plan: Path) -> bool:
    """Whether it is the plan of an acceptance; a run of the server has a plan.json too, which lists no scenarios."""
    try:
        kept = json.loads(plan.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(kept, dict) and "scenarios" in kept


def show(acceptance: Acceptance, written: Written, out: Path) -> None:
    """What went wrong line by line, then the sums."""
    for each in acceptance.results:
        if each.result in LOUD and (not each.note or each.note != acceptance.incomplete):
            _say(_line(each))
            for step in each.steps:
                if step.check.result is not Result.KEPT:
                    _say(
                        f"    那么 {escape(step.text)}：应为 {escape(step.check.expected)}，实际 {escape(step.check.seen)}"
                    )
            if each.note:
                _say(f"    {escape(each.note)}")
    if acceptance.incomplete:
        _say(f"[bold yellow]未完成（INCOMPLETE）[/] {escape(acceptance.incomplete)}")
    tally = Counter(each.result for each in acceptance.results)
    _say("场景：" + "，".join(f"{result.title} {tally[result]}" for result in Result if tally[result]))
    robust = sum(each.robustness for each in acceptance.results)
    _say(f"不通过之中：违反条款 {tally[Result.BROKEN] - robust}，健壮性 {robust}")
    promises = Counter(Result(each["result"]) for each in acceptance.verdict["promises"])
    _say("检核项：" + "，".join(f"{result.title} {promises[result]}" for result in Result if promises[result]))
    _say(f"结论：[bold]{written.conclusion.word}[/]  {escape(written.conclusion.because)}")
    _say(f"时钟：{acceptance.verdict['clock']['title']}")
    _say(f"报文日志摘要 {acceptance.run['journal_sha256']}")
    for name, value in written.hashes.items():
        _say(f"  {value[:16]}  {escape(str(out / name))}")


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
