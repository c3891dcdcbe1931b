"""What is wrong with a control request, field by field, in Chinese: what pydantic finds, said to people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sim.faces.control import shapes
from sim.faces.control.run_rules import bad_request, fault, nearest
from sim.faces.refusals import Problem, listed

MOST_ERRORS: Final = 20
"""One mistake that is made everywhere need not be told everywhere."""
SHAPES: Final = (shapes.NewRun, shapes.Begin, shapes.Attach, shapes.Advance, shapes.InboxAnswer)
FIELDS: Final = sorted({name for shape in SHAPES for name in shape.model_fields})
"""Every name a control request may hold."""
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


def problem_of(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """What is wrong with a control request; of very much the first `MOST_ERRORS`."""
    return bad_request([_field(each) for each in errors[:MOST_ERRORS]])


def _field(error: Mapping[str, Any]) -> dict[str, Any]:
    """One error of pydantic's, as people are told it."""
    kind, context, given = str(error["type"]), error.get("ctx") or {}, error.get("input")
    loc = [str(each) for each in error["loc"]]
    path = ".".join(loc[1:] if loc and loc[0] in _WHERE else loc)
    if kind == "extra_forbidden":
        return fault(path, "unknown_field", "没有这个设置", f"可用的设置：{listed(FIELDS)}", nearest(loc[-1], FIELDS))
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


def _named_like(given: str) -> str | None:
    kept = "".join(each if each.isascii() and (each.isalnum() or each in "-_") else "-" for each in given.lower())
    return kept.strip("-_")[:63] or None


def _shown(value: Any) -> str:
    return f"“{str(value)[:60]}”"
