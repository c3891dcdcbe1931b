"""An answer that a fault keeps back: while time stands still nobody waits for it; it is told later, as its ladder says."""

import asyncio
from collections.abc import Awaitable, Iterator
from pathlib import Path

import pytest

from contract.gov_platform import IssueReceiptCode, ReceiptCodeIssued
from sim.calendar import HOUR_MS
from sim.clock import turn
from sim.faults import Effect, Fault
from sim.journal.sqlite import JournalFile
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


@pytest.fixture
def there() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def host(there: Elsewhere, tmp_path: Path) -> Iterator[RunHost]:
    run = a_run()
    run.lay_faults((LOST,), {"title": "答复丢失"})
    file = JournalFile(tmp_path / "journal.db")
    yield RunHost(run, file, there)
    file.close()


def asked(host: RunHost) -> Awaitable[Heard]:
    return host.hear("portal", "gov_platform", IssueReceiptCode("online_hall", ("transfer",)), 1)


def test_who_asked_is_let_go_at_once_and_told_later(host: RunHost, there: Elsewhere) -> None:
    host.awaited.within_s = PATIENCE_S * PATIENCE_S

    async def go() -> Heard:
        heard = await asyncio.wait_for(asked(host), PATIENCE_S)
        await Stepper(host).to(START_MS + HOUR_MS)
        await host.close()
        return heard

    heard = asyncio.run(go())
    assert heard.outcome == "ok"
    assert not len(host.awaited)
    assert [each.message_id for each in there.late] == [heard.message_id]
    assert isinstance(there.late[0].open.answer, ReceiptCodeIssued)


@pytest.mark.parametrize("turns", range(16))
def test_it_is_heard_once_whenever_the_clock_is_moved_meanwhile(turns: int, host: RunHost, there: Elsewhere) -> None:
    """The answer, told again, may come while who asked is just being let go."""

    async def step() -> None:
        for _ in range(turns):
            await turn()
        await Stepper(host).to(START_MS + HOUR_MS)

    async def go() -> bool:
        async def ask() -> bool:
            return (await asked(host)).open.answer is not None

        at_once, _ = await asyncio.gather(ask(), step())
        await host.close()
        return at_once

    at_once = asyncio.run(go())
    assert at_once + len(there.late) == 1
    assert not len(host.awaited)
    assert not host.broken
