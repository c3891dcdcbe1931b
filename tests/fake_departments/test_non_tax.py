"""The non-tax revenue system alone: pay codes, write-offs to the fen, receipts, every refusal, any sequence."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.non_tax import (
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
from contract.records import BUYER, FEE
from contract.unionpay import Split
from fake_departments import non_tax
from fake_departments.fee_table import EXEMPTIONS
from sim.calendar import DAY_MS
from sim.durations import Duration
from sim.identifiers import is_pay_code
from sim.message import Message, refused
from sim.package.places import Registry
from tests.town import Town

GULOU = "350102"
REGISTRIES = (Registry(GULOU, "fuzhou", "福州市鼓楼区不动产登记中心", "福州市", True, 7, "standard", 1.0, 1.0),)


def took(ms: int) -> Duration:
    return Duration((ms,) * 1024, False, "测试")


SETTINGS = non_tax.Settings(took(1_000), took(3_000), took(6_000), took(15 * DAY_MS), REGISTRIES)


def town(**more: Any) -> Town:
    return Town({"non_tax": non_tax.ROLE}, {"non_tax": SETTINGS}, **more)


def wanted(residential: bool = True, copies: int = 0, exempt: str = "", payer: str = "林晓") -> IssuePayCode:
    return IssuePayCode(GULOU, residential, copies, payer, exempt)


def ask(place: Town, message: Message, seat: str = "hub", **time: float) -> Any:
    """What the asker heard last, once the system has had its time."""
    place.say(seat, "non_tax", message)
    place.run(**(time or {"minutes": 1}))
    return place.heard(seat)[-1]


def issued(**asked: Any) -> tuple[Town, PayCodeIssued]:
    place = town()
    return place, ask(place, wanted(**asked))


def pay(place: Town, bill: PayCodeIssued, order: str = "order0001") -> Any:
    return ask(place, WriteOffFee(bill.pay_code, order, bill.amount_fen), "unionpay")


# ---- issuing ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "amount"),
    [({}, 8_000), ({"copies": 2}, 10_000), ({"residential": False}, 55_000), ({"copies": -3}, 8_000)],
)
def test_a_pay_code_carries_the_fee_of_the_table(asked: dict[str, Any], amount: int) -> None:
    place, bill = issued(**asked)
    assert is_pay_code(bill.pay_code)
    assert bill.pay_code.startswith(f"{GULOU}23")
    charge = bill.charge
    assert charge is not None
    assert (charge.sort, charge.payer, charge.number) == (FEE, BUYER, bill.pay_code)
    assert bill.amount_fen == charge.amount_fen == amount
    assert not bill.exempt
    assert place.heard_at("hub", PayCodeIssued)[0][0] == place.clock.now_ms - 60_000 + 1_000 + 100


@pytest.mark.parametrize("reason", EXEMPTIONS)
def test_who_is_exempt_has_no_pay_code_and_hears_by_which_rule(reason: str) -> None:
    place, bill = issued(exempt=reason)
    assert (bill.charge, bill.pay_code, bill.amount_fen) == (None, "", 0)
    assert bill.exempt == EXEMPTIONS[reason].title  # type: ignore[index]
    assert not place.sandbox.seats["non_tax"].ledgers
    assert ask(place, wanted(exempt=reason)).charge is None
    assert ask(place, wanted()).amount_fen == 8_000


def test_the_exempt_still_pay_for_further_certificates_and_an_unknown_reason_lets_nobody_off() -> None:
    _, bill = issued(exempt="micro_enterprise", copies=2)
    assert (bill.amount_fen, bill.exempt) == (2_000, EXEMPTIONS["micro_enterprise"].title)
    _, bill = issued(exempt="我是小微")
    assert (bill.amount_fen, bill.exempt) == (8_000, "")


def test_a_repeat_hears_the_same_pay_code_and_another_request_is_refused() -> None:
    place, bill = issued()
    assert ask(place, wanted()).pay_code == bill.pay_code
    assert ask(place, wanted(copies=1)).error == "already_issued"
    pay(place, bill)
    assert ask(place, wanted()).pay_code == bill.pay_code
    assert ask(place, wanted(payer="林晚")).error == "already_issued"
    assert len(place.sandbox.seats["non_tax"].ledgers["pay_code"]) == 1


@pytest.mark.parametrize("how", ["void", "lapse", "reverse"])
def test_once_a_pay_code_has_ended_the_same_request_has_a_new_one(how: str) -> None:
    place, bill = issued()
    if how == "void":
        ask(place, VoidFee(bill.pay_code, "补正"))
    elif how == "reverse":
        pay(place, bill)
        ask(place, ReverseFee(bill.pay_code, "撤件"))
    else:
        place.run(days=15)
    again = ask(place, wanted())
    assert is_pay_code(again.pay_code)
    assert again.pay_code != bill.pay_code
    assert isinstance(pay(place, again, "order0002"), FeeWrittenOff)
    assert ask(place, FetchReceipt(again.pay_code)).receipt_no != f"{2 * 100:010d}"


def test_the_fee_of_another_registry_is_refused() -> None:
    assert ask(town(), IssuePayCode("350203", True, 0, "林晓", "")).error == "registry_differs"


# ---- paying ----------------------------------------------------------------------------------------------------------
def test_a_pay_code_is_asked_for_written_off_cleared_and_receipted() -> None:
    place, bill = issued()
    found = ask(place, QueryFee(bill.pay_code), "unionpay")
    assert isinstance(found, FeeBill)
    assert found.amount_fen == bill.amount_fen
    assert isinstance(pay(place, bill), FeeWrittenOff)
    for _ in range(2):
        place.say("unionpay", "non_tax", Split(bill.pay_code, "order0001", bill.amount_fen))
        place.run(minutes=1)
        assert place.state("non_tax", "pay_code", "pay_code", bill.pay_code) is non_tax.CLEARED
    first, second = (ask(place, FetchReceipt(bill.pay_code)) for _ in range(2))
    assert isinstance(first, FeeReceipt)
    assert first.receipt_code == "35010123"
    assert (len(first.receipt_no), len(first.check_code), first.amount_fen) == (10, 6, 8_000)
    parts = [(each.receipt_code, each.receipt_no, each.check_code) for each in (first, second)]
    assert parts[0] == parts[1]
    red = ask(place, ReverseFee(bill.pay_code, "撤件"))
    assert isinstance(red, FeeReversed)
    assert red.amount_fen == 8_000
    assert red.red_receipt_no != first.receipt_no
    assert not place.unexpected()


def test_the_same_payment_asking_again_hears_the_same_answer_and_another_is_refused() -> None:
    place, bill = issued()
    for _ in range(2):
        assert isinstance(pay(place, bill), FeeWrittenOff)
    assert pay(place, bill, "order0002").error == "already_paid"
    assert ask(place, WriteOffFee(bill.pay_code, "order0001", 1)).error == "amount_differs"
    moves = [row for row in place.rows(kind="non_tax.write_off", outcome="ok") if row["state_from"] != row["state_to"]]
    assert len(moves) == 1


@pytest.mark.parametrize("wrong", [-1, 1, 8_000 * 99])
def test_one_fen_too_much_or_too_little_is_refused(wrong: int) -> None:
    place, bill = issued()
    assert ask(place, WriteOffFee(bill.pay_code, "order0001", bill.amount_fen + wrong)).error == "amount_differs"


def test_an_unpaid_pay_code_lapses_on_its_own_and_the_case_is_let_go() -> None:
    place = town(let_go=True)
    place.say("hub", "non_tax", wanted())
    place.run(days=14.9)
    assert place.open_cases()
    place.run(days=0.2)
    assert not place.open_cases()
    assert not place.sandbox.seats["non_tax"].ledgers["pay_code"]


# ---- every state and every refusal -----------------------------------------------------------------------------------
def brought(state: str) -> tuple[Town, PayCodeIssued]:
    """A pay code brought to a state."""
    place, bill = issued()
    if state in ("paid", "cleared", "reversed"):
        pay(place, bill)
    if state == "cleared":
        place.say("unionpay", "non_tax", Split(bill.pay_code, "order0001", bill.amount_fen))
    elif state == "reversed":
        place.say("hub", "non_tax", ReverseFee(bill.pay_code, "撤件"))
    elif state == "void":
        place.say("hub", "non_tax", VoidFee(bill.pay_code, "撤件"))
    place.run(days=16 if state == "lapsed" else 0, minutes=1)
    assert place.state("non_tax", "pay_code", "pay_code", bill.pay_code).name == state
    return place, bill


ASKING: dict[type[Message], Callable[[PayCodeIssued], Message]] = {
    QueryFee: lambda b: QueryFee(b.pay_code),
    WriteOffFee: lambda b: WriteOffFee(b.pay_code, "order0002", b.amount_fen),
    VoidFee: lambda b: VoidFee(b.pay_code, "撤件"),
    FetchReceipt: lambda b: FetchReceipt(b.pay_code),
    ReverseFee: lambda b: ReverseFee(b.pay_code, "撤件"),
}
ANSWERS = {
    QueryFee: FeeBill, WriteOffFee: FeeWrittenOff, VoidFee: FeeVoided, FetchReceipt: FeeReceipt, ReverseFee: FeeReversed,
}  # fmt: skip
PAID, RED = "already_paid", "already_reversed"
SAID = {  # what each state says to QueryFee, WriteOffFee, VoidFee, FetchReceipt, ReverseFee; "" is the answer
    "unpaid": ("", "", "", "not_paid", "not_paid"),
    "paid": (PAID, PAID, PAID, "", ""),
    "cleared": (PAID, PAID, PAID, "", ""),
    "reversed": (PAID, PAID, PAID, RED, RED),
    "lapsed": ("expired", "expired", "", "not_paid", "not_paid"),
    "void": ("voided", "voided", "", "not_paid", "not_paid"),
}


@pytest.mark.parametrize("state", SAID)
@pytest.mark.parametrize("kind", ASKING)
def test_what_a_pay_code_says_in_each_state(state: str, kind: type[Message]) -> None:
    place, bill = brought(state)
    heard = ask(place, ASKING[kind](bill))
    error = SAID[state][list(ASKING).index(kind)]
    if error:
        assert (type(heard), heard.error) == (refused(kind), error)
    else:
        assert type(heard) is ANSWERS[kind]


def test_every_declared_refusal_is_given() -> None:
    given_by = {(kind, SAID[state][at]) for state in SAID for at, kind in enumerate(ASKING)}
    given_by |= {(WriteOffFee, "amount_differs")}
    given_by |= {(IssuePayCode, code) for code in ("already_issued", "registry_differs")}
    declared_by = {(kind, error.code) for kind in (*ASKING, IssuePayCode) for error in kind.op.errors}
    assert {pair for pair in given_by if pair[1]} == declared_by


def test_an_unknown_pay_code_is_not_found() -> None:
    place, bill = issued()
    bill.pay_code = "35010223300000000000"
    for kind, asking in ASKING.items():
        heard = ask(place, asking(bill))
        assert (type(heard), heard.error) == (refused(kind), "not_found")


# ---- any sequence ----------------------------------------------------------------------------------------------------
STEPS = st.one_of(
    st.tuples(st.just("issue"), st.integers(-1, 2)),
    st.tuples(st.sampled_from(["exempt", "elsewhere"]), st.just(0)),
    st.tuples(
        st.sampled_from(["query", "pay", "pay other", "pay less", "void", "reverse", "receipt", "split"]),
        st.integers(0, 5),
    ),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 200, 8_000])),
)


@given(st.lists(STEPS, max_size=30))
@settings(max_examples=60)
def test_no_sequence_of_messages_breaks_the_system(steps: list[tuple[str, int]]) -> None:
    place = town()
    for what, n in steps:
        if what == "wait":
            place.run(minutes=n)
            continue
        ledger = place.sandbox.seats["non_tax"].ledgers.get("pay_code", {})
        numbers = [*ledger, "35010223300000000000"]
        code = numbers[n % len(numbers)]
        amount = ledger[code].charge.amount_fen if code in ledger else 1
        said: dict[str, Message] = {
            "issue": wanted(copies=n),
            "exempt": wanted(exempt="micro_enterprise"),
            "elsewhere": IssuePayCode("思明区", True, n, "", "？"),
            "query": QueryFee(code),
            "pay": WriteOffFee(code, "order0001", amount),
            "pay other": WriteOffFee(code, "order0002", amount),
            "pay less": WriteOffFee(code, "order0003", amount - 1),
            "void": VoidFee(code, "撤件"),
            "reverse": ReverseFee(code, "撤件"),
            "receipt": FetchReceipt(code),
            "split": Split(code, "order0001", amount),
        }
        place.say("hub", "non_tax", said[what])
    place.run(days=20)
    assert {row["kind"] for row in place.unexpected()} <= {"unionpay.split"}  # cleared without a write-off: loud
    assert not [each for each in place.open_cases().get(1, []) if each[0] == "non_tax"]
    answered = place.heard("hub", PayCodeIssued)
    assert all(bill.charge is None or is_pay_code(bill.pay_code) for bill in answered)
