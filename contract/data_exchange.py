"""The provincial data exchange: trade and registration data in, flow back to housing out, receipts."""

from sim.message import SILENT, Answers, Error, Message, notice, request, response

INCOMPLETE = Error("incomplete", "交易数据与登记数据须一并推送", "补齐两类数据后重推")
TITLE_DIFFERS = Error("title_differs", "本办件已入库另一产权证号", "核对新产权证号后重推")


@response("data_exchange.stored", "数据入库返回", ref="batch_no")
class Stored(Message):
    batch_no: str


@request("data_exchange.receive", "交易数据与登记数据一并推送", Answers.NOW, "/records", inventory=("FJ-37",), item="filing",
         ref="title_no", errors=(INCOMPLETE, TITLE_DIFFERS))  # fmt: skip
class Receive(Message):
    """Trade and registration data of one title, in one piece; `contract_no` is empty without an earlier net-sign."""

    title_no: str
    unit_code: str
    contract_no: str
    price_fen: int
    buyers: tuple[str, ...]
    sellers: tuple[str, ...]
    recorded_ms: int


@request(
    "data_exchange.fetch_records", "住建回流取数", Answers.QUERY, "/records/batch", inventory=("FJ-38",), item="filing"
)
class FetchRecords(Message):
    """The batch poll by housing; its entries are `Record`."""


@notice("data_exchange.record", "回流数据", item="filing", ref="batch_no", polled="data_exchange.fetch_records", ladder=SILENT,
        inventory=("FJ-38",))  # fmt: skip
class Record(Message):
    batch_no: str
    unit_code: str
    contract_no: str
    complete: bool


@request("data_exchange.filing_receipt", "回流回执", Answers.ACK, "/records/{batch_no}/receipt", by="batch_no", ref="batch_no",
         inventory=("FJ-39",), item="filing")  # fmt: skip
class FilingReceipt(Message):
    """From housing: filed (with the filing number) or returned (with the reason)."""

    batch_no: str
    filed: bool
    filing_no: str
    reason: str


@notice(
    "data_exchange.filing_done",
    "网签备案视同完成",
    "/callbacks/filing",
    ref="filing_no",
    inventory=("FJ-39",),
    item="filing",
)
class FilingDone(Message):
    filing_no: str


@notice("data_exchange.data_returned", "回流数据退回", "/callbacks/data-returned", inventory=("FJ-39",), item="filing")
class DataReturned(Message):
    reason: str
