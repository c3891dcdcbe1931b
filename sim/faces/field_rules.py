"""What a field's value must look like where a standard says so: by the field's name, whatever message it is in.

Accounts, vouchers, orders and other numbers that name something in a ledger have no rule of shape: an unknown number is
the department's lawful 查无此号. Prices of zero, empty numbers and unknown words are the department's to refuse too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, Final

from pydantic_core import PydanticCustomError

from sim.dossier import IDENTITY_CARD
from sim.faces import value_checks as checks
from sim.faces.field_names import title_of

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


NUMBER, NAME, WORDS = Rule(most=64), Rule(most=100), Rule(lines=True)
PERSON_NUMBER: Final = Rule(
    says="居民身份证号码为 18 位，末位为校验位，X 须大写；统一社会信用代码为 18 位，末位为校验位", most=30,
    standard="GB 11643-1999、GB 32100-2015", check=checks.any_number,
)  # fmt: skip
SHOWN_NUMBER: Final = replace(PERSON_NUMBER, check=checks.shown_number)
TO_PEOPLE: Final = "person."
"""Operations by which people are shown something: what is personal is masked there."""
BY_NAME: Final = {
    "id_no": replace(PERSON_NUMBER, check=checks.number_of_person, beside="id_type"),
    "id_nos": PERSON_NUMBER,
    "payer_id_no": PERSON_NUMBER,
    "id_type": Rule(says="证件类型为 3 位数字代码，如 111 居民身份证", standard="GA/T 517", most=30, check=checks.id_type, decides=True,
                    pattern="^[0-9]{3}$"),
    "unit_code": Rule(says="不动产单元代码为 28 位，不带空格，如 350102001001GB00001F00010001", standard="GB/T 37346-2019", most=64,
                      check=checks.unit_code, pattern=checks.UNIT_PATTERN, decides=True),
    "mark": Rule(says="电子证照标识末位为校验位", standard="GB/T 36904、ISO 7064 MOD 37,36", most=128, check=checks.licence),
    "phone": Rule(says="手机号 11 位；固定电话带区号；境外号码以 + 开头", most=30, check=checks.phone,
                  pattern=checks.PHONE_PATTERN, decides=True),
    "settle_date": Rule(says="清算日期为 8 位年月日，如 20240301", standard="GB/T 7408", most=30, check=checks.day, pattern="^[0-9]{8}$"),
    "name": Rule(says="姓名或名称不能为空", most=100, check=checks.name, pattern=checks.NAME_PATTERN, decides=True),
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
FOR_WHO_ASKED: Final = frozenset({("non_tax.pay_code_issued", "amount_fen")})
"""Where an amount that cannot be is for who asked to see and to undo: nobody answers an answer, and unread it would only be
asked for again."""
ANY_MONEY: Final = replace(SIGNED_MONEY, says="金额为以分为单位的整数；不大于零的，由请求方作废后重新申请")


@cache
def rule_of(operation: str, field: str) -> Rule:
    """The rule for a field of an operation's body or of a record in it."""
    if field.endswith("_fen"):
        rule = (
            ANY_MONEY
            if (operation, field) in FOR_WHO_ASKED
            else SIGNED_MONEY
            if (operation, field) in SIGNED
            else MONEY
        )
    elif field == "payer_id_no" and operation.startswith(TO_PEOPLE):
        rule = SHOWN_NUMBER
    else:
        rule = BY_NAME.get(field, MOMENT if field.endswith("_ms") else Rule())
    return replace(rule, title=title_of(field))


def check_text(rule: Rule) -> Callable[[str, Any], str]:
    """The rule's check as pydantic calls it with (value, what is known of the record); raises by the fault's code."""
    check, beside = rule.check, rule.beside
    assert check is not None

    def checked(value: str, info: Any) -> str:
        known = info.data.get(beside, "") if beside else ""
        if known == IDENTITY_CARD and checks.is_identity(value):
            return value
        fault = check(value, known)
        if fault:
            raise PydanticCustomError(fault, fault)
        return value

    return checked


def check_moment(value: int) -> int:
    """0 stands for a moment that was not given; raises `too_small` before 2015."""
    if 0 != value < FIRST_MS:
        raise PydanticCustomError("too_small", "too_small")
    return value
