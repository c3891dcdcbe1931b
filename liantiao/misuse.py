"""What was typed wrongly on the command line, in one Chinese sentence: which parameter, what it must be, how to go on."""

import re
from typing import Any, Final

RULES: Final = {
    "greater_than_equal": "应不小于 {ge:,.10g}", "less_than_equal": "应不大于 {le:,.10g}",
    "greater_than": "应大于 {gt:,.10g}", "less_than": "应小于 {lt:,.10g}",
    "int_parsing": "应为整数，例如 {name} 3", "int_from_float": "应为整数，例如 {name} 3", "float_parsing": "应为数，例如 {name} 1.5",
    "int_parsing_size": "的数字太长",
}  # fmt: skip
"""What a value must be, by the kind of pydantic's error and with its figures: typer reads values with pydantic."""
CHOICES: Final = re.compile(r".*is not one of (.+)\.$")


def misuse(error: Any) -> str:
    """What the parser could not read, from its error."""
    option = getattr(error, "option_name", None)
    if type(error).__name__ == "BadOptionUsage":
        return f"参数 {option} 少了值，或不该带值；用 --help 查看用法。"
    if option:
        near = "、".join(getattr(error, "possibilities", None) or ())
        return f"没有参数 {option}{f'，是否想用 {near}' if near else ''}；用 --help 查看全部参数。"
    parameter = getattr(error, "param", None)
    if parameter is None:
        return f"没有这条命令或用法有误（{error.format_message()}）；用 --help 查看用法。"
    name = getattr(parameter, "metavar", None) or parameter.opts[0]
    if type(error).__name__ == "MissingParameter":
        return f"缺少参数 {name}；用 --help 查看用法。"
    return f"参数 {name} {_rule(name, error.__cause__)}。"


def _rule(name: str, found: Any) -> str:
    """What the value must be and what it is."""
    for each in found.errors() if hasattr(found, "errors") else ():
        typed = f"；现为“{_shown(each['input'])}”"
        if each["type"] in RULES:
            return RULES[each["type"]].format(name=name, **each.get("ctx", {})) + typed
        if one_of := CHOICES.search(each["msg"]):
            return "应为 " + "、".join(re.findall(r"'([^']*)'", one_of[1])) + " 之一" + typed
    return "的值无法识别，应为有效的值，见 --help"


def _shown(value: Any) -> str:
    """What was typed, as one line that leaves the terminal as it is."""
    return "".join(each if each.isprintable() else "�" for each in str(value)[:60])
