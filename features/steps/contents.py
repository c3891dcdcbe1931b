"""What messages say: their fields beside the application form, beside one another, and in words."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from features.evidence import Check, Seen
from features.vocabulary import VOCABULARY
from sim.dossier import ITEMS, Dossier
from sim.identifiers import canonical_title
from sim.journal.record import Record

SUBJECT = "报文内容"
STAGES: Final = {
    "accepted": "受理", "awaiting_payment": "待缴税费", "paid": "已缴税费", "recorded": "登簿", "process": "过程",
    "closed": "办件结束", "done": "办结", "withdrawn": "撤回", "declined": "不予受理", "refused": "不予登记", "lapsed": "逾期终止",
}  # fmt: skip
"""Codes as officers say them."""


class Column(NamedTuple):
    """A field as officers call it: where messages carry it, and what the application says of it."""

    paths: tuple[str, ...]
    applied: Callable[[Dossier, str], Any] | None = None


def _account(dossier: Dossier, item: str) -> str:
    return dossier.accounts[ITEMS.index(item)] if item in ITEMS else ""


def _names(people: Any) -> list[str]:
    return [each.name for each in people]


COLUMNS: Final = {
    "新户名": Column(("transfer.new_owner.name",), lambda dossier, item: dossier.buyers[0].name),
    "新户主证件号": Column(("transfer.new_owner.id_no",), lambda dossier, item: dossier.buyers[0].id_no),
    "原户名": Column(("transfer.old_owner_name",), lambda dossier, item: dossier.sellers[0].name),
    "联系电话": Column(
        ("transfer.new_owner.phone", "application.buyers.0.phone"), lambda dossier, item: dossier.buyers[0].phone
    ),
    "户号": Column(("account", "transfer.account", "withdrawal.account"), _account),
    "提取人": Column(("withdrawal.person.name",), lambda dossier, item: dossier.buyers[0].name),
    "收款户名": Column(("withdrawal.bank_account_name",), lambda dossier, item: dossier.buyers[0].name),
    "缴存中心": Column(("withdrawal.centre",), lambda dossier, item: dossier.fund_centre),
    "提取额": Column(("withdrawal.asked_fen", "amount_fen")),
    "买方姓名": Column(("application.buyers.*.name", "buyers"), lambda dossier, item: _names(dossier.buyers)),
    "卖方姓名": Column(("application.sellers.*.name", "sellers"), lambda dossier, item: _names(dossier.sellers)),
    "不动产单元号": Column(
        ("unit_code", "transfer.unit_code", "withdrawal.unit_code", "facts.unit_code", "application.home.unit_code"),
        lambda dossier, item: dossier.unit_code,
    ),
    "坐落": Column(("transfer.address", "application.home.address"), lambda dossier, item: dossier.address),
    "面积": Column(("facts.area_m2_x100", "application.home.area_m2_x100"), lambda dossier, item: dossier.area_m2_x100),
    "成交价": Column(
        ("price_fen", "facts.price_fen", "withdrawal.price_fen", "application.price_fen"),
        lambda dossier, item: dossier.price_fen,
    ),
    "原购入价": Column(
        ("facts.original_price_fen", "application.home.original_price_fen"), lambda dossier, item: dossier.original_price_fen
    ),
    "原权证号": Column(("application.home.title_no",), lambda dossier, item: canonical_title(dossier.title_no)),
    "新权证号": Column(("title_no", "transfer.title_no", "withdrawal.title_no")),
    "登簿时间": Column(("recorded_ms", "transfer.recorded_ms", "withdrawal.recorded_ms")),
    "联办事项": Column(
        ("application.items", "items"), lambda dossier, item: [each for each in ITEMS if dossier.chose(each)]
    ),
    "合同编号": Column(("contract_no", "application.contract_no"), lambda dossier, item: dossier.contract_no),
    "收件码": Column(("receipt_code",)),
    "受理编号": Column(("acceptance_no", "case_code")),
    "部门受理编号": Column(("accept_no",)),
    "备案号": Column(("filing_no",)),
    "补正内容": Column(("what",)),
    "缺失证照": Column(("missing", "documents")),
    "办理状态": Column(("status",)),
    "卖方证件号": Column(("application.sellers.0.id_no",)),
    "申请渠道": Column(("application.channel",)),
    "评价等级": Column(("score",)),
    "授权编号": Column(("authorisation",)),
    "理由": Column(("reason",)),
}  # fmt: skip
VOCABULARY.word("栏目", "|".join(sorted(COLUMNS, key=len, reverse=True)), str)


def _at(value: Any, path: str) -> Any:
    """The value below a path; `*` stands for every member of a list."""
    for n, step in enumerate(parts := path.split(".")):
        if step == "*":
            return [_at(each, ".".join(parts[n + 1 :])) for each in value]
        if isinstance(value, list) and step.isdecimal():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
    return value


def told(seen: Seen, row: Record, column: str) -> Any:
    """What a message, or the answer to it, says in a column; None where it says nothing."""
    for body in (seen.body(row), seen.reply(row)):
        for path in COLUMNS[column].paths:
            found = _at(body, path)
            if found is not None:
                return found
    return None


def all_told(seen: Seen, kinds: frozenset[str], column: str) -> list[Any]:
    """What every message of these kinds that was taken in says in a column."""
    return [told(seen, row, column) for row in seen.messages(kinds)]


def _name(seen: Seen, kinds: frozenset[str]) -> str:
    return f"“{seen.title(min(kinds))}”"


def _said(values: list[Any]) -> str:
    return "、".join(json.dumps(each, ensure_ascii=False) for each in values) or "没有这种报文"


@VOCABULARY.checks(SUBJECT, "{报文}写明的{栏目}与申请表一致", "“用水过户推送”写明的新户名与申请表一致")
def as_applied(seen: Seen, kinds: frozenset[str], column: str) -> Check:
    """每一次都与申请时填写的相同，一字不差。"""
    applied = COLUMNS[column].applied
    if applied is None:
        raise ValueError(f"申请表上没有“{column}”")
    item = seen.kinds[min(kinds)].op.item
    wanted, found = applied(seen.played.dossier, item), all_told(seen, kinds, column)
    holds = bool(found) and all(each == wanted for each in found)
    expected = f"{_name(seen, kinds)}的{column}为{_said([wanted])}"
    return seen.awaited(holds, expected, _said(found), seen.messages(kinds))


@VOCABULARY.checks(SUBJECT, "{报文}与{报文}的{栏目}相同", "“电表过户推送总对总”与“用电过户推送”的新户名相同")
def alike(seen: Seen, first: frozenset[str], then: frozenset[str], column: str) -> Check:
    """两种报文各次所写都相同，而且不空。"""
    one, other = all_told(seen, first, column), all_told(seen, then, column)
    holds = bool(one) and bool(other) and one[0] not in (None, "", []) and all(each == one[0] for each in one + other)
    rows = [*seen.messages(first), *seen.messages(then)]
    return seen.awaited(holds, f"两种报文的{column}相同", f"{_said(one)}；{_said(other)}", rows)


@VOCABULARY.checks(SUBJECT, "{报文}的{栏目}为{引文}", "“五级评价”的评价等级为“5”")
def says(seen: Seen, kinds: frozenset[str], column: str, text: str) -> Check:
    """最后一次所写就是这几个字；引号里什么也没有，表示空着。"""
    found = all_told(seen, kinds, column)
    holds = bool(found) and ("" if found[-1] is None else str(found[-1])) == text
    return seen.awaited(holds, f"{column}为“{text}”", _said(found), seen.messages(kinds))


@VOCABULARY.checks(SUBJECT, "{报文}的{栏目}以{引文}开头", "“受理通知”的受理编号以“350582”开头")
def begins(seen: Seen, kinds: frozenset[str], column: str, text: str) -> Check:
    """每一次所写都以这几个字开头。"""
    found = all_told(seen, kinds, column)
    holds = bool(found) and all(str(each or "").startswith(text) for each in found)
    return seen.awaited(holds, f"{column}以“{text}”开头", _said(found), seen.messages(kinds))


@VOCABULARY.checks(SUBJECT, "{报文}的{栏目}不空", "“用电过户推送”的部门受理编号不空")
def filled(seen: Seen, kinds: frozenset[str], column: str) -> Check:
    """每一次都写了；连同当场应答一起看。"""
    found = all_told(seen, kinds, column)
    holds = bool(found) and all(each not in (None, "", [], 0) for each in found)
    return seen.awaited(holds, f"{column}不空", _said(found), seen.messages(kinds))


@VOCABULARY.checks(SUBJECT, "{报文}始终只有一个{栏目}", "“用电过户推送”始终只有一个部门受理编号")
def only_one(seen: Seen, kinds: frozenset[str], column: str) -> Check:
    """不论发几次、答几次，写的都是同一个。"""
    found = {str(each): each for each in all_told(seen, kinds, column) if each}
    return seen.awaited(len(found) == 1, f"同一个{column}", _said([*found.values()]), seen.messages(kinds))


def words_of(seen: Seen, row: Record) -> str:
    """All that a message and its answer say, codes in Chinese."""
    return "\n".join(_texts(seen.body(row))) + "\n" + "\n".join(_texts(seen.reply(row)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield STAGES.get(str(value), str(value))


@VOCABULARY.checks(SUBJECT, "{报文}写有{引文}", "“发送短信”写有“用水过户已办结”")
def mentions(seen: Seen, kinds: frozenset[str], text: str) -> Check:
    """至少一次，报文或其应答中有这几个字。"""
    rows = seen.messages(kinds)
    found = [row for row in rows if text in words_of(seen, row)]
    return seen.awaited(bool(found), f"{_name(seen, kinds)}写有“{text}”", _story(seen, rows), found or rows)


@VOCABULARY.checks(SUBJECT, "{报文}写有{引文}的有{int}次", "“发送短信”写有“用水过户已办结”的有1次")
def mentions_times(seen: Seen, kinds: frozenset[str], text: str, times: int) -> Check:
    """写有这几个字的，恰好这么多次；没收下的不算。"""
    rows = seen.messages(kinds)
    found = [row for row in rows if text in words_of(seen, row)]
    told_ = f"{len(found)} 次；{_story(seen, rows)}"
    return seen.awaited(len(found) == times, f"写有“{text}”的 {times} 次", told_, found)


@VOCABULARY.checks(SUBJECT, "{报文}没有写{引文}", "“发送短信”没有写“退回”")
def never_mentions(seen: Seen, kinds: frozenset[str], text: str) -> Check:
    """有这种报文，而且哪一次都没有这几个字。"""
    rows = seen.messages(kinds)
    found = [row for row in rows if text in words_of(seen, row)]
    if not rows:
        return seen.awaited(False, f"没有写“{text}”", "没有这种报文")
    return seen.check(not found, f"没有写“{text}”", _story(seen, found or rows), found)


def _story(seen: Seen, rows: list[Record]) -> str:
    return "；".join(words_of(seen, row).replace("\n", " ").strip()[:80] for row in rows[:6]) or "没有这种报文"


@VOCABULARY.checks(SUBJECT, "{报文}都凭本件的授权", "“获取电子证照”都凭本件的授权")
def authorised(seen: Seen, kinds: frozenset[str]) -> Check:
    """每次都写明授权编号，就是申请时买卖双方给的那个，而且给在前、查在后。"""
    given = seen.messages(frozenset({"portal.apply", "portal.join", "clerk.visit"}))
    numbers = {told(seen, row, "授权编号"): row.t_ms for row in reversed(given)}
    rows = seen.messages(kinds)
    bad = [row for row in rows if numbers.get(told(seen, row, "授权编号"), row.t_ms + 1) > row.t_ms]
    holds = bool(rows) and not bad
    return seen.awaited(holds, "都凭本件在先的授权", _said(all_told(seen, kinds, "授权编号")), bad or rows)


@VOCABULARY.checks(SUBJECT, "{报文}不含{引文}", "“用电过户推送”不含“成交价”")
def lacks(seen: Seen, kinds: frozenset[str], column: str) -> Check:
    """报文里没有这一栏，也没有这一栏的内容。"""
    if column not in COLUMNS:
        raise ValueError(f"可写的栏目有：{'、'.join(COLUMNS)}")
    applied = COLUMNS[column].applied
    rows = seen.messages(kinds)
    wanted = "" if applied is None else str(applied(seen.played.dossier, seen.kinds[min(kinds)].op.item))
    found = [
        row for row in rows
        if told(seen, row, column) is not None or (len(wanted) > 3 and wanted in (row.body or ""))
    ]  # fmt: skip
    if not rows:
        return seen.awaited(False, f"不含{column}", "没有这种报文")
    return seen.check(not found, f"不含{column}", f"{len(found)} 次含有" if found else "不含", found)
