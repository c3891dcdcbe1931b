"""An answer that a fault keeps back: while time stands still nobody waits for it; it is told later, as its ladder says."""

import asyncio
from pathlib import Path

import pytest

from contract.gov_platform import IssueReceiptCode, ReceiptCodeIssued
from sim.calendar import HOUR_MS
from sim.faults import Effect, Fault
from sim.journal.sqlite import JournalFile
from sim.runs import host as hosts
from sim.runs.exchanges import Heard
from sim.runs.host import RunHost
from sim.runs.stepping import Stepper
from tests.sim.runs.runs import START_MS, a_run
from tests.sim.runs.test_going_ahead import There

PATIENCE_S = 60
"""Who waits as long waits for what never comes."""
LOST = Fault("answer_lost", Effect.LOST, ReceiptCodeIssued.op.name, most=1)


class Elsewhere(There):
    """The package's systems, which are told what comes late."""

    def __init__(self) -> None:
        super().__init__([])
        self.late: list[Heard] = []

    async def tell_late(self, host: RunHost, heard: Heard) -> str:
        self.late.append(heard)
        return ""


def test_who_asked_is_let_go_at_once_and_told_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "LATE_MS", 1_000 * PATIENCE_S * PATIENCE_S)
    run, there = a_run(), Elsewhere()
    run.lay_faults((LOST,), {"title": "答复丢失"})
    host = RunHost(run, JournalFile(tmp_path / "journal.db"), there)

    async def go() -> Heard:
        asking = host.hear("portal", "gov_platform", IssueReceiptCode("online_hall", ("transfer",)), 1)
        heard = await asyncio.wait_for(asking, PATIENCE_S)
        await Stepper(host).to(START_MS + HOUR_MS)
        await host.close()
        return heard

    try:
        heard = asyncio.run(go())
    finally:
        host.file.close()
    assert heard.outcome == "ok"
    assert not host.waiting
    assert [each.message_id for each in there.late] == [heard.message_id]
    assert isinstance(there.late[0].open.answer, ReceiptCodeIssued)
