"""Progress queries and acceptance with 830,000 cases in stock against an empty reference, over HTTP, side by side.

    python -m benchmarks.stocked_queries [stock] [queries] [rounds]

Two servers with the same cases of this run, brought as far as their receipt codes and then withdrawn, so that both have
something to tell. A round asks both, in turns first, on one connection each: so many queries for those cases,
and at the stocked one as many for cases drawn from all of its stock. Then new applicants apply at both, and hand in at the
counter: both look whether their home is busy, in either's own cases and in the stock. Times come from one run, ratios from
its pairs of rounds.
"""

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.load import Answers, fire, request
from liantiao.sandbox_client import SandboxRun, SandboxServer
from liantiao.stock.store import Stocked, StockStore
from people.application import application_of
from sim.clock import Stopwatch, pause, wall_ms
from sim.draws import Luck
from sim.package import load_package
from sim.population import Population
from sim.population.stock import UNDER_WAY

REACH = 1.5
OWN = 60
"""Cases of this run that both can be asked after."""
PEOPLE = ("buyer", "seller", "clerk")
PACKAGE, SEED = "fujian-2024-55", 2024


@dataclass
class Side:
    """One server, its cases that can be asked after, and what it took."""

    run: SandboxRun
    port: int
    known: list[tuple[int, str]] = field(default_factory=list)
    p95: dict[str, list[float]] = field(default_factory=dict)


def query(number: int, receipt_code: str) -> bytes:
    """A progress query as bytes."""
    path = f"/runs/s/portal/applications/{number}/progress?receipt_code={receipt_code}"
    return request("GET", path, b"", {"X-Sender": "buyer", "X-Case-No": str(number)})


def said(seat: str, path: str, number: int, body: dict[str, Any], sender: str) -> bytes:
    """What people say, as bytes."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    return request("POST", f"/runs/s/{seat}{path}", raw, {"X-Sender": sender, "X-Case-No": str(number)})


def forms(population: Population, number: int) -> tuple[bytes, bytes]:
    """The application of a case at the portal, and the same at the counter."""
    form, consent = asdict(application_of(population.case(number - 1))), f"SQB{number}"
    at_counter = {
        "receipt_code": f"SJ{number}",
        "application": form,
        "seal_no": f"QZ{number}",
        "authorisation": consent,
    }
    return (
        said("portal", "/applications", number, {"application": form, "authorisation": consent}, "buyer"),
        said("registry", "/applications/window", number, at_counter, "clerk"),
    )


async def known_cases(run: SandboxRun, population: Population, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """Bring cases as far as their receipt codes, then withdraw them; (number, receipt code)."""
    for number in numbers:
        form = asdict(application_of(population.case(number - 1)))
        run.call("portal.apply", {"application": form, "authorisation": f"SQB{number}"}, case=number, sender="buyer")
    await pause(3_000)
    for number in numbers:
        run.call("portal.join", {"authorisation": f"SQS{number}"}, case=number, sender="seller")
    await pause(5_000)
    for row in run.journal(kind="portal.apply"):
        run.call("portal.upload", {"documents": []}, case=row["case_no"], sender="buyer")
    await pause(3_000)
    found = {
        row["case_no"]: row["ref"] for row in run.journal(kind="gov_platform.start_signing", limit=1_000) if row["ref"]
    }
    for number in found:
        run.call("portal.withdraw", {"reason": "不卖了"}, case=number, sender="buyer")
    await pause(1_000)
    return sorted(found.items())


async def ask(side: Side, what: str, requests: Sequence[bytes], ok: Sequence[int]) -> None:
    """Ask one after the other on one connection, and keep the p95."""
    _, answers = await fire(side.port, requests, 1)
    _all_well(what, answers, ok)
    side.p95.setdefault(what, []).append(answers.quantile_ms(0.95))


def _all_well(what: str, answers: Answers, ok: Sequence[int]) -> None:
    if not set(answers.statuses) <= set(ok):
        raise RuntimeError(f"{what}: {answers.statuses} {answers.last[-400:].decode(errors='replace')}")


def drawn(store: StockStore, count: int, turn: int) -> list[Stocked]:
    """Cases of the stock that are over, drawn by hash among all of it."""
    luck = Luck(SEED + turn, np.arange(count * 2, dtype=np.uint64))
    found = [store.case(1 + number) for number in luck.below("asked", store.count).tolist()]
    return [case for case in found if case is not None and case.state not in UNDER_WAY][:count]


def ratio(stocked: list[float], empty: list[float]) -> float:
    """The median of the ratios of pairs taken right after each other."""
    return statistics.median([a / b for a, b in zip(stocked, empty, strict=True)])


async def compare(empty: Side, stocked: Side, store: StockStore, stock: int, queries: int, rounds: int) -> None:
    """All rounds; figures are kept in the sides."""
    day = wall_ms() - (wall_ms() + 8 * 3_600_000) % 86_400_000
    population = Population(load_package(PACKAGE), SEED, stock + 10_000, day, day + 30 * 86_400_000)
    own = range(stock + 1, stock + OWN + 1)
    for side in (empty, stocked):
        side.known = await known_cases(side.run, population, own)
    common = sorted({*dict(empty.known)} & {*dict(stocked.known)})
    print(f"本批次自己的办件，两边都已结束可查的 {len(common)} 件")
    for turn in range(rounds):
        fresh = range(stock + OWN + 1 + turn * queries // 4, stock + OWN + 1 + (turn + 1) * queries // 4)
        handed_in = [forms(population, number) for number in fresh]
        for side in (empty, stocked) if turn % 2 else (stocked, empty):
            codes = dict(side.known)
            asked = [query(number, codes[number]) for at in range(queries) for number in [common[at % len(common)]]]
            await ask(side, "own", asked, (200,))
            if side is stocked:
                among = [query(case.case_no, case.receipt_code) for case in drawn(store, queries, turn)]
                await ask(side, "stock", among, (200,))
            await ask(side, "apply", [each[0] for each in handed_in], (200,))
            await ask(side, "receive", [each[1] for each in handed_in], (200, 409))


def told(name: str, stocked: list[float], empty: list[float]) -> float:
    """Print one comparison."""
    found = ratio(stocked, empty)
    print(
        f"{name}：空库 p95 {statistics.median(empty):.2f} ms，有存量 {statistics.median(stocked):.2f} ms，比 {found:.2f}"
    )
    return found


def main(stock: int = 830_000, queries: int = 500, rounds: int = 7) -> int:
    """Print the figures; 1 when a ratio is beyond reach."""
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for name, held in (("empty", 0), ("stocked", stock)):
            server = SandboxServer(Path(folder) / name)
            watch = Stopwatch()
            run = server.create(
                "s", seed=SEED, cases=stock + 10_000, stock=held, handling="instant", office_hours=False,
                remote=dict.fromkeys(PEOPLE, ""),
            )  # fmt: skip
            print(f"{name}：建批次 {watch.seconds:.1f} 秒，存量 {held:,}")
            sides.append(Side(run, urlsplit(server.url).port or 0))
        path = sides[1].run.server.folder / "runs" / "s" / "stock.db"
        store = StockStore(path)
        print(f"存量文件 {path.stat().st_size / 1e6:.0f} MB")
        try:
            asyncio.run(compare(*sides, store, stock, queries, rounds))
        finally:
            store.close()
            for side in sides:
                side.run.server.stop()
    empty, stocked = sides
    found = [
        told("查询进度（存量中的）", stocked.p95["stock"], empty.p95["own"]),
        told("查询进度（本批次的）", stocked.p95["own"], empty.p95["own"]),
        told("提交申请", stocked.p95["apply"], empty.p95["apply"]),
        told("窗口收件", stocked.p95["receive"], empty.p95["receive"]),
    ]
    print(f"上限 {REACH}")
    return int(max(found) > REACH)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
