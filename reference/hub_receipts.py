"""The hub's receipts: tax certificates and the fee's e-receipt, fetched when a payer asks for them (步骤14-16)."""

from collections.abc import Sequence

from contract.hub import NOT_SETTLED, RequestReceipts
from contract.non_tax import FeeReceipt, FetchReceipt
from contract.people import ReceiptsReady
from contract.records import BUYER, FEE, SELLER, Charge
from contract.tax import FetchCertificate, TaxCertificate
from reference.hub_file import Awaited, HubFile, ReconciliationDifference
from sim.calendar import MINUTE_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send
from sim.table import State, Track, row


@timer("hub.receipts_here", "票据取齐")
class ReceiptsHere(Message):
    """Every document asked for has come, or will not come."""


@timer("hub.show_some_receipts", "先上架已取得的票据")
class ShowSome(Message):
    """Something is slow to come: what is there can be had meanwhile."""


@timer("hub.fetch_again", "定时重取票据")
class FetchAgain(Message):
    """What was not ready yet, or not sound, is asked for once more."""


RECEIPTS_HERE, SHOW_SOME, FETCH_AGAIN = ReceiptsHere(), ShowSome(), FetchAgain()
PATIENCE = 7 * 144
"""After so many askings in vain a document counts as missing, and the others are shown: a week, chosen."""
SOME_MS = AGAIN_MS = 10 * MINUTE_MS
"""How long all documents are waited for before some are shown, and before one is asked for again: chosen."""


def _own(file: HubFile, role: str) -> list[Charge]:
    """A certificate belongs to who owed the tax, whoever paid it."""
    return [charge for charge in file.charges if charge.payer == role]


def _is_settled(file: HubFile, role: str) -> bool:
    known = file.tax_known and file.fee_known and not file.returning
    return known and role in (BUYER, SELLER) and all(charge.number in file.paid for charge in _own(file, role))


def fetch(file: HubFile, heard: RequestReceipts) -> Posts:
    if not _is_settled(file, heard.role):
        return refuse(NOT_SETTLED)
    file.receipts_for, file.receipts_to_come, file.receipts_again = [], Awaited(()), False
    file.receipts_asked = 0
    return [*_fetch_for(file, heard.role), later(SOME_MS, SHOW_SOME)]


def fetch_too(file: HubFile, heard: RequestReceipts) -> Posts:
    if not _is_settled(file, heard.role):
        return refuse(NOT_SETTLED)
    return _fetch_for(file, heard.role)


def _fetch_for(file: HubFile, role: str) -> Sequence[Post]:
    """Ask for what has not been fetched yet: a repeated request makes no second receipt."""
    if role in file.receipts_for:
        return NOTHING
    file.receipts_for.append(role)
    missing = [charge for charge in _own(file, role) if charge.number not in file.receipts]
    file.receipts_to_come.numbers.update([charge.number for charge in missing])
    return [_ask(charge) for charge in missing] or _when_all_here(file)


def _ask(charge: Charge) -> Post:
    if charge.sort == FEE:
        return send("non_tax", FetchReceipt(charge.number))
    return send("tax", FetchCertificate(charge.number))


def fetch_again(file: HubFile, heard: FetchAgain) -> Posts:
    file.receipts_again, file.receipts_to_come.refusals = False, 0
    file.receipts_asked += 1
    if file.receipts_asked > PATIENCE:
        file.receipts_to_come = Awaited(())
        return _when_all_here(file)
    return [_ask(charge) for charge in file.charges if charge.number in file.receipts_to_come.numbers]


def _once_more(file: HubFile) -> list[Post]:
    if file.receipts_again:
        return []
    file.receipts_again = True
    return [later(AGAIN_MS, FETCH_AGAIN)]


def certificate_here(file: HubFile, heard: TaxCertificate) -> Posts:
    return _take_in(file, heard.voucher_no, heard.certificate_no, heard.amount_fen)


def receipt_here(file: HubFile, heard: FeeReceipt) -> Posts:
    return _take_in(file, heard.pay_code, heard.receipt_no, heard.amount_fen)


def _take_in(file: HubFile, number: str, document: str, amount_fen: int) -> Posts:
    """A document with another amount than was paid is not shown: the difference is put on record, and it is fetched again."""
    difference_fen = amount_fen - file.amount_of((number,))
    if difference_fen:
        return [later(0, ReconciliationDifference(number, difference_fen, "票面金额")), *_once_more(file)]
    file.receipts[number] = document
    file.receipts_to_come.numbers.discard(number)
    return _when_all_here(file)


def not_here(file: HubFile, heard: Refused) -> Posts:
    """Not yet is asked again; any other no means one document less, and the others can still be had."""
    if heard.error == "not_now":
        return _once_more(file)
    file.receipts_to_come.refusals += 1
    return _when_all_here(file)


def _when_all_here(file: HubFile) -> list[Post]:
    return [later(0, RECEIPTS_HERE)] if file.receipts_to_come.over else []


def show_receipts(file: HubFile, heard: ReceiptsHere) -> Posts:
    return [send(role, ReceiptsReady(_documents(file, role))) for role in file.receipts_for]


def show_some(file: HubFile, heard: ShowSome) -> Posts:
    here = {role: _documents(file, role) for role in file.receipts_for}
    return [send(role, ReceiptsReady(documents)) for role, documents in here.items() if documents]


def _documents(file: HubFile, role: str) -> tuple[str, ...]:
    return tuple([file.receipts[c.number] for c in _own(file, role) if c.number in file.receipts])


NONE_ASKED = State("none_asked", "未申请票据", end=True)
FETCHING = State("fetching", "取票中")
FETCHED = State("fetched", "票据已备", end=True)

# fmt: off
RECEIPTS = Track("receipts", "取票", NONE_ASKED, [
    row((NONE_ASKED, FETCHED), RequestReceipts,           FETCHING, fetch),
    row(FETCHING,              RequestReceipts,           None,     fetch_too),
    row(FETCHING,              TaxCertificate,            None,     certificate_here),
    row(FETCHING,              FeeReceipt,                None,     receipt_here),
    row(FETCHING,              refused(FetchCertificate), None,     not_here),
    row(FETCHING,              refused(FetchReceipt),     None,     not_here),
    row(FETCHING,              FetchAgain,                None,     fetch_again),
    row(FETCHING,              ShowSome,                  None,     show_some),
    row(FETCHING,              ReceiptsHere,              FETCHED,  show_receipts),
])
# fmt: on
