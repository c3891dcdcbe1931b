"""`liantiao sign`: one call signed step by step, for people whose signature is not accepted."""

import hashlib
import json
import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from sim.clock import wall_ms
from sim.faces.canonical import LINES, NONCE, TARGET, TIMESTAMP, canonical, visible
from sim.faces.case_numbers import MOST_CHARACTERS
from sim.faces.digests import DigestMissing
from sim.faces.keys import HmacKey, Key, OpenKey, RsaKey, Scheme
from sim.faces.rsa_pair import KeyFileError, private_key
from sim.faces.signatures import SignatureError, sign
from sim.plain import PlainError

SECRET_VARIABLE = "LIANTIAO_SECRET"
LOOKS_LIKE_A_FILE = re.compile(r"(?:[\w.~-]*/)*[\w.-]+\.(?:json|xml|txt|bin|dat)")


class SignRequestError(PlainError):
    """What was asked to be signed cannot be; the message says what would do."""


@dataclass
class Body:
    """What the call carries: its bytes, where they came from, and how curl is told of them."""

    data: bytes
    origin: str
    curl: list[str]


def sign_command(
    method: Annotated[str, typer.Option("--method", help="HTTP 方法")] = "POST",
    path: Annotated[str, typer.Option("--path", help="路径与查询，百分号编码，如 /orders?page=1")] = "",
    body: Annotated[str, typer.Option("--body", help="正文：文件名（或 @文件名）、- 表示标准输入，或正文本身")] = "",
    scheme: Annotated[str, typer.Option("--scheme", help=f"签名方式：{'、'.join(Scheme)}")] = "hmac-sha256",
    key_id: Annotated[str, typer.Option("--key-id", help="密钥编号，即请求头 X-Key；open 不签名，可以不写")] = "",
    case_no: Annotated[str, typer.Option("--case-no", help="办件号，即请求头 X-Case-No；不参与签名")] = "",
    sender: Annotated[
        str, typer.Option("--sender", help="发送席位，即请求头 X-Sender；不参与签名，有密钥编号时可以不写")
    ] = "",
    secret: Annotated[
        str | None, typer.Option("--secret", help=f"密钥文本；会留在命令历史里，宜改用环境变量 {SECRET_VARIABLE}")
    ] = None,
    private: Annotated[str | None, typer.Option("--private-key", help="RSA 私钥文件（PEM，无口令）")] = None,
    timestamp: Annotated[str, typer.Option("--timestamp", help="Unix 毫秒数；不写则取当前时间")] = "",
    nonce: Annotated[str, typer.Option("--nonce", help="随机数；不写则自动生成")] = "",
    server: Annotated[str, typer.Option("--server", help="只用于 curl 命令的服务器地址")] = "http://127.0.0.1:8900",
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """逐步显示一次调用怎样签名：正文摘要、待签名串、签名、请求头。"""
    asked = _scheme(scheme)
    method, path = method.upper(), _path(path)
    if not key_id and asked is not Scheme.OPEN:
        raise SignRequestError("缺少参数 --key-id；请写联调批次发放的密钥编号，例如 --key-id registry-3f9a2c01。")
    key, content = _key(asked, key_id, secret, private), _body(body)
    sent_ms = _timestamp(timestamp)
    nonce = nonce or _nonce(f"{method} {path} {key_id} {sent_ms} ".encode() + content.data)
    if not NONCE.fullmatch(nonce):
        raise SignRequestError(f"--nonce “{nonce}”不合要求，应为 8 至 64 个字母、数字或 . _ -。")
    unsigned = _unsigned(case_no, sender)
    try:
        headers = (sign(key, method, path, content.data, sent_ms, nonce) if key_id else {}) | unsigned
    except SignatureError as error:
        raise SignRequestError(str(error)) from None
    curl = _curl(method, server.rstrip("/") + path, headers, content)
    if as_json:
        print(json.dumps(_found(key, method, path, headers, content, curl), ensure_ascii=False))
    else:
        _show(key, method, path, headers, content, curl)


def _show(key: Key, method: str, path: str, headers: dict[str, str], body: Body, curl: str) -> None:
    if key.scheme is Scheme.OPEN:
        print("签名方式 open：不签名，凭请求头 X-Key 或 X-Sender 说明身份；只有一个席位能发时都可以不写。\n")
        print("\n".join(["请求头", *(f"  {name}: {value}" for name, value in headers.items()), "", "curl 命令", curl]))
        return
    text = _text(method, path, headers)
    print(f"1 正文摘要（{key.scheme.digest_title}，对实际发出的字节）")
    print(f"  正文：{body.origin}，{len(body.data)} 字节")
    print(f"  {headers['X-Body-Digest']}\n")
    print(f"2 待签名串（共 {len(LINES)} 行；⏎ 是一个换行 LF，末行之后没有换行；共 {len(text)} 字节）")
    for number, (title, line) in enumerate(zip(LINES, visible(text).split("\n"), strict=True), 1):
        print(f"  {number} {line}    （{title}）")
    print(f"\n3 签名（{key.scheme.signature_title}）")
    print(f"  密钥：{_said_of(key)}")
    print(f"  {headers['X-Signature']}\n")
    print("4 要带的请求头")
    for name, value in headers.items():
        print(f"  {name}: {value}")
    print("\ncurl 命令（时间戳 5 分钟内有效，随机数只能用一次）")
    print(curl)


def _found(
    key: Key, method: str, path: str, headers: dict[str, str], body: Body, curl: str
) -> dict[str, str | int | dict[str, str]]:
    found: dict[str, Any] = {"scheme": key.scheme.value, "method": method, "path": path, "body_bytes": len(body.data)}
    if key.scheme is not Scheme.OPEN:
        found |= {"body_digest": headers["X-Body-Digest"], "canonical": _text(method, path, headers)}
        found |= {"signature": headers["X-Signature"]}
    return {**found, "headers": headers, "curl": curl}


def _text(method: str, path: str, headers: dict[str, str]) -> str:
    names = ("X-Key", "X-Timestamp", "X-Nonce", "X-Body-Digest")
    return canonical(method, path, *(headers[name] for name in names))


def _said_of(key: Key) -> str:
    if isinstance(key, HmacKey):
        return f"{key.id}，{len(key.secret.encode())} 字节（按 UTF-8 文本，不作十六进制或 Base64 解码；不显示）"
    return f"{key.id}，RSA 私钥（不显示）"


def _scheme(text: str) -> Scheme:
    try:
        return Scheme(text)
    except ValueError:
        raise SignRequestError(f"--scheme 不认识“{text}”，可用 {'、'.join(Scheme)}。") from None


def _path(text: str) -> str:
    if not text:
        raise SignRequestError("缺少参数 --path；请写路径与查询，例如 --path /orders?page=1。")
    if not text.startswith("/"):
        raise SignRequestError(
            f"--path “{text}”应以 / 开头，只写路径与查询，不带服务器地址；例如 --path /orders?page=1。"
        )
    if not TARGET.fullmatch(text):
        encoded = quote(text.encode("utf-8", "surrogateescape"), safe="/?&=%:@!$'()*+,;~")
        raise SignRequestError(f"--path 含有未编码的字符，须先作百分号编码；可用 --path '{encoded}'。")
    return text


def _unsigned(case_no: str, sender: str) -> dict[str, str]:
    """The headers beside the signature that were asked for."""
    said = {"X-Case-No": ("--case-no", case_no), "X-Sender": ("--sender", sender)}
    for option, value in said.values():
        if len(value) > MOST_CHARACTERS or not (value.isascii() and value.isprintable()):
            raise SignRequestError(
                f"{option} “{value}”不能写进请求头，应为至多 {MOST_CHARACTERS} 个可见的 ASCII 字符；例如 --case-no 1 --sender hub。"
            )
    return {name: value for name, (_, value) in said.items() if value}


def _key(scheme: Scheme, key_id: str, secret: str | None, private: str | None) -> Key:
    if scheme is Scheme.OPEN:
        return OpenKey("", key_id)
    try:
        if scheme is Scheme.RSA_SHA256:
            if not private:
                raise SignRequestError("rsa-sha256 须有私钥；请写 --private-key 私钥文件。")
            pair = private_key(Path(private))
            return RsaKey("", key_id, pair.public_key(), pair)
        text = os.environ.get(SECRET_VARIABLE, "") if secret is None else secret
        if not text:
            raise SignRequestError(f"{scheme} 须有密钥；请设环境变量 {SECRET_VARIABLE}，或写 --secret。")
        if not text.isprintable():
            raise SignRequestError("密钥含有换行或其他不可见字符，可能是复制时多带的；请去掉后重试。")
        return HmacKey("", key_id, scheme, text)
    except (KeyFileError, DigestMissing) as error:
        raise SignRequestError(str(error)) from None


def _body(text: str) -> Body:
    if text == "-":
        return Body(sys.stdin.buffer.read(), "标准输入", ["--data-binary", "@-"])
    named = text.removeprefix("@")
    if text.startswith("@") or os.path.isfile(text):
        try:
            return Body(Path(named).read_bytes(), f"文件 {named}", ["--data-binary", f"@{named}"])
        except (OSError, ValueError):
            raise SignRequestError(f"--body 的文件“{named}”读不出；请核对文件名与权限。") from None
    if LOOKS_LIKE_A_FILE.fullmatch(text):
        raise SignRequestError(f"--body 没有文件“{text}”；请核对文件名，若它就是正文，请改由标准输入送入（--body -）。")
    data = text.encode("utf-8", "surrogateescape")
    return Body(data, "命令行文本" if data else "空", ["--data-binary", text] if data else [])


def _timestamp(text: str) -> int:
    if not text:
        return wall_ms()
    if not TIMESTAMP.fullmatch(text):
        raise SignRequestError(f"--timestamp “{text}”不是 Unix 毫秒数；例如 --timestamp 1732586400000。")
    return int(text)


def _nonce(call: bytes) -> str:
    """A nonce that no other call has: the head of a digest of the whole call, instant included."""
    return hashlib.sha256(call).hexdigest()[:24]


def _curl(method: str, url: str, headers: dict[str, str], body: Body) -> str:
    words = ["curl", "-sS", "--globoff", "--path-as-is", "-X", method, url]
    if body.data:
        words += ["-H", "Content-Type: application/json"]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    return shlex.join(words + body.curl)
