"""The linked items: accounts typed wrongly, results told and asked for, and what the applicants hear of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from features.casting import Cast, Stock
from features.evidence import Check, Seen
from features.steps.words import ITEM_NAMES
from features.vocabulary import VOCABULARY
from sim.dossier import ITEMS, Dossier
from sim.journal.record import Record

SUBJECT = "联办事项"
DONE, REJECTED = 3, 4


@VOCABULARY.arranges(SUBJECT, "{事项}的户号少填一位", "用电过户的户号少填一位")
def too_short(cast: Cast, item: str) -> None:
    """申请表上的户号位数不足。"""
    bit = ITEMS.index(item)

    def shorten(dossier: Dossier, stock: Stock) -> Dossier:
        accounts = (*dossier.accounts[:bit], dossier.accounts[bit][:-1], *dossier.accounts[bit + 1 :])
        return replace(dossier, accounts=accounts)  # type: ignore[arg-type]

    cast.edits.append(shorten)


@VOCABULARY.arranges(SUBJECT, "不动产单元号写成{登记机构}辖区的", "不动产单元号写成福清市不动产登记中心辖区的")
def unit_elsewhere(cast: Cast, code: str) -> None:
    """前六位不是受理机构的行政区划代码。"""
    cast.edits.append(lambda dossier, stock: replace(dossier, unit_code=code + dossier.unit_code[6:]))


def statuses(seen: Seen, item: str) -> list[tuple[int, Record]]:
    """What the department said became of an item, by result or by answer to a query, in order."""
    rows = [row for row in seen.rows if row.kind in (f"{item}.result", f"{item}.query_status") and row.outcome == "ok"]
    told = [(told_by(seen, row).get("status"), row) for row in rows]
    return [(int(status), row) for status, row in told if status in (DONE, REJECTED)]


def told_by(seen: Seen, row: Record) -> dict[str, Any]:
    """What a result, or the answer to a query, says."""
    return seen.body(row) if row.kind.endswith("result") else seen.reply(row)


def said_first(seen: Seen, told: Sequence[tuple[int, Record]]) -> Record | None:
    """Of the last result, the row that told it first: the same once more, under the same number, is nothing new."""
    results = [(status, told_by(seen, row).get("accept_no")) for status, row in told]
    n = len(results)
    while n > 1 and results[n - 2] == results[-1]:
        n -= 1
    return told[n - 1][1] if told else None


@VOCABULARY.checks(SUBJECT, "{事项}告知申请人的结果与部门一致", "用水过户告知申请人的结果与部门一致")
def told_as_it_is(seen: Seen, item: str) -> Check:
    """部门最后说办结，短信就说办结；部门退回，短信就说退回。"""
    found = statuses(seen, item)
    refused = [row for row in seen.rows if row.kind == f"{item}.push" and row.outcome.startswith("refused")]
    last: Any = found[-1] if found else (REJECTED, refused[-1]) if refused else None
    sms = [
        row for row in seen.messages(frozenset({"notify.sms"})) if f"您的{ITEM_NAMES[item]}已" in seen.body(row).get("text", "")
    ]  # fmt: skip
    if last is None or not sms:
        return seen.awaited(False, "结果一致", "没有部门结果" if last is None else "没有告知申请人", sms)
    wanted = "办结" if last[0] == DONE else "退回"
    text = seen.body(sms[-1])["text"]
    holds = text.startswith(f"您的{ITEM_NAMES[item]}已{wanted}") and len(sms) == 1
    return seen.check(holds, f"告知一次：已{wanted}", f"{len(sms)} 次：{text}", [last[1], *sms])


@VOCABULARY.checks(SUBJECT, "总对总如实回报{事项}办结", "总对总如实回报用电过户办结")
def hub_reports_done(seen: Seen, item: str) -> Check:
    """登记系统从总对总取得的最后结果是办结，且晚于部门给出的结果。"""
    return _hub_reports(seen, item, DONE, "办结")


@VOCABULARY.checks(SUBJECT, "总对总如实回报{事项}退回", "总对总如实回报用电过户退回")
def hub_reports_rejected(seen: Seen, item: str) -> Check:
    """登记系统从总对总取得的最后结果是退回，理由非空。"""
    return _hub_reports(seen, item, REJECTED, "退回")


def _hub_reports(seen: Seen, item: str, status: int, word: str) -> Check:
    rows = seen.messages(frozenset({f"hub.{item}_result"}))
    last = seen.body(rows[-1]) if rows else {}
    holds = last.get("status") == status and (status == DONE or bool(last.get("reason")))
    said = f"{last.get('status')} {last.get('reason', '')}" if rows else "没有取得结果"
    own = said_first(seen, statuses(seen, item))
    in_order = own is None or not rows or rows[-1].t_ms >= own.t_ms
    return seen.awaited(holds and in_order, f"回报{word}", said, rows if own is None else [own, *rows])


@VOCABULARY.checks(SUBJECT, "所选联办事项全部办结", "所选联办事项全部办结")
def all_done(seen: Seen) -> Check:
    """勾选的每一项，部门最后的结果都是办结。"""
    chosen = [item for item in ITEMS if seen.played.dossier.chose(item)]
    last = {item: found[-1] for item in chosen if (found := statuses(seen, item))}
    lacking = [ITEM_NAMES[item] for item in chosen if item not in last or last[item][0] != DONE]
    told = f"未办结：{'、'.join(lacking)}" if lacking else "全部办结"
    return seen.awaited(bool(chosen) and not lacking, "全部办结", told, [row for _, row in last.values()])


@VOCABULARY.arranges(SUBJECT, "买方姓名为{引文}", "买方姓名为“王䶮”")
def buyer_named(cast: Cast, name: str) -> None:
    """户主的姓名，一字不差。"""

    def rename(dossier: Dossier, stock: Stock) -> Dossier:
        return replace(dossier, buyers=(replace(dossier.buyers[0], name=name), *dossier.buyers[1:]))

    cast.edits.append(rename)


@VOCABULARY.arranges(SUBJECT, "卖方姓名为{引文}", "卖方姓名为“买买提·艾力”")
def seller_named(cast: Cast, name: str) -> None:
    """第一个卖方的姓名，一字不差。"""

    def rename(dossier: Dossier, stock: Stock) -> Dossier:
        return replace(dossier, sellers=(replace(dossier.sellers[0], name=name), *dossier.sellers[1:]))

    cast.edits.append(rename)
