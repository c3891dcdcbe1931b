"""What can be wrong with a dialect: with its file, before the first request, or with one message that it is to carry."""

from collections.abc import Iterable
from difflib import get_close_matches

from sim.plain import PlainError


class DialectError(PlainError):
    """A file that cannot be used; the message names file, key and, where there is one, the nearest valid name."""

    def __init__(self, file: str, key: str, what: str, given: str = "", known: Iterable[str] = ()) -> None:
        names = list(known)
        near = get_close_matches(given, names, 1, 0.3) if given else []
        hint = f"；最接近的是“{near[0]}”" if near else f"；可用：{'、'.join(names[:12])}" if names else ""
        super().__init__(f"接口适配 {file} 的 {key}：{what}{hint}。")
        self.file, self.key, self.what, self.nearest = file, key, what, near[0] if near else ""


class UnsayableError(Exception):
    """A value that the dialect cannot carry, or a partner's message that it cannot read; `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail
