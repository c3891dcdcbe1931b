"""What is wrong with a value that a standard describes: each check gives the code of a fault, or "" when all is well.

A check takes the value and, for numbers of persons, the certificate type beside it ("" where there is none).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from sim.check_digits import IDENTITY_CHECKS, IDENTITY_WEIGHTS, identity_check
from sim.dossier import CREDIT_CODE, IDENTITY_CARD
from sim.identifiers import is_credit_code, is_licence_number, is_unit_code

PHONE_PATTERN: Final = r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|[48]00-?[0-9]{3}-?[0-9]{4}|\+[0-9]{6,15})$"
UNIT_PATTERN: Final = "^([0-9]{12}[GJZ][A-HSXWTFYQ][0-9]{5}[WFLQ][0-9]{8})?$"
NAME_PATTERN: Final = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\u3000][^\x00-\x1f\x7f-\x9f]*$"
_DATE: Final = re.compile(r"\d{8}", re.ASCII)


def _weighed(first: int, digits: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, IDENTITY_WEIGHTS[first:], strict=False))


_THREE_DIGITS: Final = [{f"{n:03d}": _weighed(first, f"{n:03d}") for n in range(1_000)} for first in (0, 3, 14)]
"""What three digits at places 0, 3 and 14 of an identity number add to its check sum."""
_PROVINCE, _COUNTY, _SEQUENCE = _THREE_DIGITS


@lru_cache(maxsize=65_536)
def _birthday(text: str) -> int:
    """What the day yyyymmdd adds to the check sum; ValueError if there is no such day. Birthdays repeat."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    date.fromisoformat(text)
    return _weighed(6, text)


def is_identity(text: str) -> bool:
    """The same judgement as `is_identity_number`, from sums made beforehand: a twentieth of the time."""
    try:
        total = _PROVINCE[text[:3]] + _COUNTY[text[3:6]] + _birthday(text[6:14]) + _SEQUENCE[text[14:17]]
    except (KeyError, ValueError):
        return False
    return text[17:] == IDENTITY_CHECKS[total % 11]


def identity_fault(text: str) -> str:
    """What is wrong with an 18-digit identity number, or ""."""
    if is_identity(text):
        return ""
    if fault := _typing_fault(text):
        return fault
    if re.fullmatch(r"\d{17}[\dX]", text, re.ASCII):
        return "bad_check_digit" if identity_check(text[:17]) != text[17] else "bad_birth_date"
    if re.fullmatch(r"\d{17}x", text, re.ASCII):
        return "lower_case_x"
    if re.fullmatch(r"\d{15}", text, re.ASCII):
        return "old_identity_number"
    return "bad_length" if len(text) != 18 else "bad_characters"


def credit_fault(text: str) -> str:
    """What is wrong with a unified social credit code, or ""."""
    if not text.isascii():  # `is_credit_code` is for half-width characters
        return _typing_fault(text) or "bad_characters"
    if is_credit_code(text):
        return ""
    if fault := _typing_fault(text):
        return fault
    if len(text) != 18:
        return "bad_length"
    if is_credit_code(text.upper()):
        return "lower_case"
    return "bad_check_digit" if re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", text) else "bad_characters"


def number_of_person(text: str, id_type: str) -> str:
    """The number of a person or company whose certificate type is known."""
    if id_type == IDENTITY_CARD:
        return identity_fault(text)
    if id_type == CREDIT_CODE:
        return credit_fault(text)
    return _foreign_number(text) if id_type else any_number(text, "")


def any_number(text: str, _: str) -> str:
    """A number without its type beside it: empty (nobody), an identity number, a credit code, a passport, a permit …"""
    if not text or is_identity(text):
        return ""
    if re.fullmatch(r"\d{17}[\dXx]|\d{15}", text, re.ASCII):
        return identity_fault(text) if credit_fault(text) else ""
    return credit_fault(text) if len(text) == 18 else _foreign_number(text)


def shown_number(text: str, _: str) -> str:
    """A number as people are shown it: masked; a whole one must be right all the same."""
    return "" if re.fullmatch(r"[0-9A-Za-z()*]+", text) and "*" in text else any_number(text, "")


def _foreign_number(text: str) -> str:
    if fault := _typing_fault(text):
        return fault
    if not text:
        return "blank"
    return "bad_characters" if re.fullmatch(r"[0-9A-Za-z()（）/-]+", text) is None else ""


def _typing_fault(text: str) -> str:
    """Slips of typing that make a right number another string."""
    if re.search(r"\s", text):
        return "has_spaces"
    return "full_width" if re.search(r"[０-９Ａ-Ｚａ-ｚ]", text) else ""


def unit_code(text: str, _: str) -> str:
    """不动产单元代码; empty means not given, which the department refuses."""
    if fault := _typing_fault(text):
        return fault
    if not text or is_unit_code(text):
        return ""
    if len(text) != 28:
        return "bad_length"
    return "lower_case" if is_unit_code(text.upper()) else "bad_shape"


def licence(text: str, _: str) -> str:
    """电子证照标识."""
    return "" if is_licence_number(text) else _typing_fault(text) or "bad_check_digit"


def phone(text: str, _: str) -> str:
    """A mobile, landline, 400/800 or foreign number."""
    return "" if re.fullmatch(PHONE_PATTERN, text) else _typing_fault(text) or "bad_shape"


def day(text: str, _: str) -> str:
    """A day written yyyymmdd."""
    try:
        _birthday(text)
    except ValueError:
        return "bad_date"
    return ""


def name(text: str, _: str) -> str:
    """A name is not blank."""
    return "" if text.strip() else "blank"


def id_type(text: str, _: str) -> str:
    """Three digits."""
    return "" if len(text) == 3 and text.isascii() and text.isdigit() else "bad_shape"
