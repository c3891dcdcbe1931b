"""Write-off of an order's legs, each known by number: a refusal names none, so in doubt each leg is asked again apart."""

from contract.non_tax import FeeWrittenOff, WriteOffFee
from contract.records import FEE, TAX
from contract.tax import WriteOff, WrittenOff
from fake_departments.unionpay_order_file import OrderFile
from fake_departments.unionpay_settings import Settings
from sim.message import Message, Refused, timer
from sim.posts import NOTHING, Post, Posts, later, send


@timer("unionpay.start_write_off", "开始销账")
class StartWriteOff(Message):
    """The bank's confirmation has been booked; taxes and fee can be written off."""


@timer("unionpay.all_written_off", "销账完成")
class AllWrittenOff(Message):
    """Every leg has been answered and at least one is written off."""


@timer("unionpay.none_written_off", "销账全部被退回")
class NoneWrittenOff(Message):
    """Every leg was refused: the whole payment goes back."""


@timer("unionpay.ask_leg_again", "逐项核对销账", by="order_no", opens=True, ref="order_no", amount="amount_fen")
class AskLegAgain(Message):
    """The order's word to one of its legs; sent rather than set, so that it opens a sheet of the leg's own.

    `order_no` is the sheet's number, `paid_by` the order's: the departments give one order the same answer every time.
    """

    order_no: str
    paid_by: str
    sort: str
    number: str
    amount_fen: int


@timer("unionpay.leg_known", "销账核对结果", by="order_no", ref="order_no")
class LegKnown(Message):
    """A leg's word to its order: whether the department has taken it."""

    order_no: str
    number: str
    taken: bool


START_WRITE_OFF, ALL_WRITTEN_OFF, NONE_WRITTEN_OFF = StartWriteOff(), AllWrittenOff(), NoneWrittenOff()


def _ask(sort: str, number: str, order_no: str, amount_fen: int) -> Post:
    if sort == FEE:
        return send("non_tax", WriteOffFee(number, order_no, amount_fen))
    return send("tax", WriteOff(number, order_no, amount_fen))


def write_off(file: OrderFile, heard: StartWriteOff) -> Posts:
    order_no = file.order.order_no
    return [_ask(charge.sort, charge.number, order_no, charge.amount_fen) for charge in file.order.charges]


def tax_written_off(file: OrderFile, heard: WrittenOff) -> Posts:
    file.written.add(heard.voucher_no)
    return _when_all_answered(file)


def fee_written_off(file: OrderFile, heard: FeeWrittenOff) -> Posts:
    file.written.add(heard.pay_code)
    return _when_all_answered(file)


def tax_refused(file: OrderFile, heard: Refused) -> Posts:
    return _leg_refused(file, heard, TAX)


def fee_refused(file: OrderFile, heard: Refused) -> Posts:
    return _leg_refused(file, heard, FEE)


def _leg_refused(file: OrderFile, heard: Refused, sort: str) -> Posts:
    """With one leg of its sort unanswered it is that one; with more, each is asked again on its own sheet."""
    unanswered = [c for c in file.order.charges if c.sort == sort and c.number not in file.answered]
    file.why = file.why or heard.detail
    if sort in file.asked_again or not unanswered:
        return NOTHING
    if len(unanswered) == 1:
        file.rejected.add(unanswered[0].number)
        return _when_all_answered(file)
    file.asked_again.add(sort)
    order_no, seat = file.order.order_no, file.party.seat
    return [
        send(seat, AskLegAgain(f"{order_no}L{n}", order_no, sort, leg.number, leg.amount_fen))
        for n, leg in enumerate(unanswered)
    ]


def leg_known(file: OrderFile, heard: LegKnown) -> Posts:
    (file.written if heard.taken else file.rejected).add(heard.number)
    return _when_all_answered(file)


def _when_all_answered(file: OrderFile) -> Posts:
    if len(file.answered) < len(file.order.charges):
        return NOTHING
    settings: Settings = file.settings
    outcome = ALL_WRITTEN_OFF if file.written else NONE_WRITTEN_OFF
    return [later(settings.payment_notice.at(file.draw(b"unionpay.payment_notice", file.attempt)), outcome)]


def answered_again(file: OrderFile, heard: Message) -> Posts:
    """A department answers a repeated write-off, or a sheet repeats what the order has heard itself: nothing new."""
    file.repeats += 1
    return NOTHING


# ---- one leg on its own sheet -------------------------------------------------------------------------------------------
def ask_leg(file: OrderFile, heard: AskLegAgain) -> Posts:
    file.leg = heard
    return [_ask(heard.sort, heard.number, heard.paid_by, heard.amount_fen)]


def leg_taken(file: OrderFile, heard: Message) -> Posts:
    return [send(file.party.seat, LegKnown(file.leg.paid_by, file.leg.number, True))]


def leg_rejected(file: OrderFile, heard: Refused) -> Posts:
    return [send(file.party.seat, LegKnown(file.leg.paid_by, file.leg.number, False))]
