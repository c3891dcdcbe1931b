"""How it was paid: the list shown, orders, debits, write-offs, notices, results on the page, the daily file."""

from typing import Any, Final

from features.evidence import Check, Seen
from features.steps.charges import ORDER, QUERY, same, told
from features.steps.handing_on import in_time
from features.steps.money import DEBITS, WRITE_OFFS, issued, moving, yuan
from features.vocabulary import VOCABULARY
from sim.calendar import DAY_MS, HOUR_MS
from sim.days import UTC8_MS, compact_day
from sim.journal.record import Record

SUBJECT = "缴款"
BILL, SHOWN, RESULT = (
    frozenset({"unionpay.bill_found"}),
    frozenset({"person.bill_shown"}),
    frozenset({"person.result_shown"}),
)
CASHIER, CARD = frozenset({"person.cashier_opened"}), frozenset({"unionpay.card_returned"})
OPENS: Final = 8
STAGES: Final = {
    "已受理": "accepted",
    "待缴税费": "awaiting_payment",
    "已缴清": "paid",
    "已登簿": "recorded",
    "已结束": "closed",
}
SIDES: Final = {"之前": False, "之后": True}
VOCABULARY.word("环节", "|".join(STAGES), STAGES.__getitem__)
VOCABULARY.word("先后", "|".join(SIDES), SIDES.__getitem__)


def _answer(seen: Seen, row: Record, kind: frozenset[str]) -> dict[str, Any]:
    return seen.body(row) if row.kind in kind else seen.reply(row)


@VOCABULARY.checks(SUBJECT, "合并清单与所查逐项相等", "合并清单与所查逐项相等")
def list_is_what_was_asked(seen: Seen) -> Check:
    """银联返回的每一份完整清单，与这次查询所带的要素逐值相等。"""
    asked = {seen.body(row)["query_no"]: seen.body(row)["charges"] for row in seen.messages(QUERY)}
    rows = seen.replies(BILL)
    whole = [each for each in (_answer(seen, row, BILL) for row in rows) if each["complete"]]
    holds = bool(whole) and all(same(each["charges"], asked[each["query_no"]]) for each in whole)
    return seen.awaited(holds, "逐项相等", "；".join(told(each["charges"]) for each in whole) or "没有清单", rows)


@VOCABULARY.checks(SUBJECT, "缴款页最后展示税款{int}项、缴款书{int}份", "缴款页最后展示税款3项、缴款书1份")
def items_shown(seen: Seen, taxes: int, fees: int) -> Check:
    """最后一份完整清单，合计与应缴逐分相等；登记费与工本费在一份缴款书里。"""
    rows = [row for row in seen.messages(SHOWN) if seen.body(row)["complete"]]
    found = seen.body(rows[-1])["charges"] if rows else []
    sorts = [each["sort"] for each in found]
    amounts = {each["number"]: each["amount_fen"] for each in issued(seen)}
    holds = (sorts.count("tax"), sorts.count("fee")) == (taxes, fees)
    holds = holds and all(amounts.get(each["number"]) == each["amount_fen"] for each in found)
    return seen.awaited(holds, f"税款 {taxes} 项、缴款书 {fees} 份", told(found), rows[-1:])


@VOCABULARY.checks(SUBJECT, "不完整的清单没有用来支付，重查后才下单", "不完整的清单没有用来支付，重查后才下单")
def partial_is_not_paid(seen: Seen) -> Check:
    """有过不完整的清单；此后到再见到完整清单之前，没有订单。"""
    rows = seen.messages(SHOWN)
    partial = [row for row in rows if not seen.body(row)["complete"]]
    bad = []
    for row in partial:
        whole = [each.t_ms for each in rows if each.t_ms > row.t_ms and seen.body(each)["complete"]]
        until = min(whole, default=row.t_ms + DAY_MS * 999)
        bad += [each for each in seen.messages(ORDER, heard=False) if row.t_ms <= each.asked_ms < until]
    said = f"不完整清单 {len(partial)} 份，其间订单 {len(bad)} 笔"
    return seen.awaited(bool(partial) and not bad, "有不完整清单，其间没有订单", said, [*partial, *bad])


@VOCABULARY.checks(SUBJECT, "每笔订单等于所选各项之和，且不超出所展示的", "每笔订单等于所选各项之和，且不超出所展示的")
def order_is_the_sum(seen: Seen) -> Check:
    """下单金额由系统按清单算出，逐分相等。"""
    rows = seen.messages(ORDER)
    shown = {each["number"]: each["amount_fen"] for row in seen.messages(SHOWN) for each in seen.body(row)["charges"]}
    holds = bool(rows)
    for row in rows:
        parts = seen.body(row)["charges"]
        holds = holds and row.amount_fen == sum(each["amount_fen"] for each in parts)
        holds = holds and all(shown.get(each["number"]) == each["amount_fen"] for each in parts)
    return seen.awaited(holds, "逐分相等", "、".join(yuan(row.amount_fen) for row in rows) or "没有订单", rows)


@VOCABULARY.checks(SUBJECT, "唤起云闪付的订单号与金额同下单一致", "唤起云闪付的订单号与金额同下单一致")
def cashier_is_the_order(seen: Seen) -> Check:
    """每次唤起都对应一笔已下的订单。"""
    orders = {row.ref: row.amount_fen for row in seen.messages(ORDER)}
    rows = seen.messages(CASHIER)
    holds = bool(rows) and all(orders.get(row.ref) == row.amount_fen for row in rows)
    return seen.awaited(holds, "一致", "、".join(yuan(row.amount_fen) for row in rows) or "没有唤起", rows)


@VOCABULARY.checks(SUBJECT, "唤起云闪付{int}次，都是同一订单", "唤起云闪付2次，都是同一订单")
def one_order_opened(seen: Seen, times: int) -> Check:
    """重新进入接上原来的订单，没有另下。"""
    rows, orders = seen.messages(CASHIER), seen.messages(ORDER)
    numbers = {row.ref for row in rows}
    said = f"唤起 {len(rows)} 次，订单 {len(orders)} 笔"
    return seen.awaited(
        len(rows) == times and len(numbers) == len(orders) == 1, f"{times} 次，同一订单", said, [*rows, *orders]
    )


@VOCABULARY.checks(SUBJECT, "缴款人每次勾选后{时长}内都唤起云闪付", "缴款人每次勾选后2分钟内都唤起云闪付")
def opened_for_each_choice(seen: Seen, limit_ms: int) -> Check:
    """买方勾选的唤起买方的，卖方勾选的唤起卖方的；接着付原来的订单也是。"""
    chosen = seen.messages(frozenset({"hub.choose_and_pay"}))
    late = [row for row in chosen if not _opened(seen, row, limit_ms)]
    said = f"勾选 {len(chosen)} 次，其中 {len(late)} 次没有及时唤起"
    return seen.awaited(bool(chosen) and not late, "每次都唤起", said, late or chosen)


def _opened(seen: Seen, chosen: Record, limit_ms: int) -> bool:
    opened = seen.messages(CASHIER, receiver=seen.body(chosen)["payer"], sender=chosen.receiver)
    return any(in_time(seen, chosen.receiver, chosen, row, limit_ms) for row in opened)


@VOCABULARY.checks(SUBJECT, "扣款等于销账与原路退回之和", "扣款等于销账与原路退回之和")
def debits_balance(seen: Seen) -> Check:
    """逐分相等，没有一分钱去向不明。"""
    paid, into, back = moving(seen.messages(DEBITS)), moving(seen.messages(WRITE_OFFS)), seen.messages(CARD)
    sums = [sum(row.amount_fen for row in rows) for rows in (paid, into, back)]
    said = f"扣款 {yuan(sums[0])}，销账 {yuan(sums[1])}，退回 {yuan(sums[2])}"
    return seen.awaited(bool(paid) and sums[0] == sums[1] + sums[2], "相等", said, [*paid, *into, *back])


@VOCABULARY.checks(SUBJECT, "原路退回共{金额}", "原路退回共80元")
def returned_to_card(seen: Seen, amount_fen: int) -> Check:
    """退到付款卡上的合计。"""
    rows = seen.messages(CARD)
    total = sum(row.amount_fen for row in rows)
    return seen.awaited(total == amount_fen, yuan(amount_fen), yuan(total), rows)


@VOCABULARY.checks(SUBJECT, "银行扣款发生在23时{先后}", "银行扣款发生在23时之后")
def debited_around_the_roll(seen: Seen, after: bool) -> Check:
    """清算日在23时切换；之后是指到次日上班以前。"""
    rows = moving(seen.messages(DEBITS))
    hours = [(row.t_ms + UTC8_MS) % DAY_MS // HOUR_MS for row in rows]
    late = [hour >= 23 or hour < OPENS for hour in hours]
    return seen.awaited(
        bool(rows) and all(each == after for each in late),
        "在23时之后" if after else "在23时之前",
        f"{len(rows)} 笔",
        rows,
    )


@VOCABULARY.checks(SUBJECT, "销账在次日清算日完成", "销账在次日清算日完成")
def written_off_next_day(seen: Seen) -> Check:
    """最后一笔销账晚于扣款所在清算日的23时。"""
    paid, into = moving(seen.messages(DEBITS)), moving(seen.messages(WRITE_OFFS))
    days = [compact_day(row.t_ms + HOUR_MS) for row in (*paid[-1:], *into[-1:])]
    return seen.awaited(
        len(days) == 2 and days[0] < days[1], "晚一个清算日", " → ".join(days) or "没有", [*paid, *into]
    )


@VOCABULARY.checks(SUBJECT, "对账明细归入扣款所在的清算日，金额等于销账", "对账明细归入扣款所在的清算日，金额等于销账")
def entry_on_its_day(seen: Seen) -> Check:
    """23时之后扣的款归入次日；明细合计与销账逐分相等。"""
    rows = seen.messages(frozenset({"unionpay.reconciliation_entry"}))
    paid, into = moving(seen.messages(DEBITS)), moving(seen.messages(WRITE_OFFS))
    days = {compact_day(row.t_ms + HOUR_MS) for row in paid}
    own = {seen.body(row)["settle_date"] for row in rows}
    holds = bool(rows) and own == days and sum(row.amount_fen for row in rows) == sum(row.amount_fen for row in into)
    return seen.awaited(
        holds,
        f"清算日 {'、'.join(sorted(days))}",
        f"明细 {len(rows)} 条，清算日 {'、'.join(sorted(own))}",
        [*rows, *paid],
    )


@VOCABULARY.checks(SUBJECT, "清分入账逐项等于销账", "清分入账逐项等于销账")
def split_is_written_off(seen: Seen) -> Check:
    """每个税票号、缴款书号清分一次，金额与销账逐分相等，税入国库、费入财政。"""
    rows, into = seen.messages(frozenset({"unionpay.split"})), moving(seen.messages(WRITE_OFFS))
    one = sorted((str(row.ref), row.amount_fen, row.receiver) for row in rows)
    other = sorted((str(row.ref), row.amount_fen, row.receiver) for row in into)
    said = "、".join(f"{receiver} {yuan(fen)}" for _, fen, receiver in one) or "没有清分"
    return seen.awaited(bool(one) and one == other, "逐项相等", said, [*rows, *into])


@VOCABULARY.checks(SUBJECT, "全部销账之前没有显示缴清", "全部销账之前没有显示缴清")
def not_settled_too_early(seen: Seen) -> Check:
    """页面与登记机构得知缴清，都在最后一笔销账之后。"""
    told_settled = [row for row in seen.messages(RESULT) if seen.body(row)["settled"]]
    rows = [*told_settled, *seen.messages(frozenset({"hub.payment_settled"}))]
    into = moving(seen.messages(WRITE_OFFS))
    early = [row for row in rows if into and row.t_ms < into[-1].t_ms]
    return seen.awaited(
        bool(rows) and bool(into) and not early, "在销账之后", seen.story(early or rows), [*into, *rows]
    )


@VOCABULARY.checks(SUBJECT, "{系统}的页面逐项显示缴清{int}项", "买方的页面逐项显示缴清2项")
def results_shown(seen: Seen, seat: str, count: int) -> Check:
    """这一方看到的已缴项，每项都已销账；几次结果合起来数。"""
    rows = seen.messages(RESULT, receiver=seat)
    numbers = {number for row in rows for number in seen.body(row)["paid"]}
    written = {row.ref for row in moving(seen.messages(WRITE_OFFS))}
    return seen.awaited(len(numbers) == count and numbers <= written, f"{count} 项", f"{len(numbers)} 项", rows)


@VOCABULARY.checks(SUBJECT, "{系统}在我的办件看到过{环节}", "买方在我的办件看到过待缴税费")
def stage_seen(seen: Seen, seat: str, stage: str) -> Check:
    """查询我的办件时，平台答复过这个环节。"""
    rows = seen.messages(frozenset({"gov_platform.my_case"}), sender=seat)
    told_stages = [seen.reply(row).get("stage", "") for row in rows]
    titles = {code: title for title, code in STAGES.items()}
    said = "、".join(titles.get(each, each or "未受理") for each in told_stages) or "没有查询"
    return seen.awaited(stage in told_stages, titles[stage], said, rows)


@VOCABULARY.checks(SUBJECT, "{报文}第{int}次发出才送达", "“非税销账”第3次发出才送达")
def got_through_at(seen: Seen, kinds: frozenset[str], times: int) -> Check:
    """前几次都没有送到，重发的还是同一条报文。"""
    rows = seen.messages(kinds)
    said = "、".join(f"第 {row.attempt} 次" for row in rows) or "没有送达"
    return seen.awaited(any(row.attempt == times for row in rows), f"第 {times} 次", said, rows)


@VOCABULARY.checks(SUBJECT, "{报文}每次重发号码不变", "“缴费查询”每次重发号码不变")
def same_number_again(seen: Seen, kinds: frozenset[str]) -> Check:
    """没有送到的和送到的，用的是同一个业务号码。"""
    rows = [row for row in seen.rows if row.kind in kinds]
    numbers = {row.ref for row in rows}
    said = f"发出 {len(rows)} 次，号码 {len(numbers)} 个"
    return seen.awaited(len(rows) > 1 and len(numbers) == 1, "不止一次，号码一个", said, rows)
