"""The sandbox behind HTTP: the pieces of a server put together, and a reference that joins a sandbox elsewhere."""

import gc
import hashlib
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI

from liantiao.keeper import Keeping, RunKeeper, directory
from sim.clock import unguessable
from sim.faces.control.shapes import NewRun
from sim.faces.hosted import Hosted
from sim.faces.http_in import Faces
from sim.faces.http_out import HttpOut
from sim.faces.key_handout import taken
from sim.faces.protocol import GuardedProtocol
from sim.faces.server import application

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class JoinError(Exception):
    """A sandbox elsewhere cannot be joined, or ours not be reached."""


@dataclass(frozen=True, slots=True)
class First:
    """The run a server starts with; with `seats` and `sandbox` it is our part of a run that goes on there."""

    new: NewRun
    seats: tuple[str, ...] = ()
    sandbox: str = ""


class Server:
    """The pieces of a server; they live from `open` to `close`."""

    def __init__(self, folder: Path, token: str, address: str, first: First, keeping: Keeping | None = None) -> None:
        known = directory()
        secret = hashlib.sha256(f"liantiao {server_secret(folder)}".encode()).digest()
        self.address, self.token, self.first = address, token, first
        self.keeper = RunKeeper(folder, secret, known, keeping)
        self.out = HttpOut(known, self.keeper.runs, token)
        self.keeper.caller = self.out
        self.app: FastAPI = application(Faces(known, self.keeper.runs), self.keeper, self, token)

    async def open(self) -> None:
        """Open every run there is; afterwards nothing made so far is looked at by the garbage collector again."""
        await self.keeper.open()
        if self.first.sandbox:
            await self._join(self.first.seats, self.first.sandbox)
        elif self.first.new.name not in self.keeper.runs:
            await self.keeper.create(self.first.new)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)

    async def _join(self, seats: tuple[str, ...], sandbox: str) -> Hosted:
        """Make our part of a run elsewhere, with everybody but `seats` there, and tell it where we are."""
        theirs = await self._ask("GET", sandbox)
        not_free = [seat for seat in seats if seat not in theirs["remote"]]
        if not_free:
            free = "、".join(theirs["remote"]) or "（无）"
            raise JoinError(f"沙箱批次 {sandbox} 没有空出席位 {'、'.join(not_free)}；由外部接入的席位：{free}。")
        remote = {seat: f"{sandbox}/{seat}" for seat in self.keeper.directory.seats if seat not in seats}
        same = {key: theirs[key] for key in ("package", "seed", "cases", "start_ms", "pace", "factor", "handling",
                                             "office_hours", "scheme", "faults")}  # fmt: skip
        new = NewRun(name=theirs["name"], remote=remote, led=True, follows_clock=True, **same)
        keys = taken((await self._ask("GET", f"{sandbox}/keys"))["keys"])
        hosted = self.keeper.runs.get(new.name) or await self.keeper.create(new, keys)
        hosted.keys = keys
        mine = f"{self.address}/runs/{new.name}"
        addresses = {seat: f"{mine}/{seat}" for seat in seats}
        await self._ask("POST", f"{sandbox}/attach", {"addresses": addresses, "follower": mine})
        return hosted

    async def _ask(self, method: str, url: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            async with self.out.session.request(method, url, json=body, headers=headers) as response:
                told = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise JoinError(f"连不上沙箱 {url}（{type(error).__name__}）；请先启动沙箱，再核对地址。") from None
        if response.status != 200:
            raise JoinError(f"沙箱 {url} 不接受：{told.get('title')}，{told.get('detail')}；{told.get('next_step')}。")
        return told

    async def close(self) -> None:
        """Stop; what was heard is on disk."""
        await self.keeper.close()
        await self.out.close()


def server_secret(folder: Path) -> str:
    """The secret of this server's folder, made when there is none, readable by its owner only."""
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(unguessable(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def serve(folder: Path, host: str, port: int, token: str, first: First, keeping: Keeping | None = None) -> None:
    """Serve until interrupted; says where, and the token, once the door is open."""
    try:
        door = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise JoinError(
            f"不能监听 {host} 的端口 {port}（{error.strerror}）；换一个 --port，或先停掉占用它的程序。"
        ) from None
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
    print(f"联调沙箱 {address}\n控制令牌 {token}\n数据文件夹 {folder}", flush=True)
    uvicorn.Server(config).run(sockets=[door])
