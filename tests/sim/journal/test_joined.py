"""Several journals read as one: every exchange once, from whoever witnessed it, in order of time, a page of each at a time."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from sim.journal import joined
from sim.journal.joined import APART, JoinedReads, Kept, Together, write_joined
from sim.journal.record import JournalError, Record
from sim.journal.sqlite import JournalFile
from sim.journal.sqlite_reads import JournalReads


def journal(path: Path, rows: Iterable[Record]) -> JournalReads:
    file = JournalFile(path)
    for row in rows:
        file.append(row)
    file.close()
    return JournalReads(path)


def row(seq: int, sender: str, receiver: str, t_ms: int, **more: object) -> Record:
    return Record(
        seq, "xiamen", id=seq, t_ms=t_ms, asked_ms=t_ms, case_no=1, sender=sender, receiver=receiver, kind="a.b"
    )._replace(**more)


def by_receiver(each: Record) -> str:
    return each.receiver


def both(sandbox: JournalReads, portal: JournalReads) -> JoinedReads:
    return JoinedReads([Together(sandbox, [Kept(portal, ("portal",))])], by_receiver)


def test_each_exchange_stands_once_at_who_heard_it(tmp_path: Path) -> None:
    sandbox = journal(tmp_path / "a.db", [
        row(1, "buyer", "portal", 10, source="out", raw=b"x"), row(2, "portal", "tax", 20, source="in"),
        row(3, "tax", "portal", 40, outcome="fault:unreachable"), row(4, "tax", "bank", 50, cause=2),
    ])  # fmt: skip
    portal = journal(tmp_path / "b.db", [
        row(1, "buyer", "portal", 11), row(2, "portal", "hub", 15, cause=1), row(3, "portal", "tax", 21),
    ])  # fmt: skip
    hub = journal(tmp_path / "c.db", [row(1, "portal", "hub", 16, part_of=1), row(2, "hub", "tax", 18)])
    reads = JoinedReads([Together(sandbox, [Kept(portal, ("portal",)), Kept(hub, ("hub",))])], by_receiver)
    found = [
        (each.seq, each.sender, each.receiver, each.t_ms, each.id, each.cause, each.part_of) for each in reads.records()
    ]
    assert found == [
        (1, "buyer", "portal", 11, 1 + APART, 0, 0), (2, "portal", "hub", 16, 1 + 2 * APART, 0, 1 + 2 * APART),
        (3, "portal", "tax", 20, 2, 0, 0), (4, "tax", "portal", 40, 3, 0, 0), (5, "tax", "bank", 50, 4, 2, 0),
    ]  # fmt: skip
    assert {(each.source, each.raw) for each in reads.records()} == {("", None)}


def test_sandboxes_that_share_cases_keep_what_each_of_them_heard(tmp_path: Path) -> None:
    found = JoinedReads([
        Together(journal(tmp_path / f"{n}.db", [row(1, "portal", "tax", 10 + n, case_no=2 + n)]),
                 [Kept(journal(tmp_path / f"{n}b.db", [row(1, "tax", "portal", 20 + n, case_no=2 + n)]), ("portal",))])
        for n in range(2)
    ], by_receiver).records()  # fmt: skip
    assert [(each.case_no, each.receiver, each.id) for each in found] == [
        (2, "tax", 1), (3, "tax", 1 + 2 * APART), (2, "portal", 1 + APART), (3, "portal", 1 + 3 * APART),
    ]  # fmt: skip


def test_what_was_noted_of_an_earlier_instant_stays_where_it_was_noted(tmp_path: Path) -> None:
    sandbox = journal(tmp_path / "a.db", [row(1, "x", "tax", 100), row(2, "x", "tax", 5), row(3, "x", "tax", 120)])
    portal = journal(tmp_path / "b.db", [row(1, "x", "portal", 50), row(2, "x", "portal", 110)])
    times = [each.t_ms for each in both(sandbox, portal).records()]
    assert times == [50, 100, 5, 110, 120]


def test_it_is_read_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.journal.sqlite_reads.PAGE", 50)
    sandbox = journal(tmp_path / "a.db", (row(n, "x", "tax", n) for n in range(1, 1_001)))
    portal = journal(tmp_path / "b.db", (row(n, "x", "portal", n) for n in range(1, 1_001)))
    asked: list[int] = []
    for reads in (sandbox, portal):
        first = reads._records
        monkeypatch.setattr(reads, "_records", lambda *given, first=first: asked.append(1) or first(*given))
    rows = both(sandbox, portal).records()
    for _ in range(100):
        next(rows)
    assert len(asked) <= 4
    assert sum(1 for _ in rows) == 1_900


def test_written_down_it_is_a_journal_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined, "LOT", 2)
    sandbox = journal(tmp_path / "a.db", [row(n, "x", "tax", n) for n in range(1, 6)])
    reads = both(sandbox, journal(tmp_path / "b.db", [row(1, "x", "portal", 3)]))
    write_joined(reads, tmp_path / "c.db")
    assert [each.receiver for each in JournalReads(tmp_path / "c.db").records()] == ["tax"] * 3 + ["portal"] + [
        "tax"
    ] * 2
    assert reads.dropped.rows == 0
    with pytest.raises(JournalError, match=r"none\.db"):
        JournalReads(tmp_path / "none.db")
