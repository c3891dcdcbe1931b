"""A sandbox for test programs: a server in a process of its own, and one run of it, spoken to over HTTP. No network needed."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message as EmailMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from liantiao.directory import directory
from sim.clock import unguessable
from sim.faces.doors import CASE, Directory
from sim.faces.refusal_words import words_of
from sim.plain import PlainError

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 330.0
"""Longer than a clock is moved at most in one go."""
_OPENER = build_opener(ProxyHandler({}))


class SandboxError(PlainError, AssertionError):
    """The sandbox refused what a test asked of its control API, or could not be started."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for a call: an answer, an acknowledgement or a refusal."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether it was taken."""
        return self.status < 400

    @property
    def kind(self) -> str:
        """The kind of the answer, "" for a mere acknowledgement."""
        return self.headers.get("x-kind", "")

    @property
    def error(self) -> str:
        """The code of the refusal, "" where there is none."""
        return "" if self.ok else str(self.body.get("error", ""))

    @property
    def message_id(self) -> str:
        """The number by which the sandbox knows the message."""
        return self.headers.get("x-message-id", "")


def ask(method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
    """One HTTP exchange, whatever its status."""
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    request = Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with _OPENER.open(request, timeout=PATIENCE_S) as response:
            return _reply(response.status, response.headers, response.read())
    except HTTPError as error:
        with error:
            return _reply(error.code, error.headers, error.read())


def _reply(status: int, headers: "EmailMessage[str, str]", raw: bytes) -> Reply:
    text = raw.decode()
    told: Any = json.loads(text) if text and "json" in (headers.get("content-type") or "") else text
    return Reply(status, told, {name.lower(): value for name, value in headers.items()})


def _refusal(method: str, path: str, told: Reply) -> str:
    """What the control API said against it."""
    if words := words_of(told.body):
        return f"沙箱不接受：{words}（{method} {path} 答 {told.status} {told.error}）。"
    return f"沙箱对 {method} {path} 答 {told.status}：{told.body}"


class SandboxServer:
    """A `liantiao serve` of its own on a free port, with its data in `folder`; `arguments` are further options of it."""

    def __init__(self, folder: Path, *arguments: str, token: str = "") -> None:
        self.folder, self.token = folder / "data", token or unguessable()
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "LIANTIAO_TOKEN": self.token, "PYTHONUTF8": "1",
        }  # fmt: skip
        command = [sys.executable, "-m", "liantiao", "serve", "--port", "0", "--data", str(self.folder), *arguments]
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "server.log"
        self._errors: IO[bytes] = self.log.open("wb")
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True
        )  # a Ctrl-C is for whoever started it, who stops it in time
        assert self._process.stdout is not None
        said = self._process.stdout.readline().decode().split()
        if len(said) != 2:
            self.stop()
            raise SandboxError(f"沙箱没有启动：{self.log.read_text(encoding='utf-8', errors='replace')}")
        self.url = said[1]

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the control API. Raises SandboxError with what it said for anything but success."""
        told = ask(method, self.url + path, body, {"Authorization": f"Bearer {self.token}"})
        if not told.ok:
            raise SandboxError(_refusal(method, path, told))
        return told.body

    def create(self, name: str, **settings: Any) -> "SandboxRun":
        """A new run."""
        return SandboxRun(self, self.control("POST", "/runs", {"name": name, **settings}))

    def __enter__(self) -> "SandboxServer":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process; everything heard is on disk afterwards."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()


class SandboxRun:
    """One run, as a test speaks with it."""

    _known: Directory | None = None

    def __init__(self, server: SandboxServer, about: dict[str, Any]) -> None:
        self.server, self.name = server, about["name"]
        self.path = f"/runs/{self.name}"

    @property
    def base_url(self) -> str:
        """What every seat's address begins with."""
        return self.server.url + self.path

    def url(self, seat: str) -> str:
        """The address of a department, for the system under test."""
        return f"{self.base_url}/{seat}"

    def control(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Ask the control API about this run; `path` as in `/clock`."""
        given = {name: value for name, value in query.items() if value is not None}
        return self.server.control(method, self.path + path + (f"?{urlencode(given)}" if given else ""), body)

    # ---- speaking as a remote seat -----------------------------------------------------------------------------------
    def call(self, operation: str, body: Mapping[str, Any] | None = None, *, case: int | None = None, sender: str = "",
             seat: str = "") -> Reply:  # fmt: skip
        """Say an operation (`tax.declare`) to its department, about a case, as a remote seat."""
        known = SandboxRun._known = SandboxRun._known or directory()
        seat = seat or operation.partition(".")[0]
        kind = known.kinds.get(operation)
        door = known.doors[seat].by_kind.get(kind) if kind is not None and seat in known.doors else None
        if door is None:
            raise SandboxError(f"席位“{seat}”没有接口“{operation}”；见 docs/messages.md")
        values = {name: str((body or {}).get(name, "")) for name in door.parameters} | {CASE: str(case)}
        headers = {"X-Sender": sender} if sender else {}
        if case is not None:
            headers["X-Case-No"] = str(case)
        url = self.url(seat) + door.path.format(**values)
        if door.method != "GET":
            return ask(door.method, url, body or {}, headers)
        rest = {name: value for name, value in (body or {}).items() if name not in door.parameters}
        return ask("GET", f"{url}?{urlencode(rest)}" if rest else url, None, headers)

    def inbox(
        self, seat: str | None = None, *, case: int | None = None, kind: str | None = None
    ) -> list[dict[str, Any]]:
        """What our parties said to seats without an address, oldest first."""
        told = self.control("GET", "/inbox", seat=seat, case_no=case, limit=1_000)["messages"]
        return [each for each in told if kind in (None, each["kind"])]

    def answer(self, message_id: str, kind: str = "", body: Mapping[str, Any] | None = None, *, refuse: str = "",
               detail: str = "") -> Any:  # fmt: skip
        """Answer a message of the inbox, or refuse it by a code."""
        said: dict[str, Any] = {"kind": kind, "body": dict(body or {})}
        if refuse:
            said = {"refuse": {"error": refuse, "detail": detail}}
        return self.control("POST", f"/inbox/{message_id}/answer", said)

    # ---- what people do, and time ------------------------------------------------------------------------------------
    def begin(self, first: int = 1, last: int | None = None) -> Any:
        """People apply in these cases."""
        return self.control("POST", "/cases", {"first": first, "last": last or first})

    def advance(self, by_ms: int | None = None, *, to_ms: int | None = None, until_over: bool = False) -> Any:
        """Move a stepped clock: by so much, to an instant, until all cases are over, or (nothing given) to the next event."""
        how: dict[str, Any] = {"by_ms": by_ms} if by_ms is not None else {"next": True}
        if until_over or to_ms is not None:
            how = {"until_over": True} if until_over else {"to_ms": to_ms}
        return self.control("POST", "/clock/advance", how)

    def clock(self) -> Any:
        """Where the clock stands."""
        return self.control("GET", "/clock")

    def pending(self, limit: int = 50) -> list[dict[str, Any]]:
        """What is to come, and who waits for what."""
        return list(self.control("GET", "/clock/pending", limit=limit)["events"])

    # ---- going back --------------------------------------------------------------------------------------------------
    def snapshot(self, name: str) -> Any:
        """Keep everything as it is now under a name."""
        return self.control("POST", "/snapshots", {"name": name})

    def snapshots(self) -> list[dict[str, Any]]:
        """What there is to go back to, the newest first; those without a name the server takes by itself."""
        return list(self.control("GET", "/snapshots")["snapshots"])

    def restore(self, name: str) -> Any:
        """Go back to a snapshot: clock, cases and journal are as they were then. Says how many rows went."""
        return self.control("POST", f"/snapshots/{name}/restore")["restored"]

    def delete_snapshot(self, name: str) -> None:
        """The snapshot is gone; the run is not touched."""
        self.control("DELETE", f"/snapshots/{name}")

    def reset(self) -> Any:
        """Begin anew: nobody has applied, and the journal is empty."""
        return self.control("POST", "/reset")

    # ---- evidence ----------------------------------------------------------------------------------------------------
    def journal(self, **query: Any) -> list[dict[str, Any]]:
        """Rows of the journal, by `case_no`, `seat`, `kind`, `outcome`, `region`; unmasked unless `masked=1`."""
        return list(self.control("GET", "/journal", **{"masked": 0, "limit": 1_000, **query})["rows"])

    def case(self, number: int) -> Any:
        """Where a case stands at every seat."""
        return self.control("GET", f"/cases/{number}")

    def timeline(self, number: int) -> str:
        """A case as lines to read."""
        return str(self.control("GET", f"/cases/{number}/timeline", format="text"))

    def faults(self, laid: Any = None) -> Any:
        """The faults at work, or, with `laid`, faults to add as `POST …/faults` takes them."""
        return self.control("GET", "/faults") if laid is None else self.control("POST", "/faults", laid)

    def delete(self) -> None:
        """The run and its journal are gone."""
        self.control("DELETE", "")
