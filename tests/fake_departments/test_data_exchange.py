"""The data exchange: one batch per title, nothing half, and the receipt from housing passed on once."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.data_exchange import (
    DataReturned,
    FetchRecords,
    FilingDone,
    FilingReceipt,
    Receive,
    Record,
    Stored,
)
from fake_departments.data_exchange import RECEIPT_AWAITED_MS, ROLE, Settings
from sim.calendar import HOUR_MS
from sim.message import Refused
from sim.polls import PollPlan
from tests.fake_departments.transfers import fixed
from tests.town import START_MS, Town

DATA = Receive(
    "闽（2023）福州市不动产权第0000001号", "350102001001GB00001F00010001", "", 150_000_000, ("林晓",), ("陈明",), START_MS
)  # fmt: skip


class Exchange(Town):
    """A town with the exchange; housing fetches every two hours and answers as told."""

    def __init__(self, *filed: bool, **more: Any) -> None:
        self.filed = list(filed)
        plans = {("data_exchange.fetch_records", "housing"): PollPlan(FetchRecords, 2 * HOUR_MS)}
        super().__init__({"data_exchange": ROLE}, {"data_exchange": Settings(fixed(3_000))}, polls=plans, **more)

    def push(self, **changes: Any) -> Any:
        """Send the data; returns what came back."""
        self.say("registry", "data_exchange", replace(DATA, **changes))
        self.run(ms=4_000)
        return self.heard("registry")[-1]

    def receipt(self, filed: bool, batch_no: str = "") -> None:
        batch_no = batch_no or self.heard("housing", Record)[-1].batch_no
        self.say(
            "housing",
            "data_exchange",
            FilingReceipt(batch_no, filed, "BA1" if filed else "", "" if filed else "要素不全"),
        )
        self.run(ms=200)

    def now_in(self) -> str:
        return self.state("data_exchange", "exchange").name


def test_data_are_stored_fetched_and_their_filing_reported() -> None:
    town = Exchange()
    stored = town.push()
    assert isinstance(stored, Stored)
    assert town.now_in() == "awaited"
    assert not town.heard("housing")
    town.run(hours=2)
    (record,) = town.heard("housing", Record)
    assert (record.batch_no, record.unit_code, record.contract_no, record.complete) == (
        stored.batch_no,
        DATA.unit_code,
        "",
        True,
    )
    town.receipt(filed=True)
    assert [done.filing_no for done in town.heard("registry", FilingDone)] == ["BA1"]
    assert town.now_in() == "filed"


def test_a_title_sent_twice_is_stored_once() -> None:
    town = Exchange()
    first, second = town.push(), town.push()
    town.run(hours=2)
    town.receipt(filed=True)
    assert first.batch_no == second.batch_no == town.push().batch_no
    town.run(days=2)
    assert len(town.heard("housing", Record)) == 1


def test_returned_data_come_again_as_a_new_batch() -> None:
    town = Exchange()
    first = town.push()
    town.run(hours=2)
    town.receipt(filed=False)
    assert [back.reason for back in town.heard("registry", DataReturned)] == ["要素不全"]
    assert town.now_in() == "returned"
    again = town.push()
    assert again.batch_no != first.batch_no
    town.run(hours=2)
    town.receipt(filed=True, batch_no=first.batch_no)
    assert town.now_in() == "awaited"
    town.receipt(filed=True)
    assert town.now_in() == "filed"


@pytest.mark.parametrize(("changes", "word"), [
    ({"title_no": ""}, "权证号"), ({"unit_code": ""}, "单元代码"), ({"price_fen": 0}, "价款"), ({"buyers": ()}, "买方"),
    ({"sellers": ()}, "卖方"), ({"recorded_ms": 0}, "登簿时间"),
])  # fmt: skip
def test_half_of_the_data_is_refused_by_name(changes: dict[str, Any], word: str) -> None:
    town = Exchange()
    refused = town.push(**changes)
    assert (refused.error, word in refused.detail, town.now_in()) == ("incomplete", True, "empty")
    town.push()
    assert town.push(**changes).error == "incomplete"


def test_another_title_of_the_same_case_is_refused() -> None:
    town = Exchange()
    town.push()
    assert town.push(title_no="闽（2023）福州市不动产权第0000002号").error == "title_differs"


def test_a_receipt_counts_once_and_an_unknown_one_not_at_all() -> None:
    town = Exchange()
    town.push()
    town.run(hours=2)
    for _ in range(3):
        town.receipt(filed=True)
    town.receipt(filed=False)
    assert len(town.heard("registry", FilingDone)) == 1
    assert not town.heard("registry", DataReturned)
    town.receipt(filed=True, batch_no="HJ0")
    assert town.heard("housing")[-1].error == "not_found"


def test_a_record_without_a_receipt_is_laid_ready_again() -> None:
    town = Exchange()
    town.push()
    town.run(ms=2 * RECEIPT_AWAITED_MS + 4 * HOUR_MS)
    batches = [record.batch_no for record in town.heard("housing", Record)]
    assert len(batches) == 3
    assert len(set(batches)) == 1
    town.receipt(filed=True)
    town.run(days=10)
    assert len(town.heard("housing", Record)) == 3


def test_the_case_is_let_go_when_the_receipt_is_in() -> None:
    town = Exchange(let_go=True)
    town.say("registry", "data_exchange", DATA)
    town.run(hours=2)
    batch_no = next(iter(town.sandbox.seats["data_exchange"].ledgers["batch_no"]))
    town.say("housing", "data_exchange", FilingReceipt(batch_no, True, "BA1", ""))
    town.run(hours=1)
    assert not town.sandbox.cases
    assert not town.sandbox.seats["data_exchange"].ledgers["batch_no"]


texts = st.sampled_from(["", "甲", "乙"])
receives = st.builds(
    Receive, texts, texts, texts, st.integers(-1, 1), st.just(("甲",)), st.just(("乙",)), st.integers(-1, 1)
)
receipts = st.builds(
    FilingReceipt, st.sampled_from(["HJ00000000101", "HJ00000000102", "HJ0"]), st.booleans(), texts, texts
)


@settings(max_examples=40)
@given(st.lists(receives | receipts | st.sampled_from([DATA, 1, 3]), max_size=15))
def test_no_messages_break_it(steps: list[Any]) -> None:
    town = Exchange()
    for step in steps:
        if isinstance(step, int):
            town.run(hours=step)
        else:
            town.say("registry", "data_exchange", step)
    town.run(hours=3)
    errors = {heard.error for heard in town.heard("registry") if isinstance(heard, Refused)}
    assert errors <= {"incomplete", "title_differs", "not_found", "not_now"}
    assert not town.unexpected()
