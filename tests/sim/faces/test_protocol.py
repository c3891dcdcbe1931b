"""What uvicorn's protocol does for us beside HTTP, on a real socket."""

import asyncio
import json
from pathlib import Path

from tests.liantiao.wire import TOKEN, served


def test_an_answer_leaves_in_one_packet(tmp_path: Path) -> None:
    async def go() -> list[bytes]:
        async with served(tmp_path) as a:
            reader, writer = await asyncio.open_connection("127.0.0.1", a.port)
            got: list[bytes] = []
            for _ in range(20):
                writer.write(f"GET /runs/demo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
                got.append(await reader.read(65_536))
            writer.close()
            return got

    for packet in asyncio.run(go()):
        head, _, body = packet.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert json.loads(body)["name"] == "demo"
