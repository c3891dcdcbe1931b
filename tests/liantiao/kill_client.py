"""A client outside the server, and the peer that its callbacks go to: the systems in the remote seats, in a process of their own.

It logs every answer and every callback as it comes, and kills the server in the middle of it when told to. Arguments: the files
of answers and of callbacks. It prints where the peer is; then, for each line of JSON on its input, it talks to the server until
that is gone, and prints what came of it.
"""

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO
from urllib.parse import urlsplit

import xxhash

from contract.gov_platform import CertifyTitle, FetchCertificates, IssueReceiptCode, Progress
from contract.non_tax import IssuePayCode
from contract.records import TaxFacts
from contract.tax import Declare, Void
from liantiao.serving.live import run_of
from sim.faces.bodies import body_of
from sim.message import Message
from sim.package import load_package
from sim.runs.plan import RunPlan

LANES = 64
YES = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Saying = tuple[str, str, str, int, bytes]
"""(method, sender, path below the run, case number, body)."""


@dataclass
class Log:
    """What has come, and what is known from it."""

    answers: TextIO
    callbacks: TextIO
    count: int = 0
    said: int = 0
    vouchers: deque[tuple[int, str]] = field(default_factory=deque)
    """Of callbacks: (case number, voucher) still to be asked for."""


@dataclass
class Cases:
    """The cases of the run, each used once, and what is said about them; those of Xiamen declare elsewhere."""

    plan: Path
    ready: deque[list[Saying]] = field(default_factory=deque)
    _coming: Iterator[list[Saying]] | None = None

    def prepare(self, count: int) -> None:
        """Have so many ready before it is hurried."""
        if self._coming is None:
            self._coming = self._all()
        while len(self.ready) < count:
            self.ready.append(next(self._coming))

    def _all(self) -> Iterator[list[Saying]]:
        plan = RunPlan.from_json(json.loads(self.plan.read_text(encoding="utf-8")))
        package = load_package(plan.package)
        book, codes = run_of(plan, package).book, list(package.registries)
        for number in range(1, plan.cases + 1):
            if book.region(number) != "xiamen":
                dossier = book.dossier(number)
                yield sayings(number, dossier, codes[dossier.registry])


def spelt(body: Message) -> bytes:
    """A body as it goes over the wire."""
    return body_of(type(body)).dump(body)


def facts_of(home: Any) -> TaxFacts:
    """What the hub declares of a home."""
    return TaxFacts(
        home.unit_code, home.price_fen, home.area_m2_x100, home.residential, home.acquired_ms, home.original_price_fen,
        home.has_cost_documents, home.sole_home, home.buyer_home_count, home.buyers[0], home.sellers[0],
    )  # fmt: skip


def sayings(number: int, home: Any, code: str) -> list[Saying]:
    """What is said about a case; the last time it is declared is one too many."""
    declared = spelt(Declare(code, home.price_fen, facts_of(home)))
    fee = IssuePayCode(code, home.residential, 0, home.buyers[0].name, "")
    title = CertifyTitle(home.title_no, home.unit_code, tuple(each.name for each in home.buyers))
    found = FetchCertificates("A1", home.buyers, ("title",))
    return [
        (
            "POST",
            "portal",
            "/gov_platform/receipt-codes",
            number,
            spelt(IssueReceiptCode("online_hall", ("transfer", "tax"))),
        ),
        ("POST", "hub", "/tax/declarations", number, declared),
        ("POST", "hub", "/non_tax/pay-codes", number, spelt(fee)),
        ("POST", "registry", f"/gov_platform/cases/{number}/progress", number, spelt(Progress("accepted"))),
        ("GET", "hub", f"/gov_platform/cases/{number}?role=buyer", number, b""),
        ("POST", "portal", "/gov_platform/certificates/query", number, spelt(found)),
        ("POST", "registry", "/gov_platform/certificates/titles", number, spelt(title)),
        ("POST", "hub", "/tax/declarations", number, declared),
    ]


def story(cases: Cases, log: Log) -> Generator[Saying, str, None]:
    """What is said about one case, or about a voucher that came in a callback; it is sent each answer."""
    if log.vouchers:
        number, voucher = log.vouchers.popleft()
        yield "GET", "hub", f"/tax/vouchers/{voucher}", number, b""
        yield "POST", "hub", f"/tax/vouchers/{voucher}/void", number, spelt(Void(voucher, "重新申报"))
        yield "GET", "hub", f"/tax/vouchers/{voucher}", number, b""
        return
    cases.prepare(1)
    for saying in cases.ready.popleft():
        told = yield saying
        if saying[2].endswith("/pay-codes") and "charge" in (said := json.loads(told)):
            yield "GET", "hub", f"/non_tax/pay-codes/{said['charge']['number']}", saying[3], b""


async def lane(url: str, cases: Cases, log: Log) -> None:
    """One connection, one request at a time, until it breaks."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    while True:
        telling = story(cases, log)
        saying = next(telling, None)
        while saying is not None:
            method, sender, path, number, body = saying
            log.said += 1
            theirs = f"said-{log.said}"
            writer.write(
                f"{method} {at.path}{path} HTTP/1.1\r\nHost: x\r\nX-Sender: {sender}\r\nX-Case-No: {number}\r\n"
                f"X-Message-Id: {theirs}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            told = (await reader.readexactly(int(headers["content-length"]))).decode()
            sent = xxhash.xxh3_64_hexdigest(body) if body else ""
            log.answers.write(f"{head[0][9:12]}\t{headers.get('x-message-id', '')}\t{theirs}\t{sent}\t{told}\n")
            log.count += 1
            try:
                saying = telling.send(told)
            except StopIteration:
                saying = None


async def hear(log: Log, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Callbacks on one connection: each is logged, and then answered."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            path = head[0].split()[1]
            log.callbacks.write(f"{headers['x-message-id']}\t{headers.get('x-attempt', '')}\t{path}\t{body}\n")
            if path.endswith("/assessed"):
                case = int(headers["x-case-no"])
                log.vouchers += [(case, each["number"]) for each in json.loads(body)["charges"]]
            writer.write(YES)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def until_killed(told: dict[str, Any], cases: Cases, log: Log) -> dict[str, Any]:
    """All lanes, until the server is gone. It is killed `after_ms` after the answer of that number."""
    cases.prepare(told["answers"] // 6)
    loop, began, before = asyncio.get_running_loop(), perf_counter(), log.count
    lanes = [asyncio.ensure_future(lane(told["run"], cases, log)) for _ in range(LANES)]
    while log.count - before < told["answers"]:
        done, _ = await asyncio.wait(lanes, timeout=0.002, return_when=asyncio.FIRST_COMPLETED)
        if done:
            raise RuntimeError(f"a lane ended before the kill: {[each.exception() for each in done]}")
    killed = loop.create_future()
    loop.call_later(told["after_ms"] / 1_000, killed.set_result, None)
    await killed
    seconds = perf_counter() - began
    os.kill(told["pid"], signal.SIGKILL)
    ends = await asyncio.gather(*lanes, return_exceptions=True)
    log.answers.flush()
    log.callbacks.flush()
    return {"answers": log.count - before, "seconds": seconds, "ends": sorted({type(end).__name__ for end in ends})}


async def main(answers: str, callbacks: str) -> None:
    """Serve callbacks all the time, and talk whenever told to."""
    with open(answers, "w", encoding="utf-8") as first, open(callbacks, "w", encoding="utf-8", buffering=1) as second:
        log, cases = Log(first, second), None
        peer = await asyncio.start_server(lambda *pair: hear(log, *pair), "127.0.0.1", 0)
        print(f"http://127.0.0.1:{peer.sockets[0].getsockname()[1]}", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            told = json.loads(line)
            cases = cases or Cases(Path(told["plan"]))
            print(json.dumps(await until_killed(told, cases, log)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
