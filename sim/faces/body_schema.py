"""Bodies as JSON Schema, for the OpenAPI document: Chinese titles, limits and the standards behind them."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, Final

from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.examples import value_of
from sim.faces.field_names import record_title, title_of
from sim.faces.field_rules import MOST_ENTRIES, Rule, rule_of

REF: Final = "#/components/schemas/"


def schema_of(kind: type, operation: str, routed: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The object schema of a message or record; `routed` fields are not required."""
    hints = hints_of(kind)
    required = [name for name in hints if name not in routed]
    schema: dict[str, Any] = {
        "type": "object", "title": record_title(kind),
        "properties": {name: _property(hint, operation, name) for name, hint in hints.items()},
        "additionalProperties": False,
    }  # fmt: skip
    return schema | ({"required": required} if required else {})


def components_of(kind: type, operation: str) -> dict[str, dict[str, Any]]:
    """Every record within a message, by its class name, however deep."""
    found: dict[str, dict[str, Any]] = {}
    for hint in hints_of(kind).values():
        plain = unwrapped(hint)[0]
        record = unwrapped(entry_of(plain) or plain)[0]
        if isinstance(record, type) and is_dataclass(record):
            found[record.__name__] = schema_of(record, operation)
            found |= components_of(record, operation)
    return found


def _property(hint: Any, operation: str, field: str) -> dict[str, Any]:
    plain, may_be_none = unwrapped(hint)
    if may_be_none:
        return {"anyOf": [_property(plain, operation, field), {"type": "null"}], "title": title_of(field)}
    if isinstance(plain, type) and is_dataclass(plain):
        return {"$ref": REF + plain.__name__, "title": title_of(field)}
    rule = rule_of(operation, field)
    if (entry := entry_of(plain)) is not None:
        entries = _property(entry, operation, field)
        if "$ref" not in entries:
            del entries["title"]
        return {"type": "array", "title": rule.title, "items": entries, "maxItems": MOST_ENTRIES}
    if plain is bool:
        return {"type": "boolean", "title": rule.title}
    return _single(plain, rule, field)


def _single(plain: Any, rule: Rule, field: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer" if plain is int else "string", "title": rule.title}
    if plain is int:
        schema |= {"format": "int64", "minimum": 0 if rule.absent_zero else rule.low, "maximum": rule.high}
    else:
        schema["maxLength"] = rule.most
    if rule.pattern:
        schema["pattern"] = rule.pattern
    says = "；".join(filter(None, (rule.says, rule.standard and f"依据 {rule.standard}")))
    if says:
        schema["description"] = says
    example = value_of(plain, field)
    return schema | ({"examples": [example]} if example != "" else {})
