"""How the hub undoes charges: orders closed first, then everything void or lawfully given back, in a join (FJ-30)."""

from contract.hub import CancelCharges, ChargesCancelled, ChargesLapsed, ChargesReturned
from contract.non_tax import ALREADY_ISSUED, FeeReversed, FeeVoided, PayCodeIssued, ReverseFee, VoidFee
from contract.records import FEE, Charge
from contract.tax import (
    ALREADY_REFUNDED,
    Assessed,
    CancelDeclaration,
    Exempted,
    Returned,
    TreasuryRefund,
    TreasuryRefunded,
    Void,
    VoucherVoided,
)
from contract.unionpay import Cancel, Refund, Refunded
from reference.hub_file import OPEN, Awaited, HubFile, OrdersDone
from sim.message import Message, Refused, timer
from sim.posts import NOTHING, Post, Posts, later, send

CANCEL, LAPSE, RETURN = "cancel", "lapse", "return"
"""Why charges are undone: the registry asks, the term is over, the tax bureau wants the facts corrected."""
PAY_CODE_TO_COME = ""
"""Stands in a join for the number of a pay code that is still being issued."""


@timer("hub.facts_rejected", "涉税信息不被接收")
class FactsRejected(Message):
    """The declaration cannot be taken as it is: the registry has to correct it."""


@timer("hub.lapse", "逾期作废")
class Lapse(Message):
    """The term is over and no order is in flight."""


@timer("hub.cancel_done", "税费已取消退清")
class CancelDone(Message):
    """Everything is void or given back, as the registry asked."""


@timer("hub.lapse_done", "逾期税费已处理完毕")
class LapseDone(Message):
    """Everything is void or given back, the term being over."""


@timer("hub.return_done", "缴款书已作废")
class ReturnDone(Message):
    """Nothing is left of this round; the registry may correct and push again."""


ENDINGS: dict[str, Message] = {CANCEL: CancelDone(), LAPSE: LapseDone(), RETURN: ReturnDone()}


def undo(file: HubFile, charge: Charge) -> Post:
    """The lawful way back of one charge: void what is unpaid, refund tax through the treasury, reverse the fee's receipt."""
    number, why = charge.number, file.why
    if charge.sort == FEE:
        return send("non_tax", ReverseFee(number, why) if number in file.paid else VoidFee(number, why))
    return send("tax", TreasuryRefund(number, charge.amount_fen, why) if number in file.paid else Void(number, why))


def undo_all(file: HubFile) -> list[Post]:
    """Undo every charge and wait for all answers."""
    file.waits_for_orders = False
    file.back = Awaited([charge.number for charge in file.charges])
    return [undo(file, charge) for charge in file.charges] or when_all_back(file)


def when_all_back(file: HubFile) -> list[Post]:
    """Once nothing is awaited any more, the undoing is done."""
    return [later(0, ENDINGS[file.ending])] if file.back.over else []


# ---- beginning to undo ----------------------------------------------------------------------------------------------------
def returned(file: HubFile, heard: Returned) -> Posts:
    file.why, file.tax_known = heard.reason, True
    return _stop_assessing(file, RETURN)


def not_declared(file: HubFile, heard: FactsRejected) -> Posts:
    return _stop_assessing(file, RETURN)


def cancel_assessing(file: HubFile, heard: CancelCharges) -> Posts:
    file.why = heard.reason
    return _stop_assessing(file, CANCEL)


def _stop_assessing(file: HubFile, ending: str) -> list[Post]:
    """Undo what is there already, withdraw the declaration, and wait for a pay code that is still to come."""
    file.ending, file.returning = ending, True
    posts = [] if file.tax_known else [send("tax", CancelDeclaration(file.why))]
    if file.fee_known:
        return posts + undo_all(file)
    file.back = Awaited([PAY_CODE_TO_COME, *[charge.number for charge in file.charges]])
    return posts + [undo(file, charge) for charge in file.charges]


def cancel(file: HubFile, heard: CancelCharges) -> Posts:
    file.why = heard.reason
    return _stop_paying(file, CANCEL)


def lapse(file: HubFile, heard: Lapse) -> Posts:
    file.why = "缴款期限届满"
    return _stop_paying(file, LAPSE)


def void_all(file: HubFile, heard: Message) -> Posts:
    return _stop_paying(file, RETURN)


def _stop_paying(file: HubFile, ending: str) -> list[Post]:
    """Close the orders in flight first: what has been paid is known only when each of them has an outcome."""
    file.ending, file.returning, file.due = ending, True, False
    in_flight = file.open_orders
    if not in_flight:
        return undo_all(file)
    file.waits_for_orders = True
    return [send("pay", Cancel(order.order_no)) for order in in_flight if order.status == OPEN]


def cancel_too(file: HubFile, heard: CancelCharges) -> Posts:
    """Whatever was being undone, it ends as a cancellation now."""
    file.ending, file.why = CANCEL, heard.reason
    return when_all_back(file) if not file.waits_for_orders else NOTHING


# ---- undoing ----------------------------------------------------------------------------------------------------------------
def orders_done(file: HubFile, heard: OrdersDone) -> Posts:
    return undo_all(file)


def fee_late(file: HubFile, heard: PayCodeIssued) -> Posts:
    """The pay code comes while everything is being undone: it is voided at once."""
    charge, awaited = heard.charge, file.back.numbers
    awaited.discard(PAY_CODE_TO_COME)
    if charge is None or charge in file.charges:
        return when_all_back(file)
    file.charges = (*file.charges, charge)
    awaited.add(charge.number)
    return [undo(file, charge)]


def fee_not_issued(file: HubFile, heard: Refused) -> Posts:
    if heard.error == ALREADY_ISSUED.code:
        return NOTHING
    file.back.numbers.discard(PAY_CODE_TO_COME)
    return when_all_back(file)


def late_result(file: HubFile, heard: Assessed | Exempted | Returned) -> Posts:
    """The tax bureau's result comes late or twice: vouchers that nobody waits for any more are voided."""
    if not isinstance(heard, Assessed):
        return NOTHING
    known = {charge.number for charge in file.charges}
    fresh = tuple([charge for charge in heard.charges if charge.number not in known])
    file.charges += fresh
    file.back.numbers.update([charge.number for charge in fresh])
    return [undo(file, charge) for charge in fresh]


def voucher_voided(file: HubFile, heard: VoucherVoided) -> Posts:
    file.back.numbers.discard(heard.voucher_no)
    return when_all_back(file)


def fee_voided(file: HubFile, heard: FeeVoided) -> Posts:
    file.back.numbers.discard(heard.pay_code)
    return when_all_back(file)


def fee_reversed(file: HubFile, heard: FeeReversed) -> Posts:
    """The receipt is reversed; the money itself goes back by card."""
    if heard.pay_code in file.refunded or heard.pay_code not in file.paid:
        return NOTHING
    file.refunded[heard.pay_code] = 0
    return [send("pay", Refund(file.paid[heard.pay_code], heard.pay_code, heard.amount_fen))]


def tax_refunded(file: HubFile, heard: TreasuryRefunded) -> Posts:
    return _money_back(file, heard.voucher_no, heard.amount_fen)


def fee_refunded(file: HubFile, heard: Refunded) -> Posts:
    return _money_back(file, heard.number, heard.amount_fen)


def _money_back(file: HubFile, number: str, amount_fen: int) -> Posts:
    if number in file.back.numbers:
        file.back.numbers.discard(number)
        file.refunded[number] = amount_fen
        file.returned_fen += amount_fen
    return when_all_back(file)


def not_undone(file: HubFile, heard: Refused) -> Posts:
    """There was nothing to void or to give back; only “already refunded” means that another answer is on its way."""
    if heard.error == ALREADY_REFUNDED.code:
        return NOTHING
    file.back.refusals += 1
    return when_all_back(file)


def tell_cancelled(file: HubFile, heard: Message) -> Posts:
    return [send("registry", ChargesCancelled(file.returned_fen))]


def tell_lapsed(file: HubFile, heard: LapseDone) -> Posts:
    if file.ending == CANCEL:  # asked for at the same instant
        return tell_cancelled(file, heard)
    return [send("registry", ChargesLapsed())]


def tell_returned(file: HubFile, heard: ReturnDone) -> Posts:
    if file.ending == CANCEL:
        return tell_cancelled(file, heard)
    return [send("registry", ChargesReturned(file.why))]
