"""Figures as people read them: numbers, shares, spans of time, money and instants, and personal data masked."""

import re
from datetime import datetime
from html import escape
from typing import Any, Final

from sim.calendar import DAY_MS, HOUR_MS, LOCAL, MINUTE_MS, SECOND_MS
from sim.check_digits import identity_check
from sim.masking import mask_account, mask_address, mask_id, mask_name, mask_phone

NONE: Final = "—"
MASKS: Final = {
    "name": mask_name, "id_no": mask_id, "phone": mask_phone, "account": mask_account, "address": mask_address,
}  # fmt: skip
"""What becomes of a value, by the last words of its key."""
IDENTITY: Final = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\d)")
PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
UNITS: Final = (
    (1, "毫秒", SECOND_MS),
    (SECOND_MS, "秒", MINUTE_MS),
    (MINUTE_MS, "分", HOUR_MS),
    (HOUR_MS, "小时", 2 * DAY_MS),
)
FIRST_INSTANT_MS, LAST_INSTANT_MS = 1_500_000_000_000, 2_000_000_000_000


def number(value: float | None, digits: int = 0) -> str:
    """12345 as 12,345."""
    return NONE if value is None else f"{value:,.{digits}f}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of one; what is not quite all or nothing never looks as if it were."""
    if share is None:
        return NONE
    text = f"{share * 100:.{digits}f}"
    if 0 < share < 1 and float(text) in (0.0, 100.0):
        edge = 10.0**-digits
        return f"<{edge:.{digits}f}%" if share < 0.5 else f">{100 - edge:.{digits}f}%"
    return "100%" if share == 1 else f"{text}%"


def span(ms: float | None) -> str:
    """A length of time in the unit that suits it."""
    if not ms:
        return NONE if ms is None else "0"
    for unit, name, most in UNITS:
        if ms < most:
            return f"{_short(ms / unit)} {name}"
    return f"{_short(ms / DAY_MS)} 天"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if value < 100 else f"{value:,.0f}"


def taken(seconds: float) -> str:
    """How long something took on the wall: 83.2 as 1 分 23 秒, what is short to a tenth of a second."""
    whole = round(seconds)
    if whole < 60:
        return f"{_short(seconds)} 秒" if seconds < 10 else f"{whole} 秒"
    return f"{whole // 60} 分 {whole % 60:02} 秒"


def money(fen: int | None) -> str:
    """Fen in yuan, or ten thousands or hundred millions of them."""
    if fen is None:
        return NONE
    for unit, name in ((10**10, "亿元"), (10**6, "万元")):
        if abs(fen) >= unit:
            return f"{fen / unit:,.2f} {name}"
    return f"{fen / 100:,.2f} 元"


def instant(ms: int, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment in local time."""
    return datetime.fromtimestamp(ms / SECOND_MS, LOCAL).strftime(form)


def masked(key: str, value: Any) -> Any:
    """A value with the personal data in it masked, by what its key says it is and by what it looks like."""
    if isinstance(value, dict):
        return {name: masked(name, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked(key, each) for each in value]
    if not isinstance(value, str):
        return value
    for word, mask in MASKS.items():
        if key == word or key.endswith(f"_{word}"):
            return mask(value)
    return PHONE.sub(lambda found: mask_phone(found[0]), IDENTITY.sub(_identity, value))


def _identity(found: re.Match[str]) -> str:
    """A number that only happens to have a date inside is left alone."""
    text = found[0]
    return mask_id(text) if identity_check(text[:17]) == text[17] else text


def shown(key: str, value: Any) -> str:
    """A value of an evidence table, as HTML."""
    if value is None:
        return NONE
    if isinstance(value, int) and not isinstance(value, bool) and FIRST_INSTANT_MS < value < LAST_INSTANT_MS:
        return instant(value)
    if isinstance(value, int) and key.endswith("fen"):
        return money(value)
    if isinstance(value, dict | list):
        return escape(
            "；".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else "、".join(map(str, value))
        )
    return escape(str(value))
