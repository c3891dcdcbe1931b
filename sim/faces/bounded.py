"""The same limits for the control API and the pages as for the seats, around an application that has none of its own."""

from collections.abc import MutableMapping
from typing import Any

from sim.faces.hosted import Runs
from sim.faces.http_in import PREFIX, Faces, refuse
from sim.faces.internal_error import internal_error
from sim.faces.refusals import Problem
from sim.faces.wire import Receive, Scope, Send, WireError, check_head, read_body
from sim.journal.record import JournalError


class Bounded:
    """Lets requests at seats through untouched; others come with their whole body, within limits, or not at all."""

    def __init__(self, app: Any, faces: Faces, runs: Runs) -> None:
        self.app, self.faces, self.runs = app, faces, runs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or self.faces.serves(scope["path"]):
            await self.app(scope, receive, send)
            return
        try:
            check_head(scope)
            body = await read_body(receive, scope["headers"])
        except WireError as error:
            told = Problem(error.status, error.error, error.title, next_step=error.next_step, closes=error.closes)
            await refuse(send, told)
            return
        left: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        begun = False

        async def given() -> MutableMapping[str, Any]:
            return left.pop() if left else await receive()

        async def said(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, given, said)
        except JournalError as error:
            await refuse(send, Problem(503, "journal_broken", "报文日志不能写入", str(error), "检查磁盘后重启服务"))
        except Exception as error:
            name = scope["path"].removeprefix(PREFIX).partition("/")[0]
            problem = internal_error(self.runs.get(name), scope, error)
            if begun:
                raise
            await refuse(send, problem)
