"""How a case and its items ended, what promises held, and what only a person can see."""

from typing import Final

from features.evidence import Check, Seen
from features.vocabulary import VOCABULARY
from sim.judge.verdict import Result

SUBJECT = "结果"
OUTCOMES: Final = {
    "办结": "done",
    "部分办结": "partly_done",
    "不予受理": "declined",
    "不予登记": "refused",
    "撤回": "withdrawn",
    "逾期终止": "lapsed",
}
RESULTS: Final = {item: f"{item}.result" for item in ("power", "water", "gas", "cable_tv", "housing_fund")}
DONE: Final = 3
VOCABULARY.word("结局", "|".join(OUTCOMES), str)


@VOCABULARY.checks(SUBJECT, "办件以{结局}告终", "办件以办结告终")
def ended_as(seen: Seen, outcome: str) -> Check:
    """申请人最后得知的结果；有事项最终被退回的为部分办结，也是办结。"""
    rows = seen.messages(frozenset({"person.case_over"}), receiver="buyer")
    told = [str(seen.body(row).get("outcome", "")) for row in rows]
    titles = {code: title for title, code in OUTCOMES.items()}
    said = "、".join(titles.get(each, each) for each in told) or "申请人没有得知结果"
    meant = {OUTCOMES[outcome], "partly_done"} if outcome == "办结" else {OUTCOMES[outcome]}
    return seen.awaited(not meant.isdisjoint(told[-1:]), f"以{outcome}告终", said, rows)


@VOCABULARY.checks(SUBJECT, "{事项}办结", "用水过户办结")
def item_done(seen: Seen, item: str) -> Check:
    """部门给出的最后结果是办成。"""
    rows = seen.messages(frozenset({RESULTS[item]}))
    told = [seen.body(row).get("status") for row in rows]
    return seen.awaited(told[-1:] == [DONE], "办结", _results(seen, told), rows)


@VOCABULARY.checks(SUBJECT, "{事项}最终被退回", "用水过户最终被退回")
def item_rejected(seen: Seen, item: str) -> Check:
    """部门给出的最后结果是退回，理由非空。"""
    rows = seen.messages(frozenset({RESULTS[item]}))
    last = seen.body(rows[-1]) if rows else {}
    holds = bool(last) and last.get("status") != DONE and bool(last.get("reason"))
    return seen.awaited(holds, "退回并写明理由", str(last.get("reason") or "没有退回"), rows)


def _results(seen: Seen, told: list[object]) -> str:
    return f"结果依次为 {'、'.join(map(str, told))}" if told else "没有结果"


@VOCABULARY.checks(SUBJECT, "检核项{引文}成立", "检核项“一件只登簿一次”成立")
def promise_kept(seen: Seen, title: str) -> Check:
    """本套餐的这个检核项适用于本件，而且没有违反。"""
    expected = f"检核项“{title}”成立"
    if title in seen.broken:
        return seen.check(False, expected, seen.broken[title])
    if title not in seen.judged:
        return Check(Result.NOT_OBSERVED, expected, "这个检核项没有适用于本件的报文")
    return seen.check(True, expected, "没有违反")


@VOCABULARY.checks(SUBJECT, "由评审人核验：{引文}", "由评审人核验：“页面按字段标注来源”")
def by_hand(seen: Seen, what: str) -> Check:
    """报文里看不到，由评审人查看后填写结论；不会自行变为通过。"""
    return Check(Result.MANUAL, what, "待评审人核验")
