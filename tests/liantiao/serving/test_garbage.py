"""What the collector puts aside, and that cycles among it go in the end."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from liantiao.serving import garbage
from liantiao.serving.garbage import Garbage
from sim.faces.control.shapes import NewRun
from tests.liantiao.asgi import InProcess


class Part:
    """One of two things that hold each other."""

    def __init__(self) -> None:
        self.other: Part | None = None


def cycle() -> "weakref.ref[Part]":
    one, two = Part(), Part()
    one.other, two.other = two, one
    return weakref.ref(one)


async def until_gone(ref: "weakref.ref[Part]") -> None:
    while ref() is not None:
        await asyncio.sleep(0)


def test_cycles_among_what_was_put_aside_go_after_a_run_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "SOON_S", 0.0)

    async def played() -> None:
        with Garbage() as looking:
            ref = cycle()
            strong = ref()
            gc.collect(0)
            assert strong not in gc.get_objects()
            del strong
            gc.collect()
            assert ref() is not None
            looking.run_has_gone()
            await asyncio.wait_for(until_gone(ref), 10)

    asyncio.run(played())


def test_looks_that_find_little_grow_apart_until_a_run_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def played() -> None:
        loop = asyncio.get_running_loop()

        def later(seconds: float, what: Callable[[], None]) -> asyncio.TimerHandle:
            waits.append(seconds)
            if len(waits) < 12:
                loop.call_soon(what)
            return loop.call_at(loop.time() + 60, lambda: None)

        monkeypatch.setattr(loop, "call_later", later)
        with Garbage() as looking:
            while len(waits) < 12:
                await asyncio.sleep(0)
            looking.run_has_gone()

    asyncio.run(played())
    assert waits[:3] == [2 * garbage.AGAIN_S, 4 * garbage.AGAIN_S, 8 * garbage.AGAIN_S]
    assert waits[11:] == [garbage.SELDOM_S, garbage.SOON_S]


def test_the_collector_is_left_as_it_was_found() -> None:
    before = gc.get_threshold(), list(gc.callbacks)

    async def played() -> None:
        with Garbage() as looking:
            assert gc.get_threshold()[0] == garbage.LOT
        looking.run_has_gone()

    asyncio.run(played())
    assert (gc.get_threshold(), list(gc.callbacks)) == before
    assert gc.get_freeze_count() == 0


def test_who_deletes_resets_or_restores_a_run_says_that_it_has_gone(tmp_path: Path) -> None:
    server = InProcess(tmp_path, NewRun(name="demo"))
    gone: list[str] = []
    server.server.keeper.on_gone = lambda: gone.append("gone")
    server.ask("POST", "/runs/demo/snapshots", {"name": "now"})
    server.ask("POST", "/runs/demo/snapshots/now/restore")
    server.ask("POST", "/runs/demo/reset")
    server.ask("DELETE", "/runs/demo")
    server.end()
    assert len(gone) == 3
