"""`liantiao run`: what is typed, turned into the main job; what came of it, said on the terminal."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from dashboards.figures import taken
from features.accepting import scenarios_of
from liantiao.loading.slo import read_slos
from liantiao.main_job.folder import JobFolder
from liantiao.main_job.index import INDEX_PAGE, record_of, write_index
from liantiao.main_job.plan import ACCEPTANCE, TITLES, Job, MainJobError, Tell, chosen
from liantiao.main_job.playing import Outcome, play_all
from liantiao.showing import Bar, say
from liantiao.simulating.simulate import plan_of
from loadtests.profiles import ProfileError, profile_of
from loadtests.settings import HANDS, Settings
from sim.calendar import parse_day
from sim.clock import wall_ms
from sim.package import load_package
from sim.population import MOST_CASES

FIRST_DAY, LAST_DAY = "2021-01-04", "2024-11-26"
MOST_LOAD_CASES: Final = 100_000
MOST_SEED: Final = 2**63 - 1
TONES: Final = {"通过": "bold green", "没有不通过": "bold green", "有条件通过": "yellow", "不通过": "bold red"}


def run_command(
    cases: Annotated[int, typer.Option("--cases", help="仿真的办件数")] = 830_000,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：同一种子，同一结果")] = 2024,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="只做 acceptance（验收）、load（负载）或 simulation（仿真）；可多次"),
    ] = None,
    scenarios: Annotated[
        list[str] | None, typer.Option("--scenarios", help="只验收题目、条款、陷阱编号或文件名含此字样的场景；可多次")
    ] = None,
    load_cases: Annotated[int, typer.Option("--load-cases", help="负载的办件数")] = 240,
    load_profile: Annotated[
        str, typer.Option("--load-profile", help="负载的到达曲线，写法同 liantiao load 的 --profile")
    ] = "constant:8",
    slo: Annotated[Path | None, typer.Option("--slo", help="负载的服务指标文件；缺省用套餐的 slo.toml")] = None,
    faults: Annotated[str, typer.Option("--faults", help="仿真的故障脚本，liantiao faults 可列出全部")] = "everyday",
    workers: Annotated[int, typer.Option("--workers", help="仿真的进程数；结果与进程数无关")] = 2,
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    out: Annotated[Path, typer.Option("--out", help="输出文件夹")] = Path("out/run"),
    replace: Annotated[bool, typer.Option("--replace", help="新批次做完后替换 --out 里的上一批次")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """依次经 HTTP 验收参照系统、加压、仿真全部办件，写出一页总览；一部分不通过，其余照做。"""
    _check(cases, seed, load_cases, load_profile, workers, out)
    loaded, parts = load_package(Path(package) if "/" in package else package), chosen(only or ())
    found = scenarios_of(loaded, scenarios or ())
    if not found and ACCEPTANCE in parts:
        raise MainJobError(f"--scenarios：没有题目、条款或文件名含“{'、'.join(scenarios or ())}”的场景。")
    settings = Settings(
        run_url="", token="", cases=load_cases, first=1, profile=load_profile, times=1.0, closed=0, hands=HANDS,
        patience=120.0, stop_errors=1.0, stop_p99=0.0, door_host="127.0.0.1", result="",
    )  # fmt: skip
    simulation = plan_of(
        loaded, cases=cases, seed=seed, from_ms=parse_day(FIRST_DAY), to_ms=parse_day(LAST_DAY), script=faults
    )
    slos = read_slos(slo, loaded.id)
    job = Job(loaded, seed, parts, tuple(scenarios or ()), found, settings, slo, slos, simulation, workers)
    record, where = carry_out(job, JobFolder(out, replace=replace), quiet=as_json)
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
    else:
        show(record, where)
    raise typer.Exit(record["exit_code"])


def carry_out(job: Job, folder: JobFolder, *, quiet: bool) -> tuple[dict[str, Any], Path]:
    """Play what was asked for and write the index, after every part anew; returns it and where everything lies."""
    begun_ms = wall_ms()

    @contextmanager
    def shown(part: str) -> Iterator[Tell]:
        if not quiet:
            say(f"[bold]{TITLES[part]}[/]（{job.parts.index(part) + 1}/{len(job.parts)}）：{escape(job.about(part))}")
        with Bar(quiet=quiet, of=TITLES[part]) as bar:
            yield bar

    def written(outcomes: Mapping[str, Outcome]) -> None:
        write_index(record_of(job, outcomes, folder.work, begun_ms), folder.work)

    try:
        outcomes = play_all(job, folder.work, shown, written)
        record = record_of(job, outcomes, folder.work, begun_ms)
        return record, folder.settle(complete=record["complete"])
    finally:
        folder.drop()


def show(record: dict[str, Any], where: Path) -> None:
    """Each part in a line, what is red below it, and at last the whole and where its index is."""
    for each in record["parts"]:
        seconds = record["measured"]["parts"][each["id"]]["seconds"]
        took = f"，用时 {taken(seconds)}" if seconds else ""
        code = f"（退出码 {each['exit_code']}）" if each["exit_code"] else ""
        why = f"；{escape(each['why'])}" if each["why"] else ""
        say(f"{each['title']}：[{TONES.get(each['result'], 'yellow')}]{each['result']}[/]{code}{took}{why}")
        for red in each["reds"]:
            say(f"    [bold red]不通过[/]  {escape(red)}")
    mark = f" {record['mark']}" if record["mark"] else ""
    say(
        f"结论：[{TONES.get(record['result'], 'yellow')}]{record['result']}{mark}[/]，共用时 {taken(record['measured']['seconds'])}"
    )
    say(f"总览：{escape(str(where / INDEX_PAGE))}")


def _check(cases: int, seed: int, load_cases: int, load_profile: str, workers: int, out: Path) -> None:
    """Raise MainJobError for what cannot be."""
    if not str(out) or str(out) == ".":
        raise MainJobError("--out 不能为空，也不能是当前文件夹；例如 --out out/run。")
    if not 0 <= seed <= MOST_SEED:
        raise MainJobError(f"--seed 须在 0 至 {MOST_SEED} 之间，现为 {seed}。")
    for name, value, most in (("--cases", cases, MOST_CASES), ("--load-cases", load_cases, MOST_LOAD_CASES)):
        if not 1 <= value <= most:
            raise MainJobError(f"{name} 应在 1 至 {most:,} 之间，现为 {value:,}；例如 {name} 1000。")
    if workers < 1:
        raise MainJobError(f"--workers 须为正整数，现为 {workers}；可用 --workers 2。")
    try:
        profile_of(load_profile, load_cases, 1.0)
    except ProfileError as error:
        raise MainJobError(f"--load-profile 有误：{error}") from None
