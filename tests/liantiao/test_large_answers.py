"""A peer's answer is read up to a limit, with a real server and a real peer: refused by name, and said once more."""

import asyncio
from pathlib import Path

import pytest

from sim.calendar import HOUR_MS
from sim.faces.http_client import MOST_ANSWER_BYTES
from tests.liantiao.wire import http, peer, served

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"


def chunked(size: int) -> bytes:
    """An answer that does not say beforehand how long it is."""
    return CHUNKED + b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize("whole", [http, lambda status, body: chunked(len(body))], ids=["announced", "chunked"])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, whole) -> None:
    answers = [whole(200, b"x" * (MOST_ANSWER_BYTES + 1)), whole(200, b" " * MOST_ANSWER_BYTES)]

    async def go() -> None:
        async with peer(lambda n, said: answers[n - 1]) as (one, url), served(tmp_path, remote={"portal": url}) as a:
            await a.ok("POST", "/cases", {"first": 1, "last": 1})
            await a.ok("POST", "/clock/advance", {"by_ms": HOUR_MS})
            rows = await a.rows("kind=portal.apply")
            assert [(row["attempt"], row["outcome"]) for row in rows] == [(1, "fault:answer_too_large"), (2, "ok")]
            assert len(one.got) == 2

    asyncio.run(go())
