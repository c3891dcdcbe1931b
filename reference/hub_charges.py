"""The hub's charges: assessed, due and settled, or undone on the way (附件3 步骤1-3); the table of their track."""

from contract.hub import NOT_SERVED, CancelCharges, ChargesReady, PaymentSettled, PushCharges
from contract.non_tax import (
    ALREADY_ISSUED,
    FeeReversed,
    FeeVoided,
    IssuePayCode,
    PayCodeIssued,
    ReverseFee,
    VoidFee,
)
from contract.records import FEE
from contract.tax import (
    ALREADY_DECLARED,
    Assessed,
    CancelDeclaration,
    Declare,
    Exempted,
    Returned,
    TreasuryRefund,
    TreasuryRefunded,
    Void,
    VoucherVoided,
)
from contract.unionpay import Refund, Refunded
from reference.hub_file import AllPaid, Awaited, HubFile, OrdersDone, Settings
from reference.hub_undo import (
    RETURN,
    CancelDone,
    FactsRejected,
    Lapse,
    LapseDone,
    ReturnDone,
    cancel,
    cancel_assessing,
    cancel_too,
    fee_late,
    fee_not_issued,
    fee_refunded,
    fee_reversed,
    fee_voided,
    lapse,
    late_result,
    not_declared,
    not_undone,
    orders_done,
    returned,
    tax_refunded,
    tell_cancelled,
    tell_lapsed,
    tell_returned,
    void_all,
    voucher_voided,
)
from sim.calendar import HOUR_MS, MINUTE_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send
from sim.table import State, Track, ignored, row

PROVINCIAL_SEAT = "hub"
FRESH_MS = 20 * HOUR_MS
"""A pay code older than this when the taxes are known is issued anew, so that fee and taxes fall due together: chosen."""
LAST_ORDERS_MS = 16 * MINUTE_MS
"""How long the end of the term waits for an order in flight: a minute beyond the channel's own limit."""


@timer("hub.ready_to_pay", "税费要素齐备")
class ReadyToPay(Message):
    """Pay code and three elements are there."""


@timer("hub.nothing_due", "无应缴税费")
class NothingDue(Message):
    """Taxes and fee are exempt."""


@timer("hub.called_back", "核税结果被收回")
class CalledBack(Message):
    """What was told to be paid is void; the registry corrects and pushes again."""


@timer("hub.term_over", "缴款期限届满")
class TermOver(Message):
    """What is unpaid now will be void."""


READY_TO_PAY, NOTHING_DUE, CALLED_BACK, TERM_OVER = ReadyToPay(), NothingDue(), CalledBack(), TermOver()
FACTS_REJECTED, LAPSE_NOW = FactsRejected(), Lapse()


# ---- assessing ----------------------------------------------------------------------------------------------------------
def push(file: HubFile, heard: PushCharges) -> Posts:
    if file.party.seat == PROVINCIAL_SEAT and file.settings.region.tax_path == "local":
        return refuse(NOT_SERVED)
    file.charges, file.back, file.ending = (), Awaited(()), ""
    file.tax_known = file.fee_known = file.renewing = file.returning = False
    file.pushed = heard
    return [_order_pay_code(heard), send("tax", Declare(heard.registry_code, heard.facts.price_fen, heard.facts))]


def pushed_before(file: HubFile, heard: PushCharges) -> Posts:
    """A push heard a second time begins nothing: what came of the first has been told, or will be."""
    return NOTHING


def _order_pay_code(pushed: PushCharges) -> Post:
    code, payer = pushed.registry_code, pushed.facts.buyer.name
    return send("non_tax", IssuePayCode(code, pushed.residential, pushed.copies, payer, pushed.fee_exempt))


def fee_known(file: HubFile, heard: PayCodeIssued) -> Posts:
    if heard.charge is not None and heard.charge.amount_fen <= 0:
        if file.renewing:
            return NOTHING
        file.renewing = True
        return [send("non_tax", VoidFee(heard.charge.number, "缴款书金额有误，重新开具"))]
    if not file.fee_known and heard.charge is not None:
        file.charges = (*file.charges, heard.charge)
        file.fee_ms = file.now_ms
    file.fee_known = True
    return _when_known(file)


def renew_pay_code(file: HubFile, heard: FeeVoided) -> Posts:
    """The pay code that had grown old is void; a fresh one is ordered."""
    if not file.renewing:
        return NOTHING
    file.charges = tuple([charge for charge in file.charges if charge.number != heard.pay_code])
    file.fee_known = file.renewing = False
    return [_order_pay_code(file.pushed)]


def assessed(file: HubFile, heard: Assessed) -> Posts:
    if not all(charge.payer_id_no and charge.office and charge.number for charge in heard.charges):
        file.why, file.ending = "税务返回的缴税三要素不全", RETURN
        return [later(0, FACTS_REJECTED)]
    if not file.tax_known:
        file.charges = (*heard.charges, *file.charges)
    file.tax_known = True
    return _when_known(file)


def exempted(file: HubFile, heard: Exempted) -> Posts:
    file.tax_known = True
    return _when_known(file)


def _when_known(file: HubFile) -> Posts:
    if file.ending or file.renewing or not (file.tax_known and file.fee_known):
        return NOTHING
    if file.now_ms - file.fee_ms > FRESH_MS:
        old = [charge.number for charge in file.charges if charge.sort == FEE]
        if old:
            file.renewing = True
            return [send("non_tax", VoidFee(old[0], "核税完成，重新开具"))]
    return [later(0, READY_TO_PAY if file.charges else NOTHING_DUE)]


def tell_charges(file: HubFile, heard: ReadyToPay) -> Posts:
    settings: Settings = file.settings
    file.due = True
    term_ms = settings.bill_validity.at(file.draw(b"hub.bill_validity"))
    total_fen = sum([charge.amount_fen for charge in file.charges])
    return [send("registry", ChargesReady(file.charges, total_fen)), later(term_ms, TERM_OVER)]


def tell_nothing_due(file: HubFile, heard: NothingDue) -> Posts:
    return [send("registry", ChargesReady((), 0))]


def declaration_refused(file: HubFile, heard: Refused) -> Posts:
    """A second declaration is refused while the first is being assessed; any other no is about the facts."""
    if heard.error == ALREADY_DECLARED.code:
        return NOTHING
    file.tax_known = True
    return _reject(file, heard)


def pay_code_refused(file: HubFile, heard: Refused) -> Posts:
    """As with the declaration: only the no to a repeated request means nothing."""
    if heard.error == ALREADY_ISSUED.code:
        return NOTHING
    file.fee_known = True
    return _reject(file, heard)


def _reject(file: HubFile, heard: Refused) -> Posts:
    file.why, file.ending = heard.detail, RETURN
    return [later(0, FACTS_REJECTED)]


def tell_settled(file: HubFile, heard: AllPaid) -> Posts:
    file.due = False
    return [send("registry", PaymentSettled(file.amount_of(file.paid)))]


def call_back(file: HubFile, heard: Returned) -> Posts:
    """The tax bureau wants the facts corrected after all; once somebody has paid or is paying it comes too late."""
    file.why = heard.reason
    return NOTHING if file.paid or file.open_orders else [later(0, CALLED_BACK)]


def term_over(file: HubFile, heard: TermOver) -> Posts:
    """No new order from now on; one in flight may still settle everything."""
    file.due = False
    return [later(LAST_ORDERS_MS, TERM_OVER) if file.open_orders else later(0, LAPSE_NOW)]


# ---- the table ----------------------------------------------------------------------------------------------------------
NONE = State("none", "未推送", end=True)
ASSESSING = State("assessing", "核税开票中")
DUE = State("due", "待缴")
SETTLED = State("settled", "已缴清或免缴", end=True)
UNDOING = State("undoing", "取消退回中")
CANCELLED = State("cancelled", "已取消退清", end=True)
LAPSED = State("lapsed", "逾期作废", end=True)
RETURNED = State("returned", "退回补正", end=True)
UNDONE = (CANCELLED, LAPSED, RETURNED)
UNDO_REQUESTS = (Void, VoidFee, TreasuryRefund, ReverseFee, Refund)

# fmt: off
CHARGES = Track("charges", "计税计费", NONE, [
    # while the charges are       we hear                    they become    and we
    row((NONE, RETURNED),         PushCharges,               ASSESSING,     push),
    row((ASSESSING, DUE, SETTLED, UNDOING, CANCELLED, LAPSED), PushCharges, None, pushed_before),
    row(ASSESSING,                PayCodeIssued,             None,          fee_known),
    row(ASSESSING,                FeeVoided,                 None,          renew_pay_code),
    row(ASSESSING,                Assessed,                  None,          assessed),
    row(ASSESSING,                Exempted,                  None,          exempted),
    row(ASSESSING,                ReadyToPay,                DUE,           tell_charges),
    row(ASSESSING,                NothingDue,                SETTLED,       tell_nothing_due),
    row(ASSESSING,                Returned,                  UNDOING,       returned),
    row(ASSESSING,                refused(Declare),          None,          declaration_refused),
    row(ASSESSING,                refused(IssuePayCode),     None,          pay_code_refused),
    row(ASSESSING,                FactsRejected,             UNDOING,       not_declared),
    row(DUE,                      AllPaid,                   SETTLED,       tell_settled),
    row(DUE,                      TermOver,                  None,          term_over),
    row(DUE,                      Returned,                  None,          call_back),
    row(DUE,                      CalledBack,                UNDOING,       void_all),
    row(DUE,                      Lapse,                     UNDOING,       lapse),
    row(ASSESSING,                CancelCharges,             UNDOING,       cancel_assessing),
    row((DUE, SETTLED),           CancelCharges,             UNDOING,       cancel),
    row(UNDOING,                  CancelCharges,             None,          cancel_too),
    row((NONE, *UNDONE),          CancelCharges,             CANCELLED,     tell_cancelled),
    row(UNDOING,                  OrdersDone,                None,          orders_done),
    row(UNDOING,                  PayCodeIssued,             None,          fee_late),
    row(UNDOING,                  refused(IssuePayCode),     None,          fee_not_issued),
    ignored((UNDOING, *UNDONE),   refused(CancelDeclaration), "核税已有结果，结果送达后即作废税票"),
    row((DUE, SETTLED, UNDOING, *UNDONE), Assessed,          None,          late_result),
    row((DUE, SETTLED, UNDOING, *UNDONE), Exempted,          None,          late_result),
    row((SETTLED, UNDOING, *UNDONE), Returned,               None,          late_result),
    row(UNDOING,                  VoucherVoided,             None,          voucher_voided),
    ignored((CANCELLED, RETURNED), VoucherVoided,            "迟来的税票已随取消或退回作废"),
    ignored((CANCELLED, RETURNED), FeeVoided,                "迟来的缴款码已随取消或退回作废"),
    row(UNDOING,                  FeeVoided,                 None,          fee_voided),
    row(UNDOING,                  TreasuryRefunded,          None,          tax_refunded),
    row(UNDOING,                  FeeReversed,               None,          fee_reversed),
    row(UNDOING,                  Refunded,                  None,          fee_refunded),
    *[row(UNDOING,                refused(kind),             None,          not_undone) for kind in UNDO_REQUESTS],
    row(UNDOING,                  CancelDone,                CANCELLED,     tell_cancelled),
    row(UNDOING,                  LapseDone,                 LAPSED,        tell_lapsed),
    row(UNDOING,                  ReturnDone,                RETURNED,      tell_returned),
])
# fmt: on
