"""The server: every seat of every run behind one FastAPI application, with the control API beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, NoMatchFound

from sim.faces.bounded import Bounded
from sim.faces.control import control_router
from sim.faces.control.addresses import LOOK_UP, nowhere, wrong_method
from sim.faces.control.document import in_chinese
from sim.faces.control.errors import Refusal
from sim.faces.control.field_words import not_read, problem_of
from sim.faces.control.keeper import Keeper
from sim.faces.http_in import Faces
from sim.faces.public import add_public
from sim.faces.refusals import Problem
from sim.faces.wire import Receive, Scope, Send
from sim.journal.record import JournalError


class SeatRoute(BaseRoute):
    """All paths that lead to a seat, found in one step however many operations there are."""

    def __init__(self, faces: Faces) -> None:
        self.faces = faces

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the faces answer this request."""
        if scope["type"] == "http" and self.faces.serves(scope["path"]):
            return Match.FULL, {}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the faces answer."""
        await self.faces(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Paths of operations come from their declarations, not from here."""
        raise NoMatchFound(name, path_params)


class Sandboxes(FastAPI):
    """FastAPI, except that requests at the seats' doors go straight to the faces, which need none of its machinery."""

    def __init__(self, faces: Faces, **settings: Any) -> None:
        super().__init__(**settings)
        self.faces = faces
        self.router.routes.insert(0, SeatRoute(faces))

    def openapi(self) -> dict[str, Any]:
        """The control API's document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = in_chinese(super().openapi())
        return self.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and self.faces.serves(scope["path"]):
            await self.faces(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class Opens(Protocol):
    """What lives as long as the server does."""

    async def open(self) -> None:
        """Begin."""

    async def close(self) -> None:
        """End; what was heard is on disk afterwards."""


def application(faces: Faces, keeper: Keeper, lifetime: Opens, token: str) -> FastAPI:
    """The whole server."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await lifetime.open()
        try:
            yield
        finally:
            await lifetime.close()

    app = Sandboxes(
        faces, title="联调沙箱", lifespan=lifespan, openapi_url="/control/openapi.json", docs_url=None, redoc_url=None
    )
    app.include_router(control_router(keeper, faces.directory, token))
    add_public(app, faces.directory, faces.runs, faces.tally)
    app.add_middleware(Bounded, faces=faces, runs=faces.runs)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(JournalError, _unwritten)
    return app


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    problem = error.problem
    wait = {"Retry-After": "1"} if problem.status == 503 else None
    return Response(problem.as_json(), problem.status, wait, "application/json")


async def _unwritten(_: Request, error: Exception) -> Response:
    problem = Problem(503, "journal_broken", "报文日志不能读写", str(error), "检查磁盘后重启服务")
    return Response(problem.as_json(), 503, media_type="application/json")


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    taken = getattr(request.scope["route"], "body_field", None)
    problem = problem_of(error.errors(), None if taken is None else taken.field_info.annotation)
    return Response(problem.as_json(), 400, media_type="application/json")


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        told = nowhere(request, request.app.faces.directory.doors)
    elif error.status_code == 405:
        told = wrong_method(request, (error.headers or {}).get("Allow", ""))
    elif error.status_code == 400 and error.__cause__ is not None:
        told = not_read(error.__cause__)
    else:
        title = "没有令牌或令牌不对" if error.status_code == 401 else "请求不能办理"
        told = Problem(error.status_code, f"http_{error.status_code}", title, str(error.detail), LOOK_UP)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    headers |= {name.decode(): value.decode() for name, value in told.headers}
    return Response(told.as_json(), told.status, headers, "application/json")
