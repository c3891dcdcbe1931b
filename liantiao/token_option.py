"""The token of the control API, as it is typed: one that no HTTP header can carry would lock everybody out."""

from sim.plain import PlainError

RULE = "令牌只由 ASCII 字母、数字和标点组成，不含空格与汉字"


class TokenError(PlainError):
    """The token cannot be sent; the message says why and what would do, and does not repeat it."""


def sendable(token: str) -> str:
    """The token itself, when it can stand in an `Authorization` header; "" stands for none. Raises TokenError."""
    for place, each in enumerate(token, 1):
        if not "!" <= each <= "~":
            raise TokenError(
                f"令牌（--token 或环境变量 LIANTIAO_TOKEN）的第 {place} 个字符放不进 HTTP 请求头，带着它谁也通不过校验："
                f"{RULE}；换一个，沙箱与连它的命令用同一个。"
            )
    return token
