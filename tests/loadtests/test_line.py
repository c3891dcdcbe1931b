"""A pair of hands' line: what goes over it, what comes back, and what is told when nothing does; over real sockets."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from gevent import socket
from gevent.pywsgi import WSGIServer
from geventhttpclient.client import HTTPClient

from liantiao.directory import directory
from loadtests.line import Line
from loadtests.recorder import Histogram, bucket, upper_ms
from loadtests.speaking import ACKNOWLEDGED, TAKEN, Speaking, Wire, outcome_of
from tests.loadtests.test_crowd import crowd


class Sandbox:
    """Says back what it was asked, or nothing at all."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.server = WSGIServer(listener, self.serve, log=None, error_log=None)
        self.server.start()

    def serve(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.asked.append({**environ, "body": environ["wsgi.input"].read()})
        status = environ["PATH_INFO"].rpartition("/")[2]
        start(
            f"{status} Told", [("Content-Type", "application/json"), ("X-Kind", "tax.bill"), ("Location", "/elsewhere")]
        )
        return [json.dumps({"n": len(self.asked)}).encode()]


@pytest.fixture
def sandbox() -> Any:
    found = Sandbox()
    yield found
    found.server.stop(timeout=1)


def line_to(*urls: str) -> tuple[Line, list[dict[str, Any]]]:
    counted: list[dict[str, Any]] = []
    event = SimpleNamespace(fire=lambda **told: counted.append(told))
    return Line([HTTPClient.from_url(url, connection_timeout=5, network_timeout=5) for url in urls], event), counted


@pytest.mark.parametrize("status", [200, 202, 302, 409, 503])
def test_every_status_is_an_answer_and_none_is_followed(sandbox: Sandbox, status: int) -> None:
    line, counted = line_to("http://127.0.0.1:9", sandbox.url)
    wire = Wire("POST", 1, f"/runs/load/tax/{status}", "税".encode(), {"X-Case-No": "1", "X-Sender": "buyer"})
    for n in (1, 2):
        response = line.send(wire)
        assert (response.status, json.loads(response.raw), response.failed) == (status, {"n": n}, "")
        assert (response.header("x-kind"), response.header("x-none")) == ("tax.bill", None)
        assert response.took_ms > 0
    assert sandbox.asked[0]["REMOTE_PORT"] == sandbox.asked[1]["REMOTE_PORT"]  # a kept connection
    assert sandbox.asked[0]["HTTP_X_CASE_NO"] == "1"
    assert sandbox.asked[0]["body"].decode() == "税"
    line.count("tax.bill", wire, response, 12.5, "failed:http_503" if status == 503 else "")
    assert (counted[0]["name"], counted[0]["response_time"], bool(counted[0]["exception"])) == (
        "tax.bill",
        12.5,
        status == 503,
    )


def test_where_nobody_answers_what_failed_is_told(sandbox: Sandbox) -> None:
    sandbox.server.stop(timeout=1)
    line, _ = line_to(sandbox.url)
    response = line.send(Wire("GET", 0, "/runs/load/tax/200", b"", {}))
    assert (response.status, response.raw, response.failed) == (0, b"", "ConnectionRefusedError")


def test_a_case_goes_to_the_sandbox_that_has_it() -> None:
    people = crowd()
    keys: Any = SimpleNamespace(all_open=True)
    speaking = Speaking(directory(), ["http://a:1/runs/load", "http://b:2/runs/other"], "load", [keys, keys])
    for number in range(1, 30):
        people.begin(number, people.now_ms)
    seen = set()
    while not people.acts.empty():
        act = people.acts.get_nowait()
        wire = speaking.wire(act.going, people.now_ms)
        number = act.going.call.case.number
        assert wire.at == number % 2
        assert wire.target.startswith(("/runs/load/", "/runs/other/")[wire.at])
        assert wire.headers["X-Case-No"] == str(number)
        seen.add(wire.at)
    assert seen == {0, 1}


def test_what_is_merely_taken_is_not_read_any_further() -> None:
    people = crowd()
    people.begin(1, people.now_ms)
    act = people.acts.get_nowait()
    speaking = Speaking(directory(), ["http://a:1/runs/load"], "load", [SimpleNamespace(all_open=True)])  # type: ignore[list-item]
    assert speaking.read(act.going, 200, {}.get, ACKNOWLEDGED) is TAKEN
    later = speaking.read(act.going, 202, {}.get, b'{"outcome":"later"}')
    assert (later.how, outcome_of(later, 202, "")) == ("ok", "failed:not_taken_at_once")
    refused = speaking.read(act.going, 409, {}.get, b'{"error":"not_now","detail":"x"}')
    assert outcome_of(refused, 409, "") == "refused:not_now"
    silent = speaking.read(act.going, 0, {}.get, b"")
    assert outcome_of(silent, 0, "ConnectionRefusedError") == "failed:ConnectionRefusedError"


def test_a_duration_is_in_the_bucket_that_reaches_over_it() -> None:
    for ms in (0.0, 0.5, 1.0, 1.5, 7.0, 99.0, 12_345.6):
        assert upper_ms(bucket(ms)) >= ms
        assert bucket(ms) == 0 or upper_ms(bucket(ms) - 1) <= ms
    assert bucket(-3.0) == 0
    histogram = Histogram()
    histogram.note(5.0)
    histogram.add(bucket(5.0))
    assert histogram == {bucket(5.0): 2}
