"""Checks on money: what was due, debited and given back are three things, and a request is not a refund."""

import json
from typing import Any

from features.evidence import Seen
from features.steps.money import all_back, debited_is_due
from sim.journal.record import Record
from sim.judge.verdict import Result

DUE, FEE = 1_000_000, 8_000
TAX = {"number": "1001", "amount_fen": DUE}
PLAYED: Any = None


def row(n: int, kind: str, amount_fen: int = 0, **more: Any) -> Record:
    return Record(n, id=n, kind=kind, amount_fen=amount_fen, ref=more.pop("ref", "r"), **more)


def told(*rows: Record) -> Seen:
    return Seen(PLAYED, rows, {}, (), True, {})


def paid(debited_fen: int) -> list[Record]:
    pay_code = json.dumps({"charge": {"number": "3508", "amount_fen": FEE}})
    return [
        row(1, "tax.assessed", body=json.dumps({"charges": [TAX]})),
        row(2, "non_tax.issue_pay_code", reply_body=pay_code),
        row(3, "unionpay.debited", debited_fen, state_from="debiting", state_to="debited"),
        row(4, "tax.write_off", debited_fen - FEE, state_from="due", state_to="cleared"),
        row(5, "non_tax.write_off", FEE, state_from="due", state_to="cleared"),
    ]


def test_too_little_debited_and_written_off_is_not_what_was_due() -> None:
    assert debited_is_due(told(*paid(DUE + FEE))).result is Result.KEPT
    wrong = debited_is_due(told(*paid(DUE + FEE - 1)))
    assert (wrong.result, wrong.seen) == (
        Result.BROKEN, "应缴 10,080.00元，扣款 10,079.99元，销账 10,079.99元",
    )  # fmt: skip


REQUESTS = [
    row(6, "tax.treasury_refund", DUE),
    row(7, "non_tax.reverse", FEE, ref="3508", reply_body=json.dumps({"amount_fen": FEE})),
    row(8, "unionpay.refund", FEE),
]
TREASURY = row(9, "tax.treasury_refunded", DUE, answers=6)
CARD = row(10, "unionpay.refunded", FEE, answers=8)


def test_money_asked_back_is_not_back() -> None:
    before = paid(DUE + FEE)
    assert all_back(told(*before, *REQUESTS)).result is Result.BROKEN
    assert all_back(told(*before, *REQUESTS, TREASURY)).result is Result.BROKEN
    assert all_back(told(*before, *REQUESTS, TREASURY, CARD)).result is Result.KEPT
    assert all_back(told(*before, *REQUESTS, TREASURY, TREASURY, CARD)).result is Result.KEPT, "it came twice"
    again = row(11, "tax.treasury_refunded", DUE, answers=99)
    assert all_back(told(*before, *REQUESTS, TREASURY, again, CARD)).result is Result.BROKEN
