"""A declared message kind as pydantic-core sees it: built from the stdlib dataclasses, which stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from pydantic_core import CoreSchema
from pydantic_core import core_schema as cs

from sim.faces.field_rules import INT64, MOST_ENTRIES, Rule, check_moment, check_text, rule_of

CONTROL: Final = r"\x00-\x1f\x7f-\x9f"
PLAIN_TEXT: Final = rf"^[^{CONTROL}]*$"
LINES_TEXT: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
_HINTS: Final[dict[type, dict[str, Any]]] = {}
Quotes = Callable[[Any], int]
"""How many quotation marks a value takes in JSON, those of its keys included and escaped ones not."""


def hints_of(record: type) -> dict[str, Any]:
    """The fields of a dataclass and their types, in declared order."""
    known = _HINTS.get(record)
    if known is None:
        hints = get_type_hints(record)
        known = _HINTS[record] = {each.name: hints[each.name] for each in fields(record)}
    return known


def unwrapped(hint: Any) -> tuple[Any, bool]:
    """The type without its `| None`, and whether it had one."""
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        if len(parts) != 1:
            raise TypeError(f"a field is of one type or None, not {hint}")
        return parts[0], True
    return hint, False


def entry_of(hint: Any) -> Any:
    """The type of a list's entries, or None when it is no list."""
    if get_origin(hint) is not tuple:
        return None
    parts = get_args(hint)
    if len(parts) != 2 or parts[1] is not Ellipsis:
        raise TypeError(f"a list has entries of one type, {hint} has not")
    return parts[0]


def core_schema_of(kind: type, operation: str, routed: Iterable[str] = ()) -> CoreSchema:
    """The schema of a message or record; top-level fields in `routed` may be absent and are None then."""
    hints, may_lack = hints_of(kind), set(routed)
    parts = []
    for name, hint in hints.items():
        schema = value_schema(hint, operation, name)
        parts.append(
            cs.dataclass_field(name, cs.with_default_schema(schema, default=None) if name in may_lack else schema)
        )
    args = cs.dataclass_args_schema(kind.__name__, parts, extra_behavior="forbid")
    return cs.dataclass_schema(kind, args, list(hints), slots=True)


def value_schema(hint: Any, operation: str, field: str) -> CoreSchema:
    """The schema of one field's value."""
    plain, may_be_none = unwrapped(hint)
    if may_be_none:
        return cs.nullable_schema(value_schema(plain, operation, field))
    if plain is str:
        return _text(rule_of(operation, field))
    if plain is int:
        return _integer(rule_of(operation, field))
    if plain is bool:
        return cs.bool_schema(strict=True)
    if (entry := entry_of(plain)) is not None:
        entries = value_schema(entry, operation, field)
        return cs.tuple_schema([entries], variadic_item_index=0, max_length=MOST_ENTRIES)
    if is_dataclass(plain) and isinstance(plain, type):
        return core_schema_of(plain, operation)
    raise TypeError(f"{operation}: no wire form for the type {hint} of {field}")


def _text(rule: Rule) -> CoreSchema:
    pattern = rule.pattern if rule.decides else LINES_TEXT if rule.lines else PLAIN_TEXT
    text = cs.str_schema(strict=True, max_length=rule.most, pattern=pattern)
    return text if rule.check is None or rule.decides else cs.with_info_after_validator_function(check_text(rule), text)


def _integer(rule: Rule) -> CoreSchema:
    if rule.absent_zero:
        return cs.no_info_after_validator_function(
            check_moment, cs.int_schema(strict=True, ge=-INT64 - 1, le=rule.high)
        )
    return cs.int_schema(strict=True, ge=rule.low, le=rule.high)


def quotes_of(hint: Any) -> int | Quotes:
    """A number where every value of the type takes the same, else a function of the value."""
    plain, may_be_none = unwrapped(hint)
    inner = _quotes_of(plain)
    if not may_be_none:
        return inner
    return lambda value: 0 if value is None else inner(value) if callable(inner) else inner


def _quotes_of(hint: Any) -> int | Quotes:
    if hint is str:
        return 2
    if hint in (int, bool):
        return 0
    if (entry := entry_of(hint)) is not None:
        each = quotes_of(entry)
        if callable(each):
            return lambda values: sum(map(each, values))
        return lambda values: each * len(values)
    constant, varying = 0, []
    for name, part in hints_of(hint).items():
        taken = quotes_of(part)
        constant += 2 if callable(taken) else 2 + taken
        if callable(taken):
            varying.append((name, taken))
    if not varying:
        return constant
    return lambda value: constant + sum([taken(getattr(value, name)) for name, taken in varying])
