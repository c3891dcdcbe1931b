"""The command line: reads what people asked for, says in one Chinese sentence what is wrong with it, prints results."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from features.capsules import CapsuleError
from features.casting import CastingError
from features.given import GivenError
from features.manifest import ManifestError
from features.observing import ObservationsError
from features.prepared_files import PreparedError
from features.reading import FeatureError
from liantiao import help_pages
from liantiao.acceptance import AcceptanceError
from liantiao.acceptance.command import accept_app, steps_command
from liantiao.acceptance.options import AcceptError
from liantiao.acceptance.report_command import ReportAskedError, report_app
from liantiao.cleanup_command import CleanupError, cleanup_command
from liantiao.contract_export import ContractError, contract_command
from liantiao.data_dictionary import data_dictionary
from liantiao.dialect_command import dialect_app
from liantiao.loading import doctor  # noqa: F401  # the doctor is a command of `load`
from liantiao.loading.command import load_app
from liantiao.loading.run import LoadError
from liantiao.loading.series import SeriesError
from liantiao.loading.slo import SloError
from liantiao.loading.used_homes import HomesError
from liantiao.main_job.command import run_command
from liantiao.main_job.plan import MainJobError
from liantiao.message_list import message_list
from liantiao.mutants.command import mutants_command
from liantiao.mutants.pool import MutantError
from liantiao.problems.command import problems_app
from liantiao.replay_command import replay_command
from liantiao.sandbox_client import SandboxError
from liantiao.serving.command import ServeError, serve_command
from liantiao.serving.server import JoinError
from liantiao.showing import Bar, console, print_summary
from liantiao.sign import SignRequestError, sign_command
from liantiao.simulating.run_folder import FolderError
from liantiao.simulating.simulate import plan_of, simulate
from liantiao.stock.command import stock_app
from liantiao.stock.export import StockExportError
from liantiao.stock.template import TemplateError
from liantiao.verdict_command import VerdictError, verdict_command
from sim.calendar import CalendarError, WorkingCalendar, parse_day
from sim.faces.dialects.errors import DialectError
from sim.journal.record import JournalError
from sim.package import Package, PackageError, load_package
from sim.package.fault_scripts import EFFECTS, when_it_strikes
from sim.population import MOST_CASES, Population
from sim.population.export import ExportError, export

USAGE, INCOMPLETE = 2, 3
MOST_SEED = 2**63 - 1
SAID = (
    ContractError, DialectError, ServeError, JoinError, PackageError, CalendarError, FolderError, ExportError,
    SignRequestError, VerdictError, AcceptError, FeatureError, CastingError, ManifestError, AcceptanceError,
    CapsuleError, MutantError, PreparedError, ObservationsError, SandboxError, JournalError, GivenError, ReportAskedError,
    LoadError, SeriesError, SloError, CleanupError, MainJobError, HomesError, StockExportError, TemplateError,
)  # fmt: skip
app = typer.Typer(
    cls=help_pages.Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="联调：二手房转移登记“一件事”沙箱",
)
population_app = typer.Typer(cls=help_pages.Group, no_args_is_help=True, help="人群与办件数据。")
app.add_typer(population_app, name="population")
contract_app = typer.Typer(cls=help_pages.Group, no_args_is_help=True, help="接口文件。")
app.add_typer(contract_app, name="contract")
app.add_typer(dialect_app, name="dialect")
app.add_typer(problems_app, name="problems")
app.add_typer(load_app, name="load")
app.add_typer(stock_app, name="stock")

PackageName = Annotated[str, typer.Option("--package", help="套餐编号")]
Cases = Annotated[int, typer.Option("--cases", help="办件数")]
Seed = Annotated[int, typer.Option("--seed", help="随机种子：同一种子，同一结果")]
From = Annotated[str, typer.Option("--from", help="首日，如 2021-01-04")]
To = Annotated[str, typer.Option("--to", help="末日，如 2024-11-26")]


INTERRUPTED = 130
"""What the command library returns after Ctrl-C."""


class UsageError(Exception):
    """What was asked for cannot be done; the message says what, where and what would do."""


def main() -> None:
    """Run the command line; what goes wrong is said in one sentence, never as a traceback.

    Set LIANTIAO_DEBUG to see where an internal error comes from.
    """
    try:
        code = app(standalone_mode=False, prog_name="liantiao")
        if code == INTERRUPTED:
            code = _say("已中断，未写出结果。", INCOMPLETE)
    except (UsageError, help_pages.Misused, *SAID) as error:
        code = _say(str(error), USAGE)
    except typer.Abort:
        code = _say("已中断，未写出结果。", INCOMPLETE)
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)
            code = USAGE
        elif getattr(error, "exit_code", None) == USAGE:
            code = _say(_misuse(error), USAGE)
        elif os.environ.get("LIANTIAO_DEBUG"):
            raise
        else:
            code = _say(
                f"程序内部出错，本次未完成（{type(error).__name__}：{error}）；设 LIANTIAO_DEBUG=1 重跑可见出处。",
                INCOMPLETE,
            )
    sys.exit(code or 0)


def _say(sentence: str, code: int) -> int:
    console.print(f"[bold red]错误[/] {escape(sentence)}", highlight=False, soft_wrap=True)
    return code


def _misuse(error: Any) -> str:
    """What was typed wrongly, in one sentence; the parser's own words say which value it could not read."""
    option = getattr(error, "option_name", None)
    if type(error).__name__ == "BadOptionUsage":
        return f"参数 {option} 少了值，或不该带值；用 --help 查看用法。"
    if option:
        near = "、".join(getattr(error, "possibilities", None) or ())
        return f"没有参数 {option}{f'，是否想用 {near}' if near else ''}；用 --help 查看全部参数。"
    parameter = getattr(error, "param", None)
    if parameter is None:
        return f"没有这条命令或用法有误（{error.format_message()}）；用 --help 查看用法。"
    name = getattr(parameter, "metavar", None) or parameter.opts[0]
    if type(error).__name__ == "MissingParameter":
        return f"缺少参数 {name}；用 --help 查看用法。"
    whole = name in ("--cases", "--seed", "--workers")
    return f"参数 {name} 的值无法识别，应为{'整数，例如 ' + name + ' 3' if whole else '有效的值，见 --help'}。"


@app.callback()
def about() -> None:
    """联调：二手房转移登记“一件事”沙箱。"""


@app.command("simulate", cls=help_pages.Command)
def simulate_command(
    package: PackageName = "fujian-2024-55",
    cases: Cases = 830_000,
    seed: Seed = 2024,
    first: From = "2021-01-04",
    last: To = "2024-11-26",
    faults: Annotated[str, typer.Option("--faults", help="故障脚本，liantiao faults 可列出全部")] = "everyday",
    workers: Annotated[int, typer.Option("--workers", help="进程数；结果与进程数无关")] = 2,
    out: Annotated[Path, typer.Option("--out", help="输出文件夹：完整写成或不存在")] = Path("out/simulate"),
    replace: Annotated[bool, typer.Option("--replace", help="新批次写成后替换 --out 里的上一批次")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """在虚拟时间里办完全部办件，判定检核项，写出报告。"""
    loaded, from_ms, to_ms = _checked(package, cases, seed, out, first, last)
    if workers < 1:
        raise UsageError(f"--workers 须为正整数，现为 {workers}；可用 --workers 2。")
    plan = plan_of(loaded, cases=cases, seed=seed, from_ms=from_ms, to_ms=to_ms, script=faults)
    with Bar(quiet=as_json) as bar:
        summary = simulate(plan, out, workers, bar, replace=replace)
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        print_summary(summary, out)
    raise typer.Exit(summary["exit_code"])


@app.command("faults", cls=help_pages.Command)
def faults_command(package: PackageName = "fujian-2024-55") -> None:
    """列出故障脚本与其中每个故障：做什么、何时、多大机会。"""
    for script in load_package(package).fault_scripts.values():
        print(f"{script.id}  {script.title}")
        for fault, title in zip(script.faults, script.titles, strict=True):
            where = f"（只限接收方 {fault.seat}）" if fault.seat else ""
            print(f"  {title}  {fault.operation}{where}  {EFFECTS[fault.effect]}；{when_it_strikes(fault)}")


@app.command("messages", cls=help_pages.Command)
def messages_command() -> None:
    """打印报文清单（Markdown）：编号、名称、谁发给谁、路径、应答方式与错误。"""
    print(message_list(), end="")


@app.command("data", cls=help_pages.Command)
def data_command() -> None:
    """打印数据说明（Markdown）：导出的表、报文日志与输出文件夹里每一列的含义。"""
    print(data_dictionary(load_package("fujian-2024-55")), end="")


app.command("run", cls=help_pages.Command)(run_command)
app.add_typer(accept_app, name="accept")
app.add_typer(report_app, name="report")
app.command("mutants", cls=help_pages.Command)(mutants_command)
app.command("replay", cls=help_pages.Command)(replay_command)
app.command("steps", cls=help_pages.Command)(steps_command)
app.command("serve", cls=help_pages.Command)(serve_command)
app.command("verdict", cls=help_pages.Command)(verdict_command)
app.command("cleanup", cls=help_pages.Command)(cleanup_command)
app.command("sign", cls=help_pages.Command)(sign_command)
contract_app.command("export", cls=help_pages.Command)(contract_command)


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
    loaded, from_ms, to_ms = _checked(package, cases, seed, out, first, last)
    population = Population(loaded, seed, cases, from_ms, to_ms)
    if form not in ("csv", "parquet", "jsonl"):
        raise UsageError(f"--format 不认识“{form}”，可用 csv、parquet、jsonl。")
    with Bar(quiet=False) as bar:
        counts = export(population, out, form, masked=masked, progress=lambda done: bar("导出", done, cases))
    for table, rows in counts.items():
        console.print(f"{table}: {rows:,} 行", highlight=False)
    console.print(f"已写入 {out}", highlight=False)


def _checked(package: str, cases: int, seed: int, out: Path, first: str, last: str) -> tuple[Package, int, int]:
    if not str(out) or str(out) == ".":
        raise UsageError("--out 不能为空，也不能是当前文件夹；例如 --out out/run。")
    if not 0 <= seed <= MOST_SEED:
        raise UsageError(f"--seed 须在 0 至 {MOST_SEED} 之间，现为 {seed}。")
    if not package:
        raise UsageError("--package 不能为空；例如 --package fujian-2024-55。")
    loaded = load_package(Path(package) if "/" in package else package)
    if cases < 1:
        raise UsageError(f"--cases 须为正整数，现为 {cases}；例如 --cases 1000。")
    if cases > MOST_CASES:
        raise UsageError(f"--cases {cases:,} 太多，证号会重复；至多 {MOST_CASES:,}。")
    from_ms, to_ms = parse_day(first), parse_day(last)
    if from_ms > to_ms:
        raise UsageError(f"--from {first} 晚于 --to {last}；请把首日放在前面。")
    if not WorkingCalendar.load().working_days(from_ms, to_ms):
        raise UsageError(f"--from {first} 至 --to {last} 没有一个工作日，窗口无法收件；请放宽起止日期。")
    return loaded, from_ms, to_ms
