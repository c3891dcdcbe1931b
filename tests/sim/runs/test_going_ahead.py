"""A follower and its leader in step: no round trip where nothing crosses, and none left out where something does."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sim.calendar import HOUR_MS
from sim.journal.sqlite import JournalFile
from sim.runs.caller import Came
from sim.runs.exchanges import Going, Heard
from sim.runs.follower import Follower, Stands
from sim.runs.host import RunHost
from sim.runs.stepping import Stepper
from tests.sim.runs.runs import PACKAGE_SEATS, START_MS, a_case_outside_xiamen, a_run, declaration

THERE = "http://there/runs/x"
AT_THEIRS = {seat: f"{THERE}/{seat}" for seat in PACKAGE_SEATS}


class There:
    """A follower that has something due at these instants, at each of which it `speaks`."""

    def __init__(self, due: list[int], speaks: Callable[[RunHost, int], None] = lambda host, at_ms: None) -> None:
        self.due, self.speaks = due, speaks
        self.asked: list[tuple[int, bool]] = []

    async def call(self, host: RunHost, going: Going) -> Came:
        return Came("ok")

    async def tell_late(self, host: RunHost, heard: Heard) -> str:
        return ""

    async def follow(self, host: RunHost, to_ms: int, *, ahead: bool) -> Stands:
        self.asked.append((to_ms - START_MS, ahead))
        while self.due and self.due[0] <= to_ms:
            at_ms = self.due.pop(0)
            self.speaks(host, at_ms)
            if ahead:
                break
        return Stands(len(self.asked), 0, self.due[0] if self.due else None)


def hosted(
    tmp_path: Path, there: There, follower: Follower, play: Callable[[RunHost], Awaitable[Any]], **more: Any
) -> RunHost:
    """A host with such a follower, after the play."""
    run = a_run({**AT_THEIRS, **more})
    host = RunHost(run, JournalFile(tmp_path / "journal.db"), there)
    host.follower = follower
    follower.due_ms = there.due[0] if there.due else None

    async def go() -> None:
        await play(host)
        await host.close()

    try:
        asyncio.run(go())
    finally:
        host.file.close()
    return host


def to(ms: int) -> Callable[[RunHost], Awaitable[Any]]:
    return lambda host: Stepper(host).to(START_MS + ms)


def due_here(host: RunHost) -> None:
    """Something is due here in a while, and nothing crosses before: a declaration has just been heard."""
    run = host.run
    number = a_case_outside_xiamen(run)
    run.hear("hub", "tax", declaration(run, number), number)
    run.written, run.sending, run.given = [], [], []


def test_a_follower_with_nothing_due_is_not_asked(tmp_path: Path) -> None:
    there = There([])
    host = hosted(tmp_path, there, Follower(THERE, stops=True), to(HOUR_MS))
    assert (there.asked[1:], host.run.now_ms) == ([], START_MS + HOUR_MS)


def test_it_goes_ahead_in_one_go_up_to_where_it_speaks(tmp_path: Path) -> None:
    heard: list[int] = []

    def speaks(host: RunHost, at_ms: int) -> None:
        host.reach(at_ms)
        heard.append(host.run.now_ms)

    instants = [START_MS + minute * 60_000 for minute in (1, 2, 40)]
    there = There(list(instants), speaks)
    host = hosted(tmp_path, there, Follower(THERE, stops=True), to(HOUR_MS))
    assert heard == instants
    assert [ahead for _, ahead in there.asked if ahead] == [True] * 3
    assert {to_ms for to_ms, ahead in there.asked if ahead} == {HOUR_MS}
    assert host.run.now_ms == START_MS + HOUR_MS


def test_it_never_goes_past_what_is_due_here(tmp_path: Path) -> None:
    there = There([START_MS + 10, START_MS + 5 * HOUR_MS])
    due: list[int] = []

    async def play(host: RunHost) -> None:
        due_here(host)
        assert host.run.next_due_ms is not None
        due.append(host.run.next_due_ms - START_MS)
        await Stepper(host).to(START_MS + due[0])

    hosted(tmp_path, there, Follower(THERE, stops=True), play)
    ahead = [to_ms for to_ms, is_ahead in there.asked if is_ahead]
    assert ahead
    assert max(ahead) < due[0]


@pytest.mark.parametrize(("stops", "more"), [(False, {}), (True, {"local_hub": ""})])
def test_one_that_may_not_is_asked_instant_by_instant(tmp_path: Path, stops: bool, more: dict[str, str]) -> None:
    there = There([START_MS + 10, START_MS + 20])
    hosted(tmp_path, there, Follower(THERE, stops=stops), to(HOUR_MS), **more)
    assert [each for each in there.asked if each[0]] == [(10, False), (20, False)]


def test_who_was_not_let_go_ahead_does_not_move_our_clock(tmp_path: Path) -> None:
    async def play(host: RunHost) -> None:
        host.reach(START_MS + HOUR_MS)

    assert hosted(tmp_path, There([]), Follower(THERE, stops=True), play).run.now_ms == START_MS


# ---- polls of a follower ---------------------------------------------------------------------------------------------
def polls_in_a_day(lying: frozenset[tuple[str, str, str]] | None) -> set[str]:
    """What a reference asks for in a day in which a case goes on."""
    run = a_run({"power": THERE, "gas": THERE, "cable_tv": THERE}, led=True)
    number = a_case_outside_xiamen(run)
    run.begin(number, number, at_arrival=False)
    if lying is not None:
        run.told_what_lies(lying)
    run.advance(START_MS + 24 * HOUR_MS)
    return {
        f"{going.call.route.op.name}@{going.call.route.sender.seat}"
        for going in run.sending
        if not going.call.case.number
    }


def test_without_word_it_asks_for_everything() -> None:
    assert {"power.fetch_results@hub", "cable_tv.fetch_results@hub"} <= polls_in_a_day(None)


def test_where_nothing_lies_ready_nobody_asks() -> None:
    assert polls_in_a_day(frozenset()) == set()


def test_what_lies_ready_is_fetched() -> None:
    assert polls_in_a_day(frozenset({("power.fetch_results", "power", "hub")})) == {"power.fetch_results@hub"}


def test_who_holds_something_for_a_remote_collector_says_so() -> None:
    run = a_run()
    assert run.lies_ready() == frozenset()


# ---- cases that are over ---------------------------------------------------------------------------------------------
def test_a_case_that_is_over_is_told_until_it_is_known() -> None:
    run = a_run()
    number = a_case_outside_xiamen(run)
    run.world(run.book.region(number)).closed.add(number)
    assert run.over_beside(set()) == [number]
    assert run.over_beside({number}) == []


def test_a_led_case_is_held_until_it_is_over_where_the_clock_is_led() -> None:
    run = a_run({"power": THERE}, led=True)
    number = a_case_outside_xiamen(run)
    run.begin(number, number, at_arrival=False)
    assert run.holds(number)
    assert not run.holds(number + 1)
    run.close_case(number)
    assert not run.holds(number)
