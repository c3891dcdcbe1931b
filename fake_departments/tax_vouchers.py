"""One tax voucher 应征凭证 from its issue to its end: written off and cleared, lapsed, void or refunded by the treasury."""

from contract.errors import ALREADY_PAID, AMOUNT_DIFFERS, EXPIRED, NOT_PAID, VOIDED
from contract.records import Charge
from contract.tax import (
    ALREADY_REFUNDED,
    FetchCertificate,
    QueryBill,
    TaxBill,
    TaxCertificate,
    TreasuryRefund,
    TreasuryRefunded,
    Void,
    VoucherVoided,
    WriteOff,
    WrittenOff,
)
from contract.unionpay import Split
from sim.days import year_of
from sim.identifiers import tax_receipt
from sim.message import Message, timer
from sim.party import File, Party
from sim.posts import Asked, Post, Posts, Refusal, answer, later, refuse, reply, send, working
from sim.table import Part, State, Track, ignored, row

BLANK = State("blank", "未开具", end=True)
UNPAID = State("unpaid", "待缴")
PAID = State("paid", "已销账", end=True)
CLEARED = State("cleared", "已清分入库", end=True)
REFUNDING = State("refunding", "退库中")
REFUNDED = State("refunded", "已退库", end=True)
LAPSED = State("lapsed", "逾期作废", end=True)
VOID = State("void", "已作废", end=True)

SETTLED, GIVEN_BACK, NEVER_PAID = (PAID, CLEARED), (REFUNDING, REFUNDED), (UNPAID, LAPSED, VOID)
NOT_DUE = {
    PAID: ALREADY_PAID, CLEARED: ALREADY_PAID, REFUNDING: ALREADY_PAID, REFUNDED: ALREADY_PAID,
    LAPSED: EXPIRED, VOID: VOIDED,
}  # fmt: skip
"""Why there is nothing to pay on a voucher."""


@timer("tax.voucher_issued", "开具应征凭证", by="voucher_no", opens=True, ref="voucher_no", item="tax")
class Issue(Message):
    """The declaration's word to a new voucher; sent rather than set, so that it opens the voucher's own file.

    `n` tells the vouchers of a case apart: ten times the declaration's round plus the treasury line group.
    """

    voucher_no: str
    n: int
    charge: Charge


@timer("tax.voucher_due", "缴款期限届满", item="tax")
class Due(Message):
    """Nobody has paid in time."""


@timer("tax.treasury_done", "国库办结退库", inventory=("FJ-30",), item="tax")
class TreasuryDone(Message):
    """The treasury has paid the tax back."""


@timer("tax.voucher_ended", "应征凭证失效", ref="voucher_no", item="tax")
class Ended(Message):
    """The voucher's word to its declaration that it counts no more."""

    voucher_no: str


DUE, TREASURY_DONE = Due(), TreasuryDone()


class VoucherFile(File):
    """What the bureau knows of one voucher; `order_no` is the payment that wrote it off."""

    __slots__ = ("asker", "charge", "n", "order_no", "paid_ms")

    def __init__(self, party: Party, case: object, part: "Part[VoucherFile]") -> None:
        super().__init__(party, case, part)
        self.charge: Charge
        self.n = self.paid_ms = 0
        self.order_no = ""
        self.asker: Asked


# ---- paying -----------------------------------------------------------------------------------------------------------
def issue(file: VoucherFile, heard: Issue) -> Posts:
    file.charge, file.n = heard.charge, heard.n
    file.enter("number", heard.voucher_no)
    return (later(file.settings.bill_validity.at(0.5), DUE),)


def lapse(file: VoucherFile, heard: Due) -> Posts:
    return (_ended(file),)


def query_bill(file: VoucherFile, heard: QueryBill) -> TaxBill | Refusal:
    """What is to be paid, or why nothing is."""
    error = NOT_DUE.get(file.states[0])
    return TaxBill(file.charge, file.charge.amount_fen) if error is None else refuse(error)


def write_off(file: VoucherFile, heard: WriteOff) -> Posts:
    if heard.amount_fen != file.charge.amount_fen:
        return refuse(AMOUNT_DIFFERS)
    file.order_no, file.paid_ms = heard.order_no, file.now_ms
    return (_written_off(file),)


def write_off_again(file: VoucherFile, heard: WriteOff) -> Posts:
    """The same payment asking again hears the same answer; it is written off once all the same. Another is refused."""
    if heard.order_no != file.order_no:
        return refuse(ALREADY_PAID)
    return (_written_off(file),) if heard.amount_fen == file.charge.amount_fen else refuse(AMOUNT_DIFFERS)


def certify(file: VoucherFile, heard: FetchCertificate) -> Posts:
    """The certificate's number follows from the voucher's, so asking again gives the same certificate."""
    number = tax_receipt(year_of(file.paid_ms), int(heard.voucher_no[8:]))
    said = TaxCertificate(heard.voucher_no, number, file.charge.amount_fen)
    return (reply(said, file.settings.receipt.at(file.draw(b"tax.certificate", file.n))),)


def _written_off(file: VoucherFile) -> Post:
    handling_ms = file.settings.write_off.at(file.draw(b"tax.write_off", file.n))
    return reply(WrittenOff(file.charge.number), handling_ms)


# ---- giving up and giving back ---------------------------------------------------------------------------------------
def void(file: VoucherFile, heard: Void) -> Posts:
    return reply(VoucherVoided(heard.voucher_no)), _ended(file)


def void_again(file: VoucherFile, heard: Void) -> Posts:
    """A voucher that is void, or void for being late, is as void as was asked."""
    return (reply(VoucherVoided(heard.voucher_no)),)


def refund(file: VoucherFile, heard: TreasuryRefund) -> Posts:
    if heard.amount_fen != file.charge.amount_fen:
        return refuse(AMOUNT_DIFFERS)
    file.asker = file.asked
    return (working(file.settings.tax_refund.at(file.draw(b"tax.refund", file.n)), TREASURY_DONE),)


def give_back(file: VoucherFile, heard: TreasuryDone) -> Posts:
    return answer(file.asker, TreasuryRefunded(file.charge.number, file.charge.amount_fen)), _ended(file)


def _ended(file: VoucherFile) -> Post:
    return send(file.party.seat, Ended(file.charge.number))


# ---- refusing --------------------------------------------------------------------------------------------------------
def already_paid(file: VoucherFile, heard: Message) -> Posts:
    return refuse(ALREADY_PAID)


def already_refunded(file: VoucherFile, heard: Message) -> Posts:
    return refuse(ALREADY_REFUNDED)


def not_paid(file: VoucherFile, heard: Message) -> Posts:
    return refuse(NOT_PAID)


def expired(file: VoucherFile, heard: Message) -> Posts:
    return refuse(EXPIRED)


def voided(file: VoucherFile, heard: Message) -> Posts:
    return refuse(VOIDED)


# fmt: off
VOUCHER = Track("voucher", "应征凭证", BLANK, [
    row(BLANK,                    Issue,            UNPAID,    issue),
    row(UNPAID,                   Due,              LAPSED,    lapse),
    row(UNPAID,                   WriteOff,         PAID,      write_off),
    row((*SETTLED, *GIVEN_BACK),  WriteOff,         None,      write_off_again),
    row(LAPSED,                   WriteOff,         None,      expired),
    row(VOID,                     WriteOff,         None,      voided),
    row(PAID,                     Split,            CLEARED),
    ignored((CLEARED, *GIVEN_BACK), Split, "款项已入库或已退库，清分通知重复或晚到"),
    row(SETTLED,                  FetchCertificate, None,      certify),
    row(GIVEN_BACK,               FetchCertificate, None,      already_refunded),
    row(NEVER_PAID,               FetchCertificate, None,      not_paid),
    row(UNPAID,                   Void,             VOID,      void),
    row((LAPSED, VOID),           Void,             None,      void_again),
    row((*SETTLED, *GIVEN_BACK),  Void,             None,      already_paid),
    row(SETTLED,                  TreasuryRefund,   REFUNDING, refund),
    row(NEVER_PAID,               TreasuryRefund,   None,      not_paid),
    row(GIVEN_BACK,               TreasuryRefund,   None,      already_refunded),
    row(REFUNDING,                TreasuryDone,     REFUNDED,  give_back),
])
# fmt: on

VOUCHERS = Part(VoucherFile, [VOUCHER], key="voucher_no")
