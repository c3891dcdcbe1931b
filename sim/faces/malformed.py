"""Bodies that are not even JSON objects in UTF-8: what is wrong with them, by name. Only refused bodies come here."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from sim.faces.body_errors import FieldError, at, path_of, whole
from sim.faces.field_names import title_of

MOST_BYTES: Final = 1 << 20
DEEPEST: Final = 32
_BOM: Final = b"\xef\xbb\xbf"
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_BRACKET: Final = re.compile(r"[\[\]{}]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HUGE: Final = 10**30
"""Stands for an integer of more digits than Python reads."""


class _Constant(str):
    """NaN or an infinity, where JSON has no number."""


class _Pairs(list[tuple[str, Any]]):
    """An object as written, keys in order and doubles kept."""


class Reading(NamedTuple):
    """A body as far as it can be read: its value with what is wrong made harmless, and what was wrong."""

    value: Any
    errors: list[FieldError]


def read(raw: bytes) -> Reading:
    """Read a body with patience; `value` is None where it cannot be read at all."""
    if len(raw) > MOST_BYTES:
        return Reading(None, [whole("body_too_large", f"最多 {MOST_BYTES} 字节，收到 {len(raw)} 字节")])
    if raw.startswith(_BOM):
        return Reading(None, [whole("byte_order_mark", "RFC 8259 第 8.1 节不许")])
    try:
        text = raw.decode()
    except UnicodeDecodeError as no:
        return Reading(None, [_encoding(raw, no.start)])
    if not text.strip():
        return Reading(None, [whole("empty_body")])
    depth = _depth(text)
    if depth > DEEPEST:
        return Reading(None, [whole("too_deep", f"最多 {DEEPEST} 层，收到 {depth} 层")])
    try:
        tree = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_Constant, parse_int=_integer, strict=False)
    except json.JSONDecodeError as no:
        return Reading(None, [whole("not_json", f"第 {no.lineno} 行第 {no.colno} 个字符处")])
    if not isinstance(tree, _Pairs):
        return Reading(None, [whole("not_object", f"收到{'列表' if isinstance(tree, list) else '单个值'}")])
    errors: list[FieldError] = []
    return Reading(_harmless(tree, (), errors), errors)


def _encoding(raw: bytes, byte: int) -> FieldError:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return whole("not_utf8", "像是 UTF-16")
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return whole("not_utf8", f"第 {byte + 1} 字节处")
    return whole("gbk_encoding") if re.search("[\u4e00-\u9fff]", text) else whole("not_utf8", f"第 {byte + 1} 字节处")


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= 30 else -_HUGE if digits[0] == "-" else _HUGE


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _harmless(value: Any, loc: tuple[str | int, ...], errors: list[FieldError]) -> Any:
    """The value with objects as dictionaries and faults taken out; what was taken out is added to `errors`."""
    if isinstance(value, _Pairs):
        found: dict[str, Any] = {}
        for key, each in value:
            here = (*loc, _SURROGATE.sub("?", key))
            if key in found:
                errors.append(at(path_of(here), "duplicate_key", title_of(key) if key in found else ""))
            found[_SURROGATE.sub("?", key)] = _harmless(each, here, errors)
        return found
    if isinstance(value, list):
        return [_harmless(each, (*loc, n), errors) for n, each in enumerate(value)]
    if isinstance(value, _Constant):
        errors.append(at(path_of(loc), "not_a_number", str(value)))
        return None
    if isinstance(value, str):
        return _harmless_text(value, loc, errors)
    return value


def _harmless_text(text: str, loc: tuple[str | int, ...], errors: list[FieldError]) -> str:
    if found := _SURROGATE.search(text):
        errors.append(at(path_of(loc), "lone_surrogate", f"U+{ord(found[0]):04X}"))
    elif found := _CONTROL.search(text):
        errors.append(at(path_of(loc), "control_character", f"U+{ord(found[0]):04X}"))
    return _CONTROL.sub("", _SURROGATE.sub("?", text))
