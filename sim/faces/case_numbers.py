"""Which case a request names: by our case number (办件号), or by a number of the real system's own that people have bound to
one (受理编号)."""

from collections.abc import Mapping
from typing import Final

MOST_DIGITS: Final = 9
"""More than any case number of ours has: a longer row of digits is somebody's own number."""
MOST_CHARACTERS: Final = 64
RULE: Final = "写办件号（1 至 9 位数字），或已绑定到办件的受理编号"


def is_ours(text: str) -> bool:
    """Whether a text is a case number of ours."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def case_of(text: str, bound: Mapping[str, int]) -> int | None:
    """The case that is named; None for a number that nobody has bound to one."""
    return int(text) if is_ours(text) else bound.get(text)


def unbound(where: str, text: str) -> str:
    """What is said to whoever names a case by such a number."""
    return f"{where}中的办件号“{text[:MOST_CHARACTERS]}”不是 1 至 9 位数字，也没有绑定到办件"
