"""Messages that say something else than their sender wrote, by the columns that officers know."""

from typing import Any

from features.casting import Cast
from features.steps.contents import COLUMNS
from features.steps.faults import KNOWN, _lay
from features.vocabulary import VOCABULARY
from sim.alterations import check_path
from sim.faults import Effect

SUBJECT = "内容有误的报文"


@VOCABULARY.arranges(SUBJECT, "{报文}的{栏目}第一次改为{值}", "“交易数据与登记数据一并推送”的成交价第一次改为0")
def first_changed(cast: Cast, kinds: frozenset[str], column: str, value: Any) -> None:
    """第一次送达的这种报文，这一栏成了所写的值；价款按分写。"""
    for kind in kinds:
        _lay(cast, frozenset({kind}), Effect.ALTERED, most=1, changes=((path_in(kind, column), value),))


@VOCABULARY.arranges(SUBJECT, "另有一条{报文}，{栏目}为{值}", "另有一条“五级评价”，评价等级为1")
def another(cast: Cast, kinds: frozenset[str], column: str, value: Any) -> None:
    """原来的照常送达，此外还送来一条只有这一栏不同的。"""
    for kind in kinds:
        _lay(cast, frozenset({kind}), Effect.STRAY, most=1, changes=((path_in(kind, column), value),))


def path_in(kind: str, column: str) -> str:
    """Where a message of this kind carries a column. Raises ValueError where it does not."""
    for path in (each.replace("*", "0") for each in COLUMNS[column].paths):
        try:
            check_path(KNOWN.kinds[kind], path)
        except ValueError:
            continue
        return path
    raise ValueError(f"“{KNOWN.kinds[kind].op.title}”里没有“{column}”")


@VOCABULARY.arranges(SUBJECT, "买方受理前即评价", "买方受理前即评价")
def rated_early(cast: Cast) -> None:
    """提交申请时就先打了分；办结之后再正常评价一次。"""
    cast.reasons["buyer.rate_early"] = "early"
