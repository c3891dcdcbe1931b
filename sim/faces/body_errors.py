"""What is wrong with a body, in words that a person at the other end can act on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from difflib import get_close_matches
from typing import Any, Final

from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.field_rules import FIRST_MS, LAST_MS, MOST_ENTRIES, Rule, rule_of
from sim.faces.shown_values import masked
from sim.message import Error

MOST_ERRORS: Final = 100
"""Listed one by one; of more only the number is told."""

BODY_ERRORS: Final = {
    code: Error(code, title, step)
    for code, title, step in (
        ("body_too_large", "报文过大", "拆分后重新提交"),
        ("empty_body", "报文为空", "按接口说明提交 JSON 对象"),
        ("byte_order_mark", "报文开头带 UTF-8 BOM", "去掉开头的 EF BB BF 三个字节"),
        ("gbk_encoding", "报文是 GBK 编码，请改用 UTF-8", "改用 UTF-8 编码后重新提交"),
        ("not_utf8", "报文不是 UTF-8 编码", "改用 UTF-8 编码后重新提交"),
        ("not_json", "报文不是 JSON", "按所指位置更正 JSON 格式"),
        ("too_deep", "报文嵌套过深", "按接口说明的结构提交"),
        ("not_object", "报文应为 JSON 对象", "用花括号把字段括起来"),
        ("duplicate_key", "字段重复", "每个字段只保留一个"),
        ("not_a_number", "NaN 和 Infinity 不是 JSON 的数", "改填整数"),
        ("lone_surrogate", "文本含不成对的代理码", "核对转义 \\uD800 至 \\uDFFF，须成对出现"),
        ("control_character", "文本含控制字符", "去掉控制字符"),
        ("missing", "缺少必填字段", "补上该字段"),
        ("unknown_field", "报文没有这个字段", "去掉该字段，或改用正确的字段名"),
        ("wrong_type", "类型不对", "按接口说明的类型填写"),
        ("too_long", "文本过长", "缩短后重新提交"),
        ("too_many", "列表过长", "减少项数，分次提交"),
        ("too_large", "数值过大", "核对单位和位数"),
        ("too_small", "数值过小", "核对单位和正负号"),
        ("seconds_not_ms", "时刻像是以秒为单位", "换算为毫秒（乘以 1000）"),
        ("blank", "不能为空", "补上内容"),
        ("bad_length", "位数不对", "核对号码位数"),
        ("bad_characters", "含不允许的字符", "核对号码字符"),
        ("bad_shape", "格式不对", "核对号码格式"),
        ("bad_date", "日期不存在或格式不对", "按年月日 8 位数字填写"),
        ("bad_birth_date", "身份证号码中的出生日期不存在", "核对第 7 至 14 位"),
        ("bad_check_digit", "校验位不对", "逐位核对号码"),
        ("old_identity_number", "不接收 15 位旧身份证号码", "换用 18 位公民身份号码"),
        ("lower_case_x", "身份证号码末位的 x 须大写", "改为大写 X"),
        ("lower_case", "字母须大写", "改为大写字母"),
        ("full_width", "含全角字符", "改用半角字母和数字"),
        ("has_spaces", "含空格", "去掉空格"),
        ("path_differs", "正文与路径中的值不一致", "正文里可以不带该字段；要带就与路径一致"),
        ("more_errors", "错误太多，未全部列出", "先更正已列出的错误"),
    )
}
"""Every code a body can be refused with."""

CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_TYPES: Final = {
    "string_type": "wrong_type", "int_type": "wrong_type", "bool_type": "wrong_type", "dataclass_type": "wrong_type",
    "tuple_type": "wrong_type", "int_from_float": "wrong_type", "finite_number": "not_a_number", "missing": "missing",
    "unexpected_keyword_argument": "unknown_field", "string_too_long": "too_long", "too_long": "too_many",
    "less_than_equal": "too_large", "int_parsing_size": "too_large", "greater_than_equal": "too_small",
    "string_pattern_mismatch": "control_character", "int_parsing": "wrong_type", "string_unicode": "lone_surrogate",
}  # fmt: skip
_WANTED: Final = {str: "文本", int: "整数", bool: "true 或 false"}
_GOT: Final = {
    str: "文本",
    int: "整数",
    float: "小数",
    bool: "true/false",
    list: "列表",
    dict: "对象",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a body. `path` is "" for the body as a whole, else like `charges[0].amount_fen`.

    `message` is a Chinese sentence with personal values masked; `standard` and `nearest` (a declared field's name) are ""
    where there is none.
    """

    path: str
    code: str
    message: str
    standard: str = ""
    nearest: str = ""

    @property
    def next_step(self) -> str:
        """What to do about it, in Chinese."""
        return f"改用 {self.nearest}" if self.nearest else BODY_ERRORS[self.code].next_step


class BodyError(ValueError):
    """A body that is not what was declared; `fields` holds everything that is wrong with it."""

    def __init__(self, operation: str, errors: Iterable[FieldError]) -> None:
        found = list(errors)
        if len(found) > MOST_ERRORS:
            rest = len(found) - MOST_ERRORS
            found[MOST_ERRORS:] = [whole("more_errors", f"另有 {rest} 处错误未列出")]
        self.operation = operation
        self.fields: tuple[FieldError, ...] = tuple(found)
        super().__init__("；".join(each.message for each in self.fields))


def whole(code: str, more: str = "") -> FieldError:
    """An error of the body as a whole."""
    title = BODY_ERRORS[code].title
    return FieldError("", code, f"{title}：{more}" if more else title)


def at(path: str, code: str, more: str = "", standard: str = "", nearest: str = "") -> FieldError:
    """An error of one field."""
    title = BODY_ERRORS[code].title
    return FieldError(path, code, f"{path}：{title}" + (f"（{more}）" if more else ""), standard, nearest)


def path_of(loc: Sequence[str | int]) -> str:
    """("charges", 0, "amount_fen") -> charges[0].amount_fen; what no field's name can hold is shown as ?."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            clean = "".join(char if char.isprintable() else "?" for char in part[:60])
            path += f".{clean}" if path else clean
    return path


def translated(kind: Any, operation: str, found: Iterable[Any]) -> list[FieldError]:
    """pydantic-core's findings as our errors."""
    return [_one(kind, operation, each) for each in found]


def _one(kind: Any, operation: str, found: Any) -> FieldError:
    loc, value = found["loc"], found["input"]
    if found["type"] == "json_invalid":
        return whole("not_json")
    code = _TYPES.get(found["type"], found["type"])
    path = path_of(loc)
    owner, hint = _declared_at(kind, loc)
    field = next((part for part in reversed(loc) if isinstance(part, str)), "")
    rule = rule_of(operation, field)
    if not loc:
        return whole("not_object", f"收到{_GOT.get(type(value), '其他')}")
    if code == "missing":
        return at(path, code, rule.title)
    if code == "unknown_field":
        close = nearest(field, hints_of(owner))
        return at(path, code, f"是否要填 {close}？" if close else "", nearest=close)
    if code == "too_small" and field.endswith("_ms") and FIRST_MS <= 1_000 * value <= LAST_MS:
        code = "seconds_not_ms"
    if found["type"] == "string_pattern_mismatch" and not CONTROLS.search(value):
        code = (rule.check and rule.check(value, "")) or "bad_shape"
    if code not in BODY_ERRORS:
        code = "wrong_type"
    return at(
        path,
        code,
        "，".join(filter(None, _details(code, rule, field, hint, value))),
        _standard(code, rule, owner, value),
    )


def _details(code: str, rule: Rule, field: str, hint: Any, value: Any) -> tuple[str, ...]:
    if code == "wrong_type":
        unit = rule.says if field.endswith(("_fen", "_ms", "_x100")) else ""
        return (rule.title, f"应为{_wanted(hint)}，收到{_GOT.get(type(value), '其他')}", unit)
    if code == "too_long":
        return (rule.title, f"最长 {rule.most} 个字符，收到 {len(value)} 个")
    if code == "too_many":
        return (rule.title, f"最多 {MOST_ENTRIES} 项，收到 {len(value)} 项" if isinstance(value, list) else "")
    if code == "control_character":
        return (rule.title, ", ".join(f"U+{ord(char):04X}" for char in sorted({*CONTROLS.findall(value)})))
    limit = {"too_large": f"不大于 {rule.high}", "too_small": f"不小于 {rule.low}"}.get(code, "")
    shown = masked(field, value)
    return (rule.title, rule.says or limit, f"收到 {shown}" if shown else "")


def _standard(code: str, rule: Rule, owner: Any, value: Any) -> str:
    if code in ("too_long", "wrong_type", "control_character", "too_large", "too_small"):
        return ""
    if rule.standard.startswith("GB 11643-1999") and isinstance(value, str):
        identity = code in ("old_identity_number", "lower_case_x", "bad_birth_date") or value[:17].isdigit()
        return rule.standard if not identity else "GB 11643-1999"
    return rule.standard


def _wanted(hint: Any) -> str:
    plain, may_be_none = unwrapped(hint)
    name = "列表" if entry_of(plain) is not None else _WANTED.get(plain, "对象")
    return f"{name}或 null" if may_be_none else name


def _declared_at(kind: Any, loc: Sequence[str | int]) -> tuple[Any, Any]:
    """The record that holds what `loc` leads to, and the type declared there (str where nothing is declared)."""
    owner, hint = kind, kind
    for part in loc:
        plain = unwrapped(hint)[0]
        if isinstance(part, int):
            hint = entry_of(plain) or str
        elif is_dataclass(plain) and isinstance(plain, type):
            owner, hint = plain, hints_of(plain).get(part, str)
    return owner, hint


def nearest(name: str, known: Iterable[str]) -> str:
    """The declared field whose name is most like `name`, or ""; unitCode is as near to unit_code as it can be."""
    plain = {each.replace("_", ""): each for each in known}
    close = get_close_matches(name[:60].lower().replace("_", "").replace("-", ""), plain, 1, 0.6)
    return plain[close[0]] if close else ""
