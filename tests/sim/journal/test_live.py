"""The live journal: drained in any lots, it says what the other journals say, with bodies and where they came from."""

import json
from itertools import count

import pytest

import tests.town
from sim.journal import NO_RULE, MemoryStore, as_json
from sim.journal.live import LiveJournal, Source
from sim.journal.record import JournalError, Record
from sim.party import Party
from sim.route import FIRST_TRIP
from tests.sim.chatter import CASES, chatter
from tests.sim.toys import Ask, Do, counter
from tests.town import Town, rows_of

NAMED = {"t": "t_ms", "asked_t": "asked_ms", "started_t": "started_ms"}


def live(parties=None, store=None, encode=as_json) -> LiveJournal:
    return LiveJournal(
        [Party(counter(), "toy")] if parties is None else parties, "fuzhou", count(1), lambda case_no: f"R{case_no % 3}", encode
    )  # fmt: skip


@pytest.fixture(scope="module")
def both():
    """The same world told to a memory journal and, drained again and again, to a live one."""
    town = chatter(MemoryStore())
    town.journal.close()
    with pytest.MonkeyPatch.context() as patch:
        records: list[Record] = []
        patch.setattr(tests.town, "Journal", live)
        run = Town.run
        patch.setattr(Town, "run", lambda town, days: drained(town, days, run, records))
        other = chatter(MemoryStore())
    return town, other, records


def drained(town: Town, days: int, run, records: list[Record]) -> None:
    for _ in range(days * 480):
        run(town, minutes=3)
        records += town.journal.drain()  # type: ignore[attr-defined]


def test_it_says_what_the_other_journals_say(both) -> None:
    town, other, records = both
    rows = rows_of(town.journal)
    assert len(records) == len(rows) == other.journal.count
    for record, row in zip(records, rows, strict=True):
        assert {name: getattr(record, NAMED.get(name, name)) for name in row} == row
        assert record.registry == (f"R{record.case_no % 3}" if record.case_no else "")
        assert (record.region, record.source, record.raw, record.answered) == ("fuzhou", "", None, None)
    assert [record.seq for record in records] == list(range(1, len(rows) + 1))
    assert town.sandbox.deliveries() == other.sandbox.deliveries()
    assert other.journal.close() == ""


def test_it_keeps_the_bodies_of_every_row_of_a_sampled_case(both) -> None:
    town, _, records = both
    bodies = {(body.id, body.kind): body.json for block in town.journal.store.blocks for body in block.bodies}
    told = {(each.id, each.kind): each.body for each in records if each.body is not None}
    back = {(each.id, each.reply): each.reply_body for each in records if each.reply_body is not None}
    assert told.items() <= bodies.items()
    assert back.items() <= bodies.items()
    assert back
    folded = {kind for id_, kind in bodies if (id_, kind) not in told and (id_, kind) not in back}
    assert folded
    assert all(kind in ("toy.answer", "toy.opened") or kind.endswith(":refused") for kind in folded)
    assert 0 < len({each.case_no for each in records if each.body}) < CASES


def test_where_a_row_came_from_goes_with_it() -> None:
    journal = live(encode=lambda message: as_json(message).encode())
    code = journal.code("a", "toy", Ask)
    journal.sources[7] = ("in", b"\xff", '{"status":400}')
    journal.sources[9] = Source("out")
    for id_ in (6, 7):
        journal.keep_bodies(0, id_, Ask(id_), None)
        journal.write((id_, 0, 5, 4, 0, code, NO_RULE))
    first = journal.drain()
    assert [(each.source, each.raw, each.answered, each.registry) for each in first] == [
        ("", None, None, ""), ("in", b"\xff", '{"status":400}', ""),
    ]  # fmt: skip
    assert json.loads(first[1].body or "") == {"n": 7}
    assert list(journal.sources) == [9]
    journal.keep_bodies(4, 9, Ask(9), Ask(10))
    journal.note(FIRST_TRIP, journal.words["fault:new"], journal.words["toy.answer"], 12, "号")
    journal.write((9, 6, 8, 4, 4, journal.code("toy", "a", Do), NO_RULE))
    (second,) = journal.drain()
    assert (second.source, second.outcome, second.reply, second.ref, second.amount_fen, second.registry, second.kind) == (
        "out", "fault:new", "toy.answer", "号", 12, "R1", "toy.do",
    )  # fmt: skip
    assert (second.body, second.reply_body, second.seq) == ('{"n":9}', '{"n":10}', 3)
    assert not journal.sources
    assert journal.drain() == []


def test_the_lists_a_delivery_loop_holds_stay_the_same() -> None:
    journal = live()
    rows, notes = journal.rows, journal.notes
    journal.write((1, 0, 5, 5, 1, journal.code("a", "toy", Do), NO_RULE))
    journal.drain()
    assert journal.rows is rows
    assert journal.notes is notes
    assert journal.count == 1


def test_what_came_from_outside_and_has_no_row_is_heard() -> None:
    journal = live()
    journal.sources[3] = ("out", None, None)
    journal.drain()  # it may be still on its way
    journal.keep_bodies(1, 3, Ask(1), None)
    with pytest.raises(JournalError, match="3 没有自己的日志行"):
        journal.drain()


def test_rows_are_not_forgotten_at_the_end() -> None:
    journal = live()
    journal.write((1, 0, 5, 5, 1, journal.code("a", "toy", Do), NO_RULE))
    journal.flush()
    with pytest.raises(JournalError, match="还有 1 行"):
        journal.close()
