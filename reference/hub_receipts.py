"""The hub's receipts: tax certificates and the fee's e-receipt, fetched when a payer asks for them (步骤14-16)."""

from contract.hub import NOT_SETTLED, RequestReceipts
from contract.non_tax import FeeReceipt, FetchReceipt
from contract.people import ReceiptsReady
from contract.records import BUYER, FEE, SELLER, Charge
from contract.tax import FetchCertificate, TaxCertificate
from reference.hub_file import Awaited, HubFile
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send
from sim.table import State, Track, row


@timer("hub.receipts_here", "票据取齐")
class ReceiptsHere(Message):
    """Every document asked for has come, or will not come."""


RECEIPTS_HERE = ReceiptsHere()


def _own(file: HubFile, role: str) -> list[Charge]:
    """A certificate belongs to who owed the tax, whoever paid it."""
    return [charge for charge in file.charges if charge.payer == role]


def _is_settled(file: HubFile, role: str) -> bool:
    known = file.tax_known and file.fee_known and not file.returning
    return known and role in (BUYER, SELLER) and all(charge.number in file.paid for charge in _own(file, role))


def fetch(file: HubFile, heard: RequestReceipts) -> Posts:
    if not _is_settled(file, heard.role):
        return refuse(NOT_SETTLED)
    file.receipts_for, file.receipts_to_come = [], Awaited(())
    return _fetch_for(file, heard.role)


def fetch_too(file: HubFile, heard: RequestReceipts) -> Posts:
    if not _is_settled(file, heard.role):
        return refuse(NOT_SETTLED)
    return _fetch_for(file, heard.role)


def _fetch_for(file: HubFile, role: str) -> Posts:
    """Ask for what has not been fetched yet: a repeated request makes no second receipt."""
    if role in file.receipts_for:
        return NOTHING
    file.receipts_for.append(role)
    missing = [charge for charge in _own(file, role) if charge.number not in file.receipts]
    file.receipts_to_come.numbers.update([charge.number for charge in missing])
    posts = [
        send("non_tax", FetchReceipt(charge.number))
        if charge.sort == FEE
        else send("tax", FetchCertificate(charge.number))
        for charge in missing
    ]
    return posts or _when_all_here(file)


def certificate_here(file: HubFile, heard: TaxCertificate) -> Posts:
    return _take_in(file, heard.voucher_no, heard.certificate_no)


def receipt_here(file: HubFile, heard: FeeReceipt) -> Posts:
    return _take_in(file, heard.pay_code, heard.receipt_no)


def _take_in(file: HubFile, number: str, document: str) -> Posts:
    file.receipts[number] = document
    file.receipts_to_come.numbers.discard(number)
    return _when_all_here(file)


def not_here(file: HubFile, heard: Refused) -> Posts:
    """One document less; the others can still be had."""
    file.receipts_to_come.refusals += 1
    return _when_all_here(file)


def _when_all_here(file: HubFile) -> list[Post]:
    return [later(0, RECEIPTS_HERE)] if file.receipts_to_come.over else []


def show_receipts(file: HubFile, heard: ReceiptsHere) -> Posts:
    documents = file.receipts
    return [
        send(role, ReceiptsReady(tuple([documents[c.number] for c in _own(file, role) if c.number in documents])))
        for role in file.receipts_for
    ]


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
    row(FETCHING,              ReceiptsHere,              FETCHED,  show_receipts),
])
# fmt: on
