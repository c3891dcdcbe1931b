"""Measures of messages: one grouped count of the journal, and the inventory, steps, refusals, faults and money in it."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from sim.calendar import DAY_MS
from sim.gate import CASE_CLOSED, NOT_FOUND, NOT_NOW, UNEXPECTED
from sim.measures.periods import UTC8_MS
from sim.message import Error, Operation, Shape

MONEY: Final = {
    "unionpay.debited": "debited", "tax.write_off": "tax", "non_tax.write_off": "fee", "tax.treasury_refunded": "returned",
    "unionpay.refunded": "returned", "unionpay.card_returned": "returned",
}  # fmt: skip
"""Kinds whose amounts are money that moved, and what it was."""

NOTHING_SEEN: Final = {"seen": 0, "refused": 0, "struck": 0}

COUNTS: Final = f"""
    select kind, sender, receiver, outcome, reply, attempt > 1 as again, started_t is not null as worked,
           case when amount_fen > 0 then (epoch_ms(t) + {UTC8_MS}) // {DAY_MS} end as day,
           count(*) as n, sum(amount_fen)::bigint as fen
    from read_parquet(?) group by all
"""


class Count(NamedTuple):
    """How many rows of one region's journal are alike, and the money they show."""

    kind: str
    sender: str
    receiver: str
    outcome: str
    reply: str
    again: bool
    worked: bool
    day: int | None
    n: int
    fen: int

    @property
    def ok(self) -> bool:
        """Whether these messages were heard and taken."""
        return self.outcome == "ok"


def read_counts(database: duckdb.DuckDBPyConnection, journal: Path) -> list[Count]:
    """The grouped count of one journal."""
    return [Count(*row) for row in database.execute(COUNTS, [str(journal)]).fetchall()]


class Traffic:
    """All regions' counts, read in the ways that are reported."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self.operations = operations
        self.rows: defaultdict[tuple[str, str, str, str, str], int] = defaultdict(int)
        self.money: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        self.again = 0
        self.worked: set[str] = set()

    def add(self, counts: list[Count]) -> None:
        """Take in one region's counts."""
        for count in counts:
            self.rows[count.kind, count.sender, count.receiver, count.outcome, count.reply] += count.n
            self.again += count.n if count.again else 0
            if count.worked:
                self.worked.add(count.kind)
            sort = MONEY.get(count.kind)
            if sort and count.ok and count.day is not None:
                moved = self.money[count.day, sort]
                moved[0] += count.n
                moved[1] += count.fen

    @property
    def total(self) -> int:
        """Rows of all journals."""
        return sum(self.rows.values())

    def refusals(self) -> list[dict[str, Any]]:
        """Refusals by error and by the kind refused, most frequent first."""
        found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for (kind, _, receiver, outcome, _), n in self.rows.items():
            if outcome.startswith("refused:"):
                found[outcome.removeprefix("refused:"), kind, receiver] += n
        return [
            {
                "error": error,
                "title": self._error(kind, error).title,
                "next_step": self._error(kind, error).next_step,
                "kind": kind,
                "kind_title": self.title(kind),
                "seat": seat,
                "n": n,
            }
            for (error, kind, seat), n in sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
        ]

    def struck(self) -> list[dict[str, Any]]:
        """Messages struck by each fault; what was only late or came twice leaves no mark in the journal."""
        found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for (kind, _, receiver, outcome, _), n in self.rows.items():
            if outcome.startswith("fault:"):
                found[outcome.removeprefix("fault:"), kind, receiver] += n
        return [
            {"fault": fault, "kind": kind, "kind_title": self.title(kind), "seat": seat, "n": n}
            for (fault, kind, seat), n in sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
        ]

    def by_number(self) -> dict[str, dict[str, Any]]:
        """The message inventory, every number from 1 on: its kinds and how often they were taken, refused and struck."""
        found = self._tally(lambda op: op.inventory)
        last: dict[str, int] = {}
        for name in found:
            prefix, _, number = name.rpartition("-")
            last[prefix] = max(last.get(prefix, 0), int(number))
        every = [f"{prefix}-{number:02}" for prefix, most in last.items() for number in range(1, most + 1)]
        return {name: found.get(name, {"kinds": [], **NOTHING_SEEN}) for name in every}

    def by_step(self) -> dict[str, dict[str, Any]]:
        """The policy document's own steps, counted as the inventory is."""
        return self._tally(lambda op: (op.step,) if op.step else ())

    def _tally(self, entries: Any) -> dict[str, dict[str, Any]]:
        table: dict[str, dict[str, Any]] = {}
        for op in self.operations.values():
            for entry in entries(op):
                name = entry.partition("@")[0]
                line = table.setdefault(name, {"kinds": {}, **NOTHING_SEEN})
                line["kinds"].setdefault(op.name, op.title)
        for (kind, sender, receiver, outcome, reply), n in self.rows.items():
            for word, how in ((kind, _how(outcome)), (reply, "seen")):
                for entry in entries(self.operations[word]) if word in self.operations else ():
                    name, _, seat = entry.partition("@")
                    if not seat or seat in (sender, receiver):
                        table[name][how] += n
        return {
            name: {**line, "kinds": list(line["kinds"].values())} for name, line in sorted(table.items(), key=_natural)
        }

    def kinds(self) -> list[dict[str, Any]]:
        """Rows of every kind, most frequent first."""
        found: defaultdict[str, int] = defaultdict(int)
        for (kind, _, _, _, _), n in self.rows.items():
            found[kind] += n
        return [
            {"kind": kind, "title": self.title(kind), "n": n}
            for kind, n in sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
        ]

    def timers(self) -> int:
        """Rows that are messages to oneself."""
        ops = self.operations
        return sum(n for (kind, *_), n in self.rows.items() if kind in ops and ops[kind].shape is Shape.TIMER)

    def title(self, kind: str) -> str:
        """What people read for a kind."""
        op = self.operations.get(kind)
        return op.title if op else kind

    def _error(self, kind: str, code: str) -> Error:
        op = self.operations.get(kind)
        known = (*(op.errors if op else ()), NOT_FOUND, NOT_NOW, CASE_CLOSED, UNEXPECTED)
        return next((error for error in known if error.code == code), Error(code, code, ""))


def _how(outcome: str) -> str:
    if outcome == "ok":
        return "seen"
    return "refused" if outcome.startswith("refused:") else "struck"


CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩"


def _natural(entry: tuple[str, Any]) -> tuple[str, int]:
    """Numbers within names in their order: FJ-9 before FJ-10."""
    head, _, tail = entry[0].rpartition("-")
    return head, int(tail) if tail.isdecimal() else CIRCLED.find(tail[:1])
