"""The provincial data exchange: it keeps trade and registration data, lets housing fetch them, and passes on the receipt."""

from dataclasses import dataclass
from typing import Any

from contract.data_exchange import (
    INCOMPLETE,
    TITLE_DIFFERS,
    DataReturned,
    FilingDone,
    FilingReceipt,
    Receive,
    Record,
    Stored,
)
from sim.durations import OFFICE_DAY_MS, Duration
from sim.message import Message, timer
from sim.party import File, Party
from sim.posts import NOTHING, Posts, hold, later, refuse, reply, send, working
from sim.table import Part, Role, State, Track, row

RECEIPT_AWAITED_MS = 2 * OFFICE_DAY_MS
"""Office time after which a record without a receipt is laid ready again: the fetch, or the receipt, may have failed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How long data take to be stored."""

    data_receipt: Duration


@timer("data_exchange.receipt_overdue", "回流未见回执，重新备取", item="filing")
class ReceiptOverdue(Message):
    """Housing has said nothing about a record for two days."""


@timer("data_exchange.filed", "回执：视同备案", item="filing", ref="filing_no")
class Filed(Message):
    filing_no: str


@timer("data_exchange.sent_back", "回执：数据退回", item="filing")
class SentBack(Message):
    reason: str


RECEIPT_OVERDUE = ReceiptOverdue()

EMPTY = State("empty", "未入库", end=True)
AWAITED = State("awaited", "已入库待回流")
FILED = State("filed", "视同备案", end=True)
RETURNED = State("returned", "数据已退回", end=True)


class ExchangeFile(File):
    """The data of one title: who sent them, the record for housing, and whether its receipt is in."""

    __slots__ = ("answered", "record", "rounds", "source", "title_no")

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.title_no = self.source = ""
        self.rounds = 0
        self.record: Record
        self.answered = False


def _lacking(heard: Receive) -> str:
    """What a set of data lacks, in Chinese; empty when it is complete. A contract number is no part of it."""
    parts = (
        ("不动产权证号", heard.title_no),
        ("不动产单元代码", heard.unit_code),
        ("合同价款", heard.price_fen > 0),
        ("买方", heard.buyers),
        ("卖方", heard.sellers),
        ("登簿时间", heard.recorded_ms > 0),
    )
    return "、".join([title for title, given in parts if not given])


def receive(file: ExchangeFile, heard: Receive) -> Posts:
    lacking = _lacking(heard)
    if lacking:
        return refuse(INCOMPLETE, f"缺少{lacking}")
    settings: Settings = file.settings
    file.rounds += 1
    batch_no = f"HJ{file.case.number:09d}{file.rounds:02d}"
    file.title_no, file.source, file.answered = heard.title_no, file.sender, False
    file.record = Record(batch_no, heard.unit_code, heard.contract_no, True)
    file.enter("batch_no", batch_no)
    stored_ms = settings.data_receipt.at(file.draw(b"data_exchange.receipt", file.rounds))
    return [
        reply(Stored(batch_no), stored_ms),
        hold("housing", file.record, stored_ms),
        working(RECEIPT_AWAITED_MS, RECEIPT_OVERDUE),
    ]


def receive_again(file: ExchangeFile, heard: Receive) -> Posts:
    """A title is stored once: sent again, it is answered by the batch it is in."""
    lacking = _lacking(heard)
    if lacking:
        return refuse(INCOMPLETE, f"缺少{lacking}")
    if heard.title_no != file.title_no:
        return refuse(TITLE_DIFFERS)
    return [reply(Stored(file.record.batch_no))]


def lay_ready_again(file: ExchangeFile, heard: ReceiptOverdue) -> Posts:
    return [hold("housing", file.record), working(RECEIPT_AWAITED_MS, RECEIPT_OVERDUE)]


def take_receipt(file: ExchangeFile, heard: FilingReceipt) -> Posts:
    """The first receipt of the latest batch counts; later ones change nothing."""
    if file.answered or heard.batch_no != file.record.batch_no:
        return NOTHING
    file.answered = True
    return [later(0, Filed(heard.filing_no) if heard.filed else SentBack(heard.reason))]


def report_filed(file: ExchangeFile, heard: Filed) -> Posts:
    return [send(file.source, FilingDone(heard.filing_no))]


def report_returned(file: ExchangeFile, heard: SentBack) -> Posts:
    return [send(file.source, DataReturned(heard.reason))]


EXCHANGE = Track("exchange", "数据汇聚与回流", EMPTY, [
    row((EMPTY, RETURNED), Receive, AWAITED, receive),
    row((AWAITED, FILED), Receive, None, receive_again),
    row(AWAITED, ReceiptOverdue, None, lay_ready_again),
    row((AWAITED, FILED, RETURNED), FilingReceipt, None, take_receipt),
    row(AWAITED, Filed, FILED, report_filed),
    row(AWAITED, SentBack, RETURNED, report_returned),
])  # fmt: skip

ROLE = Role("data_exchange", "省数据汇聚平台", (Part(ExchangeFile, [EXCHANGE]),), Settings)
