"""A run's journal, replayed from its beginning as it was at some row: what a server tells of its state is held against it."""

import json
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from liantiao.directory import directory
from liantiao.serving.live import run_of
from liantiao.serving.reopen import reader
from sim.journal.record import Command, Record
from sim.journal.sqlite_reads import JournalReads
from sim.package import load_package
from sim.runs.plan import RunPlan
from sim.runs.replay import Replay
from sim.runs.state_digest import state_digest

KNOWN = directory()


class UpTo(JournalReads):
    """A journal as it was when its newest row was `seq`."""

    def __init__(self, path: Path, seq: int) -> None:
        super().__init__(path)
        self.seq = seq

    def records(self, after_seq: int = 0) -> Iterator[Record]:
        return takewhile(lambda record: record.seq <= self.seq, super().records(after_seq))

    def commands(self, after_seq: int = 0) -> list[Command]:
        return [each for each in super().commands(after_seq) if each.seq <= self.seq]


def check_state(folder: Path, about: dict[str, Any]) -> None:
    """The digest that a server told of its run, with how many rows it had, is that of a replay of its whole journal."""
    plan = RunPlan.from_json(json.loads((folder / "plan.json").read_text(encoding="utf-8")))
    run, journal = run_of(plan, load_package(plan.package)), UpTo(folder / "journal.db", about["rows"])
    told = Replay(run, KNOWN.kinds, reader(KNOWN)).feed(journal)
    journal.close()
    assert told.divergence == ""
    assert told.missing == []
    run.written, run.sending, run.given = [], [], []
    run.advance(about["now_ms"])
    assert run.written == []
    assert state_digest(run) == about["digest"]


def check_no_gap(folder: Path) -> None:
    """Every number from 1 on is that of one row: a message or a command."""
    journal = JournalReads(folder / "journal.db")
    seqs = sorted(each.seq for rows in (journal.records(), journal.commands()) for each in rows)
    journal.close()
    assert seqs == list(range(1, len(seqs) + 1))
