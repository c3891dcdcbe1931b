"""What open cases wait for from systems outside, told once for each seat and message, with how many cases and an example."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sim.faces.glossary import Glossary, beijing
from sim.faces.hosted import Hosted
from sim.journal.sqlite_reads import Untouched
from sim.runs.world import LiveSandbox

Event = dict[str, Any]


def event(world: LiveSandbox, sort: str, seat: str, what: str, words: Glossary, *, case_no: int = 0,
          due_ms: int | None = None, kind: str = "", **more: Any) -> Event:  # fmt: skip
    """Something that is to come, or that is waited for (`due_ms` None), in codes and in words."""
    due = None if due_ms is None else beijing(due_ms)
    return {
        "due_ms": due_ms, "due": due, "region": world.region, "case_no": case_no or None, "sort": sort, "seat": seat,
        "who": words.seat(seat) if seat else "沙箱", "kind": kind, "what": what, **more,
    }  # fmt: skip


async def waited_for(
    found: Hosted, words: Glossary, *, case_no: int | None = None, all_seats: bool = False
) -> list[Event]:
    """What remote seats owe open cases, those that most cases wait for first. Raises JournalError.

    What lies in an inbox is told of: messages after which their seat has said nothing of the case. With `case_no` or
    `all_seats`, also what was taken by systems that have an address and may be about to answer.
    """
    await found.host.file.durable()
    everybody = all_seats or case_no is not None
    seats = [seat for seat in found.run.plan.remote if everybody or not found.host.addresses.get(seat)]
    untouched = await asyncio.to_thread(found.reads.untouched, seats, case_no) if seats else []
    events = [each for world in found.run.worlds.values() for each in _in_memory(world, words)]
    events += _said(found, words, untouched)
    return _together(each for each in events if case_no in (None, each["case_no"]))


def _together(events: Iterable[Event]) -> list[Event]:
    """One of each sort, kind and seat that is waited for, of the first of its cases."""
    alike: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for each in events:
        alike[each["sort"], each["kind"], each["waits_for"]].append(each)
    told = []
    for found in alike.values():
        cases = {each["case_no"] for each in found if each["case_no"]}
        first = min(found, key=lambda each: each["case_no"] or 0)
        more = f"（共 {len(cases):,} 件，如办件 {first['case_no']}）" if len(cases) > 1 else ""
        told.append(first | {"what": first["what"] + more, "cases": len(cases)})
    return sorted(told, key=lambda each: -each["cases"])


def _in_memory(world: LiveSandbox, words: Glossary) -> Iterator[Event]:
    for call in world.border.calls.values():
        sender, receiver = call.route.sender.seat, call.route.receiver.seat
        what = f"等待{words.seat(receiver)}对“{call.route.op.title}”的答复"
        yield event(world, "call", sender, what, words, case_no=call.case.number, kind=call.route.op.name,
                    waits_for=receiver, message_id=f"{world.region}-{call.id}")  # fmt: skip
    for (name, holder, collector, _), results in world.trays.lying.items():
        if world.seats[collector].line is None:
            continue  # one of ours comes for it, and its next poll is listed
        for ready_ms, file, body, *_ in results:
            what = f"“{body.op.title}”待{words.seat(collector)}来取（{words.kind(name)}）"
            yield event(world, "tray", holder.seat, what, words, case_no=file.case.number, kind=body.op.name,
                        waits_for=collector, ready=beijing(ready_ms))  # fmt: skip


def _said(found: Hosted, words: Glossary, untouched: Collection[Untouched]) -> Iterator[Event]:
    """What remote seats took, and have done nothing about, of cases that go on."""
    for each in untouched:
        world = found.run.worlds.get(each.region)
        if world is None or not _goes_on(world, each.case_no):
            continue
        has_inbox = not found.host.addresses.get(each.receiver)
        where = "的收件箱里有" if has_inbox else "已收下"
        what = f"{words.seat(each.receiver)}{where}“{words.kind(each.kind)}”，此后没有再为它发报文"
        yield event(world, "inbox" if has_inbox else "taken", each.sender, what, words, case_no=each.case_no, kind=each.kind,
                    waits_for=each.receiver, message_id=f"{each.region}-{each.id}", said=beijing(each.t_ms))  # fmt: skip


def _goes_on(world: LiveSandbox, number: int) -> bool:
    case = world.cases.get(number)
    return case is not None and not world.rests(case)
