"""Peers that misbehave on real sockets: each has its name in the journal, with what to do, and the run goes on."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sim.calendar import MINUTE_MS
from sim.runs.troubles import TROUBLES
from tests.liantiao.wire import Served, http, peer, served

DIALECT = """
[answer]
code = "code"
success = ["0"]
again = ["503"]
message = "msg"

[answer.refusals]
duplicate_home = "D1"

[operations."portal.apply"]
path = "/sq"
"""


def typed(status: int, content_type: str, body: bytes, more: str = "", length: int | None = None) -> bytes:
    """A whole answer, or one that breaks off where `length` says more."""
    length = len(body) if length is None else length
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n{more}Connection: close\r\n\r\n"
    return head.encode() + body


JSON = "application/json"
GOOD = typed(200, JSON, b'{"code":"0"}')
PLAIN = {
    "a login page": (typed(200, "text/html; charset=utf-8", b"<html>login</html>"), "wrong_content_type"),
    "half an answer": (typed(200, JSON, b'{"outcome":', length=900), "half_answer"),
    "half a body": (typed(200, JSON, b'{"outcome":'), "malformed_answer"),
    "a redirect to itself": (typed(302, JSON, b"", "Location: /applications\r\n"), "redirected"),
    "silence": ("hang", "timeout"),
    "a reset": ("reset", "connection_broken"),
    "no HTTP": (b"hello\r\n\r\n", "connection_broken"),
    "an error page": (typed(502, "text/html", b"<html>bad gateway</html>"), "http_502"),
}
SPOKEN = PLAIN | {
    "an unknown code": (typed(200, JSON, '{"code":"7","msg":"系统繁忙"}'.encode()), "unknown_code"),
    "no code": (typed(200, JSON, b"{}"), "unknown_code"),
    "a code that asks for more": (typed(200, JSON, b'{"code":"503"}'), "asked_again"),
    "GBK where UTF-8 is meant": (typed(200, JSON, '{"code":"0","msg":"成功"}'.encode("gbk")), "malformed_answer"),
    "success with a 500": (typed(500, JSON, b'{"code":"0"}'), "http_500"),
    "a list": (typed(200, JSON, b"[]"), "malformed_answer"),
}


async def attempts(a: Served, minutes: int) -> list[dict[str, Any]]:
    """The attempts to say `portal.apply` once people have applied and so many minutes have passed."""
    await a.ok("POST", "/cases", {"numbers": [1]})
    await a.ok("POST", "/clock/advance", {"by_ms": minutes * MINUTE_MS})
    assert (await a.ok("GET", ""))["broken"] == ""
    return await a.rows("kind=portal.apply")


def check(row: dict[str, Any], code: str) -> None:
    """The row names what it was, and what to do."""
    assert row["outcome"] == f"fault:{code}"
    assert row["answered"]["trouble"]
    assert row["answered"]["next_step"]


@pytest.mark.parametrize("spoken", [False, True], ids=["ours", "dialect"])
def test_each_is_named_and_the_next_attempt_is_taken(tmp_path: Path, spoken: bool) -> None:
    cases = [*(SPOKEN if spoken else PLAIN).values()]
    more = {"dialects": {"portal": "d.toml"}, "dialect_files": {"d.toml": DIALECT}} if spoken else {}

    async def go() -> None:
        answers = [*(said for said, _ in cases), GOOD]
        async with (
            peer(lambda n, said: answers[n - 1]) as (one, url),
            served(tmp_path, remote={"portal": url}, handling="real", **more) as a,
        ):
            a.server.out.within_s = 0.5
            rows = await attempts(a, 40 + 60 * len(cases))
            for row, (_, code) in zip(rows, cases, strict=False):
                check(row, code)
            assert rows[len(cases)]["outcome"] == "ok"
            assert len(one.got) == len(rows) == len(cases) + 1
            assert {said.path for said in one.got} == {"/sq" if spoken else "/applications"}
        async with served(tmp_path) as again:  # a restart regenerates the same rows from what was kept of the wire
            assert (await again.ok("GET", ""))["broken"] == ""
            assert await again.rows("kind=portal.apply") == rows

    asyncio.run(go())


def test_a_business_refusal_is_no_fault_and_is_not_said_again(tmp_path: Path) -> None:
    async def go() -> None:
        said = typed(200, JSON, '{"code":"D1","msg":"该房屋已在办"}'.encode())
        more = {"dialects": {"portal": "d.toml"}, "dialect_files": {"d.toml": DIALECT}}
        async with peer(lambda n, _: said) as (one, url), served(tmp_path, remote={"portal": url}, **more) as a:
            (row,) = await attempts(a, 600)
            assert (row["outcome"], row["answered"]["detail"]) == ("refused:duplicate_home", "该房屋已在办")
            assert len(one.got) == 1

    asyncio.run(go())


def test_nobody_there(tmp_path: Path) -> None:
    async def go() -> None:
        async with peer(lambda n, said: http(200)) as (_, url):
            pass
        async with served(tmp_path, remote={"portal": url}) as a:
            first, *_ = await attempts(a, 60)
            check(first, "connection_refused")
            waiting = (await a.ok("GET", "/clock/pending"))["events"]
            assert [each["kind"] for each in waiting if "提交套餐申请" in each["what"]] == ["portal.apply"]

    asyncio.run(go())


@asynccontextmanager
async def untrusted(folder: Path) -> AsyncIterator[str]:
    """A TLS server whose certificate nobody has signed."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    day = datetime(2024, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    signed = (
        made.serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=9_000))
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "pair.pem").write_bytes(key.private_bytes(*form) + signed.public_bytes(form[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    async def go() -> None:
        async with untrusted(tmp_path) as url, served(tmp_path / "a", remote={"portal": url}) as a:
            first, *_ = await attempts(a, 60)
            check(first, "certificate")
            assert "证书" in first["answered"]["trouble"]

    asyncio.run(go())


def test_what_cannot_be_said_in_the_dialect_is_named(tmp_path: Path) -> None:
    lacking = (
        DIALECT + 'fields = { "application.channel" = { to = "qd", values = "qd" } }\n[values.qd]\nnowhere = "1"\n'
    )

    async def go() -> None:
        more = {"dialects": {"portal": "d.toml"}, "dialect_files": {"d.toml": lacking}}
        async with peer(lambda n, _: GOOD) as (one, url), served(tmp_path, remote={"portal": url}, **more) as a:
            first, *_ = await attempts(a, 60)
            check(first, "cannot_encode")
            assert "application.channel" in first["answered"]["trouble"]
            assert one.got == []

    asyncio.run(go())


def test_every_trouble_says_what_to_do() -> None:
    assert all(title and step for title, step in TROUBLES.values())
