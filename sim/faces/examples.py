"""A valid body for every kind of message, made of numbers that pass their standards and belong to nobody."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, Final, cast

from sim import identifiers as ids
from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.field_rules import day_ms
from sim.message import Message

DISTRICT, DAY, YEAR = "350102", "20240301", 2024
MOMENT_MS: Final = day_ms(2024, 3, 1) + 9 * 3_600_000
AUTHORITY: Final = ids.credit_code("11", "00359012")
VOUCHER, PAY_CODE = ids.tax_voucher(YEAR, 12_345), ids.pay_code(DISTRICT, YEAR, 12_345)
CERTIFICATE_KIND: Final = "11100000MB03271699022"

_TEXTS: Final = {
    "name": "林晓", "id_type": "111", "id_no": ids.identity_number("19900101", 1), "phone": ids.phone_number(12_345),
    "payer_id_no": ids.identity_number("19900101", 1), "id_nos": ids.identity_number("19900101", 1),
    "unit_code": ids.unit_code(DISTRICT, 1, 1, 1, 1, 101), "title_no": ids.title_number(2019, "福州市", 1_234),
    "address": "福州市鼓楼区井大路100号1号楼101室", "contract_no": "CLF20240300000123", "channel": "online_hall", "items": "power",
    "accounts": ids.account_number("power", 1_234), "account": ids.account_number("power", 1_234), "sort": "tax",
    "payer": "buyer", "role": "buyer", "to": "buyer", "signers": "buyer", "office": ids.tax_office(DISTRICT), "number": VOUCHER,
    "numbers": VOUCHER, "paid": VOUCHER, "written_off": VOUCHER, "returned": VOUCHER, "voucher_no": VOUCHER, "title": "契税",
    "pay_code": PAY_CODE, "certificate_no": ids.tax_receipt(YEAR, 12_345), "registry_code": DISTRICT,
    "old_owner_name": "陈明", "owner_name": "陈明", "payer_name": "林晓", "bank_account_name": "林晓", "buyers": "林晓",
    "sellers": "陈明", "holders": "林晓", "order_no": ids.order_id("898391093990001", f"{DAY}090000", 1),
    "paid_by": ids.order_id("898391093990001", f"{DAY}090000", 1), "query_no": "990001Q0000000101", "tn": "170926558099900028411",
    "settle_date": DAY, "accept_no": "YQ0000000101", "acceptance_no": ids.acceptance_number(DISTRICT, DAY, 123),
    "receipt_code": ids.receipt_code(DISTRICT, DAY, 123), "seal_no": f"QZ{DISTRICT}{DAY}00000123", "receipt": "SQB123",
    "authorisation": "SQB123", "token": "2172827900", "batch_no": "HJ00000012301", "filing_no": "BA350000000123",
    "case_code": ids.acceptance_number(DISTRICT, DAY, 123), "document_no": "（2024）闽执保123号", "check_code": ids.bill_check(0x9F3C1A),
    "receipt_no": ids.bill_number(12_345), "red_receipt_no": ids.bill_number(12_346),
    "mark": ids.licence_number(CERTIFICATE_KIND, AUTHORITY, "20240001234"), "masked_phone": "154****2345", "template": "payment",
    "text": "您的二手房转移登记税费已核定，请登录闽政通“我的办件”一次缴清", "about": "payment", "stage": "accepted", "post": "accept",
    "item_code": "power", "results": "power:办结", "result": "办结", "outcome": "done", "answer_code": "00", "origin_code": "00",
    "documents": "居民身份证", "kinds": "居民身份证", "found": "居民身份证", "missing": "结婚证", "files": "登记簿", "fields": "坐落",
    "reason": "材料不齐", "reasons": "满五唯一，免征个人所得税", "reason_code": "arrears", "what": "婚姻状况证明与申请表不一致，请补正",
    "action": "已电话回访并整改", "error": "not_now", "detail": "当前状态不受理", "where": "金额不同", "remark": "", "exempt": "",
    "fee_exempt": "",
}  # fmt: skip
_NUMBERS: Final = {
    "acquired_ms": day_ms(2019, 6, 1), "term_ms": 3 * 365 * 86_400_000, "area_m2_x100": 8_950, "price_fen": 150_000_000,
    "original_price_fen": 100_000_000, "asked_fen": 20_000_000, "buyer_home_count": 1, "copies": 1, "centre": 0, "status": 3,
    "score": 5, "n": 1, "serial": 1,
}  # fmt: skip
_FLAGS: Final = {"is_company": False}


@cache
def _example(record: Hashable) -> dict[str, Any]:
    return {name: value_of(hint, name) for name, hint in hints_of(cast(type, record)).items()}


def example_of(kind: type[Message]) -> dict[str, Any]:
    """A valid body of the kind, as JSON values: deterministic, the caller's own copy."""
    found: dict[str, Any] = _copy(_example(cast(Hashable, kind)))
    return found


def value_of(hint: Any, field: str) -> Any:
    """A valid value of a field, as a JSON value; "" for a text whose meaning is not known."""
    plain, _ = unwrapped(hint)
    if (entry := entry_of(plain)) is not None:
        return [value_of(entry, field)]
    if plain is str:
        return _TEXTS.get(field, "")
    if plain is bool:
        return _FLAGS.get(field, True)
    if plain is int:
        return _NUMBERS.get(field, MOMENT_MS if field.endswith("_ms") else 4_500_000)
    return _example(plain)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(each) for name, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
