"""One thing after the other: what a system hears it passes on soon, once, and filled in."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from itertools import pairwise
from typing import Any, Final

from features.evidence import Check, Seen
from features.promptness import said_ms, window
from features.steps.contents import words_of
from features.steps.messages import spell
from features.steps.words import ITEM_NAMES
from features.vocabulary import VOCABULARY
from sim.calendar import MINUTE_MS
from sim.journal.record import Record
from sim.message import Answers, Shape

SUBJECT = "逐环衔接"
MAY_BE_BLANK: Final = frozenset(
    {"results", "exempt", "fee_exempt", "contract_no", "reason_code", "payer_id_no", "office"}
)
"""Fields that say nothing where there is nothing to say: results before there are any, the contract of those who have none
filed, the taxpayer of a pay code."""
REJECTED: Final = (("status", 4), ("passed", False), ("filed", False))
"""How a message says that something was refused, which needs a reason."""


@VOCABULARY.checks(
    SUBJECT, "{系统}收到{报文}后{时长}内向{系统}发出{报文}", "登记系统收到“受理”后10分钟内向申请系统发出“受理通知”"
)
def passed_on(
    seen: Seen, seat: str, heard: frozenset[str], limit_ms: int, receiver: str, said: frozenset[str]
) -> Check:
    """每收到一次（当场答复的也算），都在这么久之内发出；晚了、没发、提前发了都不算，先前没有送达而重发的也不算。"""
    answered = [row for row in seen.rows if row.reply in heard and row.sender == seat]
    causes = [*seen.messages(heard, receiver=seat), *answered]
    seen.messages(
        said, receiver=receiver
    )  # raises where nobody can see them; what is lost on the way was said all the same
    rows = [
        row for row in seen.rows
        if row.kind in said and row.receiver == receiver and row.sender == seat
        and not _is_resent(seen, row)
    ]  # fmt: skip
    expected = f"收到后 {spell(limit_ms)} 内发出“{seen.title(min(said))}”"
    if not causes:
        return seen.awaited(False, expected, f"没有收到“{seen.title(min(heard))}”")
    late = [each for each in causes if not any(in_time(seen, seat, each, row, limit_ms) for row in rows)]
    return seen.awaited(not late, expected, f"收到 {len(causes)} 次，其中 {len(late)} 次没有及时发出", late or causes)


def _is_resent(seen: Seen, row: Record) -> bool:
    """Whether the try before it was seen; the first may have got lost where nobody saw it."""
    way = row.sender, row.receiver, row.kind, row.attempt - 1
    return row.attempt > 1 and any(
        (other.sender, other.receiver, other.kind, other.attempt) == way and other.seq < row.seq for other in seen.rows
    )


def in_time(seen: Seen, seat: str, cause: Record, row: Record, limit_ms: int) -> bool:
    """Whether a seat said this soon enough after what it heard, or was answered."""
    if cause.sender == seat:  # the answer to its own question: heard when that was over
        return cause.t_ms <= said_ms(seen, row) <= cause.t_ms + limit_ms
    begun_ms, end_ms = window(seen, seat, [cause], limit_ms)
    return begun_ms <= said_ms(seen, row) <= end_ms


@VOCABULARY.checks(
    SUBJECT, "登记系统得知{事项}结果后{时长}内告知申请人", "登记系统得知用水过户结果后10分钟内告知申请人"
)
def told_soon(seen: Seen, item: str, limit_ms: int) -> Check:
    """每得知一次结果，这么久之内有一条说这个事项的短信，不论结果从部门来还是从总对总来。"""
    results = seen.messages(frozenset({f"{item}.result", f"hub.{item}_result"}), receiver="registry")
    texts = seen.messages(frozenset({"notify.sms"}), sender="registry")
    own = [row for row in texts if ITEM_NAMES[item] in words_of(seen, row)]
    expected = f"{ITEM_NAMES[item]}有了结果，{spell(limit_ms)} 内告知"
    if not results:
        return seen.awaited(False, expected, "没有得知结果")
    late = [each for each in results if not any(in_time(seen, "registry", each, row, limit_ms) for row in own)]
    return seen.awaited(not late, expected, f"得知 {len(results)} 次，其中 {len(late)} 次没有及时告知", late or results)


@VOCABULARY.checks(SUBJECT, "{报文}前后两次至少相隔{时长}", "“用水过户推送”前后两次至少相隔5天")
def apart(seen: Seen, kinds: frozenset[str], least_ms: int) -> Check:
    """至少发出两次，每次都隔这么久以上；没收下的也算一次。"""
    return _gaps(seen, kinds, f"至少两次，相隔 {spell(least_ms)} 以上", lambda gap_ms: gap_ms >= least_ms)


@VOCABULARY.checks(SUBJECT, "{报文}前后两次至多相隔{时长}", "“用水过户推送”前后两次至多相隔6天")
def not_far_apart(seen: Seen, kinds: frozenset[str], most_ms: int) -> Check:
    """至少发出两次，每次都不超过这么久；没收下的也算一次。"""
    return _gaps(seen, kinds, f"至少两次，相隔不超过 {spell(most_ms)}", lambda gap_ms: gap_ms <= most_ms)


def _gaps(seen: Seen, kinds: frozenset[str], expected: str, holds: Callable[[int], bool]) -> Check:
    """A check on the time between each two messages of a kind."""
    rows = seen.messages(kinds, heard=False)
    if len(rows) < 2:
        return seen.awaited(False, expected, f"发出 {len(rows)} 次", rows)
    gaps = [said_ms(seen, after) - said_ms(seen, before) for before, after in pairwise(rows)]
    return seen.check(all(map(holds, gaps)), expected, f"各隔 {'、'.join(map(spell, gaps))}", rows)


@VOCABULARY.checks(SUBJECT, "{报文}被退回后{时长}内再次发出", "“模式1：报送主办件”被退回后1天内再次发出")
def said_again(seen: Seen, kinds: frozenset[str], limit_ms: int) -> Check:
    """每次被退回，这么久之内都再发出一次。"""
    seen.messages(kinds)  # raises where nobody can see them
    rows = [row for row in seen.rows if row.kind in kinds]
    expected = f"退回后 {spell(limit_ms)} 内再次发出"
    refused = [row for row in rows if row.outcome.startswith("refused")]
    if not refused:
        return seen.awaited(False, expected, "没有被退回", rows)
    left = [each for each in refused if not any(each.t_ms < said_ms(seen, row) <= each.t_ms + limit_ms for row in rows)]
    return seen.awaited(not left, expected, f"退回 {len(refused)} 次，{len(left)} 次没有及时再发", left or refused)


@VOCABULARY.checks(SUBJECT, "{系统}没有重复发出报文", "登记系统没有重复发出报文")
def nothing_twice(seen: Seen, seat: str) -> Check:
    """一分钟之内，没有一字不差的两个报文发给同一系统且都被收下；其间对方又来请求过的不算，查询不算。"""
    if not any(row.sender == seat and row.receiver != seat for row in seen.rows):
        return seen.awaited(False, "没有重复", "没有发出报文")
    told: dict[tuple[str, str, str | None], list[Record]] = defaultdict(list)
    for row in seen.rows:
        if row.sender == seat and row.receiver != seat and row.outcome == "ok" and not is_question(seen, row):
            told[row.receiver, row.kind, row.body].append(row)
    again = [
        after for rows in told.values() for before, after in pairwise(rows)
        if after.t_ms - before.t_ms < MINUTE_MS and not _asked_between(seen, before, after)
    ]  # fmt: skip
    return seen.check(not again, "没有重复", seen.story(again), again)


def _asked_between(seen: Seen, before: Record, after: Record) -> bool:
    """Whether the receiver of two messages asked their sender for something between them; an answer is no asking."""
    return any(
        row.sender == before.receiver and row.receiver == before.sender and before.t_ms < row.t_ms <= after.t_ms
        and (kind := seen.kinds.get(row.kind)) is not None and kind.op.shape is Shape.REQUEST
        for row in seen.rows
    )  # fmt: skip


def is_question(seen: Seen, row: Record) -> bool:
    known = seen.kinds.get(row.kind)
    return known is not None and known.op.answers is Answers.QUERY


@VOCABULARY.checks(SUBJECT, "{系统}所发报文的各栏都填了", "登记系统所发报文的各栏都填了")
def all_filled(seen: Seen, seat: str) -> Check:
    """连同嵌套的各栏；免征理由、网签合同号等本就没有可写的除外。退回、撤销、作废、退款都要写明理由，办成了的不用。"""
    rows = [row for row in seen.rows if row.sender == seat and row.receiver != seat and row.body]
    bare = [(row, name) for row in rows for name in _blanks(seen.body(row))]
    told = "；".join(f"{seen.title(row.kind)}的 {name} 为空" for row, name in bare[:6])
    if not rows:
        return seen.awaited(False, "各栏都填了", "没有发出报文")
    return seen.check(not bare, "各栏都填了", told or f"{len(rows)} 个报文都填了", [row for row, _ in bare])


@VOCABULARY.checks(SUBJECT, "{系统}所发报文没有约定以外的栏目", "总对总所发报文没有约定以外的栏目")
def nothing_added(seen: Seen, seat: str) -> Check:
    """每个报文只有接口约定的那些栏目，没有夹带别的。"""
    rows = [row for row in seen.rows if row.sender == seat and row.receiver != seat and row.body]
    more = [(row, name) for row in rows for name in added(seen, row)]
    told = "；".join(f"{seen.title(row.kind)}多了 {name}" for row, name in more[:6])
    if not rows:
        return seen.awaited(False, "没有约定以外的栏目", "没有发出报文")
    return seen.check(not more, "没有约定以外的栏目", told or f"{len(rows)} 个报文都没有", [row for row, _ in more])


def added(seen: Seen, row: Record) -> list[str]:
    """The fields of a message that its kind does not have."""
    kind = seen.kinds.get(row.kind)
    return [] if kind is None else [name for name in seen.body(row) if name not in _declared(kind)]


@cache
def _declared(kind: type[Any]) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))


def _blanks(body: Mapping[str, Any]) -> Iterator[str]:
    """The fields that are empty though there is something to say, however deep."""
    for name, value in body.items():
        for each in value if isinstance(value, list) and value else [value]:
            if isinstance(each, dict):
                yield from _blanks(each)
            elif each in ("", None, []) and not _may_be_blank(name, body):
                yield name


def _may_be_blank(name: str, body: Mapping[str, Any]) -> bool:
    if name != "reason":
        return name in MAY_BE_BLANK
    outcome = [(field, body[field]) for field, _ in REJECTED if field in body]
    return bool(outcome) and not any(each in REJECTED for each in outcome)
