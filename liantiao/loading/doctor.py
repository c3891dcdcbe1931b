"""`liantiao load doctor`: whether this machine can load a sandbox, before it does: versions, limits, ports, clock, the run itself."""

import json
import os
import platform
import resource
import socket
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import typer

from liantiao.code_version import code_version
from liantiao.loading.run import PEOPLE
from liantiao.token_option import sendable
from loadtests.sandbox import SandboxSilentError, ask
from sim.clock import Stopwatch, wall_ms

LEAST_FILES, MOST_SKEW_MS, MOST_WAY_MS = 4_096, 500, 50
PACKAGES = ("locust", "gevent", "geventhttpclient")
MASTER_PORT = 5557
OLDER, SAME_VERSION = "没有说明，是较旧的版本", "各机器与沙箱装同一个版本"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, whether it will do, and what to do if not."""

    title: str
    found: str
    ok: bool
    next_step: str = ""


def doctor_command(
    run_url: Annotated[
        str,
        typer.Option(
            "--run-url", help="要压的批次，如 http://127.0.0.1:8900/runs/load；几个沙箱分担时用逗号隔开；缺省只查本机"
        ),
    ] = "",
    token: Annotated[
        str, typer.Option("--token", envvar="LIANTIAO_TOKEN", callback=sendable, help="控制接口令牌")
    ] = "",
    master: Annotated[str, typer.Option("--master", help="Locust 主进程的地址，如 10.0.0.5:5557；工作机器上检查")] = "",
    workers: Annotated[int, typer.Option("--workers", help="本机打算开的工作进程数", min=1, max=1_000)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """开压前检查一台压测机器：版本、时钟偏差、端口与系统限制。"""
    checks = [*machine(workers), *(ways_to(master) if master else port_free())]
    if run_url:
        urls = run_url.split(",")
        checks += [each for place, url in enumerate(urls) for each in sandbox(url.rstrip("/"), token, place, len(urls))]
    if as_json:
        print(json.dumps({"code": code_version(), "checks": [asdict(each) for each in checks]}, ensure_ascii=False))
    else:
        for each in checks:
            step = f"；{each.next_step}" if not each.ok else ""
            print(f"{'正常' if each.ok else '不行'}  {each.title}：{each.found}{step}")
    raise typer.Exit(0 if all(each.ok for each in checks) else 1)


def machine(workers: int) -> list[Check]:
    """Versions and limits of this machine."""
    files, cores = resource.getrlimit(resource.RLIMIT_NOFILE)[0], os.cpu_count() or 1
    found = {name: _version(name) for name in PACKAGES}
    told = "，".join(f"{name} {each or '没有'}" for name, each in found.items())
    return [
        Check("Python", platform.python_version(), True),
        Check("程序版本", code_version(), True),
        Check("Locust", told, all(found.values()), "按 requirements.txt 安装；各机器版本要一样"),
        Check("可开文件数", f"{files:,}", files >= LEAST_FILES, f"ulimit -n {LEAST_FILES} 后再开"),
        Check("处理器", f"{cores} 个核，{workers} 个工作进程", workers <= cores, "工作进程不要多于核数，其余放到别的机器"),
    ]  # fmt: skip


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def port_free() -> list[Check]:
    """Whether a master can listen here."""
    with socket.socket() as door:
        try:
            door.bind(("127.0.0.1", MASTER_PORT))
            free = True
        except OSError:
            free = False
    return [
        Check("主进程端口", f"{MASTER_PORT} {'空闲' if free else '被占用'}", free, "用 --master-bind-port 换一个端口")
    ]


def ways_to(master: str) -> list[Check]:
    """Whether the master can be reached from here."""
    host, _, port = master.partition(":")
    number = int(port) if port.isdigit() else MASTER_PORT
    try:
        socket.create_connection((host, number), timeout=5).close()
    except OSError as error:
        return [Check("主进程", f"{host}:{number} 连不上（{error}）", False, "先启动主进程，再核对地址与防火墙")]
    return [Check("主进程", f"{host}:{number} 可连", True)]


def sandbox(run_url: str, token: str, place: int = 0, among: int = 1) -> list[Check]:
    """Whether the run can be loaded: reached, with its share of the cases and the people's seats free, at this machine's time."""
    try:
        about = ask("GET", run_url, token)
        watch = Stopwatch()
        clock = ask("GET", f"{run_url}/clock", token)
        way_ms = watch.seconds * 1_000
        here_ms = wall_ms() - way_ms / 2
    except SandboxSilentError as error:
        return [Check("沙箱", str(error).rstrip("。"), False, "改好后重查")]
    missing = [seat for seat in PEOPLE if seat not in about["remote"]]
    return [
        Check("沙箱", f"批次 {about['name']}，{about['cases']:,} 件，{about['mode']}", not about["broken"], "重置批次"),
        Check("当事人席位", f"{'、'.join(missing)} 由沙箱扮演" if missing else "由 Locust 扮演", not missing,
              "建批次时 remote 里写上 buyer、seller、clerk"),
        Check("来回用时", f"{way_ms:.1f} 毫秒", way_ms <= MOST_WAY_MS, "把压测机器放近一些，否则网络算进了延迟"),
        Check("分担", f"余 {about['share']}，共 {about['among']} 个沙箱", (about["share"], about["among"]) == (place, among),
              f"列在第 {place + 1} 个的，用 --share {place}/{among} 启动"),
        Check("沙箱程序版本", about.get("code", OLDER), about.get("code") == code_version(), SAME_VERSION),
        _time(about, clock, here_ms),
    ]  # fmt: skip


def _time(about: dict[str, Any], clock: dict[str, Any], here_ms: float) -> Check:
    """Whether the run follows wall time, and that of this machine is the sandbox's: calls are signed with it."""
    if about["pace"] != "live" or about["factor"] != 1:
        return Check("时钟", f"批次是{about['mode']}", False, "负载要用 live × 1 的批次")
    if "wall_ms" not in clock:
        return Check("时钟偏差", OLDER, False, SAME_VERSION)
    skew_ms = abs(round(clock["wall_ms"] - here_ms))
    return Check("时钟偏差", f"{skew_ms} 毫秒", skew_ms <= MOST_SKEW_MS, "用 NTP 对时")
