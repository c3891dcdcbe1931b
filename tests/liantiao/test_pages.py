"""The generated pages are current, leave no column unexplained, and name every way a message really goes."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from liantiao.compose import OWN_TAX_PATH, SECOND_SEATS
from liantiao.data_dictionary import MEANINGS, data_dictionary, schemas
from liantiao.message_list import message_list, ways
from liantiao.simulating.simulate import operations, plan_of, simulate
from sim.message import Shape
from tests.worlds import FROM_MS, TO_MS, package

DOCS = Path(__file__).parents[2] / "docs"


def test_the_message_list_is_current() -> None:
    assert (DOCS / "messages.md").read_text(encoding="utf-8") == message_list()


def test_the_data_dictionary_is_current() -> None:
    assert (DOCS / "data.md").read_text(encoding="utf-8") == data_dictionary(package())


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_every_column_is_explained_and_nothing_else(name: str) -> None:
    assert set(schemas(package())[name].names) == set(MEANINGS[name])


def test_every_number_of_the_inventory_is_listed_with_who_says_it_to_whom() -> None:
    page = message_list()
    assert [n for n in range(1, 70) if f"FJ-{n:02}" not in page] == []
    assert not [name for name, (senders, hearers) in ways().items() if not senders or not hearers]
    assert ways()["tax.declare"] == (("hub",), ("tax",))
    assert ways()["power.push"] == (("registry", "hub"), ("power",))
    assert ways()["person.told"] == (("notify",), ("buyer", "seller"))


def test_whatever_goes_in_a_real_run_goes_a_listed_way(tmp_path: Path) -> None:
    plan = plan_of(package(), cases=300, seed=7, from_ms=FROM_MS, to_ms=TO_MS, script="storm")
    simulate(plan, tmp_path / "out", 1, lambda *phase: None)
    listed, known, role_at = ways(), operations(), SECOND_SEATS | OWN_TAX_PATH
    gone = set()
    for path in (tmp_path / "out" / "journal").glob("*/journal.parquet"):
        columns = [pq.read_table(path)[name].to_pylist() for name in ("kind", "sender", "receiver", "reply")]
        for kind, sender, receiver, reply in set(zip(*columns, strict=True)):
            gone.add((kind, role_at.get(sender, sender), role_at.get(receiver, receiver)))
            gone.add((reply, role_at.get(receiver, receiver), role_at.get(sender, sender)))
    between = {way for way in gone if way[0] in known and known[way[0]].shape is not Shape.TIMER and ":" not in way[0]}
    assert len(between) > 150
    astray = {(kind, a, b) for kind, a, b in between if a not in listed[kind][0] or b not in listed[kind][1]}
    assert not astray
