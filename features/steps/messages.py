"""Which messages were exchanged, how often, in which order, how soon, and with what answer."""

from collections.abc import Sequence

from features.evidence import Check, Seen
from features.vocabulary import VOCABULARY
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WorkingCalendar
from sim.journal.record import Record

SUBJECT = "报文"


def _names(seen: Seen, kinds: frozenset[str]) -> str:
    return f"“{seen.title(min(kinds))}”"


@VOCABULARY.checks(SUBJECT, "{系统}收到{报文}{int}次", "供水收到“用水过户推送”1次")
def received_times(seen: Seen, seat: str, kinds: frozenset[str], times: int) -> Check:
    """这个系统收下了这种报文，恰好这么多次；没收下的不算。"""
    rows = seen.messages(kinds, receiver=seat)
    expected = f"收到{_names(seen, kinds)} {times} 次"
    return seen.awaited(len(rows) == times, expected, f"收到 {len(rows)} 次", rows)


@VOCABULARY.checks(SUBJECT, "{系统}收到{报文}", "省数据汇聚平台收到“交易数据与登记数据一并推送”")
def received(seen: Seen, seat: str, kinds: frozenset[str]) -> Check:
    """这个系统至少收下一次这种报文。"""
    rows = seen.messages(kinds, receiver=seat)
    return seen.awaited(bool(rows), f"收到{_names(seen, kinds)}", f"收到 {len(rows)} 次", rows)


@VOCABULARY.checks(SUBJECT, "{系统}没有收到{报文}", "税务没有收到“涉税信息申报”")
def not_received(seen: Seen, seat: str, kinds: frozenset[str]) -> Check:
    """一次也没有，收下没收下都算；办件到了终点才作数。"""
    rows = seen.messages(kinds, receiver=seat, heard=False)
    return _never(seen, rows, f"没有收到{_names(seen, kinds)}")


@VOCABULARY.checks(SUBJECT, "没有任何报文发给{系统}", "没有任何报文发给总对总")
def nothing_to(seen: Seen, seat: str) -> Check:
    """整件办下来，这个系统一个报文也没有收到。"""
    rows = [row for row in seen.rows if row.receiver == seat and row.sender != seat]
    return _never(seen, rows, "没有任何报文")


def _never(seen: Seen, rows: Sequence[Record], expected: str) -> Check:
    if not rows and not seen.ended:
        return seen.awaited(False, expected, "目前没有")
    return seen.check(not rows, expected, seen.story(rows), rows)


@VOCABULARY.checks(SUBJECT, "{报文}早于{报文}", "“受理”早于“涉税信息申报”")
def before(seen: Seen, earlier: frozenset[str], later: frozenset[str]) -> Check:
    """前一种的第一次，早于后一种的第一次；同一时刻不算早。"""
    first, then = seen.messages(earlier), seen.messages(later)
    expected = f"{_names(seen, earlier)}早于{_names(seen, later)}"
    if not first or not then:
        missing = _names(seen, earlier if not first else later)
        return seen.awaited(False, expected, f"没有{missing}", [*first, *then])
    return seen.check(first[0].t_ms < then[0].t_ms, expected, seen.story([first[0], then[0]]), [first[0], then[0]])


@VOCABULARY.checks(SUBJECT, "{报文}全部晚于{报文}", "“用水过户推送”全部晚于“登簿”")
def all_after(seen: Seen, later: frozenset[str], earlier: frozenset[str]) -> Check:
    """后一种第一次之前，前一种一次也没有。"""
    then, first = seen.messages(later, heard=False), seen.messages(earlier)
    expected = f"{_names(seen, later)}全部晚于{_names(seen, earlier)}"
    if not first or not then:
        return seen.awaited(False, expected, f"没有{_names(seen, earlier if not first else later)}", [*first, *then])
    too_early = [row for row in then if row.t_ms < first[0].t_ms]
    return seen.check(not too_early, expected, seen.story(too_early), [first[0], *too_early])


@VOCABULARY.checks(SUBJECT, "{报文}之后{时长}内有{报文}", "“登簿”之后30分钟内有“交易数据与登记数据一并推送”")
def within(seen: Seen, first: frozenset[str], limit_ms: int, then: frozenset[str]) -> Check:
    """从前一种的最后一次起算，自然时间。"""
    starts, rows = seen.messages(first), seen.messages(then)
    expected = f"{_names(seen, first)}之后 {spell(limit_ms)} 内有{_names(seen, then)}"
    if not starts or not rows:
        return seen.awaited(False, expected, f"没有{_names(seen, first if not starts else then)}", [*starts, *rows])
    after = [row for row in rows if row.t_ms >= starts[-1].t_ms]
    took = after[0].t_ms - starts[-1].t_ms if after else None
    told = "之后没有再出现" if took is None else f"用了 {spell(took)}"
    return seen.check(took is not None and took <= limit_ms, expected, told, [starts[-1], *after[:1]])


@VOCABULARY.checks(SUBJECT, "{报文}之后{int}个工作日内有{报文}", "“用水过户推送”之后5个工作日内有“用水过户结果”")
def within_days(seen: Seen, first: frozenset[str], days: int, then: frozenset[str]) -> Check:
    """从前一种的第一次的次日起，数工作日。"""
    starts, rows = seen.messages(first), seen.messages(then)
    expected = f"{_names(seen, first)}之后 {days} 个工作日内有{_names(seen, then)}"
    if not starts or not rows:
        return seen.awaited(False, expected, f"没有{_names(seen, first if not starts else then)}", [*starts, *rows])
    calendar, first_ms, then_ms = WorkingCalendar.load(), starts[0].t_ms, rows[0].t_ms
    took = (
        calendar.working_days(first_ms, then_ms) - calendar.working_days(first_ms, first_ms)
        if then_ms > first_ms
        else 0
    )
    return seen.check(took <= days, expected, f"用了 {took} 个工作日", [starts[0], rows[0]])


@VOCABULARY.checks(SUBJECT, "{报文}被退回，理由是{引文}", "“提交套餐申请”被退回，理由是“该房屋已有在办的套餐申请”")
def refused_because(seen: Seen, kinds: frozenset[str], title: str) -> Check:
    """至少一次，接收方以这个理由不予接受。"""
    rows = [row for row in seen.messages(kinds, heard=False) if row.outcome.startswith("refused")]
    titles = {error.code: error.title for kind in kinds for error in seen.kinds[kind].op.errors}
    titles |= {"not_found": "查无此号", "not_now": "此时不能办理", "case_closed": "办件已办结"}
    told = [titles.get(row.outcome.partition(":")[2], row.outcome) for row in rows]
    return seen.awaited(title in told, f"{_names(seen, kinds)}被以“{title}”退回", "、".join(told) or "没有被退回", rows)


@VOCABULARY.checks(SUBJECT, "{报文}没有被退回", "“税款销账”没有被退回")
def not_refused(seen: Seen, kinds: frozenset[str]) -> Check:
    """有这种报文，而且每次都被接受。"""
    rows = seen.messages(kinds, heard=False)
    refused = [row for row in rows if row.outcome.startswith("refused")]
    if not rows:
        return seen.awaited(False, f"{_names(seen, kinds)}没有被退回", "没有这种报文")
    return seen.check(not refused, f"{_names(seen, kinds)}没有被退回", seen.story(refused), refused)


def spell(ms: int) -> str:
    """A span as people say it."""
    for unit_ms, unit in ((DAY_MS, "天"), (HOUR_MS, "小时"), (MINUTE_MS, "分钟"), (SECOND_MS, "秒")):
        if ms >= unit_ms:
            return f"{ms / unit_ms:.4g} {unit}"
    return f"{ms} 毫秒"
