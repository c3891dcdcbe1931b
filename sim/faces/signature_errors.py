"""Why a signature was not accepted, said so that the sender finds his mistake without asking."""

from base64 import b64decode
from collections.abc import Callable
from datetime import datetime

from sim.calendar import LOCAL, SECOND_MS
from sim.faces import canonical as forms
from sim.faces.canonical import canonical, visible
from sim.faces.keys import HmacKey, Key, Scheme

Step = tuple[str, str]
"""A title and a text."""

FORMS = {
    "X-Timestamp": (forms.TIMESTAMP, "Unix 毫秒数，如 1732586400000"),
    "X-Nonce": (forms.NONCE, "8 至 64 个字母、数字或 . _ -"),
    "X-Body-Digest": (forms.DIGEST, "64 位小写十六进制"),
}


class SignatureError(Exception):
    """A request whose signature is not accepted.

    | code | when |
    |---|---|
    | `missing_header` | one of the headers is not there, or empty |
    | `unknown_key` | the run has no key of that id |
    | `bad_header` | method, path or a header has not the declared form |
    | `timestamp_skew` | more than five minutes from this end's clock |
    | `body_digest_differs` | the body is not the one whose digest was sent |
    | `signature_differs` | the signature is not the key's of the canonical text |
    | `nonce_replayed` | the key has used the nonce within ten minutes |

    `steps` are what this end reckoned, in debug only. No key is in it, nor the signature that would have done: that
    would sign for whoever asks.
    """

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(f"{message}；{next_step}。")
        self.code, self.message, self.next_step = code, message, next_step
        self.steps: tuple[Step, ...] = ()


def missing(names: list[str]) -> SignatureError:
    """The request lacks headers."""
    return SignatureError(
        "missing_header",
        f"缺少请求头 {'、'.join(names)}",
        "签名的请求须带 X-Key、X-Timestamp、X-Nonce、X-Body-Digest、X-Signature",
    )


def unknown_key(key_id: str) -> SignatureError:
    """The run has no such key."""
    return SignatureError(
        "unknown_key",
        f"本批次没有密钥编号“{shown(key_id, 128)}”",
        "核对 X-Key 与本批次发放的密钥编号；每个批次、每个对接系统各有一个，不能混用",
    )


def bad_form(method: str, target: str, headers: dict[str, str]) -> SignatureError:
    """Something has not the declared form; `headers` are those of FORMS."""
    if not forms.METHOD.fullmatch(method):
        return SignatureError(
            "bad_header", f"HTTP 方法“{shown(method, 32)}”不是大写字母", "方法按请求行原样书写，如 POST"
        )
    if not forms.TARGET.fullmatch(target):
        return SignatureError(
            "bad_header",
            f"路径与查询“{shown(target, 200)}”含有未编码的字符，或不以 / 开头",
            "非 ASCII 字符与空格须先作百分号编码（UTF-8），再签名和发送",
        )
    for name, (form, told) in FORMS.items():
        if not form.fullmatch(headers[name]):
            return SignatureError(
                "bad_header", f"请求头 {name} 的值“{shown(headers[name], 80)}”格式不符", f"应为{told}"
            )
    raise AssertionError("the whole has not the form, yet every part has")


def skew(sent_ms: int, now_ms: int, allowed_ms: int) -> SignatureError:
    """The clocks differ too much; both are Unix time in milliseconds."""
    if abs(now_ms - sent_ms * SECOND_MS) <= allowed_ms:
        advice = "时间戳像是秒，请改用毫秒（13 位）"
    elif abs(now_ms - sent_ms // SECOND_MS) <= allowed_ms:
        advice = "时间戳像是微秒，请改用毫秒（13 位）"
    else:
        advice = "校准发送方时钟后重新签名；重发时也须换新时间戳与随机数"
    apart = abs(now_ms - sent_ms) / SECOND_MS
    return SignatureError(
        "timestamp_skew",
        f"时间戳 {sent_ms}（{moment(sent_ms)}）比本端时间 {now_ms}（{moment(now_ms)}）"
        f"{'快' if sent_ms > now_ms else '慢'} {apart:,.3f} 秒，允许相差 {allowed_ms // SECOND_MS} 秒",
        advice,
    )


def body_differs(key: Key, body: bytes, computed: str, sent: str) -> SignatureError:
    """The body that arrived is not the one that was digested."""
    title, advice = key.scheme.digest_title, "摘要须取实际发出的正文字节；先序列化一次，再摘要、再发送同一份字节"
    if body != body.strip() and key.digest(body.strip()).hex() == sent:
        advice = "发送方摘要时没有计入正文首尾的空白或换行，请对实际发出的字节取摘要"
    elif key.digest(b"").hex() == sent:
        advice = "发送方取的是空正文的摘要，请对实际发出的字节取摘要"
    message = f"正文摘要不符：收到正文 {len(body)} 字节，{title} 为 {computed}，X-Body-Digest 为 {sent}"
    return SignatureError("body_digest_differs", message, advice)


def signature_differs(key: Key, method: str, target: str, headers: dict[str, str]) -> SignatureError:
    """The signature is not the key's; the slips that are usual are tried one by one."""
    slip = _slip(key, method, target, headers)
    advice = f"发送方{slip}" if slip else "用 liantiao sign 以同样的输入逐步对照；先对待签名串，再对密钥"
    return SignatureError("signature_differs", f"签名不符（{key.scheme.signature_title}，密钥 {key.id}）", advice)


def replayed(key_id: str, nonce: str) -> SignatureError:
    """The key has used the nonce before."""
    return SignatureError(
        "nonce_replayed",
        f"随机数 {nonce} 已由密钥 {key_id} 在 10 分钟内用过",
        "每次发送（含重发）都换新的随机数并重新签名",
    )


def steps(key: Key, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[Step, ...]:
    """What this end reckoned with, step by step; takes whatever was sent."""
    computed = key.digest(body).hex()
    sent = headers["X-Body-Digest"]
    text = canonical(method, target, key.id, headers["X-Timestamp"], headers["X-Nonce"], computed)
    return (
        ("正文摘要", f"{key.scheme.digest_title}，{len(body)} 字节：{computed}\n请求头所带：{shown(sent, 128)}"),
        ("待签名串", visible(shown(text, 4_000))),
        ("签名", f"{key.scheme.signature_title}，密钥 {key.id}\n请求头所带：{shown(headers['X-Signature'], 1_000)}"),
    )


def shown(text: str, most: int) -> str:
    """Foreign text cut to size, with what cannot be written out as UTF-8 replaced."""
    clean = text[:most].encode("utf-8", "replace").decode()
    return clean + "…" if len(text) > most else clean


def moment(unix_ms: int) -> str:
    """The local time to the millisecond; of an instant no calendar knows, that it is none."""
    try:
        return datetime.fromtimestamp(unix_ms / SECOND_MS, LOCAL).isoformat(" ", "milliseconds")
    except (OverflowError, ValueError, OSError):
        return "无此日期"


def _slip(key: Key, method: str, target: str, headers: dict[str, str]) -> str:
    """Which usual slip explains the signature; empty if none does."""
    sent = headers["X-Signature"].strip()
    stamp = headers["X-Timestamp"], headers["X-Nonce"], headers["X-Body-Digest"]
    text = canonical(method, target, key.id, *stamp)

    def of(changed: str) -> Callable[[], bool]:
        return lambda: key.matches(changed.encode(), sent)

    usual: list[tuple[str, Callable[[], bool]]] = [
        ("在待签名串末尾多了一个换行，末行之后不应有换行", of(text + "\n")),
        ("用了 CRLF 换行，应只用 LF", of(text.replace("\n", "\r\n"))),
        ("没有给查询参数排序", of("\n".join([method, target, key.id, *stamp]))),
        ("没有把查询参数计入待签名串", of("\n".join([method, target.partition("?")[0], key.id, *stamp]))),
        ("没有把 X-Key 计入待签名串（第 3 行）", of("\n".join([*text.split("\n")[:2], *stamp]))),
        ("签名首尾多了空白", of(text)),
    ]
    if isinstance(key, HmacKey):
        decoded = key.decoded() or key
        usual += [
            ("把签名写成了大写，应为小写十六进制", lambda: key.matches(text.encode(), sent.lower())),
            ("把签名写成了 Base64，应为小写十六进制", lambda: key.matches(text.encode(), _hex__of_base64(sent))),
            ("把密钥文本按十六进制解码了；密钥就是文本本身的字节", lambda: decoded.matches(text.encode(), sent)),
        ]
    elif key.scheme is Scheme.RSA_SHA256:
        usual += [("把签名写成了 URL 安全的 Base64 或折了行", _of_base64(key, text, sent))]
    return next((title for title, holds in usual if holds()), "")


def _of_base64(key: Key, text: str, sent: str) -> Callable[[], bool]:
    """Whether the signature is right but for the alphabet or the padding of its base64."""
    plain = "".join(sent.split()).replace("-", "+").replace("_", "/").rstrip("=")
    return lambda: key.matches(text.encode(), plain + "=" * (-len(plain) % 4))


def _hex__of_base64(text: str) -> str:
    try:
        return b64decode(text, validate=True).hex()
    except ValueError:
        return ""
