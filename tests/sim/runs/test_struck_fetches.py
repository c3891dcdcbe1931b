"""Faults on what a remote seat fetches: the fetch itself, and its entries one by one; a replay meets the same ones."""

import json
from collections import Counter
from pathlib import Path

import pytest

from sim.calendar import DAY_MS
from sim.durations import STEPS, Duration
from sim.faults import Effect, Fault
from sim.journal.record import Record
from sim.journal.sqlite_reads import JournalReads
from sim.runs.state_digest import state_digest
from tests.sim.runs.bridge import START_MS, Bridge
from tests.sim.runs.test_replay import at_rest

WEEK = Duration((7 * DAY_MS,) * STEPS, False, "test")
FAULTS = (
    Fault("entry_lost", Effect.LOST, "power.result", most=1),
    Fault("entry_late", Effect.LATE, "gas.result", delay=WEEK),
    Fault("entry_twice", Effect.DUPLICATED, "cable_tv.result", delay=WEEK),
    Fault("fetch_missed", Effect.OUTAGE, "power.fetch_results", total=3),
)


def rows_of(bridge: Bridge) -> list[Record]:
    """What is on the sandbox's file."""
    bridge.a.file.flush()
    reads = JournalReads(bridge.a.path)
    rows = list(reads.records(0))
    reads.close()
    return rows


def test_faults_strike_what_is_fetched_and_every_case_ends(tmp_path: Path) -> None:
    bridge = Bridge(tmp_path)
    bridge.a.run.lay_faults(FAULTS, {"title": "fetches"})
    bridge.begin(1, 16)
    bridge.play(START_MS + 150 * DAY_MS)
    rows, struck = rows_of(bridge), bridge.a.run.struck
    assert bridge.a.run.is_over
    assert struck["fetch_missed"] == 3
    missed = [row for row in rows if row.outcome == "fault:fetch_missed"]
    assert [(row.kind, row.source, row.ref) for row in missed] == [("power.fetch_results", "in", "0")] * 3
    lost = [row for row in rows if row.outcome == "fault:entry_lost"]
    assert len(lost) == struck["entry_lost"] == len({row.case_no for row in lost}) > 0
    twice = Counter(row.case_no for row in rows if row.kind == "cable_tv.result" and row.part_of)
    assert twice
    assert min(twice.values()) >= 2
    late = [row for row in rows if row.kind == "gas.result" and row.part_of]
    assert len(late) == struck["entry_late"] > 0
    bridge.a.hand_over()
    again, told = bridge.a.again()
    again.advance(bridge.a.run.now_ms)
    assert told.divergence == ""
    assert state_digest(at_rest(again)) == state_digest(at_rest(bridge.a.run))


def test_a_fault_on_the_nth_message_of_a_case_strikes_no_fetch(tmp_path: Path) -> None:
    bridge = Bridge(tmp_path)
    nth = Fault("third", Effect.OUTAGE, "power.fetch_results", nth=3)
    bridge.a.run.lay_faults((nth,), {"title": "fetches"})
    bridge.begin(1, 2)
    bridge.play(START_MS + 60 * DAY_MS)
    assert not bridge.a.run.struck["third"]


@pytest.mark.parametrize("told_when", [True, False])
def test_an_entry_that_is_held_until_a_moment_is_heard_then(tmp_path: Path, told_when: bool) -> None:
    """Who can be told when to hear it hears it at that very moment; who cannot is handed it at the first fetch from then on."""
    at_once, until_ms = Duration((0,) * STEPS, False, "test"), START_MS + 61 * DAY_MS + 12_345
    held = Fault("entry_held", Effect.LATE, "gas.result", delay=at_once, most=1, not_before_ms=until_ms)
    bridge = Bridge(tmp_path)
    bridge.told_when = told_when
    bridge.a.run.lay_faults((held,), {"title": "held"})
    bridge.begin(1, 16)
    bridge.play(START_MS + 150 * DAY_MS)
    assert bridge.a.run.is_over
    first = {row.case_no: row.t_ms for row in reversed(heard(bridge)) if row.kind == "gas.result"}
    assert first
    assert all(t_ms == until_ms if told_when else t_ms > until_ms for t_ms in first.values())
    for kept in (bridge.a, bridge.b):
        kept.hand_over()
        again, told = kept.again()
        again.advance(kept.run.now_ms)
        assert told.divergence == ""
        assert state_digest(at_rest(again)) == state_digest(at_rest(kept.run))


def heard(bridge: Bridge) -> list[Record]:
    """What is on the reference's file."""
    bridge.b.file.flush()
    reads = JournalReads(bridge.b.path)
    rows = [row for row in reads.records(0) if row.outcome == "ok"]
    reads.close()
    return rows


@pytest.mark.parametrize(("effect", "first"), [(Effect.ALTERED, {"GX"}), (Effect.STRAY, {"GX", "its own"})])
def test_an_entry_can_be_changed_on_its_way(tmp_path: Path, effect: Effect, first: set[str]) -> None:
    bridge = Bridge(tmp_path)
    changed = Fault("entry_changed", effect, "gas.result", most=1, changes=(("accept_no", "GX"),))
    bridge.a.run.lay_faults((changed,), {"title": "changed"})
    bridge.begin(1, 16)
    bridge.play(START_MS + 150 * DAY_MS)
    assert bridge.a.run.is_over
    said: dict[int, list[str]] = {}
    for row in heard(bridge):
        if row.kind == "gas.result" and row.body:
            number = json.loads(row.body)["accept_no"]
            said.setdefault(row.case_no, []).append(number if number == "GX" else "its own")
    assert said
    assert all({*numbers} == first for numbers in said.values())
