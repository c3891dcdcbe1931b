"""Units: how a number of ours is written on the other side. Money is in fen with us, time in epoch ms, area in m² × 100.

Every unit goes both ways. A unit of time that has no milliseconds, or no hours, leaves them out: such a unit is declared
`loses`, and a check says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

MONEY, AREA, MOMENT, ANY = "金额", "面积", "时刻", "数"
BEIJING: Final = timezone(timedelta(hours=8))
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One way to write a number. `write` and `read` raise ValueError with what is wrong."""

    name: str
    of: str
    title: str
    write: Callable[[int], Any]
    read: Callable[[Any], int]
    loses: str = ""


def sort_of(field: str) -> str:
    """What kind of number a field of ours is, by its name: money, area, moment or any."""
    if field.endswith("_fen"):
        return MONEY
    if field.endswith("_m2_x100"):
        return AREA
    return MOMENT if field.endswith("_ms") and field != "term_ms" else ANY


def whole(given: Any) -> int:
    """An integer, as a number or in digits."""
    if isinstance(given, bool) or not isinstance(given, int | str) or not _WHOLE.fullmatch(str(given)):
        raise ValueError(f"“{str(given)[:40]}”不是整数")
    return int(given)


def _hundredths(given: Any) -> int:
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 10**15:
        return given * 100
    if isinstance(given, str) and _DECIMAL.fullmatch(given):
        number = Decimal(given)
    elif isinstance(given, Decimal) and given.is_finite() and -12 < given.adjusted() < 16:
        number = given
    else:
        raise ValueError(f"“{str(given)[:40]}”不是小数")
    scaled = number * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"“{str(given)[:40]}”多于两位小数")
    return int(scaled)


def _two_decimals(value: int) -> str:
    return f"{'-' * (value < 0)}{abs(value) // 100}.{abs(value) % 100:02d}"


def _as_number(value: int) -> float:
    return float(_two_decimals(value))


def _in_beijing(ms: int) -> datetime:
    try:
        return (EPOCH + timedelta(milliseconds=ms)).astimezone(BEIJING)
    except OverflowError:
        raise ValueError(f"{str(ms)[:40]} 毫秒不在公历纪年之内") from None


def _of_moment(moment: datetime) -> int:
    return round((moment - EPOCH) / timedelta(milliseconds=1))


def _iso(ms: int) -> str:
    return _in_beijing(ms).isoformat(timespec="milliseconds") if ms else ""


def _from_iso(given: Any) -> int:
    if given in ("", None):
        return 0
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError(f"“{str(given)[:40]}”不是 ISO 8601 时刻") from None
    return _of_moment(moment if moment.tzinfo is not None else moment.replace(tzinfo=BEIJING))


def _pattern(name: str, form: str, loses: str) -> Unit:
    """A moment in Beijing's time, as digits; 0, which stands for none, is empty."""
    length = len(EPOCH.strftime(form))

    def write(ms: int) -> str:
        moment = _in_beijing(ms)
        return moment.strftime(form.replace("%Y", f"{moment.year:04d}")) if ms else ""

    def read(given: Any) -> int:
        if given in ("", None):
            return 0
        text = str(given)
        try:
            if len(text) != length or isinstance(given, bool):
                raise ValueError
            return _of_moment(datetime.strptime(text, form).replace(tzinfo=BEIJING))
        except ValueError:
            raise ValueError(f"“{text[:40]}”不是 {name} 形式的时刻") from None

    return Unit(name, MOMENT, f"北京时间 {name}", write, read, loses)


UNITS: Final = {
    unit.name: unit
    for unit in (
        Unit("fen", MONEY, "分，整数", int, whole),
        Unit("fen_text", MONEY, "分，字符串", str, whole),
        Unit("yuan", MONEY, "元，两位小数的字符串", _two_decimals, _hundredths),
        Unit("yuan_number", MONEY, "元，两位小数的数", _as_number, _hundredths),
        Unit("m2x100", AREA, "平方米 × 100，整数", int, whole),
        Unit("m2", AREA, "平方米，两位小数的字符串", _two_decimals, _hundredths),
        Unit("m2_number", AREA, "平方米，两位小数的数", _as_number, _hundredths),
        Unit("ms", MOMENT, "毫秒，整数", int, whole),
        Unit("ms_text", MOMENT, "毫秒，字符串", str, whole),
        Unit("iso", MOMENT, "ISO 8601", _iso, _from_iso),
        _pattern("yyyyMMddHHmmss", "%Y%m%d%H%M%S", "毫秒"),
        _pattern("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S", "毫秒"),
        _pattern("yyyy-MM-dd", "%Y-%m-%d", "时分秒"),
        _pattern("yyyyMMdd", "%Y%m%d", "时分秒"),
        Unit("text", ANY, "整数，写成字符串", str, whole),
    )
}
"""By name, as files write them."""
