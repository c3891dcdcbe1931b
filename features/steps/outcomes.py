"""All linked items together: each pushed once, each done, each told to the applicant; and how soon."""

from typing import Final

from features.evidence import Check, Seen
from features.steps.registering import RECORD
from features.steps.words import ITEM_NAMES, PACKAGE
from features.vocabulary import VOCABULARY
from sim.calendar import DAY_MS, HOUR_MS
from sim.journal.record import Record
from sim.judge.promises import load_promises
from sim.judge.verdict import Result

SUBJECT = "联办与时限"
DONE: Final = 3
ENDED: Final = (3, 4, 5)
UTC8_MS: Final = 8 * HOUR_MS
PROMISES: Final = load_promises(PACKAGE.folder)
FILED: Final = frozenset({"data_exchange.filing_done"})


def _chosen(seen: Seen) -> list[str]:
    return [item for item in ITEM_NAMES if seen.played.dossier.chose(item)]


@VOCABULARY.checks(SUBJECT, "申请人得知所选的{int}个联办事项都已办结", "申请人得知所选的5个联办事项都已办结")
def told_of_all(seen: Seen, count: int) -> Check:
    """勾选了这么多项，每项办成都逐一告知了申请人。"""
    chosen, told = _chosen(seen), _told(seen)
    untold = [ITEM_NAMES[item] for item in chosen if not any(f"{ITEM_NAMES[item]}已办结" in text for text in told)]
    said = f"选 {len(chosen)} 项，" + (f"未告知：{'、'.join(untold)}" if untold else "都已告知")
    return seen.awaited(len(chosen) == count and not untold, f"{count} 项都告知办结", said)


@VOCABULARY.checks(SUBJECT, "所选联办事项各被部门受理一次", "所选联办事项各被部门受理一次")
def each_once(seen: Seen) -> Check:
    """每项恰有一次推送被部门受理，未选的一次也没有；多送的同一请求不另立单。"""
    wrong = []
    for item, title in ITEM_NAMES.items():
        rows = seen.messages(frozenset({f"{item}.push"}), receiver=item)
        numbers = {seen.reply(row).get("accept_no") for row in rows if row.reply_body}
        if len(numbers) != int(seen.played.dossier.chose(item)):
            wrong.append(f"{title}受理 {len(numbers)} 次")
    return seen.awaited(not wrong, "各受理一次", "、".join(wrong) or "各受理一次")


@VOCABULARY.checks(SUBJECT, "申请人得知{事项}{引文}", "申请人得知用水过户“已办结”")
def told_of(seen: Seen, item: str, words: str) -> Check:
    """有一条发给申请人的通知，说的是这个事项的这个结果。"""
    told = [text for text in _told(seen) if ITEM_NAMES[item] in text]
    return seen.awaited(
        any(words in text for text in told), f"{ITEM_NAMES[item]}{words}", "；".join(told) or "没有告知"
    )


@VOCABULARY.checks(
    SUBJECT, "申请人得知{事项}{引文}，晚于{报文}", "申请人得知用水过户“已办结”，晚于“按受理编号查询用水过户”"
)
def told_after(seen: Seen, item: str, words: str, before: frozenset[str]) -> Check:
    """有这样的通知，而且第一次也晚于这种报文的第一次。"""
    first = seen.messages(before)
    told = [
        row for row in seen.messages(frozenset({"notify.sms"}))
        if ITEM_NAMES[item] in (text := str(seen.body(row)["text"])) and words in text
    ]  # fmt: skip
    expected = f"{ITEM_NAMES[item]}{words}的通知晚于“{seen.title(min(before))}”"
    if not first or not told:
        return seen.awaited(False, expected, f"通知 {len(told)} 次，查询 {len(first)} 次", [*first, *told])
    return seen.check(told[0].t_ms >= first[0].t_ms, expected, seen.story([first[0], told[0]]), [first[0], told[0]])


@VOCABULARY.checks(SUBJECT, "{事项}经查询办结", "用水过户经查询办结")
def done_by_query(seen: Seen, item: str) -> Check:
    """按受理编号查询所得的最后结果是办成。"""
    rows = [row for row in seen.messages(frozenset({f"{item}.query_status"})) if row.reply_body]
    told = [seen.reply(row)["status"] for row in rows]
    return seen.awaited(told[-1:] == [DONE], "查得办结", f"依次查得 {'、'.join(map(str, told)) or '无'}", rows)


@VOCABULARY.checks(SUBJECT, "报文路径与对接模式表逐项一致", "报文路径与对接模式表逐项一致")
def by_the_table(seen: Seen) -> Check:
    """水、气由登记系统直推；电、广电、公积金在直连的地区直推，其余经总对总；每个所选事项都有推送。"""
    region = list(PACKAGE.regions.values())[seen.played.dossier.region]
    wrong, rows = [], []
    for item in _chosen(seen):
        pushed = seen.messages(frozenset({f"{item}.push"}), receiver=item)
        direct = item in ("water", "gas") or item in region.direct_items
        if {row.sender for row in pushed} != {"registry" if direct else "hub"}:
            wrong.append(f"{region.title}的{ITEM_NAMES[item]}由{'、'.join(row.sender for row in pushed) or '无人'}推送")
        rows += pushed
    return seen.awaited(not wrong, f"{region.title}逐项一致", "；".join(wrong) or "逐项一致", rows)


@VOCABULARY.checks(
    SUBJECT, "{事项}告知申请人的结果为办结，且只告知一次", "用水过户告知申请人的结果为办结，且只告知一次"
)
def told_once(seen: Seen, item: str) -> Check:
    """关于这个事项的通知只有一条，说的是已办结。"""
    told = [text for text in _told(seen) if ITEM_NAMES[item] in text]
    return seen.awaited(told == [f"您的{ITEM_NAMES[item]}已办结"], "只告知一次办结", "；".join(told) or "没有告知")


def _told(seen: Seen) -> list[str]:
    rows = seen.messages(frozenset({"notify.sms"}))
    return [str(seen.body(row)["text"]) for row in rows if seen.body(row)["template"] == "item_result"]


@VOCABULARY.checks(SUBJECT, "所有事项了结之后才告知办件结果", "所有事项了结之后才告知办件结果")
def over_at_last(seen: Seen) -> Check:
    """登簿、网签备案与每个所选联办事项，登记机构都得知了最后结果，才报办件结束。"""
    closed = seen.messages(frozenset({"portal.closed"}))
    heard = [seen.messages(RECORD), seen.messages(FILED), *(_final(seen, item) for item in _chosen(seen))]
    rows = [each[0] for each in heard if each]
    if not closed or len(rows) < len(heard):
        return seen.awaited(False, "都了结之后才结束", f"{len(heard)} 个事项中 {len(rows)} 个有结果", rows)
    early = [each for each in rows if each.t_ms > closed[0].t_ms]
    return seen.check(not early, "都了结之后才结束", seen.story(early), [closed[0], *early])


@VOCABULARY.checks(SUBJECT, "没有收到部门的{事项}结果", "没有收到部门的用气过户结果")
def never_answered(seen: Seen, item: str) -> Check:
    """部门始终没有给出办成或退回，查询也没有查到。"""
    rows = _final(seen, item)
    if not rows and not seen.ended:
        return seen.awaited(False, "没有结果", "目前没有")
    return seen.check(not rows, "没有结果", seen.story(rows), rows)


def _final(seen: Seen, item: str) -> list[Record]:
    """What told the registry how an item ended, by result or by query, from the last change on."""
    told = seen.messages(frozenset({f"{item}.result", f"hub.{item}_result"}), receiver="registry")
    asked = seen.messages(frozenset({f"{item}.query_status"}), sender="registry")
    said = [(row, seen.body(row)) for row in told] + [(row, seen.reply(row)) for row in asked if row.reply_body]
    ends = sorted(
        ((row, body["status"]) for row, body in said if body["status"] in ENDED), key=lambda each: each[0].seq
    )
    last = len(ends) - 1
    while last > 0 and ends[last - 1][1] == ends[-1][1]:
        last -= 1
    return [row for row, _ in ends[max(last, 0) :]]


@VOCABULARY.checks(SUBJECT, "{报文}在{报文}的次日或以后", "“网签备案视同完成”在“登簿”的次日或以后")
def next_day(seen: Seen, later: frozenset[str], earlier: frozenset[str]) -> Check:
    """按北京时间的日期，前一种的第一次晚于后一种第一次的当天。"""
    then, first = seen.messages(later), seen.messages(earlier)
    if not then or not first:
        return seen.awaited(False, "次日或以后", "没有其中一种", [*first, *then])
    days = (then[0].t_ms + UTC8_MS) // DAY_MS - (first[0].t_ms + UTC8_MS) // DAY_MS
    return seen.check(days >= 1, "次日或以后", f"隔 {days} 天", [first[0], then[0]])


@VOCABULARY.checks(SUBJECT, "按时限{引文}没有超期", "按时限“公积金提取审核”没有超期")
def in_time(seen: Seen, title: str) -> Check:
    """按所定的办理时限判定；主管部门尚未定出数字的，为指标待明确，没有判过的不作数。"""
    names = {limit.title: name for name, limit in PROMISES.limits.items()}
    if title not in names:
        raise ValueError(f"时限有：{'、'.join(names)}")
    expected = f"“{title}”不超期"
    promise = next(each.title for each in PROMISES.all if each.figure == names[title])
    late = seen.broken.get(promise)
    if late is None and promise not in seen.judged:
        if PROMISES.limits[names[title]].figure is None:
            return Check(Result.NO_FIGURE, expected, "原文没有给出数字，也还没有定出")
        return Check(Result.NOT_OBSERVED, expected, f"检核项“{promise}”没有判过")
    return seen.awaited(late is None, expected, late or "没有超期")
