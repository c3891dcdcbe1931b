"""Input that nobody should send: every one is refused by name, none is an error of ours, and the server goes on."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from sim.faces.docs_page import Asked
from sim.faces.wire import MOST_BYTES
from tests.sim.faces.served import DIRECTORY, TOKEN, Served, served

HEAD = {"X-Case-No": "1", "Content-Type": "application/json"}
DECLARE = "/runs/tax/tax/declarations"
EXAMPLE = Asked(DIRECTORY, next(d for d in DIRECTORY.doors["tax"].doors if d.kind.op.name == "tax.declare")).body
assert EXAMPLE is not None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("server") / "data") as found:
        found.run_for("tax")
        yield found
        assert found.control("GET", "/runs/tax")["broken"] == ""
        assert found.control("GET", "/runs/demo")["broken"] == ""


def raw(**changes: Any) -> bytes:
    return json.dumps({**EXAMPLE, **changes}, ensure_ascii=False).encode()


def person(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLE["facts"], "buyer": {**EXAMPLE["facts"]["buyer"], **changes}}


BODIES = {
    "gbk": (json.dumps(EXAMPLE, ensure_ascii=False).encode("gbk"), "gbk_encoding"),
    "utf-16": (json.dumps(EXAMPLE).encode("utf-16"), "not_utf8"),
    "mark": (b"\xef\xbb\xbf" + raw(), "byte_order_mark"),
    "cut": (raw()[:-3], "not_json"),
    "list": (b"[]", "not_object"),
    "empty": (b"", "empty_body"),
    "nan": (raw().replace(b"150000000", b"NaN", 1), "not_a_number"),
    "huge": (raw(price_fen=10**5000), "too_large") if False else (raw().replace(b"150000000", b"9" * 5_000, 1), "too_large"),
    "exponent": (raw().replace(b"150000000", b"1e400", 1), ""),
    "twice": (raw()[:-1] + b',"price_fen":1}', "duplicate_key"),
    "deep": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "too_deep"),
    "surrogate": (raw(registry_code="x").replace(b'"x"', b'"\\ud800"'), "lone_surrogate"),
    "null byte": (raw(registry_code="x").replace(b'"x"', b'"\\u0000"'), "control_character"),
    "old number": (raw(facts=person(id_no="350102900101001")), "old_identity_number"),
    "small x": (raw(facts=person(id_no="35999919900101020x")), "lower_case_x"),
    "wide digits": (raw(facts=person(id_no="３５９９９９１９９００１０１００１７")), "full_width"),
    "unknown": (raw(registryCode="350102"), "unknown_field"),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_by_name(server: Served, name: str) -> None:
    body, code = BODIES[name]
    status, _, told = server.ask("POST", DECLARE, body, {**HEAD, "X-Sender": "hub"})
    assert status == 400, told.decode()
    assert json.loads(told)["error"] == "bad_body"
    codes = [each["code"] for each in json.loads(told)["fields"]]
    assert codes if not code else code in codes, codes


def test_ten_megabytes_are_refused_and_the_answer_arrives(server: Served) -> None:
    for path in (DECLARE, "/runs"):
        status, headers, told = server.ask("POST", path, b"x" * (10 * MOST_BYTES), HEAD)
        assert (status, json.loads(told)["error"]) == (413, "body_too_large")
        assert headers["connection"] == "close"


PATHS = {
    "/runs/tax/tax/%FF%FE": (400, "bad_path"),
    "/runs/tax/tax/vouchers/%B2%E2": (400, "bad_path"),
    "/runs/tax/tax/vouchers/a%2Fb?x=1": (400, "bad_body"),
    "/runs/tax/tax/vouchers/1?voucher_no=2": (400, "bad_body"),
    "/runs/tax/tax/vouchers/1?%FF=%FF": (400, "bad_body"),
    "/runs/tax/tax/vouchers/a%2Fb": (404, "not_found"),
    "/runs/tax/tax//vouchers/1": (404, "no_such_operation"),
    "/runs/tax/tax/vouchers/1/": (404, "no_such_operation"),
    "/runs/tax/tax/": (404, "no_such_operation"),
    "/runs/../tax/vouchers/1": (404, "run_unknown"),
    "/runs/%2e%2e/tax/vouchers/1": (404, "run_unknown"),
    "/runs/%00/tax/vouchers/1": (404, "run_unknown"),
    "/runs/..%2f..%2fetc/passwd": (404, "http_404"),
    "/runs//tax/vouchers/1": (404, "run_unknown"),
    "/openapi/..%2f..%2fsecret.json": (404, "http_404"),
    "/runs/tax/tax/answers/fuzhou-%C2%B2": (404, "no_open_call"),
    "/runs/tax/tax/answers/fuzhou-" + "9" * 5_000: (404, "no_open_call"),
    "/runs/tax/tax/" + "a" * 9_000: (414, "uri_too_long"),
    "/" + "a" * 9_000: (414, "uri_too_long"),
}


@pytest.mark.parametrize("path", PATHS, ids=[path[:40] for path in PATHS])
def test_a_strange_path_is_refused_by_name(server: Served, path: str) -> None:
    status, _, told = server.ask("GET", path, headers={"X-Sender": "unionpay"})
    assert (status, json.loads(told)["error"]) == PATHS[path], told.decode()


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PATCH", "PUT", "DELETE", "GET"])
def test_another_method_is_told_which_are_allowed(server: Served, method: str) -> None:
    status, headers, told = server.ask(method, DECLARE)
    assert (status, headers["allow"]) == (405, "POST")
    assert told == b"" if method == "HEAD" else json.loads(told)["allow"] == ["POST"]


def spoken(server: Served, data: bytes, *, finish: bool = True) -> bytes:
    """What comes back for these bytes until the server hangs up."""
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(data)
        if finish:
            connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
        return b"".join(parts)


POST = b"POST /runs/tax/tax/declarations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"X-Case-No: 1\r\nX-Case-No: 2\r\n", b"400", b"duplicate_header"),
        (b"X-Sender: \xff\xfe\r\nContent-Length: 0\r\n", b"403", b"seat_unknown"),
        (b"X-Sender: hub\r\nX-Case-No: 99999999999999999999\r\nContent-Length: 2\r\n\r\n{}", b"400", b"bad_body"),
        (b"X-Sender: hub\r\nX-Case-No: -1\r\nContent-Length: 2\r\n\r\n{}", b"400", b"bad_body"),
        (b"".join(b"X-A%d: b\r\n" % n for n in range(200)), b"431", b"headers_too_large"),
        (b"X-A: " + b"b" * 20_000 + b"\r\n", b"431", b"headers_too_large"),
        (b"X-A: " + b"b" * 80_000 + b"\r\n", b"431", b"headers_too_large"),
        (b"Content-Length: banana\r\n", b"400", b"not_http"),
        (b"Content-Length: -5\r\n", b"400", b"not_http"),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400", b"not_http"),
    ],
)
def test_strange_heads_are_refused_by_name(server: Served, head: bytes, status: bytes, code: bytes) -> None:
    answer = spoken(server, POST + head + b"\r\n", finish=False)
    assert answer.startswith(b"HTTP/1.1 " + status), answer
    assert code in answer


def test_a_body_that_is_cut_off_is_no_message(server: Served) -> None:
    before = server.control("GET", "/runs/tax")["rows"]
    for tail in (
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"Content-Length: 50\r\n\r\n{",
        b"Content-Length: 50\r\n\r\n",
    ):
        spoken(server, POST + b"X-Sender: hub\r\nX-Case-No: 1\r\n" + tail)
    assert server.control("GET", "/runs/tax")["rows"] == before


def test_who_sends_no_whole_head_or_body_is_let_go(server: Served) -> None:
    assert spoken(server, b"POST /runs/tax/tax/decl", finish=False).startswith(b"HTTP/1.1 408")
    assert spoken(server, POST + b"Content-Length: 50\r\n\r\n{", finish=False).startswith(b"HTTP/1.1 408")


CONTROL: list[tuple[str, str, bytes]] = [
    ("POST", "/runs", b""), ("POST", "/runs", b"{"), ("POST", "/runs", b'{"name":"\\ud800"}'), ("POST", "/runs", b'{"\\ud800":1}'),
    ("POST", "/runs", b'{"name":"a","seed":' + b"9" * 5_000 + b"}"), ("POST", "/runs", b'{"name":"../x"}'),
    ("POST", "/runs", b'{"name":"b","start_ms":1' + b"0" * 25 + b"}"), ("POST", "/runs", b'{"name":"b","start_ms":-1}'),
    ("POST", "/runs", b'{"name":"b","scheme":"rot13"}'), ("POST", "/runs", b'{"name":"b","package":"../../etc"}'),
    ("POST", "/runs", b'{"name":"b","factor":NaN}'), ("POST", "/runs", b"[" * 100_000),
    ("POST", "/runs/demo/clock/advance", b'{"by_ms":1' + b"0" * 25 + b"}"),
    ("POST", "/runs/demo/clock/advance", b'{"to_ms":1' + b"0" * 25 + b"}"), ("POST", "/runs/demo/clock/advance", b'{"to_ms":-1}'),
    ("POST", "/runs/demo/cases", b'{"first":1,"last":999999999999}'), ("POST", "/runs/demo/cases", b'{"first":5,"last":1}'),
    ("POST", "/runs/demo/attach", b'{"addresses":{"tax":"x"}}'), ("GET", "/runs/demo/journal?limit=9999999999999999999999", b""),
    ("GET", "/runs/demo/journal?case_no=99999999999999999999999", b""), ("GET", "/runs/demo/journal?kind=%00%ff", b""),
    ("GET", "/runs/demo/journal?after_seq=-9999999999999999999999", b""), ("DELETE", "/runs/none", b""), ("PUT", "/runs/demo", b""),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), CONTROL, ids=[f"{m} {p} {b[:30]!r}" for m, p, b in CONTROL])
def test_the_control_api_refuses_what_makes_no_sense(server: Served, method: str, path: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    status, _, told = server.ask(method, path, body or None, headers)
    assert status in (200, 400, 404, 405, 409), (status, told.decode())
    assert status != 200 or method == "GET", told.decode()


def test_control_wants_the_token_and_the_pages_do_not(server: Served) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \xff"}):
        assert server.ask("GET", "/runs", headers=headers)[0] == 401
    for path in (
        "/openapi.json",
        "/openapi/tax.json",
        "/runs/tax/openapi/tax.json",
        "/docs",
        "/healthz",
        "/readyz",
        "/metrics",
    ):
        assert server.ask("GET", path)[0] == 200
