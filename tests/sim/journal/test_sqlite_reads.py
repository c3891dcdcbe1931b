"""Questions to the server's journal: by case, seat, kind, outcome and number, and the stream that a replay is fed."""

from collections import Counter
from pathlib import Path

import pytest

from sim.journal import sqlite_reads
from sim.journal.record import Command, Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads
from tests.sim.journal.records import a_record, written

KINDS = ("tax.declare", "tax.pay", "water.push")
OUTCOMES = ("ok", "refused:not_now", "fault:lossy", "ok", "refused:unexpected")


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory):
    """Sixty records about five cases, by three kinds; every second one of xiamen, every fourth from outside."""
    path = tmp_path_factory.mktemp("reads") / "run.sqlite"
    rows = [
        a_record(
            seq, kind=KINDS[seq % 3], outcome=OUTCOMES[seq % 5], region=("fuzhou", "xiamen")[seq % 2],
            sender=("hub", "registry", "water")[seq % 3], receiver=("water", "tax")[seq % 2],
            source=("in", "", "", "")[seq % 4],
        )
        for seq in range(1, 121, 2 - 1)
        if seq % 10 != 9
    ]  # fmt: skip
    commands = [Command(seq, seq, "advance", f'{{"ms":{seq}}}') for seq in range(9, 121, 10)]
    found = JournalReads(written(path, *sorted([*rows, *commands], key=lambda each: each[0])))
    yield found, rows, commands
    found.close()


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"case_no": 3}, lambda r: r.case_no == 3),
        ({"seat": "water"}, lambda r: "water" in (r.sender, r.receiver)),
        ({"kind": "tax.pay"}, lambda r: r.kind == "tax.pay"),
        ({"kind": "tax.*"}, lambda r: r.kind.startswith("tax.")),
        ({"kind": "tax"}, lambda r: False),
        ({"outcome": "ok"}, lambda r: r.outcome == "ok"),
        ({"outcome": "refused"}, lambda r: r.outcome.startswith("refused:")),
        ({"outcome": "refused:not_now"}, lambda r: r.outcome == "refused:not_now"),
        ({"outcome": "ref"}, lambda r: False),
        ({"region": "xiamen", "after_seq": 50}, lambda r: r.region == "xiamen" and r.seq > 50),
        ({"case_no": 1, "kind": "*", "outcome": "refused", "seat": "tax"},
         lambda r: r.case_no == 1 and r.outcome.startswith("refused:") and "tax" in (r.sender, r.receiver)),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_found(reads, asked, holds) -> None:
    found, rows, _ = reads
    expected = [row for row in rows if holds(row)]
    assert found.find(**asked, limit=1_000) == expected
    assert found.find(**asked, limit=4) == expected[:4]
    assert found.find(**asked, limit=4, newest=True) == expected[-4:]


def test_single_records_and_cases(reads) -> None:
    found, rows, commands = reads
    assert found.of_case(2) == [row for row in rows if row.case_no == 2]
    assert found.record(7) == rows[6]
    assert found.record(9) is None
    assert found.by_id("xiamen", 70) == rows[6]
    assert found.by_id("fuzhou", 70) is None
    assert found.commands() == commands
    assert found.commands(after_seq=100) == commands[-2:]
    assert found.last_seq() == 120
    assert found.counts() == Counter((row.kind, row.outcome) for row in rows)
    assert found.counts(60) == Counter((row.kind, row.outcome) for row in rows if row.seq > 60)


@pytest.mark.parametrize("page", [1, 2, 3, 7, 5_000])
def test_a_replay_is_fed_all_inputs_in_order(reads, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found, rows, commands = reads
    monkeypatch.setattr(sqlite_reads, "PAGE", page)
    inputs = sorted([*(row for row in rows if row.source), *commands], key=lambda each: each[0])
    assert list(found.inputs()) == inputs
    assert list(found.inputs(after_seq=36)) == [each for each in inputs if each[0] > 36]
    assert list(found.inputs(after_seq=120)) == []
    assert {type(each) for each in found.inputs()} == {Record, Command}
    assert list(found.records(after_seq=11)) == [row for row in rows if row.seq > 11]


def test_a_reader_sees_what_is_durable_and_holds_nobody_up(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "run.sqlite")
    reads = JournalReads(file.path)
    file.append(a_record(1))
    file.flush()
    stream = reads.records()
    assert next(stream).seq == 1
    file.append(a_record(2))
    file.put_meta("about", {"run": "试"})
    assert reads.last_seq() == 1
    file.flush()
    assert [record.seq for record in stream] == [2]
    assert reads.meta() == {"about": {"run": "试"}}
    file.close()
    reads.close()


def test_questions_by_case_and_by_number_use_an_index(reads) -> None:
    found = reads[0]._database

    def plan(where: str) -> str:
        return " ".join(row[3] for row in found.execute(f"EXPLAIN QUERY PLAN SELECT * FROM journal WHERE {where}"))

    assert "journal_case" in plan("case_no = 1 ORDER BY seq")
    assert "journal_id" in plan("id = 1 AND region = 'x' ORDER BY seq LIMIT 1")
    assert "PRIMARY KEY" in plan("seq > 1 AND source != '' ORDER BY seq LIMIT 9")


def test_what_a_seat_took_is_untouched_until_it_says_something_of_the_case(tmp_path: Path) -> None:
    def row(seq: int, case_no: int, sender: str, receiver: str, kind: str, **more: str) -> Record:
        return Record(seq, "fuzhou", seq, case_no=case_no, sender=sender, receiver=receiver, kind=kind, **more)

    rows = [
        row(1, 1, "buyer", "portal", "portal.apply", source="out"),
        row(2, 2, "buyer", "portal", "portal.apply", source="out"),
        row(3, 2, "portal", "tax", "tax.declare", source="in", outcome="refused:x"),
        row(4, 1, "portal", "tax", "tax.declare", source="in"),
        row(5, 1, "tax", "portal", "tax.assessed", source="out"),
        row(6, 1, "tax", "portal", "tax.assessed", source="out"),
        row(7, 3, "tax", "portal", "tax.query", source="out", reply="tax.bill"),
        row(8, 3, "buyer", "portal", "portal.apply", source="out", outcome="fault:lossy"),
        row(9, 3, "buyer", "hub", "hub.ask", source="out"),
    ]
    reads = JournalReads(written(tmp_path / "run.sqlite", *rows))
    found = [(each.case_no, each.receiver, each.kind, each.id) for each in reads.untouched(["portal"])]
    assert found == [(2, "portal", "portal.apply", 2), (1, "portal", "tax.assessed", 5)]
    assert [each.id for each in reads.untouched(["portal", "hub"], 3)] == [9]
    assert reads.untouched(["portal"], 3) == []
    reads.close()
