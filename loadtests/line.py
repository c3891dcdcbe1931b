"""A pair of hands' connections: requests go out as they are, over Locust's own HTTP client, and count in Locust's statistics."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from gevent import Timeout
from geventhttpclient.client import HTTPClient
from geventhttpclient.response import HTTPParseError

from loadtests.speaking import Wire
from sim.clock import Stopwatch


class Response(NamedTuple):
    """What came back: `header` looks one up by its lower-case name. Status 0 and `failed` when nothing did."""

    status: int
    raw: bytes
    header: Callable[[str], Any]
    took_ms: float
    failed: str = ""


def _none(name: str) -> None:
    """There are no headers."""


NOTHING: Final = b""
FAILURES: Final = (OSError, HTTPParseError, Timeout)
"""What keeps an answer from coming."""


class Line:
    """To the sandboxes that share the cases, in the order of their remainders.

    What Locust's session does besides is nothing a sandbox knows of, and took a third of the time: cookies, redirects, a second
    try, codings of the body, a URL taken apart for every request.
    """

    def __init__(self, clients: Sequence[HTTPClient], event: Any) -> None:
        """`event` is Locust's `events.request`."""
        self._clients, self._event = clients, event

    def send(self, wire: Wire) -> Response:
        """Say something and read the whole answer; raises nothing that has to do with the other side."""
        watch = Stopwatch()
        try:
            response = self._clients[wire.at].request(wire.method, wire.target, wire.body, wire.headers)
            try:
                raw = bytes(response.read())
            finally:
                response.release()
        except FAILURES as error:
            return Response(0, NOTHING, _none, watch.seconds * 1_000, type(error).__name__)
        return Response(response.get_code(), raw, response.get, watch.seconds * 1_000)

    def count(self, name: str, wire: Wire, response: Response, latency_ms: float, failed: str) -> None:
        """Have Locust count it, from when it should have left."""
        self._event.fire(
            request_type=wire.method, name=name, response_time=latency_ms, response_length=len(response.raw), response=None,
            context={}, exception=RuntimeError(failed) if failed else None, url=wire.target,
        )  # fmt: skip
