"""`liantiao serve`: what is typed, turned into a server with a run on it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from liantiao.compose import REFERENCE_SEATS
from liantiao.directory import directory
from liantiao.serving.keeper import Keeping
from liantiao.serving.kept_dialects import dialect_files
from liantiao.serving.server import First, serve
from liantiao.token_option import sendable
from sim.clock import unguessable
from sim.faces.control.errors import Refusal
from sim.faces.control.field_words import problem_of
from sim.faces.control.shapes import NewRun
from sim.faces.keys import Scheme
from sim.plain import PlainError
from sim.runs.plan import Pace
from sim.runs.scale import Handling
from sim.runs.snapshots import EVERY_ROWS

Sandboxes = Annotated[
    list[str] | None, typer.Option("--sandbox", help="要接入的批次，如 http://127.0.0.1:8900/runs/demo；可多次")
]
MOST_SHARES = 64


class ServeError(PlainError):
    """What was asked for cannot be served; the message says what, where and what would do."""


Share = Annotated[
    str, typer.Option("--share", help="几个沙箱分担时，本批次办哪些：余数/个数，如 1/2 为办件号除以 2 余 1 的")
]
HandlingName = Annotated[Handling, typer.Option("--handling", help="部门与人的办理用时：instant、short、real")]
TermFactor = Annotated[
    int, typer.Option("--term-factor", help="缩短后的期限放长到几倍，如 4；--handling real 时只能是 1")
]
KeepRows = Annotated[int, typer.Option("--keep-rows", help="每个批次的报文日志保留最新的多少行", min=1_000)]
SnapshotRows = Annotated[int, typer.Option("--snapshot-rows", help="两次自动快照之间至少写多少行日志", min=1_000)]


def serve_command(
    host: Annotated[str, typer.Option("--host", help="监听地址；缺省只限本机")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="监听端口；0 为任选一个空闲端口", min=0, max=65_535)] = 8900,
    data: Annotated[Path, typer.Option("--data", help="批次与报文日志所在的文件夹")] = Path("out/server"),
    token: Annotated[
        str,
        typer.Option("--token", envvar="LIANTIAO_TOKEN", callback=sendable, help="控制接口令牌；缺省随机生成并显示"),
    ] = "",
    run: Annotated[str, typer.Option("--run", help="开始时就有的联调批次")] = "demo",
    package: Annotated[str, typer.Option("--package", help="套餐编号")] = "fujian-2024-55",
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 2024,
    cases: Annotated[int, typer.Option("--cases", help="批次的办件号为 1 至此数")] = 10_000,
    real: Annotated[
        list[str] | None,
        typer.Option(
            "--real", help="由真实系统接入的席位，如 registry=http://…；可多次；reference 为参照系统的全部席位"
        ),
    ] = None,
    pace: Annotated[Pace, typer.Option("--pace", help="live 实时，stepped 步进")] = Pace.LIVE,
    factor: Annotated[float, typer.Option("--factor", help="实时的倍率；有真实系统时应为 1")] = 1.0,
    handling: HandlingName = Handling.REAL,
    term_factor: TermFactor = 1,
    office_hours: Annotated[str, typer.Option("--office-hours", help="on 按工作时间，off 随时办理")] = "on",
    follows_clock: Annotated[
        bool, typer.Option("--follows-clock", help="声明真实系统跟随本批次的时钟；有 --real 且倍率不为 1 时必须")
    ] = False,
    scheme: Annotated[Scheme, typer.Option("--scheme", help="报文签名方式")] = Scheme.OPEN,
    seats: Annotated[
        str,
        typer.Option(
            "--seats", help="作为参照系统接入别处沙箱的席位，如 portal,registry,hub；reference 为参照系统的全部席位"
        ),
    ] = "",
    share: Share = "0/1",
    dialect: Annotated[
        list[str] | None,
        typer.Option("--dialect", help="真实系统所说的接口适配，如 portal,registry=vendor.toml；可多次"),
    ] = None,
    stock: Annotated[int, typer.Option("--stock", help="参照系统一开始就持有的件数：办件号 1 至此数", min=0)] = 0,
    faults: Annotated[str, typer.Option("--faults", help="故障脚本，liantiao faults 可列出全部；缺省没有故障")] = "",
    sandbox: Sandboxes = None,
    keep_rows: KeepRows = 2_000_000,
    snapshot_rows: SnapshotRows = EVERY_ROWS,
) -> None:
    """启动沙箱服务：各部门的 HTTP 接口、控制接口与报文日志；或以 --seats 把参照系统接入别处的沙箱。"""
    sandboxes = tuple(each.rstrip("/") for each in sandbox or ())
    _check(seats, sandboxes, office_hours, token)
    remote = remote_of(real or [])
    if remote and factor != 1 and not follows_clock:
        raise ServeError("有 --real 时倍率只能是 1；真实系统跟随本批次的时钟的，加 --follows-clock。")
    dialects, files = dialect_files(dialect or [], remote, directory())
    remainder, among = share_of(share)
    with _said_in_one_sentence():
        new = NewRun(
            name=run, package=package, seed=seed, cases=_numbers(cases, stock, sandboxes), pace=pace, factor=factor,
            handling=handling, term_factor=term_factor, office_hours=office_hours == "on", remote=remote,
            scheme=scheme, faults=faults, follows_clock=follows_clock,
            dialects=dialects, dialect_files=files, share=remainder, among=among, stock=stock,
        )  # fmt: skip
        first = First(new, seats_of(seats), sandboxes)
        serve(data, host, port, token or unguessable(), first, Keeping(keep_rows, snapshot_rows))


def _check(seats: str, sandboxes: Sequence[str], office_hours: str, token: str) -> None:
    if bool(seats) != bool(sandboxes) or not all(sandboxes):
        raise ServeError("--seats 与 --sandbox 要一起给：前者是要扮演的席位，后者是对方沙箱批次的地址。")
    if office_hours not in ("on", "off"):
        raise ServeError(f"--office-hours 不认识“{office_hours}”，可用 on、off。")
    if sandboxes and not token:
        raise ServeError("--sandbox 需要对方沙箱的令牌：用 --token 给出，或设环境变量 LIANTIAO_TOKEN。")


def _numbers(cases: int, stock: int, sandboxes: Sequence[str]) -> int:
    """How many case numbers are asked for; those of a run elsewhere are its own, and asked when it is joined."""
    return max(cases, stock + 1) if sandboxes else cases


@contextmanager
def _said_in_one_sentence() -> Iterator[None]:
    """What the control API would refuse, as the command line says it. Raises ServeError."""
    try:
        yield
    except ValidationError as error:
        raise ServeError(Refusal(problem_of(error.errors(), NewRun)).sentence) from None
    except Refusal as error:
        raise ServeError(error.sentence) from None


def remote_of(real: list[str]) -> dict[str, str]:
    """Seats and addresses out of `--real registry=http://…`; an address may be left out for an inbox."""
    remote: dict[str, str] = {}
    for each in real:
        seat, _, address = each.partition("=")
        if not seat or (address and not address.startswith(("http://", "https://"))):
            raise ServeError(f"--real 的写法是 席位=地址，如 registry=http://127.0.0.1:9000/registry；现为“{each}”。")
        remote |= dict.fromkeys(seats_of(seat), address.rstrip("/"))
    return remote


def share_of(text: str) -> tuple[int, int]:
    """Which cases a run has where several sandboxes share them, out of `1/2`."""
    share, _, among = text.partition("/")
    if not (share.isdigit() and among.isdigit() and int(share) < int(among) <= MOST_SHARES):
        raise ServeError(f"--share 的写法是 余数/个数，余数从 0 起，个数不超过 {MOST_SHARES}，如 1/2；现为“{text}”。")
    return int(share), int(among)


def seats_of(named: str) -> tuple[str, ...]:
    """Seats out of `portal,registry`; `reference` stands for all that our own implementation can take."""
    each = filter(None, named.split(","))
    return tuple(seat for name in each for seat in (REFERENCE_SEATS if name == "reference" else (name,)))
