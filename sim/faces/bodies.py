"""Bodies on the wire: JSON in UTF-8 to declared messages and back.

A parsed body is the declared dataclass itself. Fields are all required, none are added, types are strict (1.0 is no
integer, "1" neither). Money is in fen, time in epoch milliseconds. A body has at most 1 MiB, a text 2,000 characters, a
list 500 entries. A UTF-8 byte order mark is refused, as RFC 8259 §8.1 forbids it and signatures cover it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar, cast
from warnings import filterwarnings

from pydantic_core import SchemaSerializer, SchemaValidator, ValidationError

from sim.faces.body_errors import BodyError, FieldError, at, translated
from sim.faces.body_schema import components_of, schema_of
from sim.faces.compiled import core_schema_of, hints_of, quotes_of, value_schema
from sim.faces.examples import example_of
from sim.faces.field_rules import rule_of
from sim.faces.malformed import MOST_BYTES, read
from sim.message import Message

__all__ = ["Body", "BodyError", "FieldError", "body_of"]

filterwarnings("error", message="Pydantic serializer warnings")
"""A value that is not of its declared type is an error of ours: nothing is said and passed over. Asking for the error at
each call would cost as much again as the call."""

NOT_ROUTED: Final[Mapping[str, str]] = MappingProxyType({})
CASE: Final = "case"
"""The path parameter that is the case's number, which no body holds."""
M = TypeVar("M", bound=Message)


class Body(Generic[M]):
    """The wire form of one kind of message. Compiled once: take it from `body_of`."""

    def __init__(self, kind: type[M]) -> None:
        self.kind, self.operation = kind, kind.op.name
        self.hints = hints_of(kind)
        schema = core_schema_of(kind, self.operation)
        self._validate = SchemaValidator(schema).validate_json
        self._to_json = SchemaSerializer(schema).to_json
        self._plain = _Plan(self, ())
        self._plans: dict[tuple[str, ...], _Plan] = {}
        quotes = quotes_of(kind)
        self._count = quotes if callable(quotes) else None
        self._quotes = 0 if callable(quotes) else quotes

    def parse(self, raw: bytes, routed: Mapping[str, str] = NOT_ROUTED) -> M:
        """The message in `raw`.

        `routed` holds fields that came by path or query string, as text: the body may leave them out, and must agree where
        it does not; "case" in it is no field. With every field routed, or none declared, `raw` may be empty. Raises
        BodyError with all that is wrong.
        """
        if len(raw) > MOST_BYTES:
            raise BodyError(self.operation, read(raw).errors)
        if routed:
            return self._parse_routed(raw, routed)
        try:
            message = self._validate(raw or self._plain.instead)
        except ValidationError as no:
            raise self._refusal(raw, self._plain, no, []) from None
        expected = self._quotes if self._count is None else self._count(message)
        if raw.count(b'"') != expected or b"\\" in raw:
            self._look_twice(raw, expected)
        return cast(M, message)

    def dump(self, message: M) -> bytes:
        """Compact JSON in UTF-8, Chinese as it is. A message whose values are not of the declared types raises."""
        return self._to_json(message)

    def schema(self, routed: Iterable[str] = ()) -> dict[str, Any]:
        """JSON Schema (2020-12) of the body; records are references to `#/components/schemas/`. Fields that the path or
        query string holds (`routed`) are not required."""
        return schema_of(self.kind, self.operation, frozenset(routed))

    def components(self) -> dict[str, dict[str, Any]]:
        """The schemas of all records that `schema` refers to, by name."""
        return components_of(self.kind, self.operation)

    def example(self) -> dict[str, Any]:
        """A valid body, always the same."""
        return example_of(self.kind)

    # ---- routed -----------------------------------------------------------------------------------------------------
    def _parse_routed(self, raw: bytes, routed: Mapping[str, str]) -> M:
        names = tuple(routed)
        plan = self._plans.get(names)
        if plan is None:
            fields = tuple(name for name in names if name != CASE or CASE in self.hints)
            plan = self._plans[names] = _Plan(self, fields)
        values, errors = plan.take(routed)
        try:
            message = plan.validate(raw or plan.instead)
        except ValidationError as no:
            raise self._refusal(raw, plan, no, errors) from None
        expected = self._quotes
        for name, (value, quotes) in values.items():
            given = getattr(message, name)
            if given is None:
                setattr(message, name, value)
                expected -= quotes
            elif given != value:
                errors.append(at(name, "path_differs", rule_of(self.operation, name).title))
        if errors:
            raise BodyError(self.operation, errors)
        if self._count is not None:
            expected += self._count(message)
        if raw and (raw.count(b'"') != expected or b"\\" in raw):
            self._look_twice(raw, expected)
        return cast(M, message)

    # ---- refusing ---------------------------------------------------------------------------------------------------
    def _look_twice(self, raw: bytes, expected: int) -> None:
        """A valid body with a quotation mark too many holds a field twice, of which pydantic keeps the last.

        Escaped marks are not counted; where a backslash is itself escaped, only reading it again tells.
        """
        if b"\\\\" not in raw and raw.count(b'"') - raw.count(b'\\"') == expected:
            return
        doubled = [each for each in read(raw).errors if each.code == "duplicate_key"] if raw else []
        if doubled:
            raise BodyError(self.operation, doubled)

    def _refusal(self, raw: bytes, plan: _Plan, no: ValidationError, errors: list[FieldError]) -> BodyError:
        reading = read(raw or plan.instead)
        errors = [*reading.errors, *errors]
        if reading.value is not None:
            known = {each.path for each in errors}
            found = plan.misread(reading.value)
            errors += [each for each in translated(self.kind, self.operation, found) if each.path not in known]
        if not errors:  # what one reader of JSON takes and the other does not
            errors = translated(self.kind, self.operation, no.errors(include_url=False, include_context=False))
        return BodyError(self.operation, errors)


class _Plan:
    """How a body is read when some of its fields come by another way."""

    def __init__(self, body: Body[Any], routed: tuple[str, ...]) -> None:
        unknown = set(routed) - set(body.hints)
        if unknown:
            raise KeyError(f"{body.operation} has no field {'、'.join(sorted(unknown))}")
        validator = SchemaValidator(core_schema_of(body.kind, body.operation, routed))
        self.validate, self._python = validator.validate_json, validator.validate_python
        self.instead = b"{}" if set(routed) == set(body.hints) else b""
        """What stands for an empty body."""
        self.body = body
        self.singles = {
            name: SchemaValidator(value_schema(body.hints[name], body.operation, name)).validate_strings
            for name in routed
        }

    def take(self, routed: Mapping[str, str]) -> tuple[dict[str, tuple[Any, int]], list[FieldError]]:
        """The routed values, each with the quotation marks its field would have taken in the body, and what is wrong."""
        values: dict[str, tuple[Any, int]] = {}
        errors: list[FieldError] = []
        for name, single in self.singles.items():
            try:
                value = single(cast(Any, routed[name]))
            except ValidationError as no:
                found = no.errors(include_url=False, include_context=False)
                errors += translated(self.body.kind, self.body.operation, [{**each, "loc": (name,)} for each in found])
            else:
                values[name] = value, 4 if isinstance(value, str) else 2
        return values, errors

    def misread(self, value: dict[str, Any]) -> list[Any]:
        """What pydantic finds wrong with a body that has been read already."""
        try:
            self._python(value)
        except ValidationError as no:
            return list(no.errors(include_url=False, include_context=False))
        return []


_BODIES: dict[type[Message], Body[Any]] = {}


def body_of(kind: type[M]) -> Body[M]:
    """The wire form of a kind of message, compiled at its first use."""
    known = _BODIES.get(kind)
    if known is None:
        known = _BODIES[kind] = Body(kind)
    return known
