"""`liantiao accept` and `liantiao steps`: the features of a package judged, and the words they may use."""

import json
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from features.accepting import Acceptance, accept_in_process, accept_over_http, scenarios_of
from features.by_hand import plan_of_work
from features.given import GIVEN, Given, keep_given
from features.kept import PLAN
from features.observing_run import accept_observed
from features.preparing import prepare as prepare_folder
from features.reading import Scenario
from features.real import Real, accept_real, cast_real, left_out
from features.vocabulary import ARRANGES, VOCABULARY
from liantiao import help_pages
from liantiao.acceptance import options
from liantiao.acceptance.comparing import compare, comparison_page, read_results, told, write_page
from liantiao.acceptance.document import read_template
from liantiao.acceptance.files import Written, write_reports
from liantiao.acceptance.options import AcceptError
from liantiao.acceptance.rebuilding import Rebuilt, rebuild
from liantiao.acceptance.showing import show, show_rebuilt
from liantiao.problems.merging import merge_into, scenarios_to_retest
from liantiao.reviewing import asked
from liantiao.reviewing.asked import the_day
from liantiao.reviewing.reviews import export_reviews
from liantiao.showing import Bar, say
from sim.judge.verdict import BROKEN_EXIT, KEPT_EXIT, Result
from sim.package import Package, load_package

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
    observe: options.Observe = False,
    prepare: options.Prepare = None,
    plan: options.Plan = False,
    prepared: options.PreparedFolder = None,
    known_issues: asked.KnownIssues = None,
    reviews: asked.Reviews = None,
    evidence: asked.EvidenceFile = None,
    figures: asked.Figures = None,
    mutants: asked.Mutants = None,
    today: asked.Today = "",
    retest: asked.Retest = None,
) -> None:
    """按政策文件逐条验收：场景全部办一遍，凭报文日志判定，写出报告；--real 验收真实系统，否则验收参照系统。"""
    if ctx.invoked_subcommand is not None:
        return
    if template is not None:
        read_template(template)
    files = asked.GivenFiles(known_issues, reviews, evidence, figures, today, mutants)
    if again is not None:
        rebuilt = rebuild(again, out or again, template, files)
        tell(rebuilt.acceptance, rebuilt.written, out or again, as_json=as_json, rebuilt=rebuilt)
    loaded = load_package(package)
    theirs = options.real_of(
        options.Asked(real, dialect, join, follows_clock, handling, manifest, limit, host, port, token, observations,
                      prepared, observe),
        loaded, seed, say, over_http=over_http,
    )  # fmt: skip
    scenarios = chosen_scenarios(loaded, only or (), retest)
    if prepare is not None or plan:
        _before(scenarios, loaded, seed, theirs or Real({}), prepare)
        return
    folder = _made(out or Path("out/accept"), files.read(loaded), replace=replace)
    with Bar(quiet=as_json) as bar:
        acceptance, written = accepted(
            _player(theirs, over_http=over_http), scenarios, loaded, seed, folder, template, bar
        )
    moved = merge_into(retest, folder, the_day(today)) if retest is not None else ()
    tell(acceptance, written, folder, as_json=as_json, moved=moved)


def _made(folder: Path, given: Given, *, replace: bool) -> Path:
    """The folder, with nothing in it but what was given."""
    make_way(folder, replace=replace)
    keep_given(folder, given)
    return folder


def _player(theirs: Real | None, *, over_http: bool) -> Callable[..., Acceptance]:
    """How it is played: with the real system, or with our own."""
    if theirs is None:
        return accept_over_http if over_http else accept_in_process
    return partial(accept_observed if theirs.observes else accept_real, real=theirs)


def tell(
    acceptance: Acceptance, written: Written, folder: Path, *, as_json: bool, rebuilt: Rebuilt | None = None,
    moved: Sequence[str] = (),
) -> None:  # fmt: skip
    """Say what came of it, and of the problems that it `moved`; leave with its exit code."""
    if as_json:
        print(json.dumps(acceptance.as_dict(), ensure_ascii=False))
    else:
        for line in moved:
            say(line)
        show(acceptance, written, folder)
        if rebuilt is not None:
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
    play: Callable[..., Acceptance], scenarios: Sequence[Scenario], package: Package, seed: int, out: Path,
    template: Path | None, tell: Callable[[str, int, int], None],
) -> tuple[Acceptance, Written]:  # fmt: skip
    """Play, judge and report into a new folder. Raises what the steps of it raise."""
    acceptance = play(scenarios, package, seed, out, told=tell)
    tell("报告", 0, 1)
    written = write_reports(out, acceptance, package, template)
    tell("报告", 1, 1)
    return acceptance, written


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
            say(line)
    raise typer.Exit(BROKEN_EXIT if found["worse"] else KEPT_EXIT)


def _before(scenarios: Sequence[Scenario], package: Package, seed: int, real: Real, prepare: Path | None) -> None:
    """What comes before anything begins: the starter pack, or the plan of what people will have to do."""
    if prepare is not None:
        _prepare(prepare, scenarios, package, seed, real)
    else:
        _plan(scenarios, package, seed, real)


def _prepare(folder: Path, scenarios: Sequence[Scenario], package: Package, seed: int, real: Real) -> None:
    """Export what a real system must be loaded with."""
    chosen = [each for each in scenarios if not left_out(each, package, real)]
    for name, rows in prepare_folder(folder, cast_real(chosen, package, seed, real), package).items():
        say(f"{name}：{rows} 行")
    say(f"已写入 {folder}；{len(scenarios) - len(chosen)} 个场景不必准备（实施清单未声明，或要跟随时钟）。")
    say("装载后在“场景”表勾选“已装载”，在“指标”表填数值、来源、批准人，再用 --prepared 读回。")


def _plan(scenarios: Sequence[Scenario], package: Package, seed: int, real: Real) -> None:
    """What people will have to do by hand, before anything begins."""
    chosen = [each for each in scenarios if not left_out(each, package, real)]
    work = plan_of_work(cast_real(chosen, package, seed, real), package, real.manifest)
    for title, what, times, minutes in work:
        say(f"{title}：{what}，{times} 次，{minutes} 分钟")
    hours = sum(minutes for *_, minutes in work) / 60
    say(f"共 {len(chosen)} 个场景，由人办理 {sum(times for *_, times, _ in work)} 次，约 {hours:.1f} 小时。")


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
    say(f"核验表 {escape(str(export))}：{rows} 项")


def still_open(folder: Path) -> list[str]:
    """What of an acceptance waits for a reviewer. Raises CompareError."""
    record = read_results(folder)
    entries = (*record["scenarios"], *record["promises"])
    return [each["id"] for each in entries if each["result"] == Result.MANUAL.value and not each.get("review")]


def make_way(out: Path, *, replace: bool) -> None:
    """The folder must be new, or what is in it may go; only a folder of ours does. Raises AcceptError."""
    if out.exists() and not out.is_dir():
        raise AcceptError(f"--out {out} 是文件，不是文件夹；请换一个 --out。")
    if not out.exists() or not any(out.iterdir()):
        return
    if not replace:
        raise AcceptError(f"{out} 已有内容；换一个 --out，或加 --replace 覆盖上一次的验收结果。")
    if not _is_ours(out / PLAN) and {each.name for each in out.iterdir()} != {GIVEN}:
        raise AcceptError(f"{out} 不像是验收的输出（没有列出场景的 {PLAN}），不敢清空；请换一个 --out。")
    shutil.rmtree(out)


def _is_ours(plan: Path) -> bool:
    """Whether it is the plan of an acceptance; a run of the server has a plan.json too, which lists no scenarios."""
    try:
        kept = json.loads(plan.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(kept, dict) and "scenarios" in kept


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
