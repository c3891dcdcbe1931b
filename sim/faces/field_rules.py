"""What a field's value must look like where a standard says so: by the field's name, whatever message it is in.

Accounts, vouchers, orders and other numbers that name something in a ledger have no rule of shape: an unknown number is
the department's lawful 查无此号. Prices of zero, empty numbers and unknown words are the department's to refuse too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache, lru_cache
from operator import mul
from typing import Any, Final

from pydantic_core import PydanticCustomError

from sim.check_digits import IDENTITY_CHECKS, IDENTITY_WEIGHTS
from sim.dossier import CREDIT_CODE, IDENTITY_CARD
from sim.faces.field_names import title_of
from sim.identifiers import is_credit_code, is_licence_number, is_unit_code
from sim.masking import mask_account, mask_id, mask_name, mask_phone, mask_unit

MOST_CHARACTERS: Final = 2_000
"""Of any text; numbers and names have lower limits."""
MOST_ENTRIES: Final = 500
"""Of any list."""
MONEY_BELOW_FEN: Final = 10**13
INT64: Final = 2**63 - 1


def day_ms(year: int, month: int, day: int) -> int:
    """The Beijing midnight that begins a day, in epoch ms; for days outside the working calendar too."""
    return int(datetime(year, month, day, tzinfo=_BEIJING).timestamp()) * 1_000


_BEIJING: Final = timezone(timedelta(hours=8))
FIRST_MS, LAST_MS = day_ms(2015, 1, 1), day_ms(2036, 1, 1) - 1
"""Moments of our calendar; a home may have been acquired as early as EARLIEST_MS, which is below zero."""
EARLIEST_MS: Final = day_ms(1900, 1, 1)
CENTURY_MS: Final = 100 * 366 * 86_400_000

Check = Callable[[str, str], str]
"""(value, id_type beside it or "") -> the code of what is wrong, or ""."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a field. `most` counts characters; `low` and `high` bound integers, both included.

    `standard` names the standard and `says` the rule in Chinese. A `pattern` that `decides` says all that `check` does, in a
    form that pydantic-core runs by itself; the check then only tells what is wrong. `lines`: tabs and line ends may
    stand in it. `absent_zero`: 0 stands for "not given", which is the department's to refuse.
    """

    title: str = ""
    says: str = ""
    standard: str = ""
    most: int = MOST_CHARACTERS
    low: int = -INT64 - 1
    high: int = INT64
    check: Check | None = None
    beside: str = ""
    pattern: str = ""
    decides: bool = False
    lines: bool = False
    absent_zero: bool = False


_OFFSET: Final = 48 * sum(IDENTITY_WEIGHTS) % 11
_CHECKS: Final = IDENTITY_CHECKS.encode()
_PHONE: Final = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\+\d{6,15}", re.ASCII)
_PHONE_PATTERN: Final = r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|\+[0-9]{6,15})$"
_UNIT_PATTERN: Final = "^([0-9]{12}[GJZ][A-HSXWTFYQ][0-9]{5}[WFLQ][0-9]{8})?$"
_NAME_PATTERN: Final = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\u3000][^\x00-\x1f\x7f-\x9f]*$"
_DATE: Final = re.compile(r"\d{8}", re.ASCII)


@lru_cache(maxsize=65_536)
def _is_day(text: str) -> bool:
    """Is yyyymmdd a day? The last 65,536 answers are kept: birthdays repeat."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def identity_fault(text: str) -> str:
    """What is wrong with an 18-digit identity number, or ""; the same judgement as `is_identity_number`, ten times as fast."""
    if text.isascii() and len(text) == 18 and text[:17].isdigit():
        digits = text.encode()
        if _CHECKS[(sum(map(mul, IDENTITY_WEIGHTS, digits)) - _OFFSET) % 11] == digits[17]:
            return "" if _is_day(text[6:14]) else "bad_birth_date"
        if text[17] == "x":
            return "lower_case_x"
        return "bad_check_digit" if text[17].isdigit() or text[17] == "X" else "bad_characters"
    if fault := _typing_fault(text):
        return fault
    if len(text) == 15 and text.isdigit():
        return "old_identity_number"
    return "bad_length" if len(text) != 18 else "bad_characters"


def credit_fault(text: str) -> str:
    """What is wrong with a unified social credit code, or ""."""
    if is_credit_code(text):
        return ""
    if fault := _typing_fault(text):
        return fault
    if len(text) != 18:
        return "bad_length"
    if is_credit_code(text.upper()):
        return "lower_case"
    return "bad_check_digit" if re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", text) else "bad_characters"


def _number_of_person(text: str, id_type: str) -> str:
    if id_type == IDENTITY_CARD:
        return identity_fault(text)
    if id_type == CREDIT_CODE:
        return credit_fault(text)
    return _foreign_number(text) if id_type else _any_number(text, "")


def _any_number(text: str, _: str) -> str:
    """A number without its type beside it: empty (nobody), an identity number, a credit code, a passport, a permit …"""
    if not text:
        return ""
    if len(text) == 18 and text[:17].isdigit() and text.isascii():
        return identity_fault(text) and credit_fault(text) and identity_fault(text)
    if len(text) == 15 and text.isdigit():
        return "old_identity_number"
    return credit_fault(text) if len(text) == 18 else _foreign_number(text)


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


def _unit_code(text: str, _: str) -> str:
    if not text or is_unit_code(text):
        return ""
    if fault := _typing_fault(text):
        return fault
    if len(text) != 28:
        return "bad_length"
    return "lower_case" if is_unit_code(text.upper()) else "bad_shape"


def _licence(text: str, _: str) -> str:
    return "" if is_licence_number(text) else _typing_fault(text) or "bad_check_digit"


def _phone(text: str, _: str) -> str:
    return "" if _PHONE.fullmatch(text) else _typing_fault(text) or "bad_shape"


def _day(text: str, _: str) -> str:
    return "" if _DATE.fullmatch(text) and _is_day(text) else "bad_date"


def _name(text: str, _: str) -> str:
    return "" if text.strip() else "blank"


def _id_type(text: str, _: str) -> str:
    return "" if len(text) == 3 and text.isascii() and text.isdigit() else "bad_shape"


NUMBER, NAME, WORDS = Rule(most=64), Rule(most=100), Rule(lines=True)
IDENTITY: Final = "GB 11643-1999"
PERSON_NUMBER: Final = Rule(
    says="居民身份证号码为 18 位，末位为校验位，X 须大写；统一社会信用代码为 18 位，末位为校验位", most=30,
    standard="GB 11643-1999、GB 32100-2015", check=_any_number,
)  # fmt: skip
BY_NAME: Final = {
    "id_no": replace(PERSON_NUMBER, check=_number_of_person, beside="id_type"),
    "id_nos": PERSON_NUMBER,
    "payer_id_no": PERSON_NUMBER,
    "id_type": Rule(says="证件类型为 3 位数字代码，如 111 居民身份证", standard="GA/T 517", most=30, check=_id_type, decides=True,
                    pattern="^[0-9]{3}$"),
    "unit_code": Rule(says="不动产单元代码为 28 位，不带空格，如 350102001001GB00001F00010001", standard="GB/T 37346-2019", most=64,
                      check=_unit_code, pattern=_UNIT_PATTERN, decides=True),
    "mark": Rule(says="电子证照标识末位为校验位", standard="GB/T 36904、ISO 7064 MOD 37,36", most=128, check=_licence),
    "phone": Rule(says="手机号 11 位；固定电话带区号；境外号码以 + 开头", most=30, check=_phone, pattern=_PHONE_PATTERN, decides=True),
    "settle_date": Rule(says="清算日期为 8 位年月日，如 20240301", standard="GB/T 7408", most=30, check=_day, pattern="^[0-9]{8}$"),
    "name": Rule(says="姓名或名称不能为空", most=100, check=_name, pattern=_NAME_PATTERN, decides=True),
    **dict.fromkeys(("owner_name", "old_owner_name", "payer_name", "bank_account_name"), NAME),
    **dict.fromkeys(("buyers", "sellers", "holders"), NAME),
    **dict.fromkeys(("reason", "reasons", "text", "what", "remark", "action", "detail"), WORDS),
    **dict.fromkeys(
        "accept_no acceptance_no account accounts authorisation batch_no case_code certificate_no contract_no document_no "
        "filing_no number numbers office order_no paid paid_by pay_code query_no receipt receipt_code receipt_no "
        "red_receipt_no registry_code returned seal_no title_no tn token voucher_no written_off".split(), NUMBER,
    ),
    "acquired_ms": Rule(says="取得时间为 1900 年至 2035 年的毫秒时刻", low=EARLIEST_MS, high=LAST_MS),
    "term_ms": Rule(says="期限为毫秒数，最长一百年", low=0, high=CENTURY_MS),
    "area_m2_x100": Rule(says="面积为平方米 × 100 的整数", low=0, high=10**9),
    "copies": Rule(low=0, high=1_000),
    "buyer_home_count": Rule(low=0, high=1_000),
}  # fmt: skip
MONEY: Final = Rule(says="金额为以分为单位的整数，不为负，小于 10 万亿分", low=0, high=MONEY_BELOW_FEN - 1)
SIGNED_MONEY: Final = replace(MONEY, says="金额为以分为单位的整数，退款为负", low=1 - MONEY_BELOW_FEN)
MOMENT: Final = Rule(
    says="时刻为毫秒整数（自 1970-01-01 UTC 起），在 2015 年至 2035 年之间",
    low=FIRST_MS,
    high=LAST_MS,
    absent_zero=True,
)
SIGNED: Final = frozenset(
    {("unionpay.reconciliation_entry", "amount_fen"), ("hub.reconciliation_difference", "difference_fen")}
)
"""Where money may be below zero, by operation and field: a refund in a ledger, a difference between two ledgers."""


@cache
def rule_of(operation: str, field: str) -> Rule:
    """The rule for a field of an operation's body or of a record in it."""
    if field.endswith("_fen"):
        rule = SIGNED_MONEY if (operation, field) in SIGNED else MONEY
    else:
        rule = BY_NAME.get(field, MOMENT if field.endswith("_ms") else Rule())
    return replace(rule, title=title_of(field))


def check_text(rule: Rule) -> Callable[[str, Any], str]:
    """The rule's check as pydantic calls it with (value, what is known of the record); raises by the fault's code."""
    check, beside = rule.check, rule.beside
    assert check is not None

    def checked(value: str, info: Any) -> str:
        fault = check(value, info.data.get(beside, "") if beside else "")
        if fault:
            raise PydanticCustomError(fault, fault)
        return value

    return checked


def check_moment(value: int) -> int:
    """0 stands for a moment that was not given; raises `too_small` before 2015."""
    if 0 != value < FIRST_MS:
        raise PydanticCustomError("too_small", "too_small")
    return value


_PERSONAL: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys(("name", "owner_name", "old_owner_name", "payer_name", "bank_account_name"), mask_name),
    **dict.fromkeys(("buyers", "sellers", "holders"), mask_name),
    "phone": mask_phone,
    "account": mask_account,
    "accounts": mask_account,
}


def masked(field: str, value: object) -> str:
    """A value as an error may show it: enough to recognise it, whatever was put into the wrong field."""
    if isinstance(value, int) and not isinstance(value, bool):
        digits = str(value) if abs(value) <= INT64 else "超出 64 位的整数"
        return digits if len(digits) <= 6 or not digits[-1].isdigit() else mask_phone(digits)
    if not isinstance(value, str):
        return ""
    if field == "unit_code" and len(value) > 19:
        return mask_unit(value)[:60]
    shown = value if len(value) <= 3 and field not in _PERSONAL else _PERSONAL.get(field, mask_id)(value)
    return "".join(char if char.isprintable() else "�" for char in shown[:60])
