"""Shared tables are made of the rows that their header asks for, with the columns that their SQL names, and of no others."""

import random
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from sim.judge.one_pass import read_once
from sim.judge.picks import Picks
from sim.package.tables import PackageError
from tests.scenarios.journal_rows import Heard, Story, journal_table

SQL = "-- rows: {rows}\n-- part_of, in a comment, is no column.\nSELECT id, kind, ok, ref, t_ms, 'item' FROM few_rows"


def journal(folder: Path, seed: int) -> Path:
    luck = random.Random(seed)
    kinds, outcomes = ["a.b", "a.c", "d.e"], ["ok", "ok", "refused:x", "fault:y"]
    rows = [
        Heard(minute, luck.choice(["a>b", "a>c"]), luck.choice(kinds), luck.choice([None, "", "x"]),
              outcome=luck.choice(outcomes), id=minute + 1)
        for minute in range(200)
    ]  # fmt: skip
    pq.write_table(journal_table([Story(rows)]), folder / "journal.parquet", row_group_size=37)
    return folder / "journal.parquet"


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ("a.b", "kind = 'a.b'"),
        ("a.b\n--   d.e@c", "kind = 'a.b' OR kind = 'd.e' AND receiver = 'c'"),
        ("*@b", "receiver = 'b'"),
        ("*:refused a.c", "outcome LIKE 'refused%' OR kind = 'a.c'"),
        ("a.b@b:refused", "kind = 'a.b' AND receiver = 'b' AND outcome LIKE 'refused%'"),
        ("z.z *@nobody", "false"),
    ],
)
def test_rows_are_those_that_sql_would_find(rows: str, where: str, tmp_path: Path) -> None:
    path = journal(tmp_path, len(rows))
    picks = Picks({"few": SQL.format(rows=rows), "whole": "SELECT case_no FROM moments"})
    read_once(path, [picks])
    tables = picks.tables()
    assert list(tables) == ["few"]
    few = tables["few"]
    assert set(few.column_names) == {"id", "kind", "ref", "t_ms", "ok"}
    found = duckdb.sql("SELECT id, kind, ok, ref, t_ms FROM few ORDER BY id").fetchall()
    assert (
        found
        == duckdb.sql(f"""
        SELECT id, kind, outcome = 'ok', ref, epoch_ms(t) FROM '{path}' WHERE {where} ORDER BY id""").fetchall()
    )


def test_a_header_that_cannot_be_read_names_its_table() -> None:
    with pytest.raises(PackageError, match=r"_few\.sql 的 rows：“a.b>c”"):
        Picks({"few": SQL.format(rows="a.b a.b>c")})
