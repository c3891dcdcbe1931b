"""The sandbox behind HTTP: the pieces of a server put together, and a reference that joins a sandbox elsewhere."""

import asyncio
import errno
import fcntl
import hashlib
import json
import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from liantiao.directory import directory
from liantiao.serving.garbage import Garbage
from liantiao.serving.keeper import Keeping, RunKeeper
from sim.clock import unguessable
from sim.disk import why
from sim.faces.control.shapes import NewRun
from sim.faces.hosted import Hosted
from sim.faces.http_client import CallFailedError
from sim.faces.http_in import Faces
from sim.faces.http_out import HttpOut
from sim.faces.key_handout import taken
from sim.faces.protocol import GuardedProtocol
from sim.faces.refusal_words import words_of
from sim.faces.server import application
from sim.plain import PlainError
from sim.runs.plan import RunPlan
from sim.runs.troubles import told_of

NO_DOOR = {errno.EADDRINUSE: "端口已被占用", errno.EADDRNOTAVAIL: "本机没有这个地址", errno.EACCES: "没有权限"}
MOST_FILES = 65_536
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SAME = (
    "package",
    "seed",
    "cases",
    "start_ms",
    "pace",
    "factor",
    "handling",
    "term_factor",
    "office_hours",
    "scheme",
    "faults",
    "share",
    "among",
)
"""What our part of a run elsewhere has in common with it."""

OPTIONS = {*SAME, "remote", "dialects", "follows_clock"} - {"start_ms"}
"""What the command line says of a run."""
OPTION_OF = {"remote": "real", "dialects": "dialect"}


class JoinError(PlainError):
    """A sandbox elsewhere cannot be joined, or ours not be reached."""


@dataclass(frozen=True, slots=True)
class First:
    """The run a server starts with; with `seats` and `sandboxes` it is instead our part of each run that goes on there."""

    new: NewRun
    seats: tuple[str, ...] = ()
    sandboxes: tuple[str, ...] = ()


class Server:
    """The pieces of a server; they live from `open` to `close`."""

    def __init__(self, folder: Path, token: str, address: str, first: First, keeping: Keeping | None = None) -> None:
        known = directory()
        secret = hashlib.sha256(f"liantiao {server_secret(folder)}".encode()).digest()
        self.address, self.token, self.first = address, token, first
        self.keeper = RunKeeper(folder, secret, known, keeping)
        self.out = HttpOut(known, self.keeper.runs, token)
        self.keeper.caller = self.out
        self.is_open = False
        self.passed_over: tuple[str, ...] = ()
        """Options that were given but not followed: the run was there already."""
        self.app: FastAPI = application(Faces(known, self.keeper.runs), self.keeper, self, token)

    async def open(self) -> None:
        """Open every run there is, once."""
        if self.is_open:
            return
        self.is_open = True
        await self.keeper.open()
        first, runs = self.first.new.name, self.keeper.runs
        for sandbox in self.first.sandboxes:
            await self._join(self.first.seats, sandbox)
        if not self.first.sandboxes and first not in runs and first not in runs.shut:
            await self.keeper.create(self.first.new)
        elif first in runs:
            self.passed_over = passed_over(self.first.new, runs[first].run.plan)

    async def _join(self, seats: tuple[str, ...], sandbox: str) -> Hosted:
        """Make our part of a run elsewhere, with everybody but `seats` there, and tell it where we are."""
        theirs = await self._ask("GET", sandbox)
        if not theirs.keys() >= {"name", "remote", *SAME}:
            raise JoinError(
                f"{sandbox} 不是一个联调批次的地址，或者沙箱的程序版本不同；写法如 http://127.0.0.1:8900/runs/demo。"
            )
        not_free = [seat for seat in seats if seat not in theirs["remote"]]
        if not_free:
            free = "、".join(theirs["remote"]) or "（无）"
            raise JoinError(f"沙箱批次 {sandbox} 没有空出席位 {'、'.join(not_free)}；由外部接入的席位：{free}。")
        remote = {seat: f"{sandbox}/{seat}" for seat in self.keeper.directory.seats if seat not in seats}
        same = {key: theirs[key] for key in SAME}
        arranged = (await self._ask("GET", f"{sandbox}/arranged"))["arranged"]
        stock = self.first.new.stock
        if stock >= theirs["cases"]:
            raise JoinError(
                f"沙箱批次 {sandbox} 的办件号只到 {theirs['cases']:,}，装不下存量 {stock:,}；以更大的 --cases 重建批次，或调小 --stock。"
            )
        new = NewRun(
            name=theirs["name"], remote=remote, led=True, follows_clock=True, arranged=arranged, stock=stock, **same
        )  # fmt: skip
        keys = taken((await self._ask("GET", f"{sandbox}/keys"))["keys"])
        hosted = self.keeper.runs.get(new.name) or await self.keeper.create(new, keys)
        hosted.keys = keys
        mine = f"{self.address}/runs/{new.name}"
        addresses = {seat: f"{mine}/{seat}" for seat in seats}
        await self._ask(
            "POST", f"{sandbox}/attach", {"addresses": addresses, "follower": mine, "stops_when_speaking": True}
        )
        return hosted

    async def _ask(self, method: str, url: str, body: Any = None) -> Any:
        try:
            answer = await self.out.control(method, url, body)
            told = json.loads(answer.raw)
        except CallFailedError as error:
            raise JoinError(f"连不上沙箱 {url}（{told_of(error.why)[0]}）；请先启动沙箱，再核对地址。") from None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise JoinError(f"{url} 答复的不是联调沙箱的内容；请核对 --sandbox 的地址。")
        if answer.status != 200:
            raise JoinError(f"沙箱 {url} 不接受：{words_of(told) or f'答 {answer.status}'}。")
        return told

    async def close(self) -> None:
        """Stop; what was heard is on disk."""
        await self.keeper.close()
        await self.out.close()


def passed_over(new: NewRun, plan: RunPlan) -> tuple[str, ...]:
    """The options given for a run that is there already and was made otherwise; a default is not taken for given."""
    given = new.model_dump(include=OPTIONS, exclude_defaults=True)
    return tuple(
        f"--{OPTION_OF.get(name, name).replace('_', '-')}"
        for name, value in given.items()
        if getattr(plan, name) != value
    )


def server_secret(folder: Path) -> str:
    """The secret of this server's folder, made when there is none, readable by its owner only."""
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(unguessable(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def serve(folder: Path, host: str, port: int, token: str, first: First, keeping: Keeping | None = None) -> None:
    """Serve until interrupted; says where, and the token, once everything is open. Raises what keeps it from starting."""
    _allow_connections()
    with data_folder(folder), closing(door_at(host, port)) as door:
        port = door.getsockname()[1]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        server = Server(folder, token, address, first, keeping)
        config = uvicorn.Config(
            server.app, log_level="warning", access_log=False, http=GuardedProtocol, loop="uvloop",
            server_header=False, date_header=False, proxy_headers=False, timeout_keep_alive=30,
            timeout_graceful_shutdown=3,
        )  # fmt: skip
        if host not in LOOPBACK:
            print(
                f"警告：监听 {host}，本机以外也能连上。接口只有令牌与签名把守、没有 TLS，批次缺省 open 时谁都能发报文；"
                "只在可信的联调网络里这样用，并用 --scheme 打开签名。",
                file=sys.stderr, flush=True,
            )  # fmt: skip
        joined = f"\n已接入 {'、'.join(first.sandboxes)}" if first.sandboxes else ""
        said = f"{'参照系统' if joined else '联调沙箱'} {address}{joined}\n控制令牌 {token}\n数据文件夹 {folder}"
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serving(server, uvicorn.Server(config), door, said))


def _allow_connections() -> None:
    """As many open files as the system lets us have, up to what is ever needed: many systems begin at 1,024, and seven seats that
    hang take more (`sim.runs.outgoing.AT_ONCE`)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def _serving(server: Server, listening: uvicorn.Server, door: socket.socket, said: str) -> None:
    """Open everything before anybody is let in: what goes wrong then is for whoever started us, not for a log."""
    try:
        await server.open()
    except BaseException:
        await server.close()
        raise
    for name, why_not in server.keeper.runs.shut.items():
        print(f"警告：批次“{name}”打不开：{why_not.detail}；{why_not.next_step}。", file=sys.stderr, flush=True)
    if server.passed_over:
        name, options = server.first.new.name, "、".join(server.passed_over)
        print(
            f"警告：批次“{name}”早已建好，沿用它的设置，{options} 没有生效；换一个 --run，或先删除它。",
            file=sys.stderr,
            flush=True,
        )
    with Garbage() as garbage:
        server.keeper.on_gone = garbage.run_has_gone
        print(said, flush=True)
        await listening.serve(sockets=[door])


def door_at(host: str, port: int) -> socket.socket:
    """The socket to listen on. Raises JoinError."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        told = NO_DOOR.get(error.errno or 0, why(error) if (error.errno or 0) > 0 else "没有这个主机名")
        raise JoinError(
            f"不能监听 {host} 的端口 {port}（{told}）；换一个 --port，或先停掉占用它的程序；--host 是本机的地址。"
        ) from None


@contextmanager
def data_folder(folder: Path) -> Iterator[None]:
    """The folder of a server, which is there, can be written and is this server's alone. Raises JoinError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        server_secret(folder)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise JoinError(f"数据文件夹 {folder} 不能用（{why(error)}）；换一个 --data。") from None
    except ValueError:
        raise JoinError(f"数据文件夹 {folder} 里的 secret 不是本程序写的；换一个 --data。") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise JoinError(f"数据文件夹 {folder} 正由另一个沙箱服务使用；换一个 --data，或先停掉那个服务。") from None
        yield
