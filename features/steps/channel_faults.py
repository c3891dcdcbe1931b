"""More misbehaviour on the way: a certain message of several, many copies, bad signatures, hours of maintenance."""

from features.casting import Cast
from features.steps.faults import fixed
from features.vocabulary import VOCABULARY
from sim.calendar import HOUR_MS, MINUTE_MS
from sim.faults import Effect, Fault

SUBJECT = "故障与退回"


@VOCABULARY.arranges(SUBJECT, "第{int}条{报文}迟到{时长}", "第3条“推送办件进度”迟到4小时")
def nth_late(cast: Cast, n: int, kinds: frozenset[str], delay_ms: int) -> None:
    """只有这一条在路上耽搁，发给两个平台的各算一条。"""
    for kind in kinds:
        cast.faults.append(Fault(f"late-{n}-{kind}", Effect.LATE, kind, delay=fixed(delay_ms), nth=n))


@VOCABULARY.arranges(SUBJECT, "{报文}共送达{int}次", "“缴款结果通知”共送达5次")
def many_copies(cast: Cast, kinds: frozenset[str], times: int) -> None:
    """同一条报文，前后各隔一分钟。"""
    for kind in kinds:
        for n in range(1, times):
            delay = fixed(n * MINUTE_MS)
            cast.faults.append(Fault(f"copy-{n}-{kind}", Effect.DUPLICATED, kind, delay=delay, nth=1))


@VOCABULARY.arranges(SUBJECT, "{报文}签名有误{int}次", "“缴款结果通知”签名有误5次")
def bad_signature(cast: Cast, kinds: frozenset[str], times: int) -> None:
    """验签不过，接收方不予收下；之后照常。"""
    for kind in kinds:
        cast.faults.append(Fault(f"signature-{kind}", Effect.BAD_SIGNATURE, kind, most=times))


@VOCABULARY.arranges(SUBJECT, "{报文}在{时刻}之前送不到", "“税款销账”在2025年3月4日23时5分之前送不到")
def lost_until(cast: Cast, kinds: frozenset[str], moment_ms: int) -> None:
    """在此之前发出的都丢失，发送方照约定重发。"""
    for kind in kinds:
        cast.faults.append(Fault(f"until-{kind}", Effect.LOST, kind, window_ms=(0, moment_ms)))


@VOCABULARY.arranges(SUBJECT, "{系统}每日{int}时至{int}时停机维护", "税务每日9时至17时停机维护")
def maintenance(cast: Cast, seat: str, start: int, end: int) -> None:
    """维护时间内什么报文也不收，过后照常。"""
    daily = (start * HOUR_MS, end * HOUR_MS)
    cast.faults.append(Fault(f"maintenance-{seat}", Effect.OUTAGE, "*", seat=seat, daily_ms=daily))
