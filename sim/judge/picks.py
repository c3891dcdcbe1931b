"""Picks: the few rows of a journal that a shared table is made of, taken on the same one pass as the moments.

A shared table that begins with `-- rows: kind kind@receiver *@receiver *:refused` reads them under its own name with `_rows`,
with the columns of `journal` that its SQL names (times, where it needs any, are t_ms and asked_ms).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from sim.journal.parquet import SCHEMA, WORD
from sim.judge.one_pass import MISPLACED, OK, REFUSED, Ints, RowGroup
from sim.package.tables import PackageError

ROWS = re.compile(r"^-- rows: (.+(?:\n--   .+)*)", re.MULTILINE)
SELECTOR = re.compile(r"(\*|[a-z_]+\.[a-z_]+)(?:@([a-z_]+))?(:refused)?")
NOT_NAMES = re.compile(r"--.*|'[^']*'")
TIMES = {"t_ms": "t", "asked_ms": "asked_t"}
TYPES = {field.name: field.type for field in SCHEMA if not pa.types.is_timestamp(field.type)}
TYPES |= dict.fromkeys(TIMES, pa.int64()) | {"ok": pa.bool_()}


@dataclass(frozen=True, slots=True)
class Selector:
    """Which rows: of one kind or of any (*), at whose door (anybody's, when empty), and whether only those refused."""

    kind: str
    receiver: str
    refused: bool


@dataclass(slots=True)
class Pick:
    """What one shared table asks for, and the rows found so far."""

    selectors: list[Selector]
    columns: list[str]
    batches: list[pa.Table] = field(default_factory=list)


class Picks:
    """The rows of one region for every shared table that asks for some, gathered row group by row group."""

    def __init__(self, shared: Mapping[str, str]) -> None:
        asked = {name: found[1] for name, sql in shared.items() if (found := ROWS.search(sql))}
        self._picks = {name: Pick(_selectors(name, rows), _columns(shared[name])) for name, rows in asked.items()}
        named = {name for pick in self._picks.values() for name in pick.columns}
        self.reads = frozenset({"kind", "receiver", "outcome"} | {TIMES.get(name, name) for name in named - {"ok"}})

    def take(self, group: RowGroup) -> None:
        """Take in one row group."""
        wanted = self._wanted(group)
        somebodys = np.flatnonzero(wanted)
        wanted = wanted[somebodys]
        for bit, pick in enumerate(self._picks.values()):
            if (at := somebodys[(wanted & (1 << bit)) != 0]).size:
                columns = [_column(group, name, at) for name in pick.columns]
                pick.batches.append(pa.table(columns, pa.schema([(name, TYPES[name]) for name in pick.columns])))

    def _wanted(self, group: RowGroup) -> Ints:
        """For every row, the picks that want it, as bits."""
        kinds = group.words("kind")
        whole = np.zeros(len(kinds), np.int64)
        narrow = []
        for bit, pick in enumerate(self._picks.values()):
            for each in pick.selectors:
                if each.receiver or each.refused:
                    narrow.append((1 << bit, each))
                elif each.kind in kinds:
                    whole[kinds.index(each.kind)] |= 1 << bit
        wanted: Ints = whole[group.codes("kind")]
        for mark, each in narrow:
            rows = np.isin(group.how, (REFUSED, MISPLACED)) if each.refused else np.ones(len(wanted), bool)
            for name, word in (("kind", each.kind), ("receiver", each.receiver)):
                if word not in ("", "*"):
                    rows = rows & (group.places(name, [word]) == 0)
            wanted[rows] |= mark
        return wanted

    def tables(self) -> dict[str, pa.Table]:
        """The rows, by the name of the shared table."""
        return {name: _table(pick) for name, pick in self._picks.items()}


def _selectors(name: str, rows: str) -> list[Selector]:
    found = []
    for word in rows.replace("--", "").split():
        parts = SELECTOR.fullmatch(word)
        if parts is None:
            raise PackageError(
                f"检核项共用表 _{name}.sql 的 rows：“{word}”应当写成“报文种类”“报文种类@接收方”“*@接收方”或“*:refused”。"
            )
        found.append(Selector(parts[1], parts[2] or "", bool(parts[3])))
    return found


def _columns(sql: str) -> list[str]:
    named = set(re.findall(r"\w+", NOT_NAMES.sub("", sql)))
    return [name for name in TYPES if name in named]


def _column(group: RowGroup, name: str, at: Ints) -> pa.Array:
    if name == "ok":
        return pa.array(group.how[at] == OK)
    if TYPES[name] == WORD:
        codes = pa.array(group.codes(name)[at].astype(np.int16))
        return pa.DictionaryArray.from_arrays(codes, group.column(name).dictionary)
    if TYPES[name] == pa.string():
        return group.column(name).take(pa.array(at))
    return pa.array(group.plain(TIMES.get(name, name))[at])


def _table(pick: Pick) -> pa.Table:
    if pick.batches:
        return pa.concat_tables(pick.batches).unify_dictionaries()
    return pa.schema([(name, TYPES[name]) for name in pick.columns]).empty_table()
