"""What is wrong with a control request, field by field, in Chinese: what pydantic finds, said to people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import BaseModel

from sim.faces.body_errors import whole
from sim.faces.control.run_rules import bad_request, fault, nearest
from sim.faces.malformed import read
from sim.faces.refusals import Problem, listed

MOST_ERRORS: Final = 20
"""One mistake that is made everywhere need not be told everywhere."""
_TYPES: Final = {
    "int_type": "整数", "int_parsing": "整数", "int_from_float": "整数", "float_type": "数", "float_parsing": "数",
    "string_type": "文本", "bool_type": "true 或 false", "bool_parsing": "true 或 false", "dict_type": "JSON 对象",
    "list_type": "JSON 数组", "model_attributes_type": "JSON 对象", "model_type": "JSON 对象",
}  # fmt: skip
_BOUNDS: Final = {
    "greater_than_equal": ("ge", "不小于"), "greater_than": ("gt", "大于"), "less_than_equal": ("le", "不大于"),
    "less_than": ("lt", "小于"), "string_too_long": ("max_length", "字数不多于"), "string_too_short": ("min_length", "字数不少于"),
}  # fmt: skip
_WHERE: Final = {"body", "query", "path", "header"}


def problem_of(errors: Sequence[Mapping[str, Any]], shape: Any) -> Problem:
    """What is wrong with a control request whose body should be of `shape`; of very much the first `MOST_ERRORS`."""
    return bad_request([_field(each, shape) for each in errors[:MOST_ERRORS]])


def settings_at(shape: Any, loc: Sequence[str]) -> list[str]:
    """The settings that a body of `shape` may have where the last of `loc` was given."""
    models = [*_models(shape)]
    for part in loc[:-1]:  # a place in a list or a key of an object leads no deeper
        inner = [field for each in models for name, field in each.model_fields.items() if part in (name, field.alias)]
        models = [model for field in inner for model in _models(field.annotation)] or models
    return list(dict.fromkeys(field.alias or name for each in models for name, field in each.model_fields.items()))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models of which something may be, or be made."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def _field(error: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """One error of pydantic's, as people are told it."""
    kind, context, given = str(error["type"]), error.get("ctx") or {}, error.get("input")
    loc = [str(each) for each in error["loc"]]
    path = ".".join(loc[1:] if loc and loc[0] in _WHERE else loc)
    if kind == "extra_forbidden":
        known = settings_at(shape, path.split("."))
        return fault(path, "unknown_field", "没有这个设置", f"可用的设置：{listed(known)}", nearest(loc[-1], known))
    if kind == "missing":
        return fault(path, "missing", "缺少", "必填")
    if kind == "enum":
        choices = [part.strip("'") for part in str(context.get("expected", "")).replace(" or ", ", ").split(", ")]
        return fault(
            path, "unknown_choice", f"没有“{given}”这个选项", f"可选：{listed(choices)}", nearest(str(given), choices)
        )
    if kind == "string_pattern_mismatch":
        rule = "小写字母或数字开头，只含小写字母、数字、- 和 _，最多 63 个字符"
        return fault(path, "bad_shape", f"“{given}”的写法不对", rule, _named_like(str(given)))
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        bound = context.get(key)
        return fault(
            path, "out_of_range", f"{_shown(given)} 超出范围", f"{words} {bound}", None if key == "gt" else str(bound)
        )
    if kind in _TYPES:
        return fault(path, "wrong_type", f"{_shown(given)} 的类型不对", f"应为{_TYPES[kind]}")
    if kind == "json_invalid":
        return fault("", "not_json", f"正文不是 JSON（第 {loc[-1]} 个字符处）", "JSON 对象，UTF-8 编码")
    if kind == "one_way":
        rule = "to_ms、by_ms、next、until_over 恰好给出一个"
        return fault(path, "one_way", "没有说明怎样推进，或说了不止一种", rule, None, '如 {"by_ms": 60000}')
    return fault(path, kind, f"{_shown(given)} 不合要求", "见 /control/openapi.json")


def not_read(cause: BaseException) -> Problem:
    """A body of which not even the characters could be read, in the words of the seats' doors."""
    raw = cause.object if isinstance(cause, UnicodeDecodeError) else b""
    found = [*(read(raw).errors if raw else ()), whole("not_json")][0]
    return bad_request([fault("", found.code, found.message, "JSON 对象，UTF-8 编码", None, found.next_step)])


def _named_like(given: str) -> str | None:
    kept = "".join(each if each.isascii() and (each.isalnum() or each in "-_") else "-" for each in given.lower())
    return kept.strip("-_")[:63] or None


def _shown(value: Any) -> str:
    return f"“{str(value)[:60]}”"
