"""How personal data look where people may see them: enough left to recognise, too little to find anybody."""

from __future__ import annotations

import re


def mask_name(name: str) -> str:
    """张三 -> 张*: the first character stays."""
    return name[:1] + "*" * (len(name) - 1)


def mask_id(number: str) -> str:
    """350102198503072810 -> 350***********2810; short permits and passports keep less."""
    head, tail = (3, 4) if len(number) >= 15 else (1, 2)
    return _middle(number, head, tail)


def mask_phone(phone: str) -> str:
    """15412345678 -> 154****5678."""
    return _middle(phone, 3, 4)


def mask_account(account: str) -> str:
    """The last four digits stay, as on a bill."""
    return _middle(account, 0, 4)


def mask_address(address: str) -> str:
    """The house stays, the door does not."""
    return re.sub(r"\d+(?=室$)", "***", address)


def mask_unit(unit_code: str) -> str:
    """The parcel's nineteen characters stay, building and door do not."""
    return unit_code[:19] + "*" * (len(unit_code) - 19)


def mask_title(title_no: str) -> str:
    """The year and the place stay, the serial does not."""
    return re.sub(r"\d(?=\d*\s*号$)", "*", title_no)


def _middle(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return text[:head] + "*" * hidden + text[-tail:] if hidden > 0 else "*" * len(text)
