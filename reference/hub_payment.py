"""The hub's payment page: combined bill, orders, active queries until each order's outcome is known (步骤4-13)."""

from contract.hub import NOT_DUE, NOTHING_CHOSEN, CheckOrder, ChooseAndPay, OpenPayment
from contract.people import BillShown, CashierOpened, ResultShown
from contract.records import Charge
from contract.unionpay import (
    DUPLICATE_ORDER,
    BillFound,
    Cancel,
    Cancelled,
    CreateOrder,
    OrderCreated,
    PaymentNotice,
    QueryBill,
    QueryStatus,
    Reverse,
    Reversed,
    StatusFound,
)
from reference.hub_file import (
    ALL_PAID,
    ASKED,
    CLOSED,
    OPEN,
    ORDERS_DONE,
    PAID,
    HubFile,
    Order,
    ReconciliationDifference,
)
from sim.calendar import HOUR_MS, MINUTE_MS, SECOND_MS
from sim.days import DAY_MS, UTC8_MS, compact_day
from sim.identifiers import order_id
from sim.masking import mask_id
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, refuse, send
from sim.table import State, Track, ignored, row

MERCHANT = "898391093990001"
"""The service's merchant number at the channel (synthetic: 福州, government services)."""
CHECK_GAPS_MS = tuple(gap * MINUTE_MS for gap in (5, 5, 20, 30, 60))
"""An order is asked after at 5, 10, 30, 60 and 120 minutes (domain: UnionPay), then hourly until its outcome is known."""
FINAL_CHECK, LAST_CHECK = 3, 5
"""From the 3rd check on the channel's own limit is over: no payment found is final. After the 5th, unknown is reversed."""
IN_DOUBT = "有一笔支付的结果尚在查证"
ONE_QUERY_MS = MINUTE_MS
"""A page called up again within this time waits for the query already sent: chosen."""
SAME_ORDER_MS = range(MINUTE_MS, 14 * MINUTE_MS)
"""Who chooses the same items again while the order can still be paid goes on with it; at once, in two tabs, nobody can know."""
SESSION_MS = 30 * MINUTE_MS
"""How long an open payment page is waited for: chosen."""


@timer("hub.session_over", "同缴界面超时")
class SessionOver(Message):
    """Whoever opened the page has had time enough."""


@timer("hub.nothing_in_flight", "无在途订单")
class NothingInFlight(Message):
    """Every order has its outcome."""


SESSION_OVER, NOTHING_IN_FLIGHT = SessionOver(), NothingInFlight()


# ---- bill and order ---------------------------------------------------------------------------------------------------
def open_page(file: HubFile, heard: OpenPayment) -> Posts:
    charges = file.unpaid_of(heard.payer) if file.due else ()
    if not charges:
        return refuse(NOT_DUE)
    if _is_in_doubt(file, heard.payer):
        return refuse(NOT_DUE, IN_DOUBT)
    if _is_queried(file, heard.payer):
        return NOTHING
    file.bills = {no: (payer, () if payer == heard.payer else asked) for no, (payer, asked) in file.bills.items()}
    file.bill_ms[heard.payer] = file.now_ms
    n = len(file.bills) + 1
    query_no = f"{MERCHANT[-6:]}Q{file.case.number:08d}{n:02d}"
    file.bills[query_no] = (heard.payer, charges)
    return [send("pay", QueryBill(query_no, heard.payer, charges)), later(SESSION_MS, SESSION_OVER)]


def _is_queried(file: HubFile, payer: str) -> bool:
    """Whether the answer to this payer's query is still to come, and not overdue; an older query's answer counts no more."""
    waits = any(asked and each == payer for each, asked in file.bills.values())
    return waits and file.now_ms - file.bill_ms[payer] < ONE_QUERY_MS


def _is_in_doubt(file: HubFile, payer: str) -> bool:
    """Whether a payment of this payer is on its way and unknown: nobody may be led to pay a second time meanwhile."""
    return any(order.in_doubt and order.status == OPEN and order.payer == payer for order in file.orders.values())


def show_bill(file: HubFile, heard: BillFound) -> Posts:
    """Only what was asked for and in the same amounts may be paid; a partial list may be looked at, not paid."""
    payer, asked = file.bills.get(heard.query_no, ("", ()))
    if not asked:
        return NOTHING
    file.bills[heard.query_no] = ("", ())
    amounts = {charge.number: charge.amount_fen for charge in asked}
    sound = tuple([charge for charge in heard.charges if amounts.pop(charge.number, None) == charge.amount_fen])
    complete = heard.complete and not amounts
    file.shown[payer] = frozenset([charge.number for charge in sound]) if complete else frozenset()
    return [send(payer, BillShown(tuple([_masked(charge) for charge in sound]), complete))]


def _masked(charge: Charge) -> Charge:
    """The charge as people see it: the payer's number masked, and without the tax office's code, which only banks need."""
    number = mask_id(charge.payer_id_no)
    return Charge(charge.sort, charge.payer, number, "", charge.number, charge.title, charge.amount_fen)


def no_bill(file: HubFile, heard: Refused) -> Posts:
    """The channel takes no query now: there is no list to show, and whoever waits calls the page up again."""
    file.bills = dict.fromkeys(file.bills, ("", ()))
    return NOTHING


def order(file: HubFile, heard: ChooseAndPay) -> Posts:
    """The amount is worked out here, from what is due and was shown to this payer."""
    if not heard.numbers:
        return refuse(NOTHING_CHOSEN)
    if _is_in_doubt(file, heard.payer):
        return refuse(NOT_DUE, IN_DOUBT)
    chosen = _chosen(file, heard)
    if len(chosen) != len(heard.numbers):
        return refuse(NOT_DUE)
    same = _same_order(file, heard)
    if same is not None:
        return [send(heard.payer, CashierOpened(same.order_no, same.tn, same.amount_fen))]
    n = len(file.orders) + 1
    amount_fen = sum([charge.amount_fen for charge in chosen])
    order_no = order_id(MERCHANT, _moment(file.now_ms), file.case.number * 100 + n)
    file.orders[order_no] = Order(order_no, heard.payer, heard.numbers, amount_fen)
    return [send("pay", CreateOrder(order_no, heard.payer, chosen, amount_fen))]


def _same_order(file: HubFile, heard: ChooseAndPay) -> Order | None:
    for known in file.orders.values():
        same = known.status == OPEN and known.payer == heard.payer and {*known.numbers} == {*heard.numbers}
        if same and file.now_ms - known.opened_ms in SAME_ORDER_MS:
            return known
    return None


def _chosen(file: HubFile, heard: ChooseAndPay) -> tuple[Charge, ...]:
    if not file.due:
        return ()
    shown = file.shown.get(heard.payer, ())
    return tuple([c for c in file.unpaid_of(heard.payer) if c.number in heard.numbers and c.number in shown])


def _moment(ms: int) -> str:
    """yyyymmddHHMMSS, local."""
    second = (ms + UTC8_MS) % DAY_MS // SECOND_MS
    return f"{compact_day(ms)}{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}"


def open_cashier(file: HubFile, heard: OrderCreated) -> Posts:
    created = file.orders.get(heard.order_no)
    if created is None or created.status != ASKED:
        return _when_none_in_flight(file)
    created.status, created.tn, created.opened_ms = OPEN, heard.tn, file.now_ms
    check = later(CHECK_GAPS_MS[0], CheckOrder(heard.order_no))
    if file.returning:
        return [send("pay", Cancel(heard.order_no)), check]
    return [send(created.payer, CashierOpened(heard.order_no, heard.tn, heard.amount_fen)), check]


def not_ordered(file: HubFile, heard: Refused) -> Posts:
    """A repeated order is refused while the first stands; any other no means that nothing can be paid."""
    if heard.error == DUPLICATE_ORDER.code:
        return NOTHING
    for each in file.open_orders:
        if each.status == ASKED:
            each.status = CLOSED
    return _when_none_in_flight(file)


# ---- outcomes ---------------------------------------------------------------------------------------------------------
def check_order(file: HubFile, heard: CheckOrder) -> Posts:
    checked = file.orders[heard.order_no]
    if checked.status != OPEN:
        return NOTHING
    checked.checks += 1
    gap_ms = CHECK_GAPS_MS[checked.checks] if checked.checks < len(CHECK_GAPS_MS) else HOUR_MS
    return [send("pay", QueryStatus(heard.order_no)), later(gap_ms, CheckOrder(heard.order_no))]


def status_found(file: HubFile, heard: StatusFound) -> Posts:
    """Both codes count: an answered query is not yet a made payment, and what is not found may still come."""
    asked = file.orders.get(heard.order_no)
    if asked is None or asked.status != OPEN:
        return NOTHING
    if heard.origin_code == "00":
        return _outcome(file, asked, heard.written_off, heard.returned) if heard.answer_code == "00" else NOTHING
    if heard.origin_code == "77" or (heard.origin_code == "34" and _is_final(asked, heard)):
        return _close(file, asked)
    if heard.origin_code == "34":
        return [send("pay", Cancel(heard.order_no))] if file.returning else NOTHING
    asked.in_doubt = True
    return [send("pay", Reverse(heard.order_no))] if asked.checks >= LAST_CHECK else NOTHING


def _is_final(asked: Order, heard: StatusFound) -> bool:
    return heard.answer_code == "00" or asked.checks >= FINAL_CHECK


def paid(file: HubFile, heard: PaymentNotice) -> Posts:
    """A notice counts once, and only if it is about this order and its whole amount."""
    notified = file.orders.get(heard.order_no)
    if notified is None or heard.amount_fen != notified.amount_fen:
        difference_fen = heard.amount_fen - (notified.amount_fen if notified else 0)
        return [later(0, ReconciliationDifference(heard.order_no, difference_fen, "缴款结果通知"))]
    if notified.status == PAID:
        return NOTHING
    return _outcome(file, notified, heard.written_off, heard.returned)


def _outcome(file: HubFile, known: Order, written: tuple[str, ...], returned: tuple[str, ...]) -> Posts:
    if {*written, *returned} != {*known.numbers}:
        return [later(0, ReconciliationDifference(known.order_no, 0, "缴款明细"))]
    known.status, known.written = PAID, written
    for number in written:
        file.paid[number] = known.order_no
    posts = list(_when_none_in_flight(file))
    if file.returning:
        return posts
    posts.append(send(known.payer, ResultShown(written, not file.unpaid_of(known.payer))))
    if written and file.all_paid:
        posts.append(later(0, ALL_PAID))
    return posts


def cancelled(file: HubFile, heard: Cancelled | Reversed) -> Posts:
    undone = file.orders.get(heard.order_no)
    return _close(file, undone) if undone is not None and undone.status in (ASKED, OPEN) else NOTHING


def _close(file: HubFile, known: Order) -> Posts:
    known.status = CLOSED
    return _when_none_in_flight(file)


def _when_none_in_flight(file: HubFile) -> list[Post]:
    return [] if file.open_orders else [later(0, NOTHING_IN_FLIGHT)]


def session_over(file: HubFile, heard: SessionOver) -> Posts:
    return [later(SESSION_MS, SESSION_OVER)] if file.open_orders else [later(0, NOTHING_IN_FLIGHT)]


def come_to_rest(file: HubFile, heard: NothingInFlight) -> Posts:
    return [later(0, ORDERS_DONE)] if file.waits_for_orders and not file.open_orders else NOTHING


QUIET = State("quiet", "无在途缴款", end=True)
ACTIVE = State("active", "缴款进行中")
EITHER = (QUIET, ACTIVE)

# fmt: off
PAYMENT = Track("payment", "税费同缴", QUIET, [
    row(EITHER,   OpenPayment,          ACTIVE,  open_page),
    row(EITHER,   BillFound,            None,    show_bill),
    row(EITHER,   refused(QueryBill),   None,    no_bill),
    row(EITHER,   ChooseAndPay,         ACTIVE,  order),
    row(EITHER,   OrderCreated,         ACTIVE,  open_cashier),
    row(EITHER,   refused(CreateOrder), None,    not_ordered),
    row(ACTIVE,   CheckOrder,           None,    check_order),
    row(EITHER,   StatusFound,          None,    status_found),
    row(EITHER,   PaymentNotice,        None,    paid),
    row(EITHER,   Cancelled,            None,    cancelled),
    row(EITHER,   Reversed,             None,    cancelled),
    row(ACTIVE,   SessionOver,          None,    session_over),
    row(EITHER,   NothingInFlight,      QUIET,   come_to_rest),
    ignored(EITHER, refused(Cancel),    "订单正在支付或已支付：结果由通知或下一次查询得知"),
    ignored(EITHER, refused(Reverse),   "支付结果即将明确：由通知或下一次查询得知"),
])
# fmt: on
