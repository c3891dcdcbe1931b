"""Messages that cannot be delivered for a while, and those that come at a moment one can name."""

from features.casting import Cast
from features.steps.words import KNOWN
from features.vocabulary import VOCABULARY
from sim.durations import STEPS, Duration
from sim.faults import Effect, Fault

SUBJECT = "中断与迟到"
SAID = "本场景"


@VOCABULARY.arranges(SUBJECT, "{报文}自首次发出起{时长}内都送不到", "“用水过户推送”自首次发出起8小时内都送不到")
def unreachable(cast: Cast, kinds: frozenset[str], down_ms: int) -> None:
    """对方停机这么久：按重发间隔算得出的每一次都不送达，恢复之后照常。"""
    for kind in sorted(kinds):
        ladder, waited, tries = KNOWN.kinds[kind].op.ladder, 0, 0
        while waited < down_ms:
            tries += 1
            gap = ladder.gap_after(tries)
            if gap is None:
                raise ValueError("这个报文送不到时不再重发")
            waited += gap
        cast.faults.append(Fault(f"unreachable-{kind}", Effect.LOST, kind, most=tries))


@VOCABULARY.arranges(SUBJECT, "{报文}直到{时刻}才送达", "“登簿”直到2025年3月31日23时59分59秒才送达")
def held_until(cast: Cast, kinds: frozenset[str], moment_ms: int) -> None:
    """第一次发出的在此之前都在路上；此后才发出的照常。"""
    if moment_ms <= cast.begins_ms:
        raise ValueError("早于申请的时间")
    for kind in sorted(kinds):
        delay = Duration((0,) * STEPS, False, SAID)
        cast.faults.append(
            Fault(f"held-{kind}", Effect.LATE, kind, delay=delay, most=1, not_before_ms=moment_ms)
        )  # fmt: skip
