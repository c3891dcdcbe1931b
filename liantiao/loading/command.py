"""`liantiao load`: what is typed, turned into a load with its report."""

import dataclasses
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape

from liantiao import help_pages
from liantiao.directory import directory
from liantiao.loading.doctor import doctor_command
from liantiao.loading.options import (
    AsJson,
    Cases,
    Closed,
    Compare,
    Data,
    Dialect,
    FaultScript,
    First,
    HandlingName,
    Hands,
    InStock,
    Out,
    PackageName,
    Patience,
    Port,
    ProfileText,
    Real,
    Replace,
    Sandboxes,
    Seed,
    SeriesFiles,
    SloFile,
    StopErrors,
    StopP99,
    TermFactor,
    Times,
    Token,
    Workers,
)
from liantiao.loading.report import PAGE, REPORT, gather, lay_series, record_of, write
from liantiao.loading.run import LoadError, LoadPlan, Told, play, served
from liantiao.loading.series import SeriesError
from liantiao.loading.slo import read_slos
from liantiao.loading.used_homes import UsedHomes
from liantiao.serving.command import remote_of
from liantiao.serving.kept_dialects import dialect_files
from liantiao.showing import Bar, say
from loadtests.checks import check
from loadtests.settings import HANDS, Settings
from sim.judge.verdict import Result
from sim.package import load_package
from sim.runs.scale import Handling

MOST_WORKERS = 64
MARKS = (REPORT, "locust.log", "master.log", "sandbox/server.log", "sandbox-1/server.log")
"""What a load leaves, however soon it ended."""
load_app = typer.Typer(
    cls=help_pages.Group, invoke_without_command=True, help="负载：当事人由 Locust 扮演，对任意实现施压。"
)
load_app.command("doctor", cls=help_pages.Command)(doctor_command)


@load_app.callback(invoke_without_command=True)
def load_command(
    context: typer.Context,
    cases: Cases = 1_000,
    profile: ProfileText = "constant:40",
    times: Times = 1.0,
    closed: Closed = 0,
    workers: Workers = 1,
    sandboxes: Sandboxes = 1,
    hands: Hands = HANDS,
    package: PackageName = "fujian-2024-55",
    seed: Seed = 2024,
    first: First = 0,
    data: Data = Path("out/server"),
    stock: InStock = 0,
    handling: HandlingName = Handling.INSTANT,
    term_factor: TermFactor = 0,
    real: Real = None,
    dialect: Dialect = None,
    port: Port = 0,
    token: Token = "",
    faults: FaultScript = "",
    slo: SloFile = None,
    patience: Patience = 120.0,
    stop_errors: StopErrors = 1.0,
    stop_p99: StopP99 = 0.0,
    compare: Compare = None,
    series: SeriesFiles = None,
    out: Out = Path("out/load"),
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """对参照系统或真实系统施压，结束后凭报文日志判定；退出码 0 通过、1 不通过、2 用法、3 未完成。"""
    if context.invoked_subcommand is not None:
        return
    if not 1 <= workers <= MOST_WORKERS:
        raise LoadError(f"--workers 应在 1 至 {MOST_WORKERS} 之间；多台机器请照 docs/load.md 用 Locust 的主从方式。")
    settings = Settings(
        "", "", cases, max(first, stock + 1), profile, times, closed, hands, patience, stop_errors, stop_p99, "127.0.0.1", "",
    )  # fmt: skip
    check(settings)
    loaded, slos, before = load_package(package), read_slos(slo, package), _before(compare)
    remote = remote_of(real or [])
    _check_terms(term_factor, handling)
    _check_stock(stock, first, remote)
    dialects, files = dialect_files(dialect or [], remote, directory())
    _make_way(out, replace=replace)
    settings = dataclasses.replace(
        settings, first=UsedHomes(data).take(loaded.id, seed, cases, first=first, after=stock)
    )
    plan = LoadPlan(
        settings, workers, loaded.id, seed, handling, out, remote, dialects, files, faults, stock, port, sandboxes, token,
        terms=term_factor,
    )  # fmt: skip
    with Bar(quiet=as_json) as bar:
        record = carry_out(plan, slos, before, bar, series=series or ())
    if as_json:
        print(json.dumps({**record, "recorded": None}, ensure_ascii=False))
    else:
        show(record, out)
    raise typer.Exit(record["exit_code"])


def carry_out(
    plan: LoadPlan, slos: list[dict[str, Any]], before: dict[str, Any] | None = None,
    tell: Told = lambda phase, done, total: None, *, series: Sequence[Path] = (),
) -> dict[str, Any]:  # fmt: skip
    """Load, judge, and write the report; a file of `series` that cannot be used is told there, for the load is over by then.
    Raises LoadError and SandboxError.
    """
    begun = "启动，装入存量" if plan.stock else "启动"
    tell(begun, 0, 1)
    with served(plan, say) as parts:
        tell(begun, 1, 1)
        told = play(plan, parts, tell)
        tell("判定", 0, 1)
        seen = gather(parts)
    record = record_of(plan, told, seen, slos)
    try:
        lay_series(record, series)
    except SeriesError as error:
        record["series_trouble"] = [f"{error}改好后用 liantiao load report 重出报告。"]
    write(record, plan.out, before)
    tell("判定", 1, 1)
    return record


def _check_terms(said: int, handling: Handling) -> None:
    """Raise LoadError where terms are to be longer that are not shortened."""
    if said > 1 and handling is Handling.REAL:
        rule = "--handling real 的期限与现实一样长，不能再放长"
        raise LoadError(f"{rule}；去掉 --term-factor，或改用 --handling instant。")


def _check_stock(stock: int, first: int, remote: Mapping[str, str]) -> None:
    """Raise LoadError for a stock that cannot be where it is asked for."""
    if stock and remote:
        raise LoadError("--stock 只给参照系统装存量；真实系统的存量用 liantiao stock export 导出，由其一方装入。")
    if stock and 0 < first <= stock:
        raise LoadError(
            f"--first {first:,} 在存量的 1 至 {stock:,} 之内，那些房屋已有办件；不写 --first，或给更大的数。"
        )


@load_app.command("report", cls=help_pages.Command)
def report_command(out: Out = Path("out/load"), series: SeriesFiles = None, compare: Compare = None) -> None:
    """重出一次负载的报告：把事后取得的指标 CSV 画进去，或与另一次对比。"""
    record, before = record_in(out, "--out"), _before(compare)
    if "processes" not in record:
        raise LoadError(f"--out 的 {out} 由旧版本写成，缺少重出报告所需的内容；请用写下它的版本，或重压一次。")
    lay_series(record, series or ())
    record["series_trouble"] = []
    say(f"报告：{write(record, out, before)}")


def _before(path: Path | None) -> dict[str, Any] | None:
    return None if path is None else record_in(path, "--compare")


def record_in(path: Path, option: str) -> dict[str, Any]:
    """The record of an earlier load, in its folder or its file. Raises LoadError."""
    try:
        found = json.loads((path / REPORT if path.is_dir() else path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LoadError(f"{option} 的 {path} 读不了（{error}）；给出一次负载的输出文件夹或 report.json。") from None
    if not isinstance(found, dict) or found.get("what") != "load":
        raise LoadError(f"{option} 的 {path} 不是负载的 report.json。")
    return found


def _make_way(out: Path, *, replace: bool) -> None:
    """The folder must be new, or a load's own. Raises LoadError."""
    if out.exists() and any(out.iterdir()):
        if not replace:
            raise LoadError(f"{out} 已有内容；换一个 --out，或加 --replace 覆盖上一次的结果。")
        if not any((out / name).exists() for name in MARKS):
            raise LoadError(f"{out} 不像是负载的输出（没有 {REPORT}），不敢清空；请换一个 --out。")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)


def show(record: dict[str, Any], out: Path) -> None:
    """What a tester wants to know first."""
    for each in record["verdict"]["promises"]:
        if each["result"] == Result.BROKEN:
            say(f"[bold red]不通过[/]  {escape(each['title'])}  适用 {each['applied']:,}，违反 {each['violations']:,}")
    for each in record["slo"]:
        if each["met"] is False:
            say(
                f"[bold red]不达标[/]  {escape(each['title'])}：限值 {each['limit']:,}，实测 {each['seen']:,}（{escape(each['source'])}）"
            )
    if record["saturation"]["is"]:
        say(f"[yellow]压测端已饱和：{escape(record['saturation']['why'])}；数字不能当作被测系统的上限。[/]")
    if record["interrupted"]:
        say(
            f"[yellow]随工作进程中断的办件 {len(record['interrupted']):,} 件：{'、'.join(map(str, record['interrupted'][:50]))}[/]"
        )
    tally = Counter(Result(each["result"]) for each in record["verdict"]["promises"])
    say("检核项：" + "，".join(f"{result.title} {count}" for result, count in tally.items()))
    say(
        f"办件：{record['first']:,} 至 {record['first'] + record['cases'] - 1:,}，"
        f"计划 {record['cases']:,}，结束 {record['ended']:,}（其中逾期失效 {record['journal']['ends'].get('lapsed', 0):,}），"
        f"每秒 {record['cases_per_s']:g} 件；"
        f"每件 {record['exchanges_per_case']:g} 次交换；丢失 {record['lost']['n']:,}，"
        f"重复 {sum(each['n'] for each in record['journal']['doubled']):,}"
    )
    for each in record["series_trouble"]:
        say(f"[yellow]{escape(each)}[/]")
    say(f"{record['result']}（{escape(record['over'])}）；报告：{out / PAGE}")
