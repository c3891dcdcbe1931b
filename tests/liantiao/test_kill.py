"""What the server has answered is in its journal, however it dies: it is killed under load, again and again."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from urllib.request import Request, urlopen

import pytest

from liantiao.code_version import code_version
from liantiao.keeper import directory
from liantiao.live import run_of
from liantiao.reopen import reader, reopened
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from sim.package import load_package
from sim.runs.plan import RunPlan
from sim.runs.replay import Replay
from sim.runs.run import Run
from sim.runs.snapshot_files import SnapshotFiles
from sim.runs.state_digest import state_digest

ROOT = Path(__file__).resolve().parents[2]
SERVE = ["-c", "from liantiao.cli import main; main()", "serve", "--port", "0", "--cases", "2000", "--token", "t",
         "--snapshot-rows", "4000", "--real", "portal=", "--real", "registry=", "--real", "hub="]  # fmt: skip
CLIENT = str(Path(__file__).with_name("kill_client.py"))
ANSWERS = (1_500, 4_000)
"""Between so many answers and so many the server is killed."""


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def served(data: Path) -> "tuple[subprocess.Popen[str], str]":
    """A server, open, and the address of its run."""
    server = start(*SERVE, "--data", str(data))
    assert server.stdout is not None
    address = server.stdout.readline().split()[-1] + "/runs/demo"
    shown = Request(address, headers={"Authorization": "Bearer t"})
    with urlopen(shown, timeout=60) as answer:
        assert json.load(answer)["broken"] == ""
    return server, address


def killed_under_load(data: Path, first: int, enough: int) -> list[list[str]]:
    """What the client logged: status, message id, its own number, body."""
    server, address = served(data)
    client = start(CLIENT, address, str(first))
    assert client.stdout is not None
    logged = [client.stdout.readline()]
    began = perf_counter()
    logged += [client.stdout.readline() for _ in range(enough)]
    rate = enough / (perf_counter() - began)
    server.kill()
    server.wait()
    logged += client.stdout.readlines()
    assert client.wait() == 0
    sys.stderr.write(f"\n{len(logged)} answers, {rate:.0f}/s\n")
    return [line.rstrip("\n").split("\t") for line in logged]


def check_answers(logged: list[list[str]], journal: JournalReads) -> None:
    """Every answer is in the journal as it was given."""
    for status, number, theirs, told in logged:
        said = json.loads(told)
        region, _, id_ = (number or said["message_id"]).rpartition("-")
        record = journal.by_id(region, int(id_))
        assert record is not None, (status, number, theirs, told)
        assert json.loads(record.answered or "{}")["theirs"] == theirs
        check_answer(record, int(status), said)


def check_answer(record: Record, status: int, said: object) -> None:
    if status != 200:
        assert isinstance(said, dict)
        assert record.outcome == f"refused:{said['error']}"
    else:
        assert record.outcome == "ok"
        if said != {"outcome": "ok"}:
            assert json.loads(record.reply_body or "null") == said


def check_state(folder: Path, journal: JournalReads) -> int:
    """The newest snapshot and its tail give what a replay of everything gives; returns where the snapshot stood."""
    plan = RunPlan.from_json(json.loads((folder / "plan.json").read_text(encoding="utf-8")))
    known, package = directory(), load_package(plan.package)

    def fresh() -> Run:
        return run_of(plan, package)

    short = reopened(fresh, SnapshotFiles(folder / "snapshots"), journal, code_version(), known)
    whole = fresh()
    told = Replay(whole, known.kinds, reader(known)).feed(journal)
    for run, came in ((short.run, short.told), (whole, told)):
        assert came.divergence == ""
        run.written, run.sending, run.given = [], [], []
    assert state_digest(short.run) == state_digest(whole)
    return short.snapshot_seq


LONG = pytest.mark.skipif("LIANTIAO_SLOW" not in os.environ, reason="the long mode: set LIANTIAO_SLOW=1")


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=LONG)])
def test_nothing_answered_is_lost(tmp_path: Path, kills: int) -> None:
    luck, folder = random.Random(13), tmp_path / "runs" / "demo"
    all_logged: list[list[str]] = []
    snapshot_seq = 0
    for kill in range(kills):
        logged = killed_under_load(tmp_path, kill * 1_000_000, luck.randrange(*ANSWERS))
        assert {each[0] for each in logged} == {"200", "422"}
        all_logged += logged
        journal = JournalReads(folder / "journal.db")
        check_answers(all_logged if kill == kills - 1 else logged, journal)
        snapshot_seq = check_state(folder, journal)
        journal.close()
    assert snapshot_seq > 0
