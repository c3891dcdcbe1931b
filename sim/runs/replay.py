"""Replay: a run's inputs, read from its journal, fed to a run in the state before them; what it writes is held against the file.

Only inputs change a run, and each is in the journal with all that it takes to feed it again. What the file lacks, because the
server died before it was on disk, is written now; a row that comes out differently is a divergence, and loud.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import count
from operator import itemgetter
from typing import Any

from sim.crossing import Sending
from sim.fault_json import fault_from_json
from sim.journal.cut import RESTORED
from sim.journal.record import SOURCE_IN, SOURCE_INSIDE, SOURCE_REPORTED, Command, Record
from sim.journal.sqlite_reads import JournalReads
from sim.message import Message
from sim.runs.exchanges import CaseUnknownError, Going, SeatAbsentError
from sim.runs.kept import TOLD_WHEN, entries_of, read_kept, told_in
from sim.runs.outbox import resend_kept
from sim.runs.plan import Pace
from sim.runs.run import Run

Read = Callable[[str, str], Message]
"""Reads a body: (name of its kind, JSON text)."""
SHOWN = 5
"""Divergences told in full; of the rest only the number."""
WITHOUT_SEQ = itemgetter(slice(1, None))


class ReplayError(Exception):
    """An input that cannot be fed again; the message is for people."""


@dataclass
class Replayed:
    """What came of a replay."""

    rows: int = 0
    inputs: int = 0
    missing: list[Record] = field(default_factory=list)
    """Rows that the file has not: they are to be appended."""
    gone: int = 0
    """Rows that retention has let go of."""
    differences: int = 0
    first: list[str] = field(default_factory=list)

    def differs(self, what: str) -> None:
        """One more divergence."""
        self.differences += 1
        if len(self.first) < SHOWN:
            self.first.append(what)

    @property
    def divergence(self) -> str:
        """What people are told, "" when all is the same."""
        if not self.differences:
            return ""
        return f"重放与报文日志不一致 {self.differences} 处：" + "；".join(self.first)


class Replay:
    """Feeds a journal to a run. `kinds` finds a kind by its name, `read` reads its body."""

    def __init__(self, run: Run, kinds: Mapping[str, type[Message]], read: Read) -> None:
        self.run, self.kinds, self.read = run, kinds, read
        self.told = Replayed()
        self._on_file: dict[tuple[str, int], Record] = {}
        self._made: dict[tuple[str, int], tuple[int, Record]] = {}

    def feed(self, journal: JournalReads, after_seq: int = 0) -> Replayed:
        """Feed everything after `after_seq`; the run is then where the journal ends, and writes on from there."""
        whole_from, at, last_ms = journal.dropped.before_seq, after_seq, self.run.now_ms
        for each in in_order(journal, after_seq):
            at, last_ms = each.seq, max(last_ms, each.t_ms)
            if isinstance(each, Command):
                self._feed_command(each)
            else:
                self.told.rows += 1
                if each.source not in (SOURCE_INSIDE, SOURCE_REPORTED):
                    self._feed_record(each)
                if each.id:
                    self._meet(each)
            self._gather(at)
        if self._on_file:
            self.run.advance(last_ms)
        elif not self.run.plan.led:
            self._stand_at(last_ms)
        self._gather(at)
        self._finish(whole_from)
        self._go_on(max(at, journal.last_seq()))
        return self.told

    # ---- inputs -----------------------------------------------------------------------------------------------------
    def _feed_record(self, record: Record) -> None:
        self.told.inputs += 1
        if not self.run.plan.led or record.t_ms > self.run.now_ms:
            self.run.advance(record.t_ms)
        try:
            if record.source == SOURCE_IN:
                self._hear(record)
            else:
                self._come_back(record)
        except (KeyError, ValueError, CaseUnknownError, SeatAbsentError, ReplayError) as error:
            self.told.differs(f"第 {record.seq} 行（{record.kind}）不能重放：{type(error).__name__} {error}")

    def _hear(self, record: Record) -> None:
        run, kind = self.run, self.kinds[record.kind]
        if record.body is None:  # somebody fetched what lay ready
            when = TOLD_WHEN in read_kept(record.answered)
            run.collect_in(record.region, record.sender, record.receiver, kind, when)
            return
        theirs = str(read_kept(record.answered).get("theirs", ""))
        body, sending = self._body(record.kind, record.body), Sending(record.attempt, record.asked_ms)
        run.hear(
            record.sender, record.receiver, body, record.case_no or None, theirs, record.body, record.raw, sending
        )  # fmt: skip

    def _come_back(self, record: Record) -> None:
        run, kept = self.run, read_kept(record.answered)
        going = self._going(record.region, record.id)
        how, _, why = record.outcome.partition(":")
        if how == "refused":
            run.turned_down(going, why, str(kept.get("detail", "")), record.raw, told_in(kept))
        elif how == "fault":
            run.failed(going, why, record.raw, told_in(kept))
        elif "entries" in kept:
            run.fetched(going, entries_of(kept, self.read), record.raw, told_in(kept))
        else:
            said = self._body(record.reply, record.reply_body) if record.reply else None
            run.answered(going, said, record.raw, told_in(kept))

    def _body(self, kind: str, text: str | None) -> Message:
        if text is None:
            raise ReplayError("报文体没有留存")
        return self.read(kind, text)

    def _going(self, region: str, id_: int) -> Going:
        world = self.run.worlds.get(region)
        call = None if world is None else world.border.calls.get(id_)
        if call is None:
            raise ReplayError(f"没有待答复的 {region}-{id_}")
        return Going(region, call)

    def _feed_command(self, command: Command) -> None:
        self.told.inputs += 1
        run, args = self.run, json.loads(command.args)
        if command.name not in ("reached", "lying", RESTORED):
            run.advance(command.t_ms)
        try:
            if command.name == RESTORED:
                self._stand_at(command.t_ms)
            else:
                self._do(command.name, args)
        except (CaseUnknownError, SeatAbsentError):
            pass  # it was refused then, too
        except (KeyError, ValueError, ReplayError) as error:
            self.told.differs(f"第 {command.seq} 行（{command.name}）不能重放：{type(error).__name__} {error}")
        run.written = [each for each in run.written if isinstance(each, Record)]

    def _do(self, name: str, args: dict[str, Any]) -> None:
        run = self.run
        if name == "begin":
            run.begin(args["first"], args["last"], at_arrival=args["at_arrival"])
        elif name == "carried":
            body = self._body(args["kind"], json.dumps(args["body"], ensure_ascii=False))
            run.hear(args["sender"], args["seat"], body, args["case_no"], args["theirs"])
        elif name == "faults":
            run.lay_faults(tuple(map(fault_from_json, args["faults"])), args)
        elif name == "close_case":
            run.close_case(args["number"])
        elif name == "resend":
            resend_kept(run, args, lambda kind, raw: self.read(kind, raw.decode()))
        elif name == "reached":
            run.reach(args["to_ms"])
        elif name == "lying":
            run.told_what_lies(frozenset(map(tuple, args["polls"])))
        elif name == "told":
            run.told([run.untold[region, id_] for region, id_ in args["ids"]])
        elif name == "not_told":
            run.not_told(run.untold[args["region"], args["id"]], args["why"])
        elif name != "moved":
            raise ReplayError("不认识的操作")

    def _stand_at(self, t_ms: int) -> None:
        """Be where the run stood at the end, or at the snapshot that it was taken back to.

        Where only somebody moves the clock, what was due then stays due; unless it is not led, and the file shows that it had
        happened. A clock that moves by itself has caught up.
        """
        run, led = self.run, self.run.plan.led
        if not led and (run.plan.pace is Pace.LIVE or self._on_file):
            run.advance(t_ms)
        elif t_ms > run.now_ms:
            run.advance(t_ms - 1)
            run.pass_to(t_ms)

    # ---- what comes out ----------------------------------------------------------------------------------------------
    def _gather(self, at: int) -> None:
        for record in self.run.written:
            assert isinstance(record, Record)
            key = (record.region, record.id)
            known = self._on_file.pop(key, None)
            if known is not None:
                self._compare(known, record)
            else:
                self._made[key] = (at, record)
        self.run.written = []

    def _meet(self, record: Record) -> None:
        made = self._made.pop((record.region, record.id), None)
        if made is not None:
            self._compare(record, made[1])
        else:
            self._on_file[record.region, record.id] = record

    def _compare(self, on_file: Record, made: Record) -> None:
        if WITHOUT_SEQ(on_file) == WITHOUT_SEQ(made):
            return
        names = [name for name, a, b in zip(Record._fields, on_file, made, strict=True) if name != "seq" and a != b]
        shown = "、".join(f"{name} {getattr(on_file, name)!r} 重放为 {getattr(made, name)!r}" for name in names[:3])
        self.told.differs(f"第 {on_file.seq} 行（{on_file.kind}）的 {shown}")

    def _finish(self, whole_from: int) -> None:
        for at, record in self._made.values():
            if at < whole_from:
                self.told.gone += 1
            else:
                self.told.missing.append(record)
        for record in self._on_file.values():
            self.told.differs(f"第 {record.seq} 行（{record.kind}，{record.region}-{record.id}）重放中没有")

    def _go_on(self, last_seq: int) -> None:
        """What left while replaying has left before; what is unanswered or untold leaves again."""
        run = self.run
        number_on(run, last_seq)
        run.sending = [
            Going(region, call) for region, world in run.worlds.items() for call in world.border.calls.values()
        ]
        run.given = [heard for heard in run.untold.values() if not heard.open.waits]
        run.written = [record._replace(seq=next(run.seqs)) for record in self.told.missing]


def number_on(run: Run, last_seq: int) -> None:
    """Let a run's rows be numbered after `last_seq`."""
    run.seqs = count(last_seq + 1)
    for world in run.worlds.values():
        world.log.seqs = run.seqs


def in_order(journal: JournalReads, after_seq: int) -> Iterator[Record | Command]:
    """Everything after a seq, records and commands, in the order in which it was written."""
    commands: Iterable[Command] = journal.commands(after_seq)
    return merge(journal.records(after_seq), commands, key=itemgetter(0))
