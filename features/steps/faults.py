"""Technical misbehaviour and lawful refusals, laid on the messages of one case."""

from typing import Any, Final

from features.casting import Cast
from features.vocabulary import VOCABULARY
from liantiao.directory import directory
from sim.alterations import check_path
from sim.durations import STEPS, Duration
from sim.faults import ALWAYS_DECLARED, Effect, Fault

SUBJECT = "故障与退回"
KNOWN: Final = directory()
NOT_NAMED: Final = "本场景"


def _lay(cast: Cast, kinds: frozenset[str], effect: Effect, **more: Any) -> None:
    for kind in sorted(kinds):
        cast.faults.append(Fault(f"{effect.value}-{kind}", effect, kind, **more))


def fixed(ms: int) -> Duration:
    """A duration that is always the same."""
    return Duration((ms,) * STEPS, False, NOT_NAMED)


@VOCABULARY.arranges(SUBJECT, "{报文}丢失{int}次", "“缴款结果通知”丢失2次")
def lost(cast: Cast, kinds: frozenset[str], times: int) -> None:
    """前几次发出都没有送达，之后照常。"""
    _lay(cast, kinds, Effect.LOST, most=times)


@VOCABULARY.arranges(SUBJECT, "{报文}一直丢失", "“缴款结果通知”一直丢失")
def always_lost(cast: Cast, kinds: frozenset[str]) -> None:
    """每次发出都没有送达。"""
    _lay(cast, kinds, Effect.LOST)


@VOCABULARY.arranges(SUBJECT, "{报文}重复送达", "“缴款结果通知”重复送达")
def duplicated(cast: Cast, kinds: frozenset[str]) -> None:
    """同一报文送达两次，相隔一分钟。"""
    _lay(cast, kinds, Effect.DUPLICATED, delay=fixed(60_000))


@VOCABULARY.arranges(SUBJECT, "{报文}迟到{时长}", "“用水过户结果”迟到3天")
def late(cast: Cast, kinds: frozenset[str], delay_ms: int) -> None:
    """在路上耽搁这么久才送达。"""
    _lay(cast, kinds, Effect.LATE, delay=fixed(delay_ms))


@VOCABULARY.arranges(SUBJECT, "{报文}第一次迟到{时长}", "“税款销账”第一次迟到10分钟")
def late_once(cast: Cast, kinds: frozenset[str], delay_ms: int) -> None:
    """第一次发出的在路上耽搁这么久，之后照常。"""
    _lay(cast, kinds, Effect.LATE, delay=fixed(delay_ms), most=1)


@VOCABULARY.arranges(SUBJECT, "{报文}被以{引文}退回{int}次", "“用水过户推送”被以“户号不存在”退回1次")
def refused(cast: Cast, kinds: frozenset[str], title: str, times: int) -> None:
    """接收方依法依规退回，理由须是这个报文声明的。"""
    for kind in kinds:
        errors = {error.title: error.code for error in KNOWN.kinds[kind].op.errors} | _always()
        if title not in errors:
            raise ValueError(f"这个报文的退回理由有：{'、'.join(errors)}")
        _lay(cast, frozenset({kind}), Effect.BUSINESS, error=errors[title], most=times)


def _always() -> dict[str, str]:
    return {"查无此号": "not_found", "此时不能办理": "not_now"} if ALWAYS_DECLARED else {}


@VOCABULARY.arranges(SUBJECT, "{报文}金额有误", "“缴款结果通知”金额有误")
def wrong_amount(cast: Cast, kinds: frozenset[str]) -> None:
    """送达的金额与应有的差几分到几元，只有一次。"""
    _lay(cast, kinds, Effect.WRONG_AMOUNT, most=1)


@VOCABULARY.arranges(SUBJECT, "{系统}自申请起停机{时长}", "税务自申请起停机8小时")
def outage(cast: Cast, seat: str, down_ms: int) -> None:
    """停机期间什么报文也不收，恢复之后照常。"""
    start = cast.begins_ms
    cast.faults.append(Fault(f"outage-{seat}", Effect.OUTAGE, "*", seat=seat, window_ms=(start, start + down_ms)))


@VOCABULARY.arranges(SUBJECT, "{系统}变慢{时长}", "税务变慢10分钟")
def slow(cast: Cast, seat: str, delay_ms: int) -> None:
    """发给它的每个报文都晚到这么久。"""
    cast.faults.append(Fault(f"slow-{seat}", Effect.SLOW, "*", seat=seat, delay=fixed(delay_ms)))


@VOCABULARY.arranges(SUBJECT, "{报文}中{引文}改为{值}", "“返回缴款书号与三要素”中“charges.0.amount_fen”改为-500")
def changed(cast: Cast, kinds: frozenset[str], path: str, value: Any) -> None:
    """送达的报文里这个字段成了所写的值，只有第一次；字段按路径写，列表里第几个从 0 数起，* 为每一个。"""
    _alter(cast, kinds, Effect.ALTERED, path, value)


@VOCABULARY.arranges(
    SUBJECT, "另有一条{报文}，其中{引文}为{值}", "另有一条“缴款结果通知”，其中“order_no”为“WU20250303”"
)
def stray(cast: Cast, kinds: frozenset[str], path: str, value: Any) -> None:
    """原来的照常送达，此外还送来一条只改了这个字段的。"""
    _alter(cast, kinds, Effect.STRAY, path, value)


def _alter(cast: Cast, kinds: frozenset[str], effect: Effect, path: str, value: Any) -> None:
    for kind in kinds:
        check_path(KNOWN.kinds[kind], path)
    _lay(cast, kinds, effect, most=1, changes=((path, value),))


def _value(text: str) -> Any:
    """A number as it stands, a text in quotation marks, or nothing."""
    if text == "空":
        return ""
    return text.strip("“”") if text.startswith("“") else int(text)


VOCABULARY.word("值", r"-?\d+|空|“[^”]*”", _value)
