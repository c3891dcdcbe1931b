"""The client against real sockets: what it sends, what it makes of what comes back, and every way in which nothing does."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from sim.faces import http_client
from sim.faces.http_client import MOST_ANSWER_BYTES, Answer, CallFailedError, HttpClient
from tests.liantiao.wire import Said, http, peer

PATIENT_S, HASTY_S = 60.0, 0.3
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def chunked(*parts: bytes) -> bytes:
    """An answer that does not say beforehand how long it is."""
    said = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + said + b"0\r\n\r\n"


async def asked(
    answer: bytes | str, method: str = "POST", body: bytes = b"{}", within_s: float = PATIENT_S, **headers: str
) -> tuple[Answer, Said]:
    """What comes back from a peer that gives this answer, and what it got."""
    client = HttpClient()
    async with peer(lambda n, said: answer) as (one, url):
        try:
            came = await client.ask(method, f"{url}/a%2Fb?c=%E6%88%BF", body, headers, within_s)
        finally:
            await client.close()
        return came, one.got[0]


def why(call: Callable[[], Awaitable[object]]) -> str:
    """What a call that fails is called."""

    async def go() -> object:
        return await call()

    with pytest.raises(CallFailedError) as error:
        asyncio.run(go())
    return error.value.why


@given(st.lists(st.binary(min_size=1, max_size=40_000), max_size=3), st.booleans())
def test_an_answer_comes_whole_however_it_is_sent(parts: list[bytes], announced: bool) -> None:
    whole = b"".join(parts)
    came, _ = asyncio.run(asked(http(200, whole) if announced else chunked(*parts)))
    assert (came.status, came.raw) == (200, whole)


def test_what_is_sent_is_what_was_said() -> None:
    async def go() -> None:
        _, said = await asked(http(200), body="房".encode(), **{"X-Sender": "hub"})
        assert (said.method, said.path, said.body) == ("POST", "/a%2Fb?c=%E6%88%BF", "房".encode())
        assert said.headers["x-sender"] == "hub"
        assert "accept-encoding" not in said.headers
        _, said = await asked(http(200), body=b"")
        assert said.headers["content-length"] == "0"
        _, said = await asked(http(200), method="GET", body=b"")
        assert "content-length" not in said.headers

    asyncio.run(go())


def test_headers_go_out_as_they_are_spelt() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(http(200))
        writer.close()

    heads: list[bytes] = []

    async def go() -> None:
        async with serving(serve) as url:
            said = {"appKey": "k", "X-Name": "房", "X-Empty": "", "X-Sender": "hub"}
            await HttpClient().ask("POST", url, b"{}", said, PATIENT_S)

    asyncio.run(go())
    lines = heads[0].split(b"\r\n")
    assert {b"appKey: k", "X-Name: 房".encode(), b"X-Empty:", b"X-Sender: hub", b"Content-Length: 2"} <= set(lines)
    assert not [
        line for line in lines if line.lower().startswith((b"accept-encoding", b"transfer-encoding", b"content-type"))
    ]


def test_what_no_address_may_contain_goes_out_escaped() -> None:
    async def go() -> list[str]:
        client = HttpClient()
        async with peer(lambda n, said: http(200)) as (one, url):
            for path in ("/登记 a%2Fb?名=房&b=1", '/a|b"<>{}^?c="'):
                await client.ask("GET", url + path, b"", {}, PATIENT_S)
            return [said.path for said in one.got]

    escaped = ["/%E7%99%BB%E8%AE%B0%20a%2Fb?%E5%90%8D=%E6%88%BF&b=1", "/a%7Cb%22%3C%3E%7B%7D%5E?c=%22"]
    assert asyncio.run(go()) == escaped


def test_headers_are_read_as_they_come() -> None:
    note = "房".encode("gbk")
    head = b"X-A: 1\r\nx-a: 2\r\nX-Long: " + b"l" * 60_000 + b"\r\nX-Note: " + note
    early = b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
    came, _ = asyncio.run(
        asked(early + b"HTTP/1.1 200 a: b\r\n" + head + b"\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n")
    )
    assert came == (200, {b"x-a": b"2", b"x-long": b"l" * 60_000, b"x-note": note, b"content-length": b"0"}, b"")
    trailing = chunked(b"{}").removesuffix(b"\r\n") + b"X-Kind: late\r\n\r\n"
    came, _ = asyncio.run(asked(trailing))
    assert (came.raw, b"x-kind" in came.headers) == (b"{}", False)


def test_redirects_are_told_and_not_followed() -> None:
    came, _ = asyncio.run(asked(b"HTTP/1.1 302 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))
    assert (came.status, came.headers[b"location"]) == (302, b"/elsewhere")


def test_proxies_of_the_machine_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert asyncio.run(asked(http(200)))[0].status == 200


class Doors:
    """A server of kept connections; it takes what comes, and hangs up instead of answering what `dies` names by its number."""

    def __init__(self, *dies: int) -> None:
        self.dies, self.opened, self.heads, self.left = dies, 0, list[bytes](), asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                await reader.readexactly(int((head.lower().partition(b"content-length: ")[2] or b"0").split(b"\r")[0]))
                if len(self.heads) in self.dies:
                    break
                if b"/hang" not in head:
                    writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n{}")
        except asyncio.IncompleteReadError:
            self.left.set()
        writer.close()


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """Its address."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def test_connections_are_used_again_and_a_closed_client_opens_anew() -> None:
    async def go() -> None:
        doors, client = Doors(), HttpClient()
        async with serving(doors.serve) as url:
            for method, body in (("GET", b""), ("POST", b"{}"), ("PUT", b"{}"), ("GET", b"")):
                assert (await client.ask(method, url, body, {}, PATIENT_S)).raw == b"{}"
            assert [head.split(b" ")[0] for head in doors.heads] == [b"GET", b"POST", b"PUT", b"GET"]
            assert doors.opened == 1
            await client.close()
            await client.ask("GET", url, b"", {}, PATIENT_S)
            assert doors.opened == 2
            await client.close()

    asyncio.run(go())


def test_no_more_calls_are_under_way_than_connections_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "MOST_KEPT", 2)

    async def go() -> None:
        doors, others, client = Doors(), Doors(), HttpClient()
        async with serving(doors.serve) as url, serving(others.serve) as elsewhere:
            await asyncio.gather(*(client.ask("POST", f"{url}/{n}", b"{}", {}, PATIENT_S) for n in range(20)))
            assert (doors.opened, len(doors.heads)) == (2, 20)
            hanging_calls = [await hanging(client, doors, url) for _ in range(2)]
            await client.ask("POST", elsewhere, b"{}", {}, PATIENT_S)
            for call in hanging_calls:
                call.cancel()
            await client.ask("POST", url, b"{}", {}, PATIENT_S)
        await client.close()

    asyncio.run(go())


@pytest.mark.parametrize("body", [b"{}", b"", b"x" * 1_100_000], ids=["short", "empty", "long"])
def test_nothing_is_said_twice_when_a_kept_connection_dies(body: bytes) -> None:
    async def go() -> None:
        doors, client = Doors(2), HttpClient()
        async with serving(doors.serve) as url:
            await client.ask("POST", url, b"{}", {}, PATIENT_S)
            with pytest.raises(CallFailedError, match="connection_broken"):
                await client.ask("POST", url, body, {}, PATIENT_S)
            assert len(doors.heads) == 2
            assert b"expect" not in doors.heads[1].lower()
            assert (await client.ask("POST", url, b"{}", {}, PATIENT_S)).status == 200
        await client.close()

    asyncio.run(go())


async def hanging(client: HttpClient, doors: Doors, url: str) -> asyncio.Task[Answer]:
    """A call that has arrived and gets no answer."""
    call = asyncio.create_task(client.ask("POST", f"{url}/hang", b"{}", {}, PATIENT_S))
    while not doors.heads and not call.done():
        await asyncio.sleep(0)
    return call


def test_who_is_cancelled_hangs_up() -> None:
    async def go() -> None:
        doors, client = Doors(), HttpClient()
        async with serving(doors.serve) as url:
            call = await hanging(client, doors, url)
            call.cancel()
            await asyncio.wait_for(doors.left.wait(), PATIENT_S)
            assert call.cancelled()
            assert (await client.ask("POST", url, b"{}", {}, PATIENT_S)).status == 200
        await client.close()

    asyncio.run(go())


@pytest.mark.parametrize("waits", [False, True])
def test_who_asks_while_the_client_is_closed_is_told(monkeypatch: pytest.MonkeyPatch, waits: bool) -> None:
    monkeypatch.setattr(http_client, "MOST_KEPT", 1)

    async def go() -> None:
        doors, client = Doors(), HttpClient()
        async with serving(doors.serve) as url:
            calls = [await hanging(client, doors, url)]
            if waits:
                calls.append(asyncio.create_task(client.ask("POST", url, b"{}", {}, PATIENT_S)))
                await asyncio.sleep(0)
            await client.close()
            for call in calls:
                with pytest.raises(CallFailedError, match="connection_broken"):
                    await call
            assert len(doors.heads) == 1

    asyncio.run(go())


@pytest.mark.parametrize("whole", [lambda body: http(200, body), chunked], ids=["announced", "chunked"])
def test_an_answer_that_is_too_large_is_not_read(whole: Callable[[bytes], bytes]) -> None:
    assert why(lambda: asked(whole(b"x" * (MOST_ANSWER_BYTES + 1)))) == "answer_too_large"
    came, _ = asyncio.run(asked(whole(b"x" * MOST_ANSWER_BYTES)))
    assert len(came.raw) == MOST_ANSWER_BYTES


@pytest.mark.parametrize(("answer", "code"), [
    ("reset", "connection_broken"),
    (b"", "connection_broken"),
    (b"hello\r\n\r\n", "connection_broken"),
    (b"HTTP/1.1 200 X\r\nContent-Length: many\r\n\r\n{}", "connection_broken"),
    (b"HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n{}", "half_answer"),
    (b"HTTP/1.1 200 X\r\nContent-Length: 900000\r\n\r\n" + b"x" * 300_000, "half_answer"),
    (chunked(b"x" * 300)[:-7], "half_answer"),
    (b"HTTP/1.1 100 Continue\r\n\r\n", "connection_broken"),
])  # fmt: skip
def test_an_answer_that_does_not_come_whole(answer: bytes | str, code: str) -> None:
    assert why(lambda: asked(answer)) == code


def test_an_answer_that_does_not_come_in_time() -> None:
    assert why(lambda: asked("hang", within_s=HASTY_S)) == "timeout"


@pytest.mark.parametrize(
    "url", ["http://[nowhere/", "ftp://127.0.0.1/", "file:///etc/hostname", "127.0.0.1:9/", "http:///127.0.0.1/"]
)
def test_an_address_that_is_none(url: str) -> None:
    assert why(lambda: HttpClient().ask("POST", url, b"{}", {}, PATIENT_S)) == "connection_broken"


def test_a_header_that_cannot_be_sent() -> None:
    assert why(lambda: asked(http(200), **{"X-A": "1\r\n2"})) == "connection_broken"


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", f"https://127.0.0.1:{port}/", "http://nobody.invalid/"):
        assert why(lambda url=url: HttpClient().ask("POST", url, b"{}", {}, PATIENT_S)) == "connection_refused"


def test_a_certificate_is_taken_if_the_machine_trusts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(200))
        await writer.drain()
        writer.close()

    async def go() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=own_certificate(tmp_path))
        client = HttpClient()
        try:
            return await client.ask(
                "GET", f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", b"", {}, PATIENT_S
            )
        finally:
            await client.close()
            server.close()

    assert why(go) == "certificate"
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pair.pem"))
    assert asyncio.run(go()).raw == b"{}"


@pytest.mark.parametrize(
    ("answer", "code"), [(http(400), "certificate"), (b"", "connection_broken"), ("reset", "connection_broken")]
)
def test_a_server_that_speaks_no_tls_where_tls_is_asked_for(answer: bytes | str, code: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        if isinstance(answer, bytes):
            writer.write(answer)
            writer.close()
        else:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    async def go() -> None:
        async with serving(serve) as url:
            await HttpClient().ask("GET", url.replace("http:", "https:"), b"", {}, PATIENT_S)

    assert why(go) == code


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate of this machine that only its own issuer has signed, in `pair.pem` with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    day, form = datetime(2024, 1, 1, tzinfo=UTC), serialization.Encoding.PEM
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(day).not_valid_after(day + timedelta(days=9_000))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    kept = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "pair.pem").write_bytes(kept + made.public_bytes(form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    return context
