"""What the server has answered, and what it has said, is in its journal, however it dies: it is killed under load, again and again."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

import pytest
import xxhash

from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from tests.liantiao.replayed import check_no_gap, check_state

ROOT = Path(__file__).resolve().parents[2]
CLIENT = str(Path(__file__).with_name("kill_client.py"))
SERVE = ["-m", "liantiao", "serve", "--port", "0", "--cases", "200000", "--handling", "instant", "--office-hours", "off",
         "--snapshot-rows", "1000"]  # fmt: skip
SLOW = "LIANTIAO_SLOW" in os.environ
PER_SECOND = 1_000
"""What the issue asks for, on average while the server was up; asserted in the long mode."""
PATIENCE_S = 120
NEVER_REFUSED = ("gov_platform.issue_receipt_code", "non_tax.issue_pay_code", "gov_platform.certify_title")
CHANGING = (*NEVER_REFUSED, "tax.declare", "tax.void", "gov_platform.progress")


@dataclass(frozen=True)
class Mode:
    """How often the server is killed, and after how many answers."""

    kills: int
    answers: tuple[int, int]


SHORT, LONG = Mode(2, (1_500, 3_000)), Mode(10, (3_000, 9_000))


class World:
    """A data folder, the client with its peer, and the server that is up just now."""

    def __init__(self, folder: Path) -> None:
        self.data, self.answers, self.callbacks = folder / "data", folder / "answers.log", folder / "callbacks.log"
        self.client = start(CLIENT, str(self.answers), str(self.callbacks), stdin=subprocess.PIPE)
        peer = line_of(self.client).strip()
        self.real = [f"--real={seat}={peer}/{seat}" for seat in ("portal", "registry", "hub")]
        self.server: subprocess.Popen[str] | None = None
        self.run = ""

    @property
    def folder(self) -> Path:
        return self.data / "runs" / "demo"

    def open(self) -> None:
        """Start a server, which goes on where the last one was killed, and wait until it is ready."""
        self.server = start(*SERVE, *self.real, "--token", "t", "--data", str(self.data))
        address = line_of(self.server).split()[-1]
        self.run = f"{address}/runs/demo"
        assert ask(f"{address}/readyz") == {"status": "ok"}

    def kill_under_load(self, answers: int, after_ms: float) -> dict[str, Any]:
        """Have the client talk, and kill the server; what came of it."""
        assert self.server is not None
        assert self.client.stdin is not None
        told = {"run": self.run, "pid": self.server.pid, "answers": answers, "after_ms": after_ms}
        self.client.stdin.write(json.dumps(told | {"plan": str(self.folder / "plan.json")}) + "\n")
        self.client.stdin.flush()
        came: dict[str, Any] = json.loads(line_of(self.client))
        assert self.server.wait() == -signal.SIGKILL
        return came

    def quiet(self) -> dict[str, Any]:
        """What the server tells of its run, with its digest, once all that was to leave it has been answered."""
        began = perf_counter()
        while (about := ask(self.run))["under_way"]:
            assert perf_counter() - began < PATIENCE_S, about
        return ask(f"{self.run}?digest=1")

    def end(self) -> None:
        """End what is still there."""
        for process in (self.client, self.server):
            if process is not None:
                process.kill()
                process.wait()


def start(*arguments: str, stdin: int | None = None) -> "subprocess.Popen[str]":
    where = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=where, stdin=stdin, stdout=subprocess.PIPE, text=True
    )


def line_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"{process.args!r} ended with {process.wait()}"
    return line


def ask(url: str) -> Any:
    with urlopen(Request(url, headers={"Authorization": "Bearer t"}), timeout=PATIENCE_S) as answer:
        return json.load(answer)


@contextmanager
def world_in(folder: Path) -> Iterator[World]:
    world = World(folder)
    try:
        yield world
    finally:
        world.end()


# ---- what must hold after each restart ----------------------------------------------------------------------------------
def check_answers(path: Path, journal: JournalReads) -> Counter[tuple[str, str]]:
    """Every logged answer is in the journal as it was given; how many there were of each (kind, outcome)."""
    seen: Counter[tuple[str, str]] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        status, number, theirs, sent, told = line.split("\t")
        region, _, id_ = (number or json.loads(told)["message_id"]).rpartition("-")
        record = journal.by_id(region, int(id_))
        assert record is not None, line
        check_answer(record, status, theirs, sent, told)
        seen[record.kind, record.outcome] += 1
    return seen


def check_answer(record: Record, status: str, theirs: str, sent: str, told: str) -> None:
    kept = json.loads(record.answered or "{}")
    assert kept["theirs"] == theirs
    if sent and record.kind not in ("gov_platform.progress", "tax.void"):  # their paths say part of the message
        assert record.body is not None
        assert xxhash.xxh3_64_hexdigest(record.body.encode()) == sent
    if status != "200":
        said = json.loads(told)
        assert (record.outcome, kept.get("detail", "")) == (f"refused:{said['error']}", said["detail"])
    else:
        assert record.outcome == "ok"
        assert told == (record.reply_body or '{"outcome":"ok"}')


def check_callbacks(path: Path, journal: JournalReads) -> int:
    """Every callback that a peer received is in the journal, word for word; how many different ones there were."""
    seen: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        number, attempt, _, body = line.split("\t")
        assert seen.setdefault(number, body) == body, f"{number} was said again in other words"
        region, _, id_ = number.rpartition("-")
        record = journal.by_id(region, int(id_))
        assert record is not None, line
        assert (record.source, record.body, str(record.attempt)) == ("out", body, attempt)
    return len(seen)


def check(world: World) -> tuple[dict[str, Any], Counter[tuple[str, str]], int]:
    """Everything, of the server that is up."""
    about = world.quiet()
    assert about["broken"] == ""
    journal = JournalReads(world.folder / "journal.db")
    seen = check_answers(world.answers, journal)
    heard = check_callbacks(world.callbacks, journal)
    journal.close()
    check_no_gap(world.folder)
    check_state(world.folder, about)
    return about, seen, heard


@pytest.mark.parametrize(
    "mode", [SHORT, pytest.param(LONG, marks=pytest.mark.skipif(not SLOW, reason="the long mode: set LIANTIAO_SLOW=1"))]
)
def test_nothing_answered_or_said_is_lost(
    tmp_path: Path, mode: Mode, record_property: Callable[[str, object], None]
) -> None:
    luck, answers, seconds = random.Random(13), 0, 0.0
    with world_in(tmp_path) as world:
        world.open()
        for kill in range(mode.kills):
            came = world.kill_under_load(luck.randrange(*mode.answers), luck.random() * 20)
            answers, seconds = answers + came["answers"], seconds + came["seconds"]
            world.open()
            about, seen, heard = check(world)
            said = f"kill {kill + 1}: {came['answers']} answers in {came['seconds']:.1f} s, {heard} callbacks in all"
            sys.stderr.write(f"\n{said}, {about['rows']} rows, snapshot at {about['snapshot_seq']}")
        assert answers == sum(seen.values())
    rate = answers / seconds
    sys.stderr.write(f"\n{answers} answers, {rate:.0f}/s; {dict(seen)}\n")
    record_property("answers_per_second", round(rate))
    assert heard > 0
    assert about["snapshot_seq"] > 0
    assert all(seen[kind, "ok"] > answers / 100 for kind in CHANGING), seen
    assert {kind for kind, outcome in seen if outcome != "ok"}.isdisjoint(NEVER_REFUSED), seen
    if mode is LONG:
        assert rate >= PER_SECOND
