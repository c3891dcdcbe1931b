"""What can go wrong with a remote system on the wire: a stable code, what people read of it, and what to do."""

from typing import Final

TROUBLES: Final = {
    "connection_refused": ("连不上对方系统", "确认对方系统已启动，核对 --real 的地址与端口、域名和网络"),
    "connection_broken": ("对方中途断开连接", "查对方日志；是否有网关或防火墙切断"),
    "half_answer": ("对方的应答只到了一半", "查对方日志与 Content-Length；是否在写应答时出错"),
    "timeout": ("对方没有按时应答", "查对方是否卡住；它须在时限内应答，办得久的先收下、以后再答"),
    "certificate": ("对方的 TLS 证书不能信任", "换上有效的证书（域名、有效期、签发者），或在联调网内改用 http://"),
    "redirected": ("对方把请求转到了别的地址，没有跟去", "把 --real 的地址改成它转去的那一个；若转回自身，请对方改正"),
    "wrong_content_type": ("对方应答的内容类型不对", "是否答复了登录页或错误页；核对地址、鉴权与内容类型"),
    "malformed_answer": ("对方的应答读不懂", "对照接口说明或接口适配文件核对应答的结构、字段与取值"),
    "unknown_code": ("对方的结果代码不认识", "把它写进接口适配的 answer.success、again 或 refusals"),
    "asked_again": ("对方要求重发", "无须处理，按重发间隔再发；总是如此时查对方日志"),
    "cannot_encode": ("这份报文不能按接口适配表达", "在接口适配的对照表、单位或编码中补上它"),
    "bad_value": ("对方应答中的取值换不成我方的", "对照接口适配的单位与对照表核对取值"),
    "answer_too_large": ("对方的应答过大", "查对方是否答复了不相干的内容"),
}  # fmt: skip
"""By the word that follows `fault:` in the journal."""
PEER_SAYS: Final = "对方答复错误"


def title_of_trouble(told: str) -> str:
    """What `told_of` said, without the words of the peer."""
    title = told.partition("：")[0]
    known = title.startswith("对方答复 HTTP ") or any(title == each for each, _ in TROUBLES.values())
    return title if known else PEER_SAYS


def told_of(code: str, detail: str = "") -> tuple[str, str]:
    """What it was and what to do; ("", "") for a fault that was laid on purpose."""
    if code.startswith("http_"):
        return detail or f"对方答复 HTTP {code.removeprefix('http_')}", "查对方日志；5xx 与 429 会按重发间隔再发"
    title, step = TROUBLES.get(code, ("", ""))
    return f"{title}：{detail}" if detail and title else title, step
