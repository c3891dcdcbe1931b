"""The kinds of words that phrases contain: places, systems, messages, items, amounts, times."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from features.seat_names import SHORT_SEATS
from features.vocabulary import VOCABULARY
from liantiao.directory import directory
from sim.calendar import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from sim.dossier import ITEMS
from sim.message import Shape
from sim.package import load_package

BEIJING: Final = timezone(timedelta(hours=8))
KNOWN: Final = directory()
PACKAGE: Final = load_package("fujian-2024-55")
ITEM_TITLES: Final = {
    "用电过户": "power",
    "用水过户": "water",
    "用气过户": "gas",
    "广电过户": "cable_tv",
    "公积金提取": "housing_fund",
}
ITEM_NAMES: Final = {item: title for title, item in ITEM_TITLES.items()}
REGIONS: Final = {region.title: name for name, region in PACKAGE.regions.items()}
REGISTRIES: Final = {registry.name: code for code, registry in PACKAGE.registries.items()}
CHANNELS: Final = {"省网上办事大厅": 0, "闽政通": 1, "线下窗口": 2}
UNITS_MS: Final = {"毫秒": 1, "秒": SECOND_MS, "分钟": MINUTE_MS, "小时": HOUR_MS, "天": DAY_MS}


def kinds_by_title() -> dict[str, frozenset[str]]:
    """The operations of each Chinese title; the same one may be said on several ways.

    What somebody only tells himself is meant where nothing else has the title.
    """
    found: dict[str, set[str]] = {}
    own: dict[str, set[str]] = {}
    for name, kind in KNOWN.kinds.items():
        (own if kind.op.shape is Shape.TIMER else found).setdefault(kind.op.title, set()).add(name)
    return {title: frozenset(names) for title, names in (own | found).items()}


TITLES: Final = kinds_by_title()


def message(text: str) -> frozenset[str]:
    """“用水过户推送”."""
    title = text.strip("“”")
    if title not in TITLES:
        from sim.package.tables import nearest

        raise ValueError(f"没有报文“{title}”，{nearest(title, list(TITLES))}")
    return TITLES[title]


def fen(yuan: str) -> int:
    """100万元, 12.5元, 1元2角 are written as digits, with 万 or not."""
    number = yuan.removesuffix("元").replace(",", "")
    factor = 1
    if number.endswith("万"):
        number, factor = number[:-1], 10_000
    whole, _, part = number.partition(".")
    places = len(part)
    total, scale = int(whole + part) * factor * 100, int("1" + "0" * places)
    if total % scale:
        raise ValueError(f"“{yuan}”不足一分")
    return total // scale


def span_ms(count: str, unit: str) -> int:
    """30分钟."""
    return int(count) * UNITS_MS[unit]


def moment_ms(text: str) -> int:
    """2025年12月31日23时59分, on the clock of Beijing."""
    day, _, clock = text.partition("日")
    hour, minute, second, *_ = (*[part for part in re.split("[时分秒]", clock or "9时") if part], "0", "0")
    year, rest = day.split("年")
    month, date = rest.split("月")
    try:
        then = datetime(int(year), int(month), int(date), int(hour), int(minute), int(second), tzinfo=BEIJING)
    except ValueError:
        raise ValueError(f"“{text}”不是一个时刻") from None
    return int(then.timestamp() * 1_000)


def items(text: str) -> int:
    """用电过户、用水过户, as the bits of a dossier."""
    mask = 0
    for title in text.split("、"):
        mask |= 1 << ITEMS.index(ITEM_TITLES[title])
    return mask


def _either(titles: Any) -> str:
    return "|".join(sorted(titles, key=len, reverse=True))


_ITEM = _either(ITEM_TITLES)
WORDS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "地区": (_either(REGIONS), REGIONS.__getitem__),
    "登记机构": (_either(REGISTRIES), REGISTRIES.__getitem__),
    "系统": (_either(SHORT_SEATS), SHORT_SEATS.__getitem__),
    "渠道": (_either(CHANNELS), CHANNELS.__getitem__),
    "报文": ("“[^”]+”", message),
    "引文": ("“[^”]*”", lambda text: text.strip("“”")),
    "事项": (_ITEM, ITEM_TITLES.__getitem__),
    "事项清单": (f"(?:{_ITEM})(?:、(?:{_ITEM}))*", items),
    "金额": (r"[\d,]+(?:\.\d+)?万?元", fen),
    "面积": (r"\d+(?:\.\d{1,2})?平方米", lambda text: round(float(text.removesuffix("平方米")) * 100)),
    "时长": (r"(\d+)(毫秒|秒|分钟|小时|天)", span_ms),
    "时刻": (r"\d{4}年\d{1,2}月\d{1,2}日(?:\d{1,2}时(?:\d{1,2}分(?:\d{1,2}秒)?)?)?", moment_ms),
}
for _name, (_pattern, _means) in WORDS.items():
    VOCABULARY.word(_name, _pattern, _means)
