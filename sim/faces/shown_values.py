"""Values as errors may show them: personal data stay masked, whatever field they were put into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sim.faces.field_rules import INT64
from sim.masking import mask_account, mask_id, mask_name, mask_phone, mask_unit

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
    mask = _PERSONAL.get(field, mask_id if value.isascii() else mask_name)
    shown = value if len(value) <= 3 and value.isascii() else mask(value)
    return "".join(char if char.isprintable() else "�" for char in shown[:60])
