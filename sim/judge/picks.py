"""Picks: the few rows of a journal that a shared table is made of, taken on the same one pass as the moments.

A shared table that begins with `-- rows: kind kind@receiver *@receiver *:refused` reads them under its own
name with `_rows`, with the columns of `journal` that its SQL names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sim.judge.one_pass import OK, REFUSED, Ints, RowGroup
from sim.journal.parquet import SCHEMA

ROWS = re.compile(r"^-- rows: (.+(?:\n--   .+)*)", re.MULTILINE)
SELECTOR = re.compile(r"(\*|[a-z_]+\.[a-z_]+)(?:@([a-z_]+))?(:refused)?")
NOT_NAMES = re.compile(r"--.*|'[^']*'")
TIMES = {"t_ms": "t", "asked_ms": "asked_t"}


@dataclass(frozen=True, slots=True)
class Selector:
    """Which rows: of one kind or of any (empty), at whose door, and whether only those refused."""

    kind: str
    receiver: str
    refused: bool


def selectors_of(sql: str) -> list[Selector]:
    """Which rows a shared table is made of, as its header says; none if it has no such header."""
    header = ROWS.search(sql)
    words = header.group(1).replace("--", "").split() if header else []
    found = [SELECTOR.fullmatch(word) for word in words]
    if None in found:
        raise ValueError(f"rows：“{words[found.index(None)]}”应当写成 报文种类、报文种类@接收方、*@接收方 或 *:refused")
    parts = [each.groups(default="") for each in found if each]
    return [Selector(kind.replace("*", ""), receiver, bool(refused)) for kind, receiver, refused in parts]


class Pick:
    """The rows of one region for one shared table, gathered row group by row group."""

    def __init__(self, sql: str) -> None:
        selectors = selectors_of(sql)
        self.narrow = [each for each in selectors if each.receiver or each.refused]
        self.whole = [each.kind for each in selectors if each not in self.narrow]
        named = set(re.findall(r"\w+", NOT_NAMES.sub("", sql)))
        plain = [name for name in SCHEMA.names if not pa.types.is_timestamp(SCHEMA.field(name).type)]
        self.columns = [name for name in (*plain, *TIMES, "ok") if name in named]
        needed = {TIMES.get(name, "outcome" if name == "ok" else name) for name in self.columns}
        self.reads = frozenset(needed | {"kind", "receiver", "outcome"})
        self.batches: list[pa.Table] = []

    def take(self, group: RowGroup) -> None:
        """Take in one row group."""
        at = np.flatnonzero(self._chosen(group))
        if at.size:
            self.batches.append(self._rows(group, at))

    def _chosen(self, group: RowGroup) -> Ints:
        chosen = group.among("kind", self.whole)
        for each in self.narrow:
            rows = group.among("receiver", [each.receiver]) if each.receiver else np.ones(len(chosen), bool)
            if each.kind:
                rows &= group.among("kind", [each.kind])
            chosen |= rows & (group.how == REFUSED) if each.refused else rows
        return chosen

    def _rows(self, group: RowGroup, at: Ints) -> pa.Table:
        words = [name for name in self.columns if name not in TIMES and name != "ok"]
        rows = group.table.select(words).take(pa.array(at))
        for name in self.columns:
            if name in TIMES:
                rows = rows.append_column(name, pa.array(group.plain(TIMES[name])[at]))
            elif name == "ok":
                rows = rows.append_column(name, pa.array(group.how[at] == OK))
        return rows

    def table(self) -> pa.Table:
        """The rows, and nothing kept of them here."""
        batches, self.batches = self.batches, []
        return pa.concat_tables(batches).unify_dictionaries() if batches else self._none()

    def _none(self) -> pa.Table:
        types = {name: SCHEMA.field(name).type for name in SCHEMA.names} | dict.fromkeys(TIMES, pa.int64())
        return pa.schema([(name, pa.bool_() if name == "ok" else types[name]) for name in self.columns]).empty_table()


def picks_of(shared: Mapping[str, str]) -> dict[str, Pick]:
    """An empty pick for every shared table that asks for rows."""
    return {name: Pick(sql) for name, sql in shared.items() if ROWS.search(sql)}
