"""Several cases of one scenario: the same in many places or channels, and another application for the same home."""

from dataclasses import replace
from itertools import product
from typing import Any

from features.casting import Cast, Variant
from features.evidence import Check, Seen
from features.reading import FeatureError, Step
from features.steps.words import CHANNELS, PACKAGE
from features.vocabulary import VOCABULARY, Phrase
from sim.calendar import HOUR_MS
from sim.dossier import Dossier

SUBJECT = "多件"
APPLY = frozenset({"portal.apply"})


def _nested(text: str) -> tuple[Phrase, list[Any]]:
    try:
        return VOCABULARY.find(Step("then", text, 0), "另一件里")
    except FeatureError as error:
        raise ValueError(str(error)) from None


VOCABULARY.word("检查", ".+", _nested)


@VOCABULARY.arranges(SUBJECT, "十个地区各办一件", "十个地区各办一件")
def every_region(cast: Cast) -> None:
    """九市一区各一件同样的办件；每个“那么”对每一件都要成立。"""
    cast.alike = [Variant(region=name) for name in PACKAGE.regions]


@VOCABULARY.arranges(SUBJECT, "十个地区三个渠道各办一件", "十个地区三个渠道各办一件")
def every_region_and_channel(cast: Cast) -> None:
    """每个地区从每个申请端各一件，共三十件；每个“那么”对每一件都要成立。"""
    cast.alike = [
        Variant(region=name, facts=(("channel", channel),))
        for name, channel in product(PACKAGE.regions, CHANNELS.values())
    ]


@VOCABULARY.arranges(SUBJECT, "从{渠道}和{渠道}各申请一件", "从闽政通和省网上办事大厅各申请一件")
def two_channels(cast: Cast, one: int, other: int) -> None:
    """两个申请端各一件同样的办件；每个“那么”对每一件都要成立。"""
    cast.alike = [Variant(facts=(("channel", channel),)) for channel in (one, other)]


@VOCABULARY.arranges(
    SUBJECT, "{登记机构}和{登记机构}各办一件", "龙岩市永定区不动产登记中心和漳平市不动产登记中心各办一件"
)
def two_registries(cast: Cast, one: str, other: str) -> None:
    """两个县区各一件同样的办件；每个“那么”对每一件都要成立。"""
    cast.alike = [Variant(PACKAGE.registries[code].region, code) for code in (one, other)]


@VOCABULARY.arranges(SUBJECT, "同一房屋又提交一份申请", "同一房屋又提交一份申请")
def same_home_again(cast: Cast) -> None:
    """第一份提交两小时之后，同一买卖双方就同一房屋再提交一份；以“另一件里”检查它。"""
    cast.second = _same_home
    cast.second_after_ms = 2 * HOUR_MS


def _same_home(found: Dossier, first: Dossier) -> Dossier:
    return replace(first, index=found.index, arrival_ms=found.arrival_ms)


@VOCABULARY.checks(SUBJECT, "另一件里，{检查}", "另一件里，没有发生扣款")
def in_the_second(seen: Seen, nested: tuple[Phrase, list[Any]]) -> Check:
    """这一步只看同一场景的另一件办件。"""
    if seen.second is None:
        raise ValueError("这个场景没有另一件办件")
    phrase, words = nested
    check: Check = phrase.does(seen.second, *words)
    return check


@VOCABULARY.checks(SUBJECT, "各件申请表的栏目完全一致", "各件申请表的栏目完全一致")
def same_form(seen: Seen) -> Check:
    """各件提交的申请表，栏目名称与层次逐一相同。"""
    forms: list[set[str]] = [_columns(seen.body(row)) for each in (seen, *seen.others) for row in each.messages(APPLY)]
    rows = [row for each in (seen, *seen.others) for row in each.messages(APPLY)]
    odd = sorted(set[str]().union(*forms) - forms[0].intersection(*forms)) if forms else []
    expected = f"{1 + len(seen.others)} 件的申请表栏目一致"
    if len(forms) <= len(seen.others):
        return seen.awaited(False, expected, f"只有 {len(forms)} 份申请表", rows)
    return seen.check(not odd, expected, f"不一致的栏目：{'、'.join(odd)}" if odd else "完全一致", rows)


def _columns(at: Any, path: str = "") -> set[str]:
    if isinstance(at, dict):
        return {path, *(each for name, value in at.items() for each in _columns(value, f"{path}.{name}"))}
    if isinstance(at, list):
        return {path, *(each for value in at for each in _columns(value, path))}
    return {path}
