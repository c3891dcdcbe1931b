"""Journal rows as people are shown them: what is personal is masked, whatever message it is in."""

import json
from collections.abc import Callable
from typing import Any, Final

from sim.masking import mask_account, mask_address, mask_id, mask_name, mask_phone, mask_title, mask_unit

MASKS: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys("name owner_name old_owner_name payer_name bank_account_name buyers sellers holders signers".split(), mask_name),
    **dict.fromkeys("id_no id_nos payer_id_no".split(), mask_id),
    **dict.fromkeys("account accounts bank_account".split(), mask_account),
    "phone": mask_phone, "address": mask_address, "unit_code": mask_unit, "title_no": mask_title,
}  # fmt: skip


def masked_value(field: str, value: Any) -> Any:
    """A value of a field, and everything in it, with what is personal masked; what is masked already stays."""
    if isinstance(value, dict):
        return {name: masked_value(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [masked_value(field, each) for each in value]
    mask = MASKS.get(field)
    return mask(value) if mask is not None and isinstance(value, str) and value and "*" not in value else value


def shown_body(text: str | None, *, masked: bool) -> Any:
    """A body of the journal as JSON, masked if asked."""
    if text is None:
        return None
    value = json.loads(text)
    return masked_value("", value) if masked else value
