"""The door of a worker: where the sandbox says to people what is said to them, over HTTP."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from gevent import socket
from gevent.pywsgi import WSGIServer

from loadtests.crowd import Crowd
from sim.faces.answers import read_answer
from sim.faces.bodies import BodyError
from sim.faces.doors import CASE, Directory
from sim.message import Refused
from sim.runs.exchanges import CaseUnknownError, SeatAbsentError

ANSWERS = "/answers/"
TAKEN = (200, None)
"""Nothing need be said of what was taken: an answer without a body leaves in one packet."""
STATUS = {200: "200 OK", 400: "400 Bad Request", 404: "404 Not Found", 409: "409 Conflict"}
JSON = ("Content-Type", "application/json; charset=utf-8")
Told = tuple[int, dict[str, Any] | None]


class Door:
    """Serves the people's seats below `/<seat>/` until it is closed."""

    def __init__(self, crowd: Crowd, directory: Directory, host: str) -> None:
        self.crowd, self.directory = crowd, directory
        listener = socket.socket()
        listener.bind((host, 0))
        listener.listen(1_024)
        self.url = f"http://{host}:{listener.getsockname()[1]}"
        self._server = WSGIServer(listener, self._serve, log=None)
        self._server.start()

    def close(self) -> None:
        """Nobody is heard any more."""
        self._server.stop(timeout=1)

    def _serve(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raw = environ["wsgi.input"].read()
        status, told = self._hear(environ, raw)
        body = b"" if told is None else json.dumps(told, ensure_ascii=False).encode()
        start(STATUS[status], [*([JSON] if body else ()), ("Content-Length", str(len(body)))])
        return [body]

    def _hear(self, environ: dict[str, Any], raw: bytes) -> Told:
        seat, _, rest = environ["PATH_INFO"][1:].partition("/")
        path = "/" + rest
        if path.startswith(ANSWERS):
            return self._late_answer(environ, path.removeprefix(ANSWERS), raw)
        doors = self.directory.doors.get(seat)
        found = doors.match(environ["REQUEST_METHOD"], path) if doors is not None else None
        if found is None:
            return 404, {"error": "not_found", "title": "没有这个接口", "detail": environ["PATH_INFO"]}
        door, routed = found
        case = routed.get(CASE) or environ.get("HTTP_X_CASE_NO", "")
        try:
            body = door.body.parse(raw, {name: value for name, value in routed.items() if name != CASE})
            sender, theirs = environ.get("HTTP_X_SENDER", ""), environ.get("HTTP_X_MESSAGE_ID", "")
            heard = self.crowd.hear(sender, seat, body, int(case) if case.isdigit() else None, theirs)
        except BodyError as error:
            return 400, {"error": "malformed", "title": "报文有误", "detail": str(error)}
        except (CaseUnknownError, SeatAbsentError, KeyError) as error:
            return 404, {"error": "case_unknown", "title": "没有这个办件或席位", "detail": str(error)}
        answer = heard.open.answer
        if isinstance(answer, Refused):
            return 409, {"error": answer.error, "detail": answer.detail}
        if heard.outcome != "ok":
            return 409, {"error": heard.outcome.partition(":")[2] or heard.outcome, "detail": door.kind.op.title}
        return TAKEN

    def _late_answer(self, environ: dict[str, Any], message_id: str, raw: bytes) -> Told:
        came = read_answer(self.directory, {b"x-kind": environ.get("HTTP_X_KIND", "").encode()}, raw)
        if came is None or not self.crowd.late_answer(message_id, came):
            return 404, {"error": "no_open_call", "title": "没有这个待答复的请求", "detail": message_id}
        return TAKEN
