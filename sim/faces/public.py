"""What the server shows without a token: its documents, whether it lives, and what it counts."""

import re
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from sim.faces.control.errors import Refusal, unknown_run
from sim.faces.docs_page import docs_page
from sim.faces.doors import Directory
from sim.faces.hosted import Runs
from sim.faces.metrics import MEDIA_TYPE, metrics
from sim.faces.openapi import Documents
from sim.faces.refusals import Problem, listed
from sim.faces.tally import Tally

HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


def add_public(app: FastAPI, directory: Directory, runs: Runs, tally: Tally) -> None:
    """The routes."""
    documents = Documents(directory)
    router = APIRouter(include_in_schema=False)

    def seat_document(seat: str, base: str, run: str = "", *, signed: bool = True) -> Response:
        if seat not in directory.doors:
            detail = f"没有席位“{seat}”；席位有：{listed(directory.doors)}"
            raise Refusal(Problem(404, "seat_unknown", "没有这个席位", detail, "核对文件名"))
        return as_json(documents.seat_bytes(seat, base, run, signed=signed))

    @router.get("/openapi.json")
    async def whole(request: Request) -> Response:
        return as_json(documents.whole_bytes(base_of(request), app.openapi()))

    @router.get("/openapi/{seat}.json")
    async def of_seat(seat: str, request: Request) -> Response:
        return seat_document(seat, base_of(request))

    @router.get("/runs/{run}/openapi/{seat}.json")
    async def of_run(run: str, seat: str, request: Request) -> Response:
        if run not in runs:
            raise unknown_run(run, runs)
        return seat_document(seat, base_of(request), run, signed=not runs[run].keys.all_open)

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        return Response(docs_page(directory, base_of(request)), media_type="text/html; charset=utf-8")

    add_health(router, runs, tally)
    app.include_router(router)


def add_health(router: APIRouter, runs: Runs, tally: Tally) -> None:
    """What machines ask of a server."""

    @router.get("/healthz")
    async def alive() -> dict[str, Any]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready() -> Response:
        wrong = unready(runs)
        if wrong:
            problem = Problem(
                503, "not_ready", "服务没有就绪", "；".join(wrong), "查看批次与磁盘", more={"runs": [*runs]}
            )
            return Response(problem.as_json(), 503, {"Retry-After": "1"}, "application/json")
        return as_json(b'{"status":"ok"}')

    @router.get("/metrics")
    async def counted() -> Response:
        return Response(metrics(runs, tally), media_type=MEDIA_TYPE)


def unready(runs: Runs) -> list[str]:
    """Why the server cannot work yet, or any more."""
    wrong = [] if runs else ["还没有打开任何批次"]
    for name, hosted in runs.items():
        if hosted.host.file.broken is not None:
            wrong.append(f"批次“{name}”的报文日志不能写入：{hosted.host.file.broken}")
        elif hosted.host.broken:
            wrong.append(f"批次“{name}”因内部错误停下：{hosted.host.broken}")
    return wrong


def base_of(request: Request) -> str:
    """The address at which the asker reaches this server; "" (relative) where the Host header is no host."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else ""


def as_json(body: bytes) -> Response:
    """A document or answer that is bytes already."""
    return Response(body, media_type="application/json")
