"""What is still to come in a run, and who waits for what: timers, deliveries, polls, desks, and calls in flight."""

from collections.abc import Callable, Iterator
from heapq import nsmallest

from sim.clock import Entry
from sim.faces.control.outside import Event, event, waited_for
from sim.faces.glossary import Glossary
from sim.faces.hosted import Hosted
from sim.message import Shape
from sim.runs.run import Run
from sim.runs.world import LiveSandbox, is_own

BY_NAME = {
    "_planned": ("begin", "到申请日，当事人开始申请"),
    "_open": ("desk", "窗口开门"), "_again": ("resend", "按重发阶梯再次发送"), "_resend": ("resend", "按重发阶梯再次发送"),
    "_poll": ("poll", "定时取结果"), "_ask": ("poll", "定时向外部系统取结果"), "_give_up": ("resend", "不再重发"),
}  # fmt: skip
"""What concerns no case, by the function that is called when it is due."""


async def pending(
    found: Hosted, words: Glossary, limit: int, *, case_no: int | None = None, all_seats: bool = False
) -> list[Event]:
    """The next `limit` events: first what systems outside owe open cases (`outside.waited_for`), then who queues for a clerk,
    then in order of time what is due here. Raises JournalError."""

    def wanted(each: Event) -> bool:
        return case_no in (None, each["case_no"])

    worlds = found.run.worlds.values()
    undated = await waited_for(found, words, case_no=case_no, all_seats=all_seats)
    undated += [each for world in worlds for each in _queues(world, words) if wanted(each)]
    dated = (each for world in worlds for each in _dated(world, words, wanted, limit))
    return undated[:limit] + nsmallest(limit - len(undated), dated, key=lambda each: each["due_ms"])


def count_pending(run: Run) -> int:
    """How many events there are in all, beside what lies in inboxes."""
    worlds = run.worlds.values()
    due = sum(not is_own(entry) for world in worlds for together in world.clock.due.values() for entry in together)
    return due + sum(len(w.border.calls) + sum(d.queue_length for d in w.desks.values()) for w in worlds)


def _queues(world: LiveSandbox, words: Glossary) -> Iterator[Event]:
    for desk in world.desks.values():
        for place, job in enumerate((each for each in desk.waiting if not each.is_void()), 1):
            route, case, at = job.rest[2], job.rest[3], job.rest[4]
            what = f"在窗口排队第 {place} 位，等候“{route.op.title}”（岗位 {desk.key[1]}，{desk.clerks} 人）"
            yield event(world, "queue", at.party.seat, what, words, case_no=case.number, kind=route.op.name)


def _dated(world: LiveSandbox, words: Glossary, wanted: Callable[[Event], bool], limit: int) -> Iterator[Event]:
    """At least the first `limit` wanted events of a world that have a due time, instant after instant."""
    found = 0
    for instant in sorted(world.clock.due):
        for entry in world.clock.due[instant]:
            named = _named(world, entry, words)
            if named is not None and wanted(named):
                found += 1
                yield named
        if found >= limit:
            return


def _named(world: LiveSandbox, entry: Entry, words: Glossary) -> Event | None:
    """What an entry of the queue stands for; None for what is nobody's to wait for."""
    due, _, id_, route, case, at, _, _, _, _, mark, extra = entry
    if is_own(entry):
        return None
    if case is None:
        return _unbound(world, entry, words)
    if mark:
        if at.epochs[route.track] != mark:  # a clerk's work that came to nothing
            return None
        seat = at.party.seat
        state = at.states[route.track].title
        how = "正在办理" if extra is not None else "到点"
        what = f"处于“{state}”，{how}“{route.op.title}”"
        return event(world, "work" if extra is not None else "timer", seat, what, words, case_no=case.number, due_ms=due,
                      kind=route.op.name)  # fmt: skip
    sender, receiver = route.sender.seat, route.receiver.seat
    sort = "answer" if route.op.shape is Shape.REPLY else "delivery"
    verb = "即将发出" if route.receiver.line is not None else "在途"
    what = f"“{route.op.title}”{verb}，由{words.seat(sender)}发给{words.seat(receiver)}"
    return event(world, sort, sender, what, words, case_no=case.number, due_ms=due, kind=route.op.name,
                  waits_for=receiver, message_id=f"{world.region}-{id_}")  # fmt: skip


def _unbound(world: LiveSandbox, entry: Entry, words: Glossary) -> Event:
    due, what_for, body = entry[0], entry[3], entry[6]
    name = getattr(what_for, "__name__", "")
    sort, what = BY_NAME.get(name, ("other", "沙箱内部事项"))
    seat, kind, case_no = "", "", 0
    if name in ("_poll", "_ask"):
        kind = body[0]
        holder, seat = getattr(body[1], "seat", ""), body[2]
        what = f"{what}：{words.kind(kind)}（向{words.seat(holder)}）"
    elif name == "_planned":
        case_no = body[0]
    elif name == "_again":
        call = body[0]
        case_no, kind, seat = call.case.number, call.route.op.name, call.route.sender.seat
        what = f"{what}“{call.route.op.title}”给{words.seat(call.route.receiver.seat)}"
    elif name == "_resend":
        route, case, _ = body
        case_no, kind, seat = case.number, route.op.name, route.sender.seat
        what = f"{what}“{route.op.title}”给{words.seat(route.receiver.seat)}"
    elif name == "_give_up":
        case_no = body.number
    return event(world, sort, seat, what, words, case_no=case_no, due_ms=due, kind=kind)
