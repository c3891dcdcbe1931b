"""How many rows a second the server's journal takes, each group on disk, and what a row costs the event loop's thread.

Run as `python -m benchmarks.journal [rows] [together] [folder]`. So many tasks at once (`together`) append a row with bodies
of about 600 bytes and wait until it is on disk, one row after another, as requests do; with the indexes and without. Then
the file is read back, and a world's rows are drained. Processor time is that of the loop's thread; the loop's own share
is measured by the same tasks waiting on nothing but the loop.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from sim.journal import OK
from sim.journal.live import LiveJournal
from sim.journal.record import Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from sim.message import Answers, Message, request
from sim.party import Party
from sim.table import Part, Role, State, Track, ignored

BODY = json.dumps({"name": "林晓", "unit_code": "350102001001GB00001F00010001", "more": "a" * 300}, ensure_ascii=False)
REPLY = json.dumps({"accepted": True, "more": "b" * 200}, ensure_ascii=False)
KINDS = [f"tax.kind_{n}" for n in range(60)]
LOTS = 100


def a_record(seq: int) -> Record:
    """A row as the server writes it; every second one came from outside."""
    return Record(
        seq, "fuzhou", seq * 3, seq * 3 - 7, 0, 1_700_000_000_000 + seq, 1_700_000_000_000 + seq - 50, None,
        seq // 13 if seq % 7 else seq % 4_000, "water", "registry", "hub", KINDS[seq % 60], 1, 0,
        "ok" if seq % 50 else "refused:not_now", "tax.kind_answered", "350102", "main", "idle", "busy", None, 0,
        "in" if seq % 2 else "", '{"status":200}' if seq % 2 else None, BODY, REPLY, None,
    )  # fmt: skip


async def ask(rows: int, together: int, one: Callable[[int], Awaitable[Any]]) -> tuple[float, float]:
    """(seconds, processor seconds of this thread) for `rows` calls of `one`, so many at a time."""
    seqs = count(1)

    async def task() -> None:
        for _ in range(rows // together):
            await one(next(seqs))

    began, cpu = time.perf_counter(), time.thread_time()
    await asyncio.gather(*(task() for _ in range(together)))
    return time.perf_counter() - began, time.thread_time() - cpu


async def idle(seq: int) -> None:
    """What the loop does for a waiting task, and the making of the record."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    a_record(seq)
    asyncio.get_running_loop().call_soon(future.set_result, None)
    await future


def write(path: Path, rows: int, together: int, indexes: bool) -> None:
    """Measure writing, and say so."""
    file = JournalFile(path)
    if not indexes:
        for name in ("journal_case", "journal_id", "journal_not_ok"):
            file._database.execute(f"DROP INDEX {name}")

    waits: list[float] = []

    async def one(seq: int) -> None:
        began = time.perf_counter()
        file.append(a_record(seq))
        await file.durable()
        waits.append(time.perf_counter() - began)

    async def both() -> tuple[tuple[float, float], tuple[float, float]]:
        return await ask(rows, together, idle), await ask(rows, together, one)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        (_, loop_cpu), (seconds, cpu) = runner.run(both())
    file.close()
    half, late = (sorted(waits)[int(len(waits) * share)] * 1e3 for share in (0.5, 0.99))
    print(
        f"{'有' if indexes else '无'}索引：{rows / seconds:,.0f} 行/秒；事件循环线程每行 {cpu / rows * 1e6:.1f} µs，"
        f"其中日志 {(cpu - loop_cpu) / rows * 1e6:.1f} µs；落盘等待 p50 {half:.1f}、p99 {late:.1f} 毫秒；"
        f"{path.stat().st_size / rows:.0f} 字节/行"
    )


def read(path: Path) -> None:
    """Measure reading, and say so."""
    reads = JournalReads(path)
    for name, question in (
        ("inputs", lambda: sum(1 for _ in reads.inputs())), ("records", lambda: sum(1 for _ in reads.records())),
        ("counts", lambda: len(reads.counts())), ("of_case", lambda: len(reads.of_case(77))),
        ("by_id", lambda: reads.by_id("fuzhou", 3_003) is not None),
        ("find(refused)", lambda: len(reads.find(outcome="refused"))),
        ("find(kind=无)", lambda: len(reads.find(kind="none.*"))),
    ):  # fmt: skip
        began = time.perf_counter()
        found = question()
        seconds = time.perf_counter() - began
        print(f"{name}：{found:,}，{seconds * 1e3:.2f} 毫秒，{found / seconds:,.0f}/秒")
    reads.close()


@request("bench.ask", "询问", path="/ask", answers=Answers.ACK)
class Ask(Message):
    """What is drained."""

    n: int


def drain(rows: int) -> None:
    """Measure draining without the encoding, and say so."""
    state = State("idle", "空闲", end=True)
    role = Role("bench", "测", (Part(None, [Track("main", "主", state, [ignored(state, Ask, "无须处理")])]),))  # type: ignore[arg-type]
    journal = LiveJournal([Party(role, "a")], "fuzhou", count(1), lambda case_no: "350102", lambda message: "{}")
    code, body, taken = journal.code("buyer", "a", Ask), Ask(1), 0.0
    for at in range(0, rows, LOTS):
        for id_ in range(at, at + LOTS):
            journal.keep_bodies(7, id_, body, body)
            journal.note((0, 0, 0, 1), OK, OK, 0, "350102")
            journal.sources[id_] = ("in", None, '{"status":200}')
            journal.write((id_, 0, 5, 5, 7, code, -1 - state.code))
        began = time.thread_time()
        journal.drain()
        taken += time.thread_time() - began
    print(f"drain：每行 {taken / rows * 1e6:.2f} µs（不含 JSON 编码）")


def main() -> None:
    """Measure everything."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    together = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    with TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as folder:
        write(Path(folder) / "bare.sqlite", rows, together, indexes=False)
        write(Path(folder) / "run.sqlite", rows, together, indexes=True)
        read(Path(folder) / "run.sqlite")
    drain(rows)


if __name__ == "__main__":
    main()
