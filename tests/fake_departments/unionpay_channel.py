"""UnionPay between the departments' books and a hub, for its tests."""

from typing import Any

from contract.errors import ALREADY_PAID, EXPIRED
from contract.non_tax import FeeBill, FeeWrittenOff, QueryFee, WriteOffFee
from contract.records import BUYER, FEE, SELLER, TAX, Charge
from contract.tax import QueryBill as QueryTaxBill
from contract.tax import TaxBill, WrittenOff
from contract.unionpay import (
    CardReturned,
    CreateOrder,
    FetchReconciliation,
    OrderCreated,
    PayByApp,
    QueryStatus,
    Split,
    StatusFound,
)
from fake_departments import unionpay
from sim.calendar import HOUR_MS, MINUTE_MS
from sim.durations import Duration
from sim.faults import Effect, Fault
from sim.message import Message
from sim.party import File
from sim.polls import PollPlan
from sim.posts import NOTHING, Posts, refuse, reply
from tests.town import Town

ORDER_NO = "09000120230306090000000000101"
DEED = Charge(TAX, BUYER, "350000199001010018", "13501020000", "10013523000000001001", "契税", 1_500_000)
INCOME = Charge(TAX, SELLER, "350000198001010013", "13501020000", "10013523000000001003", "个人所得税", 1_000_001)
FEE_DUE = Charge(FEE, BUYER, "", "350102", "35010223300000000100", "不动产登记费", 8_000)
ALL = (DEED, INCOME, FEE_DUE)
TOTAL = sum(charge.amount_fen for charge in ALL)
DAILY = {
    ("unionpay.fetch_reconciliation", "hub"): PollPlan(FetchReconciliation, daily_ms=9 * HOUR_MS + 30 * MINUTE_MS),
}


def took(ms: int) -> Duration:
    return Duration((ms,) * 1024, False, "测试")


def habits(failed: float = 0.0, debit_ms: int = 2_000, book_ms: int = 100) -> unionpay.Settings:
    return unionpay.Settings(took(book_ms), took(1_000), took(debit_ms), took(2_000), took(40 * HOUR_MS), failed)


class Books:
    """Both departments' ledgers: what is due, and by which order it has been written off."""

    def __init__(self, *closed: Charge, handling_ms: int = 3_000) -> None:
        self.closed = {charge.number for charge in closed}
        self.paid_by: dict[str, str] = {}
        self.due = {charge.number: charge for charge in ALL}
        self.handling_ms = handling_ms
        self.silent: set[type[Message]] = set()

    def answers(self, file: File, heard: Any) -> Posts:
        if type(heard) in self.silent or isinstance(heard, Split):
            return NOTHING
        number = heard.pay_code if isinstance(heard, QueryFee | WriteOffFee) else heard.voucher_no
        error = EXPIRED if number in self.closed else None
        if isinstance(heard, QueryFee | QueryTaxBill):
            error = ALREADY_PAID if number in self.paid_by else error
            found = FeeBill if isinstance(heard, QueryFee) else TaxBill
            return refuse(error) if error else [reply(found(self.due[number], self.due[number].amount_fen))]
        if error or self.paid_by.setdefault(number, heard.order_no) != heard.order_no:
            return refuse(error or ALREADY_PAID)
        done = FeeWrittenOff(number) if isinstance(heard, WriteOffFee) else WrittenOff(number)
        return [reply(done, self.handling_ms)]


def town(books: Books | None = None, how: unionpay.Settings | None = None, **more: Any) -> Town:
    say = (books or Books()).answers
    polls = more.pop("polls", DAILY)
    return Town(
        {"unionpay": unionpay.ROLE}, {"unionpay": how or habits()}, answers={"tax": say, "non_tax": say}, polls=polls, **more
    )  # fmt: skip


def ask(place: Town, message: Message, seat: str = "hub", **time: float) -> Any:
    place.say(seat, "unionpay", message)
    place.run(**(time or {"ms": 200}))
    return place.heard(seat)[-1]


def ordered(
    place: Town, charges: tuple[Charge, ...] = ALL, order_no: str = ORDER_NO, payer: str = BUYER
) -> OrderCreated:
    amount_fen = sum(charge.amount_fen for charge in charges)
    created = ask(place, CreateOrder(order_no, payer, charges, amount_fen))
    assert isinstance(created, OrderCreated)
    return created


def paid(place: Town, charges: tuple[Charge, ...] = ALL, order_no: str = ORDER_NO) -> None:
    ordered(place, charges, order_no)
    place.say("buyer", "unionpay", PayByApp(order_no))
    place.run(minutes=1)


def state(place: Town, order_no: str = ORDER_NO) -> str:
    return place.state("unionpay", "order", "order_no", order_no).name


def codes(place: Town, order_no: str = ORDER_NO) -> tuple[str, str]:
    found = ask(place, QueryStatus(order_no))
    assert isinstance(found, StatusFound)
    return found.answer_code, found.origin_code


def returned_fen(place: Town) -> int:
    return sum(each.amount_fen for each in place.heard("buyer", CardReturned))


TWICE = Fault("twice", Effect.DUPLICATED, "*.write_off", delay=took(300))
LATE = Fault("late", Effect.LATE, "tax.write_off", share=0.5, delay=took(1_000))
