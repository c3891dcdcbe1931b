"""A client outside the server: says many things at once and prints every 2xx it gets, until the server is gone.

Arguments: the run's address, the first case number. Each line printed: message id, a tab, the answer's body.
"""

import asyncio
import json
import sys
from urllib.parse import urlsplit

from liantiao.keeper import directory
from sim.faces.bodies import body_of

TOGETHER = 128
SAID = (
    "tax.declare", "gov_platform.certify_title", "gov_platform.backfill", "gov_platform.fetch_certificates",
    "gov_platform.issue_receipt_code", "gov_platform.report_package", "data_exchange.receive", "notify.sms",
)  # fmt: skip
CASES = 1_500


def sayings() -> list[tuple[str, str, bytes]]:
    """(seat, path with {case}, body) of what is said in turn; where a kind is not there the others do."""
    known = directory()
    found = []
    for seat in ("tax", "gov_platform", "data_exchange", "notify"):
        for door in known.doors[seat].doors:
            may = [each for each in known.senders(door.kind) if each in ("hub", "registry", "portal")]
            if may and door.kind.op.name in SAID and door.method == "POST" and not door.parameters:
                body = json.dumps(body_of(door.kind).example(), ensure_ascii=False).encode()
                found.append((f"{seat}{door.path}", may[0], body))
    return found


async def lane(host: str, port: int, base: str, first: int, said: list[tuple[str, str, bytes]]) -> None:
    """One connection, one request at a time."""
    reader, writer = await asyncio.open_connection(host, port)
    case = first
    while True:
        path, sender, body = said[case % len(said)]
        head = (
            f"POST {base}/{path} HTTP/1.1\r\nHost: x\r\nX-Sender: {sender}\r\nX-Case-No: {case % CASES + 1}\r\n"
            f"X-Message-Id: {first}-{case}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in answer.decode().lower().split("\r\n")[1:] if line)
        told = await reader.readexactly(int(headers["content-length"]))
        status = int(answer[9:12])
        number = headers.get("x-message-id", "")
        print(f"{status}\t{number}\t{first}-{case}\t{told.decode()}", flush=False)
        case += TOGETHER


async def main(address: str, first: int) -> None:
    """All lanes, until the server is gone."""
    url, said = urlsplit(address), sayings()
    assert url.hostname
    assert url.port
    lanes = [lane(url.hostname, url.port, url.path, first + n, said) for n in range(TOGETHER)]
    ends = await asyncio.gather(*lanes, return_exceptions=True)
    print(*{repr(end) for end in ends}, file=sys.stderr)
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
