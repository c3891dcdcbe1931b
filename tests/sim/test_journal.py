"""The journal: every store says the same of a run, and the same run has the same digest."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.journal import NO_RULE, NOTE, ROW, Body, Journal, MemoryStore, as_json
from sim.journal.parquet import BODIES, INSTANT, SCHEMA
from sim.message import Message, notice
from sim.party import Party
from sim.route import FIRST_TRIP
from sim.table import State, Track, ignored
from tests.sim.chatter import CASES, chatter, parquet
from tests.sim.toys import Ask, AskLater, Do, Told, a_role, a_state, counter
from tests.town import Town, rows_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    """The same world told to both stores."""
    folder = tmp_path_factory.mktemp("journal")
    in_memory, on_disk = chatter(MemoryStore()), chatter(parquet(folder))
    digests = in_memory.journal.close(), on_disk.journal.close()
    return in_memory, folder, digests


def test_both_stores_have_the_same_digest(run):
    _, _, digests = run
    assert digests[0] == digests[1]


def test_both_stores_say_the_same(run):
    town, folder, _ = run
    table = pq.read_table(folder / "journal.parquet").to_pylist()
    rows = rows_of(town.journal)
    assert len(table) == len(rows) == town.journal.count
    for stored, kept in zip(table, rows, strict=True):
        registry = stored.pop("registry")
        assert registry == ("A" if kept["case_no"] == 0 else "ABC"[kept["case_no"] % 3])
        told = {name: value for name, value in stored.items() if not isinstance(value, type(table[0]["t"]))}
        assert {**told, **times(stored)} == kept


def times(stored: dict) -> dict[str, int | None]:
    found = {name: stored[name] for name in ("t", "asked_t", "started_t")}
    return {name: None if each is None else round(each.timestamp() * 1_000) for name, each in found.items()}


def test_the_run_shows_every_sort_of_row(run):
    town, _, _ = run
    rows = rows_of(town.journal)
    refused = {"refused:wrong", "refused:unexpected", "refused:not_now"}
    assert {each["outcome"] for each in rows} == {"ok", "fault:lossy"} | refused
    assert any(each["answers"] for each in rows)
    assert any(each["part_of"] for each in rows)
    assert any(each["attempt"] > 1 for each in rows)
    assert any(each["started_t"] for each in rows)
    assert any(each["item"] == "water" for each in rows)


def test_parquet_columns_and_metadata(run):
    _, folder, _ = run
    file = pq.ParquetFile(folder / "journal.parquet")
    assert file.schema_arrow.names == SCHEMA.names
    assert file.schema_arrow.field("t").type == INSTANT
    assert pa.types.is_dictionary(file.schema_arrow.field("kind").type)
    assert json.loads(file.schema_arrow.metadata[b"liantiao"]) == {"run": "chatter", "seed": 1}
    table = pq.read_table(folder / "journal.parquet")
    assert {name for name in SCHEMA.names if table[name].null_count} == {"started_t", "ref"}


def test_bodies_are_kept_of_one_case_in_so_many(run):
    town, folder, _ = run
    table = pq.read_table(folder / "bodies.parquet")
    assert table.schema.equals(BODIES)
    bodies = [body for block in town.journal.store.blocks for body in block.bodies]
    assert [Body(**each) for each in table.to_pylist()] == bodies
    cases = {body.case_no for body in bodies}
    assert 0 < len(cases) < CASES / 2
    ids = {each["id"]: each for each in rows_of(town.journal)}
    for case in cases:
        kept = {body.id for body in bodies if body.case_no == case}
        heard = {each["id"] for each in ids.values() if each["case_no"] == case and "fault:" not in each["outcome"]}
        assert heard <= kept
    asked = next(body for body in bodies if body.kind == "toy.ask")
    assert json.loads(asked.json) == {"n": 1}


def test_row_and_note_layouts_are_packed():
    assert (ROW.itemsize, NOTE.itemsize) == (44, 48)
    assert ROW.names == ("id", "cause", "t", "asked_t", "case_no", "route", "rule")


def test_blocks_of_any_size_say_the_same():
    def rows(limit: int):
        parties = [Party(counter(), "toy")]
        journal = Journal(parties, MemoryStore(), limit)
        code = journal.code("a", "b", Do)
        for n in range(10):
            if n % 3 == 0:
                journal.note((n, n, n, 2), journal.words["fault:x"], 0, 7, str(n))
            journal.write((n, 0, n, n, 1, code, NO_RULE))
        journal.close()
        return rows_of(journal), len(journal.store.blocks)

    small, large = rows(3), rows(100)
    assert small[0] == large[0]
    assert (small[1], large[1]) == (4, 1)
    assert [each["ref"] for each in small[0] if each["ref"]] == ["0", "3", "6", "9"]


def test_a_row_without_a_rule_has_no_state_and_one_without_a_file_neither():
    journal = Journal([Party(counter(), "toy")], MemoryStore())
    journal.note(FIRST_TRIP, journal.words["refused:not_found"], 0, 0, None)
    journal.write((1, 0, 5, 5, 1, journal.code("a", "b", Told), NO_RULE))
    journal.flush()
    (entry,) = rows_of(journal)
    assert (entry["track"], entry["state_from"], entry["state_to"], entry["outcome"]) == (
        "",
        "",
        "",
        "refused:not_found",
    )


ASK = Ask(1)


def test_a_body_kept_after_the_last_full_block_is_not_lost():
    journal = Journal([Party(counter(), "toy")], MemoryStore(), limit=1)
    journal.write((1, 0, 5, 5, 1, journal.code("a", "b", Ask), NO_RULE))
    journal.keep_bodies(1, 1, ASK, None)
    journal.close()
    assert [body.id for block in journal.store.blocks for body in block.bodies] == [1]


def digest_of_a_short_run(message: Message = ASK, seat: str = "toy", sample_every: int = 1) -> str:
    town = Town({seat: counter()}, sample_every=sample_every)
    town.say("buyer", seat, message)
    town.run(days=1)
    return town.journal.close()


def test_the_digest_covers_kept_bodies_and_what_the_codes_stand_for():
    digests = {digest_of_a_short_run(), digest_of_a_short_run(Ask(2)), digest_of_a_short_run(AskLater(1))}
    digests.add(digest_of_a_short_run(seat="toy2"))
    assert len(digests) == 4
    assert digest_of_a_short_run(Ask(1), sample_every=0) == digest_of_a_short_run(Ask(2), sample_every=0)


def test_what_else_the_process_has_loaded_does_not_matter():
    before = digest_of_a_short_run()
    other = a_state()
    Track("other", "别的", other, [ignored([other, *(State(str(n), "态") for n in range(40_000))], Do, "无须处理")])
    assert digest_of_a_short_run() == before


def test_the_digest_tells_runs_apart(run):
    _, _, digests = run
    assert chatter(MemoryStore(), seed=2).journal.close() != digests[0]


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711"])
def test_the_digest_does_not_hang_on_the_hash_seed(run, hash_seed: str):
    _, _, digests = run
    env = {**os.environ, "PYTHONHASHSEED": hash_seed}
    program = [sys.executable, "-m", "tests.sim.chatter"]
    printed = subprocess.run(program, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == digests[0]


def test_an_empty_journal_is_a_journal(tmp_path: Path):
    store = parquet(tmp_path)
    Journal([Party(a_role(idle := a_state(), ignored(idle, Do, "无须处理")), "toy")], store).close()
    assert pq.read_table(tmp_path / "journal.parquet").num_rows == 0
    assert np.array_equal(pq.read_table(tmp_path / "bodies.parquet").column_names, BODIES.names)


@notice("toy.nested", "嵌套")
class Nested(Message):
    parts: tuple[Message, ...]
    name: str
    fen: int | None


def test_bodies_are_json_with_nested_records():
    assert as_json(Nested((Do(1), Told(2)), "林晓", None)) == '{"parts":[{"n":1},{"n":2}],"name":"林晓","fen":null}'
