"""The non-tax revenue system of the finance department: one pay code a registration, its write-off and its e-receipt."""

from dataclasses import dataclass

from contract.errors import ALREADY_PAID, AMOUNT_DIFFERS, EXPIRED, NOT_PAID, VOIDED
from contract.non_tax import (
    ALREADY_ISSUED,
    ALREADY_REVERSED,
    REGISTRY_DIFFERS,
    FeeBill,
    FeeReceipt,
    FeeReversed,
    FeeVoided,
    FeeWrittenOff,
    FetchReceipt,
    IssuePayCode,
    PayCodeIssued,
    QueryFee,
    ReverseFee,
    VoidFee,
    WriteOffFee,
)
from contract.records import BUYER, FEE, Charge
from contract.unionpay import Split
from fake_departments.fee_table import EXEMPTIONS, fees
from sim.days import year_of
from sim.durations import Duration
from sim.identifiers import bill_check, bill_code, bill_number, pay_code
from sim.message import Message, timer
from sim.package.places import Registry
from sim.party import File, Party
from sim.posts import Post, Posts, Refusal, later, refuse, reply, send
from sim.table import Part, Role, State, Track, ignored, row


@dataclass(frozen=True, slots=True)
class Settings:
    """How long things take, and the registries whose fees these are."""

    pay_code: Duration
    write_off: Duration
    receipt: Duration
    bill_validity: Duration
    registries: tuple[Registry, ...]


# ---- the registration's fee ------------------------------------------------------------------------------------------
UNCHARGED = State("uncharged", "未计费", end=True)
CHARGED = State("charged", "已计费", end=True)


@timer("non_tax.pay_code_opened", "缴款书生效", by="pay_code", opens=True, ref="pay_code", item="fee")
class Open(Message):
    """The registration's word to a new pay code; sent rather than set, so that it opens the pay code's own file.

    `serial` is what the numbers on the pay code and its receipts are made of, `n` how many there were before it.
    """

    pay_code: str
    serial: int
    n: int
    charge: Charge


@timer("non_tax.pay_code_ended", "缴款书失效", item="fee")
class Ended(Message):
    """The pay code's word to its registration that another may be issued."""


ENDED = Ended()


class FeeFile(File):
    """What the system knows of one registration's fee: the request in force and its answer, and how many went before."""

    __slots__ = ("answered", "n", "request")

    def __init__(self, party: Party, case: object, part: "Part[FeeFile]") -> None:
        super().__init__(party, case, part)
        self.n = -1
        self.request: tuple[object, ...] = ()
        self.answered: PayCodeIssued


def issue(file: FeeFile, heard: IssuePayCode) -> Posts:
    """A reason for exemption that the fee table does not know lets nobody off."""
    settings: Settings = file.settings
    if heard.registry_code != settings.registries[file.dossier.registry].code:
        return refuse(REGISTRY_DIFFERS)
    exempt = heard.exempt if heard.exempt in EXEMPTIONS else None
    lines = fees(heard.residential, 1 + max(heard.copies, 0), exempt)
    amount_fen = sum([line.amount_fen for line in lines])
    file.n, file.request = file.n + 1, _contents(heard)
    if not amount_fen:
        file.answered = PayCodeIssued(None, "", 0, lines[0].exempt)
        return (_answer(file),)
    serial = file.case.number * 100 + file.n
    code = pay_code(heard.registry_code, year_of(file.now_ms), serial)
    charge = Charge(FEE, BUYER, "", heard.registry_code, code, "不动产登记费", amount_fen)
    file.answered = PayCodeIssued(charge, code, amount_fen, lines[0].exempt)
    return _answer(file), send(file.party.seat, Open(code, serial, file.n, charge))


def issue_again(file: FeeFile, heard: IssuePayCode) -> Posts:
    """The same request, word for word, is a repeat and hears the same answer; any other wants a second pay code.

    Once there is no valid pay code, because it ended or nothing was due, every request is charged anew.
    """
    if file.request == _contents(heard):
        return (_answer(file),)
    return refuse(ALREADY_ISSUED) if file.answered.charge is not None else issue(file, heard)


def _contents(heard: IssuePayCode) -> tuple[object, ...]:
    return heard.registry_code, heard.residential, heard.copies, heard.payer_name, heard.exempt


def _answer(file: FeeFile) -> Post:
    return reply(file.answered, file.settings.pay_code.at(file.draw(b"non_tax.pay_code", file.n)))


# fmt: off
REGISTRATION = Track("fee", "登记费", UNCHARGED, [
    row(UNCHARGED, IssuePayCode, CHARGED, issue),
    row(CHARGED,   IssuePayCode, None,    issue_again),
    row(CHARGED,   Ended,        UNCHARGED),
])
# fmt: on

# ---- one pay code ----------------------------------------------------------------------------------------------------
BLANK = State("blank", "未开具", end=True)
UNPAID = State("unpaid", "待缴")
PAID = State("paid", "已销账", end=True)
CLEARED = State("cleared", "已清分入账", end=True)
REVERSED = State("reversed", "已冲红", end=True)
LAPSED = State("lapsed", "逾期作废", end=True)
VOID = State("void", "已作废", end=True)

SETTLED, NEVER_PAID = (PAID, CLEARED), (UNPAID, LAPSED, VOID)
NOT_DUE = {PAID: ALREADY_PAID, CLEARED: ALREADY_PAID, REVERSED: ALREADY_PAID, LAPSED: EXPIRED, VOID: VOIDED}
"""Why there is nothing to pay on a pay code."""


@timer("non_tax.pay_code_due", "缴款期限届满", item="fee")
class Due(Message):
    """Nobody has paid in time."""


DUE = Due()


class PayCodeFile(File):
    """What the system knows of one pay code; `order_no` is the payment that wrote it off."""

    __slots__ = ("charge", "n", "order_no", "paid_ms", "serial")

    def __init__(self, party: Party, case: object, part: "Part[PayCodeFile]") -> None:
        super().__init__(party, case, part)
        self.charge: Charge
        self.n = self.serial = self.paid_ms = 0
        self.order_no = ""


def open_code(file: PayCodeFile, heard: Open) -> Posts:
    file.charge, file.serial, file.n = heard.charge, heard.serial, heard.n
    file.enter("number", heard.pay_code)
    return (later(file.settings.bill_validity.at(0.5), DUE),)


def lapse(file: PayCodeFile, heard: Due) -> Posts:
    return (send(file.party.seat, ENDED),)


def query_fee(file: PayCodeFile, heard: QueryFee) -> FeeBill | Refusal:
    """What is to be paid, or why nothing is."""
    error = NOT_DUE.get(file.states[0])
    return FeeBill(file.charge, file.charge.amount_fen) if error is None else refuse(error)


def write_off(file: PayCodeFile, heard: WriteOffFee) -> Posts:
    if heard.amount_fen != file.charge.amount_fen:
        return refuse(AMOUNT_DIFFERS)
    file.order_no, file.paid_ms = heard.order_no, file.now_ms
    return (_written_off(file),)


def write_off_again(file: PayCodeFile, heard: WriteOffFee) -> Posts:
    """The same payment asking again hears the same answer; it is written off once all the same. Another is refused."""
    if heard.order_no != file.order_no:
        return refuse(ALREADY_PAID)
    return (_written_off(file),) if heard.amount_fen == file.charge.amount_fen else refuse(AMOUNT_DIFFERS)


def _written_off(file: PayCodeFile) -> Post:
    handling_ms = file.settings.write_off.at(file.draw(b"non_tax.write_off", file.n))
    return reply(FeeWrittenOff(file.charge.number), handling_ms)


def give_receipt(file: PayCodeFile, heard: FetchReceipt) -> Posts:
    """All of it follows from the pay code and the day it was paid, so asking again gives the same receipt."""
    check = bill_check(int(file.draw(b"non_tax.check", file.n) * 0x1000000))
    year, number = year_of(file.paid_ms), bill_number(2 * file.serial)
    said = FeeReceipt(heard.pay_code, bill_code(year), number, check, file.charge.amount_fen)
    return (reply(said, file.settings.receipt.at(file.draw(b"non_tax.receipt", file.n))),)


def void(file: PayCodeFile, heard: VoidFee) -> Posts:
    return reply(FeeVoided(heard.pay_code)), send(file.party.seat, ENDED)


def void_again(file: PayCodeFile, heard: VoidFee) -> Posts:
    """A pay code that is void, or void for being late, is as void as was asked."""
    return (reply(FeeVoided(heard.pay_code)),)


def reverse(file: PayCodeFile, heard: ReverseFee) -> Posts:
    """The red receipt's number is the one after the receipt's."""
    said = FeeReversed(heard.pay_code, bill_number(2 * file.serial + 1), file.charge.amount_fen)
    handling_ms = file.settings.receipt.at(file.draw(b"non_tax.reverse", file.n))
    return reply(said, handling_ms), send(file.party.seat, ENDED)


def already_paid(file: PayCodeFile, heard: Message) -> Posts:
    return refuse(ALREADY_PAID)


def already_reversed(file: PayCodeFile, heard: Message) -> Posts:
    return refuse(ALREADY_REVERSED)


def not_paid(file: PayCodeFile, heard: Message) -> Posts:
    return refuse(NOT_PAID)


def expired(file: PayCodeFile, heard: Message) -> Posts:
    return refuse(EXPIRED)


def voided(file: PayCodeFile, heard: Message) -> Posts:
    return refuse(VOIDED)


# fmt: off
PAY_CODE = Track("pay_code", "缴款书", BLANK, [
    row(BLANK,                Open,         UNPAID,   open_code),
    row(UNPAID,               Due,          LAPSED,   lapse),
    row(UNPAID,               WriteOffFee,  PAID,     write_off),
    row((*SETTLED, REVERSED), WriteOffFee,  None,     write_off_again),
    row(LAPSED,               WriteOffFee,  None,     expired),
    row(VOID,                 WriteOffFee,  None,     voided),
    row(PAID,                 Split,        CLEARED),
    ignored((CLEARED, REVERSED), Split, "款项已入账或已冲红，清分通知重复或晚到"),
    row(SETTLED,              FetchReceipt, None,     give_receipt),
    row(REVERSED,             FetchReceipt, None,     already_reversed),
    row(NEVER_PAID,           FetchReceipt, None,     not_paid),
    row(UNPAID,               VoidFee,      VOID,     void),
    row((LAPSED, VOID),       VoidFee,      None,     void_again),
    row((*SETTLED, REVERSED), VoidFee,      None,     already_paid),
    row(SETTLED,              ReverseFee,   REVERSED, reverse),
    row(REVERSED,             ReverseFee,   None,     already_reversed),
    row(NEVER_PAID,           ReverseFee,   None,     not_paid),
])
# fmt: on

PARTS = (Part(FeeFile, [REGISTRATION]), Part(PayCodeFile, [PAY_CODE], key="pay_code"))
ROLE = Role("non_tax", "省非税", PARTS, Settings, {QueryFee: query_fee})
