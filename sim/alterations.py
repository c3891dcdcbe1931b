"""Alterations: a message with some of its fields as somebody wants them, whatever its sender wrote."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from sim.message import Message

M = TypeVar("M", bound=Message)
Changes = Sequence[tuple[str, Any]]
"""(path, value): a path is field names and places in lists, counted from 0, joined by dots; `*` is every place."""


def altered(body: M, changes: Changes) -> M:
    """The message with these changes; a field, place or value that is not there is left alone.

    A fault that names its operations by a wildcard meets messages of many kinds, not all of which have the field.
    """
    for path, value in changes:
        body = _set(body, path.split("."), value)
    return body


def _set(at: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(at, tuple):
        return tuple(
            _set(each, rest, value) if step in ("*", str(place)) else each for place, each in enumerate(at)
        )  # fmt: skip
    if not is_dataclass(at) or isinstance(at, type) or step not in {each.name for each in fields(at)}:
        return at
    return replace(at, **{step: _set(getattr(at, step), rest, value)})


def check_path(kind: type[Message], path: str) -> None:
    """Raise ValueError, in Chinese and with the names there are, for a path that no such message has."""
    at: Any = kind
    for step in path.split("."):
        if get_origin(at) is tuple:
            if step != "*" and not step.isdigit():
                raise ValueError(f"“{path}”中“{step}”应当是列表中的序号（从 0 起）或 *")
            at = get_args(at)[0]
        elif isinstance(at, type) and is_dataclass(at):
            hints = get_type_hints(at)
            names = [each.name for each in fields(at)]
            if step not in names:
                raise ValueError(f"“{path}”中没有字段“{step}”，只有：{'、'.join(names)}")
            at = hints[step]
        else:
            raise ValueError(f"“{path}”中“{step}”之前已经是一个值，不能再往下写")
        at = _without_none(at)


def _without_none(hint: Any) -> Any:
    some = [each for each in get_args(hint) if each is not NoneType]
    return some[0] if NoneType in get_args(hint) and len(some) == 1 else hint
