"""A refusal names the usual slip behind it, shows its steps in debug, and gives no key away."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from sim.faces.canonical import canonical
from sim.faces.keys import HmacKey, Key
from tests.sim.faces.rings import Call, refusal, ring, signed

Slip = Callable[[Key, Call, str], str]


def text_of(key: Key, call: Call) -> str:
    return canonical(
        call.method, call.target, key.id, *(call.headers[f"x-{name}"] for name in ("timestamp", "nonce", "body-digest"))
    )


def without_line(text: str, number: int) -> str:
    lines = text.split("\n")
    return "\n".join(lines[:number] + lines[number + 1 :])


EVERYWHERE: list[tuple[str, Slip]] = [
    ("末尾多了一个换行", lambda key, call, text: key.sign((text + "\n").encode())),
    ("CRLF", lambda key, call, text: key.sign(text.replace("\n", "\r\n").encode())),
    ("排序", lambda key, call, text: key.sign(text.replace("a=1&b=2", "b=2&a=1").encode())),
    ("没有把查询参数", lambda key, call, text: key.sign(text.replace("?a=1&b=2", "").encode())),
    ("没有把 X-Key", lambda key, call, text: key.sign(without_line(text, 2).encode())),
    ("空白", lambda key, call, text: key.sign(text.encode()) + " "),
]


def decoded_hex(key: Key, call: Call, text: str) -> str:
    assert isinstance(key, HmacKey)
    key = key.decoded() or key
    return key.sign(text.encode())


HMAC_ONLY: list[tuple[str, Slip]] = [
    ("大写", lambda key, call, text: key.sign(text.encode()).upper()),
    ("Base64", lambda key, call, text: b64encode(bytes.fromhex(key.sign(text.encode()))).decode()),
    ("十六进制解码", decoded_hex),
]


@pytest.mark.parametrize(("told", "slip"), EVERYWHERE)
@pytest.mark.parametrize("seat", ["registry", "tax", "unionpay"])
def test_the_usual_slips_are_recognised(seat: str, told: str, slip: Slip) -> None:
    key, call = ring().of(seat), signed(seat)
    error = refusal(call.but(x_signature=slip(key, call, text_of(key, call))))
    assert error.code == "signature_differs"
    assert told in error.next_step


@pytest.mark.parametrize(("told", "slip"), HMAC_ONLY)
@pytest.mark.parametrize("seat", ["registry", "tax"])
def test_the_usual_slips_of_hmac_are_recognised(seat: str, told: str, slip: Slip) -> None:
    key, call = ring().of(seat), signed(seat)
    assert told in refusal(call.but(x_signature=slip(key, call, text_of(key, call)))).next_step


def test_base64_for_addresses_is_recognised() -> None:
    call = next(call for call in (signed("unionpay", nonce=f"nonce-{n:04}") for n in range(100)) if "+" in str(call))
    safe = call.headers["x-signature"].replace("+", "-").replace("/", "_")
    for sent in (safe, safe.rstrip("="), call.headers["x-signature"].rstrip("=")):
        assert "Base64" in refusal(call.but(x_signature=sent)).next_step


def test_what_explains_nothing_points_at_the_tool() -> None:
    assert "liantiao sign" in refusal(signed().but(x_signature="0" * 64)).next_step


def test_the_usual_slips_with_a_body_are_recognised() -> None:
    trimmed = signed(body=b"{}")
    assert "首尾" in refusal(replace(trimmed, body=b"{}\n")).next_step
    assert "空正文" in refusal(replace(signed(body=b""), body=b"{}")).next_step
    assert "序列化" in refusal(replace(trimmed, body=b'{"a":1}')).next_step


@pytest.mark.parametrize("seat", ["registry", "tax"])
def test_debug_shows_the_steps_but_neither_the_key_nor_the_right_signature(seat: str) -> None:
    key, call = ring().of(seat), signed(seat)
    assert isinstance(key, HmacKey)
    wrong = call.but(x_signature="0" * 64)
    assert refusal(wrong).steps == ()
    error = refusal(wrong, debug=True)
    assert [title for title, _ in error.steps] == ["正文摘要", "待签名串", "签名"]
    said = str(error) + "".join(text for _, text in error.steps)
    assert call.headers["x-body-digest"] in said
    assert text_of(key, call).replace("\n", "⏎\n") in said
    assert key.secret not in said
    assert call.headers["x-signature"] not in said


def test_the_text_is_made_of_the_body_that_came() -> None:
    error = refusal(replace(signed(), body=b"{}"), debug=True)
    assert sha256(b"{}").hexdigest() in dict(error.steps)["待签名串"]
