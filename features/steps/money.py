"""What was due, paid, credited and given back, to the fen."""

from collections.abc import Iterable
from typing import Any

from features.evidence import Check, Seen
from features.vocabulary import VOCABULARY
from sim.journal.record import Record

SUBJECT = "税费与资金"
ASSESSED, PAY_CODE = frozenset({"tax.assessed"}), frozenset({"non_tax.issue_pay_code"})
ORDERS, DEBITS = frozenset({"unionpay.create_order"}), frozenset({"unionpay.debited"})
WRITE_OFFS = frozenset({"tax.write_off", "non_tax.write_off"})
TREASURY_BACK, CARD_BACK = frozenset({"tax.treasury_refunded"}), frozenset({"unionpay.refunded"})
REVERSE, CARD = frozenset({"non_tax.reverse"}), frozenset({"unionpay.card_returned"})
Charge = dict[str, Any]


def yuan(fen: int) -> str:
    """12.50元."""
    return f"{fen / 100:,.2f}元"


def moving(rows: Iterable[Record]) -> list[Record]:
    """The rows that moved a state: a repeated answer moves none."""
    return [row for row in rows if row.state_from != row.state_to]


def charges(seen: Seen) -> tuple[list[Charge], list[Record]]:
    """The charges of the last assessment."""
    rows = seen.messages(ASSESSED)
    return (seen.body(rows[-1])["charges"], rows[-1:]) if rows else ([], [])


def issued(seen: Seen) -> list[Charge]:
    """The charges of the last assessment, and of the last pay code."""
    fees = [seen.reply(row)["charge"] for row in seen.messages(PAY_CODE) if row.reply_body]
    return [*charges(seen)[0], *[fee for fee in fees[-1:] if fee]]


@VOCABULARY.checks(SUBJECT, "税款合计为{金额}", "税款合计为10000元")
def tax_total(seen: Seen, amount_fen: int) -> Check:
    """税务核定的各张税票之和。"""
    found, rows = charges(seen)
    total = sum(each["amount_fen"] for each in found)
    return seen.awaited(
        bool(rows) and total == amount_fen,
        f"税款合计 {yuan(amount_fen)}",
        yuan(total) if rows else "没有核定应缴",
        rows,
    )


@VOCABULARY.checks(SUBJECT, "{系统}应缴税款为{金额}", "买方应缴税款为10000元")
def tax_of_payer(seen: Seen, seat: str, amount_fen: int) -> Check:
    """核定给买方或卖方的税票之和。"""
    found, rows = charges(seen)
    total = sum(each["amount_fen"] for each in found if each["payer"] == seat)
    return seen.awaited(
        bool(rows) and total == amount_fen, f"应缴 {yuan(amount_fen)}", yuan(total) if rows else "没有核定应缴", rows
    )


@VOCABULARY.checks(SUBJECT, "登记费与工本费合计为{金额}", "登记费与工本费合计为80元")
def fee_total(seen: Seen, amount_fen: int) -> Check:
    """非税缴款书的金额。"""
    rows = [row for row in seen.messages(PAY_CODE) if row.reply_body]
    told = seen.reply(rows[-1])["amount_fen"] if rows else 0
    return seen.awaited(
        bool(rows) and told == amount_fen, yuan(amount_fen), yuan(told) if rows else "没有开具缴款书", rows
    )


@VOCABULARY.checks(SUBJECT, "扣款成功{int}笔", "扣款成功1笔")
def debits(seen: Seen, times: int) -> Check:
    """银行真正扣款的次数。"""
    rows = moving(seen.messages(DEBITS))
    return seen.awaited(len(rows) == times, f"扣款 {times} 笔", f"{len(rows)} 笔", rows)


@VOCABULARY.checks(SUBJECT, "扣款合计{金额}", "扣款合计80元")
def debited_sum(seen: Seen, amount_fen: int) -> Check:
    """银行真正扣款之和。"""
    rows = moving(seen.messages(DEBITS))
    total = sum(row.amount_fen for row in rows)
    return seen.awaited(bool(rows) and total == amount_fen, yuan(amount_fen), yuan(total) if rows else "没有扣款", rows)


@VOCABULARY.checks(SUBJECT, "扣款等于税款与登记费之和", "扣款等于税款与登记费之和")
def debited_is_due(seen: Seen) -> Check:
    """逐分相等：税务核定与缴款书开具了多少，就扣了多少，税务与非税也就销账多少。"""
    paid, written = moving(seen.messages(DEBITS)), moving(seen.messages(WRITE_OFFS))
    out, into = sum(row.amount_fen for row in paid), sum(row.amount_fen for row in written)
    due = sum(each["amount_fen"] for each in issued(seen))
    said = f"应缴 {yuan(due)}，扣款 {yuan(out)}，销账 {yuan(into)}"
    return seen.awaited(bool(paid) and due == out == into, "扣款等于应缴，也等于销账", said, [*paid, *written])


@VOCABULARY.checks(SUBJECT, "没有发生扣款", "没有发生扣款")
def nothing_debited(seen: Seen) -> Check:
    """一分钱也没有动。"""
    rows = seen.messages(DEBITS)
    if not rows and not seen.ended:
        return seen.awaited(False, "没有扣款", "目前没有")
    return seen.check(not rows, "没有扣款", f"{len(rows)} 笔", rows)


@VOCABULARY.checks(SUBJECT, "所缴款项全部退回", "所缴款项全部退回")
def all_back(seen: Seen) -> Check:
    """税款退库完成、登记费冲红并退货完成、未销账的原路退回，合计等于扣款；只提出申请的不算退回。"""
    paid, reversed_ = moving(seen.messages(DEBITS)), [row for row in seen.messages(REVERSE) if row.reply_body]
    treasury, refunded, card = (seen.messages(kinds) for kinds in (TREASURY_BACK, CARD_BACK, CARD))
    out, back = sum(row.amount_fen for row in paid), _sum_once([*treasury, *refunded, *card])
    red = sum({row.ref: seen.reply(row)["amount_fen"] for row in reversed_}.values())
    fee = _sum_once(refunded)
    said = f"扣款 {yuan(out)}，退回 {yuan(back)}；登记费冲红 {yuan(red)}，退货 {yuan(fee)}"
    return seen.awaited(
        bool(paid) and out == back and red == fee,
        "扣款全部退回",
        said,
        [*paid, *reversed_, *treasury, *refunded, *card],
    )


def _sum_once(rows: Iterable[Record]) -> int:
    """The sum of what was done: a message that came twice was done once."""
    return sum({(row.kind, row.ref, row.answers or row.cause): row.amount_fen for row in rows}.values())


@VOCABULARY.checks(SUBJECT, "各笔税款与登记费至多销账一次", "各笔税款与登记费至多销账一次")
def written_off_once(seen: Seen) -> Check:
    """每个税票号、缴款书号只销账一次。"""
    rows = moving(seen.messages(WRITE_OFFS))
    numbers = [row.ref for row in rows]
    twice = sorted({str(each) for each in numbers if numbers.count(each) > 1})
    return seen.awaited(
        bool(rows) and not twice, "至多一次", f"重复销账：{'、'.join(twice)}" if twice else f"销账 {len(rows)} 笔", rows
    )
