"""What the collector puts aside, and that cycles among it go in the end."""

import asyncio
import gc
import weakref

import pytest

from liantiao.serving import garbage
from liantiao.serving.garbage import Garbage


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
        looking = Garbage()
        try:
            kept = [cycle()]
            strong = kept[0]()
            gc.collect(0)
            assert strong not in gc.get_objects()
            del strong
            gc.collect()
            assert kept[0]() is not None
            looking.run_has_gone()
            await asyncio.wait_for(until_gone(kept[0]), 10)
        finally:
            looking.end()

    asyncio.run(played())


def test_what_nobody_refers_to_goes_at_once_though_put_aside() -> None:
    async def played() -> None:
        looking = Garbage()
        try:
            part = Part()
            ref = weakref.ref(part)
            gc.collect(0)
            del part
            assert ref() is None
        finally:
            looking.end()

    asyncio.run(played())


def test_the_collector_is_left_as_it_was_found() -> None:
    before = gc.get_threshold(), list(gc.callbacks)

    async def played() -> None:
        looking = Garbage()
        assert gc.get_threshold()[0] == garbage.LOT
        looking.end()

    asyncio.run(played())
    assert (gc.get_threshold(), list(gc.callbacks)) == before
    assert gc.get_freeze_count() == 0
