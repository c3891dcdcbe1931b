"""What `liantiao accept` is told of a real system, turned into what is asked of it, with every mistake named at once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from features.manifest import NO_MANIFEST, read_manifest
from features.observing import read_observations
from features.preparing import read_prepared
from features.real import Real as RealAsked
from liantiao.directory import directory
from liantiao.serving.command import ServeError, remote_of
from liantiao.serving.kept_dialects import dialect_files
from liantiao.token_option import sendable
from sim.clock import unguessable
from sim.package import Package
from sim.package.tables import nearest
from sim.plain import PlainError
from sim.runs.scale import Handling


class AcceptError(PlainError):
    """What was asked for cannot be judged; the message says what, where and what would do."""


Only = Annotated[
    list[str] | None, typer.Option("--only", help="只跑题目、条款、陷阱编号或文件名含此字样的场景；可多次")
]
Out = Annotated[Path | None, typer.Option("--out", help="输出文件夹：报文日志、计划、结果与报告；缺省 out/accept")]
OverHttp = Annotated[
    bool, typer.Option("--over-http", help="参照系统另起一个进程，经 HTTP 接入沙箱；缺省在一个进程里办")
]
Template = Annotated[
    Path | None,
    typer.Option("--template", help="《联调测试报告》的模板（.docx），由 liantiao report template 导出一份来改"),
]
Again = Annotated[
    Path | None, typer.Option("--rebuild", help="不再办理，凭这个输出文件夹的计划与报文日志重新判定并写出报告")
]
Real = Annotated[
    list[str] | None,
    typer.Option("--real", help="被验收的真实系统：席位=地址，如 portal,registry,hub=http://…；可多次"),
]
Dialect = Annotated[
    list[str] | None, typer.Option("--dialect", help="它所说的接口适配，如 portal,registry=vendor.toml；可多次")
]
Join = Annotated[bool, typer.Option("--join", help="--real 不写地址，等真实系统自己接入本批次")]
FollowsClock = Annotated[bool, typer.Option("--follows-clock", help="真实系统跟随沙箱的时钟：步进，不必真等")]
Handled = Annotated[
    Handling | None,
    typer.Option(
        "--handling", help="部门与人的办理用时：instant、short（一日作一分钟）、real；缺省 short，跟随时钟时 real"
    ),
]
ManifestFile = Annotated[
    Path | None, typer.Option("--manifest", help="实施清单（TOML）：声明实现了什么，其余场景不执行")
]
Limit = Annotated[float | None, typer.Option("--limit", help="最多等多少秒；缺省按场景里的时限与办理用时推算", min=1)]
Host = Annotated[str, typer.Option("--host", help="沙箱的监听地址；真实系统在别的机器上时改为本机在联调网里的地址")]
Port = Annotated[int, typer.Option("--port", help="沙箱的端口：真实系统要配成它", min=0, max=65_535)]
Observe = Annotated[
    bool,
    typer.Option("--observe", help="不申请、不安排，只观察工作人员在真实系统里照常办理的办件；情形发生过的场景才判定"),
]
Token = Annotated[
    str, typer.Option("--token", envvar="LIANTIAO_TOKEN", callback=sendable, help="控制接口令牌；缺省随机生成")
]
ObservationsFile = Annotated[
    Path | None, typer.Option("--observations", help="观察记录（CSV）：被测方自报的登簿时刻等，判定前读入")
]


Prepare = Annotated[
    Path | None,
    typer.Option("--prepare", help="不验收，只导出每个场景要装载的数据与待定指标（CSV 与 xlsx）到这个文件夹"),
]
Plan = Annotated[bool, typer.Option("--plan", help="不验收，只列出实施清单里由人办理的操作要做多少次、多少小时")]
PreparedFolder = Annotated[
    Path | None, typer.Option("--prepared", help="填好的准备文件夹：只执行勾选了“已装载”的场景，指标作为判定的时限")
]


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were typed."""

    real: list[str] | None
    dialect: list[str] | None
    join: bool
    follows_clock: bool
    handling: Handling | None
    manifest: Path | None
    limit: float | None
    host: str
    port: int
    token: str
    observations: Path | None
    prepared: Path | None
    observe: bool = False


def real_of(
    asked: Asked, package: Package, seed: int, say: Callable[[str], None], *, over_http: bool
) -> RealAsked | None:
    """Who is judged, None for our own reference. Raises AcceptError and whatever a file that is named has wrong."""
    if not asked.real:
        needless = [name for name, given in (("--dialect", asked.dialect), ("--manifest", asked.manifest),
                    ("--join", asked.join), ("--observations", asked.observations), ("--prepared", asked.prepared),
                    ("--observe", asked.observe)) if given]  # fmt: skip
        if needless:
            raise AcceptError(
                f"{needless[0]} 只用于验收真实系统；请用 --real 写明席位与地址，如 --real portal=http://…。"
            )
        return None
    if over_http:
        raise AcceptError("--over-http 验收参照系统，--real 验收真实系统，只能选一个。")
    try:
        remote = remote_of(asked.real)
    except ServeError as error:
        raise AcceptError(str(error)) from None
    _check(remote, asked)
    known = directory()
    dialects, files = dialect_files(asked.dialect or [], remote, known)
    manifest = NO_MANIFEST if asked.manifest is None else read_manifest(asked.manifest, package)
    if asked.observations is not None and asked.observations.exists():
        read_observations(asked.observations)
    follows = asked.follows_clock or manifest.follows_clock
    if follows and asked.observe:
        raise AcceptError("--observe 观察人照常办理，人跟不上步进的时钟；请去掉 --follows-clock。")
    if follows and manifest.manual:
        raise AcceptError(
            "实施清单里有由人办理的操作（[manual]），人跟不上步进的时钟；请去掉 --follows-clock，或去掉 [manual]。"
        )
    return RealAsked(
        remote, dialects, files, asked.handling or (Handling.REAL if follows else Handling.SHORT), follows, manifest,
        asked.limit, asked.host, asked.port, asked.token or unguessable(), asked.observations,
        None if asked.prepared is None else read_prepared(asked.prepared, package, seed), say, observes=asked.observe,
    )  # fmt: skip


def _check(remote: dict[str, str], asked: Asked) -> None:
    seats = directory().seats
    for seat in remote:
        if seat not in seats:
            raise AcceptError(f"--real 里没有席位“{seat}”，{nearest(seat, list(seats))}。")
    bare = [seat for seat, address in remote.items() if not address]
    if bare and not asked.join:
        raise AcceptError(
            f"席位 {'、'.join(bare)} 没有地址；写成 --real {bare[0]}=http://…，或加 --join 等它自己接入。"
        )
    if asked.join and len(bare) < len(remote):
        raise AcceptError("加了 --join 的，--real 都不写地址，如 --real portal,registry,hub=。")
