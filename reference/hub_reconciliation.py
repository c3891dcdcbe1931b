"""The hub's reconciliation: each line of the channel's daily file against what the hub knows (FJ-29)."""

from contract.unionpay import QueryStatus, ReconciliationEntry
from reference.hub_file import OPEN, HubFile, ReconciliationDifference
from sim.posts import NOTHING, Posts, later, send
from sim.table import State, Track, row


def compare(file: HubFile, heard: ReconciliationEntry) -> Posts:
    """A difference is put on record; of an order still open the channel is asked at once."""
    known_fen, numbers = _known(file, heard)
    if known_fen == heard.amount_fen and numbers == {*heard.numbers}:
        return NOTHING
    difference = ReconciliationDifference(heard.order_no, heard.amount_fen - known_fen, "对账文件")
    order = file.orders.get(heard.order_no)
    if order is not None and order.status == OPEN:
        return [later(0, difference), send("pay", QueryStatus(heard.order_no))]
    return [later(0, difference)]


def _known(file: HubFile, heard: ReconciliationEntry) -> tuple[int, set[str]]:
    if heard.amount_fen < 0:
        refunds = {number for number in heard.numbers if number in file.refunded}
        return -sum([file.refunded[number] for number in refunds]), refunds
    order = file.orders.get(heard.order_no)
    return (0, set()) if order is None else (file.amount_of(order.written), {*order.written})


def put_on_record(file: HubFile, heard: ReconciliationDifference) -> Posts:
    file.differences += 1
    return NOTHING


BOOKS = State("books", "对账", end=True)

# fmt: off
RECONCILIATION = Track("reconciliation", "对账", BOOKS, [
    row(BOOKS, ReconciliationEntry,      None, compare),
    row(BOOKS, ReconciliationDifference, None, put_on_record),
])
# fmt: on
