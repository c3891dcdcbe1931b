"""The pooled client against a server that says whatever bytes it is told to say."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sim.faces.pooled import Answer, BrokenError, Pool, UnreachableError

OK = b"HTTP/1.1 200 OK\r\nX-Kind: a\r\nContent-Length: 2\r\n\r\nhi"


class Server:
    """Answers the nth request on any connection with the nth of its texts, and hangs up then if it `closes`."""

    def __init__(self, *texts: bytes, closes: bool = False) -> None:
        self.texts, self.closes = list(texts), closes
        self.heard: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((line[16:] for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")), b"0")
                self.heard.append(head + await reader.readexactly(int(length)))
                if not self.texts:
                    await reader.read()
                    return
                writer.write(self.texts.pop(0))
                if self.closes:
                    return
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


Ask = Callable[..., Coroutine[Any, Any, Answer]]


def played(server: Server, play: Callable[[Ask, Pool], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        door = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        pool = Pool()
        peer = pool.peer(f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}/below/")

        def ask(method: str = "POST", body: bytes = b"{}", within_s: float = 10.0) -> Coroutine[Any, Any, Answer]:
            return pool.ask(peer, method, f"{peer.path}/x?y=1", {"X-Sender": "hub"}, body, within_s)

        try:
            return await play(ask, pool)
        finally:
            pool.close()
            door.close()

    return asyncio.run(run())


def test_one_connection_serves_one_call_after_the_other() -> None:
    async def play(ask: Ask, pool: Pool) -> list[Answer]:
        return [await ask(), await ask("GET", b""), await ask("POST", b"")]

    server = Server(OK, OK, OK)
    assert played(server, play) == [Answer(200, {b"x-kind": b"a", b"content-length": b"2"}, b"hi")] * 3
    assert server.connections == 1
    first, second, third = server.heard
    assert first.startswith(b"POST /below/x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert first.endswith(b"\r\n\r\n{}")
    assert b"Content-Length" not in second
    assert b"Content-Length: 0\r\n" in third


@pytest.mark.parametrize(
    ("text", "closes", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", False, (200, b"hi")),
        (b"HTTP/1.1 404 No\r\n\r\nuntil the end", True, (404, b"until the end")),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", False, (503, b"")),
        (b"HTTP/1.1 204 None\r\n\r\n", False, (204, b"")),
        (b"HTTP/1.1 302 There\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n", False, (302, b"")),
    ],
)
def test_every_way_of_framing_an_answer_is_read(text: bytes, closes: bool, said: tuple[int, bytes]) -> None:
    async def play(ask: Ask, pool: Pool) -> Answer:
        return await ask()

    answer = played(Server(text, closes=closes), play)
    assert (answer.status, answer.body) == said


@pytest.mark.parametrize("text", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"SSH-2.0\r\n\r\n"])
def test_what_is_no_whole_answer_is_a_broken_connection(text: bytes) -> None:
    async def play(ask: Ask, pool: Pool) -> Answer:
        return await ask()

    with pytest.raises(BrokenError):
        played(Server(text, closes=True), play)


def test_a_kept_connection_that_was_closed_is_replaced_for_what_may_be_said_twice_only() -> None:
    async def play(ask: Ask, pool: Pool) -> bytes:
        await ask()
        server.closes = True
        answer = await ask("GET", b"")
        await ask()
        server.closes = True
        with pytest.raises(BrokenError):
            await ask("POST")
        return answer.body

    server = Hasty(OK, b"", OK, OK, b"")
    assert played(server, play) == b"hi"
    assert [text[:4] for text in server.heard] == [b"POST", b"GET ", b"GET ", b"POST", b"POST"]


class Hasty(Server):
    """Hangs up on a kept connection once, when told to."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.closes = False
        await super().serve(reader, writer)


def test_silence_ends_in_a_timeout_and_nobody_at_the_door_is_unreachable() -> None:
    async def silent(ask: Ask, pool: Pool) -> None:
        with pytest.raises(TimeoutError):
            await ask(within_s=0.05)

    played(Server(), silent)

    async def nobody() -> None:
        pool = Pool()
        with pytest.raises(UnreachableError):
            await pool.ask(pool.peer("http://127.0.0.1:1"), "POST", "/", {}, b"", 10.0)

    asyncio.run(nobody())


@pytest.mark.parametrize("address", ["", "ftp://x", "http://", "nothing"])
def test_what_is_no_http_address_is_no_peer(address: str) -> None:
    with pytest.raises(ValueError, match="no HTTP address"):
        Pool().peer(address)
