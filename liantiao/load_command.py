"""`liantiao load`: what is typed, turned into a load with its report."""

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from liantiao import help_pages
from liantiao.keeper import directory
from liantiao.kept_dialects import dialect_files
from liantiao.load_report import PAGE, REPORT, gather, record_of, write
from liantiao.load_run import LoadError, LoadPlan, play, served
from liantiao.load_slo import read_slos
from liantiao.serve_command import remote_of
from liantiao.used_homes import UsedHomes
from loadtests.profiles import ProfileError, profile_of
from loadtests.settings import Settings
from sim.judge.verdict import Result
from sim.package import load_package
from sim.population import MOST_CASES
from sim.runs.scale import Handling

MOST_WORKERS = 64
console = Console(stderr=True)
load_app = typer.Typer(
    cls=help_pages.Group, invoke_without_command=True, help="负载：当事人由 Locust 扮演，对任意实现施压。"
)


@load_app.callback(invoke_without_command=True)
def load_command(
    context: typer.Context,
    cases: Annotated[int, typer.Option("--cases", help="办件数")] = 1_000,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            help="到达曲线：constant:每秒件数，或 province-day、month-end、tax-eve、first-hour、staircase、spike、soak、compressed，"
            "冒号后为秒数",
        ),
    ] = "constant:40",
    times: Annotated[float, typer.Option("--times", help="曲线的倍数，如 5、10")] = 1.0,
    closed: Annotated[int, typer.Option("--closed", help="改用封闭模型：同时在办的件数")] = 0,
    workers: Annotated[int, typer.Option("--workers", help="Locust 工作进程数")] = 1,
    hands: Annotated[int, typer.Option("--hands", help="每个工作进程同时办事的人数")] = 40,
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 2024,
    first: Annotated[int, typer.Option("--first", help="从哪个办件号办起；缺省接着上一次，用新的房屋", min=0)] = 0,
    data: Annotated[Path, typer.Option("--data", help="记着用过哪些房屋的数据文件夹")] = Path("out/server"),
    stock: Annotated[int, typer.Option("--stock", help="参照系统起始时已持有的件数，如 830000", min=0)] = 0,
    handling: Annotated[Handling, typer.Option("--handling", help="部门与人的办理用时")] = Handling.INSTANT,
    real: Annotated[
        list[str] | None, typer.Option("--real", help="真实系统的席位与地址，如 portal,registry,hub=http://…；可多次")
    ] = None,
    dialect: Annotated[
        list[str] | None, typer.Option("--dialect", help="真实系统的接口适配，如 portal,registry=vendor.toml；可多次")
    ] = None,
    port: Annotated[
        int, typer.Option("--port", help="沙箱监听的端口：真实系统要事先知道；0 为任选", min=0, max=65_535)
    ] = 0,
    faults: Annotated[str, typer.Option("--faults", help="故障脚本；缺省没有故障")] = "",
    slo: Annotated[Path | None, typer.Option("--slo", help="服务指标文件；缺省用套餐的 slo.toml")] = None,
    patience: Annotated[float, typer.Option("--patience", help="最后一件到达后，多少秒没有进展就结束")] = 120.0,
    stop_errors: Annotated[float, typer.Option("--stop-errors", help="错误率达到多少就自行停止；1 为不停")] = 1.0,
    stop_p99: Annotated[float, typer.Option("--stop-p99", help="p99 达到多少毫秒就自行停止；0 为不停")] = 0.0,
    compare: Annotated[Path | None, typer.Option("--compare", help="与另一次负载的 report.json 对比")] = None,
    out: Annotated[Path, typer.Option("--out", help="输出文件夹")] = Path("out/load"),
    replace: Annotated[bool, typer.Option("--replace", help="先清掉 --out 里上一次的结果")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """对参照系统或真实系统施压，结束后凭报文日志判定；退出码 0 通过、1 不通过、2 用法、3 未完成。"""
    if context.invoked_subcommand is not None:
        return
    _check(cases, max(first, stock + 1), workers, hands, closed, profile, times)
    loaded, slos, before = load_package(package), read_slos(slo, package), _before(compare)
    remote = remote_of(real or [])
    _check_stock(stock, first, remote)
    dialects, files = dialect_files(dialect or [], remote, directory())
    _make_way(out, replace=replace)
    first = UsedHomes(data).take(loaded.id, seed, cases, first=first, after=stock)
    settings = Settings(
        "", "", cases, first, profile, times, closed, hands, patience, stop_errors, stop_p99, "127.0.0.1", ""
    )
    plan = LoadPlan(settings, workers, loaded.id, seed, handling, out, remote, dialects, files, faults, stock, port)
    record = carry_out(plan, slos, before, quiet=as_json)
    if as_json:
        print(json.dumps({**record, "recorded": None}, ensure_ascii=False))
    else:
        show(record, out)
    raise typer.Exit(record["exit_code"])


def carry_out(
    plan: LoadPlan, slos: list[dict[str, Any]], before: dict[str, Any] | None = None, *, quiet: bool = True
) -> dict[str, Any]:
    """Load, judge, and write the report. Raises LoadError."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet) as bar:
        task = bar.add_task("启动，装入存量" if plan.stock else "启动", total=plan.settings.cases)
        with served(plan) as parts:
            told = play(
                plan, parts, lambda phase, done, total: bar.update(task, description=phase, completed=done, total=total)
            )
            bar.update(task, description="判定")
            seen = gather(parts)
    record = record_of(plan, told, seen, slos)
    write(record, plan.out, before)
    return record


def _check(cases: int, first: int, workers: int, hands: int, closed: int, profile: str, times: float) -> None:
    """Raise LoadError for what cannot be."""
    if not 1 <= cases <= MOST_CASES or not 1 <= first <= MOST_CASES - cases + 1:
        raise LoadError(f"--cases 与 --first 之和不能超过 {MOST_CASES:,}，且都应大于 0；现为 {cases:,} 与 {first:,}。")
    if not 1 <= workers <= MOST_WORKERS:
        raise LoadError(f"--workers 应在 1 至 {MOST_WORKERS} 之间；多台机器请照 docs/load.md 用 Locust 的主从方式。")
    if not 1 <= hands <= 1_000 or closed < 0:
        raise LoadError("--hands 应在 1 至 1000 之间，--closed 应不小于 0。")
    try:
        profile_of(profile, cases, times)
    except ProfileError as error:
        raise LoadError(str(error)) from None


def _check_stock(stock: int, first: int, remote: Mapping[str, str]) -> None:
    """Raise LoadError for a stock that cannot be where it is asked for."""
    if stock and remote:
        raise LoadError("--stock 只给参照系统装存量；真实系统的存量用 liantiao stock export 导出，由其一方装入。")
    if stock and 0 < first <= stock:
        raise LoadError(
            f"--first {first:,} 在存量的 1 至 {stock:,} 之内，那些房屋已有办件；不写 --first，或给更大的数。"
        )


def _before(path: Path | None) -> dict[str, Any] | None:
    """The record of an earlier load. Raises LoadError."""
    if path is None:
        return None
    try:
        found = json.loads((path / REPORT if path.is_dir() else path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LoadError(f"--compare 的 {path} 读不了（{error}）；给出另一次负载的 report.json。") from None
    if not isinstance(found, dict) or found.get("what") != "load":
        raise LoadError(f"--compare 的 {path} 不是负载的 report.json。")
    return found


def _make_way(out: Path, *, replace: bool) -> None:
    """The folder must be new, or a load's own. Raises LoadError."""
    if out.exists() and any(out.iterdir()):
        if not replace:
            raise LoadError(f"{out} 已有内容；换一个 --out，或加 --replace 覆盖上一次的结果。")
        if not any((out / name).exists() for name in (REPORT, "locust.log", "master.log")):
            raise LoadError(f"{out} 不像是负载的输出（没有 {REPORT}），不敢清空；请换一个 --out。")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)


def show(record: dict[str, Any], out: Path) -> None:
    """What a tester wants to know first."""
    for each in record["verdict"]["promises"]:
        if each["result"] == Result.BROKEN:
            _say(f"[bold red]不通过[/]  {escape(each['title'])}  适用 {each['applied']:,}，违反 {each['violations']:,}")
    for each in record["slo"]:
        if each["met"] is False:
            _say(
                f"[bold red]不达标[/]  {escape(each['title'])}：限值 {each['limit']:,}，实测 {each['seen']:,}（{escape(each['source'])}）"
            )
    if record["saturation"]["is"]:
        _say(f"[yellow]压测端已饱和：{escape(record['saturation']['why'])}；数字不能当作被测系统的上限。[/]")
    if record["interrupted"]:
        _say(
            f"[yellow]随工作进程中断的办件 {len(record['interrupted']):,} 件：{'、'.join(map(str, record['interrupted'][:50]))}[/]"
        )
    tally = Counter(Result(each["result"]) for each in record["verdict"]["promises"])
    _say("检核项：" + "，".join(f"{result.title} {count}" for result, count in tally.items()))
    _say(
        f"办件：{record['first']:,} 至 {record['first'] + record['cases'] - 1:,}，"
        f"计划 {record['cases']:,}，结束 {record['ended']:,}，每秒 {record['cases_per_s']:g} 件；"
        f"每件 {record['exchanges_per_case']:g} 次交换；丢失 {record['lost']['n']:,}，"
        f"重复 {sum(each['n'] for each in record['journal']['doubled']):,}"
    )
    _say(f"{record['result']}（{escape(record['over'])}）；报告：{out / PAGE}")


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)
