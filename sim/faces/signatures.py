"""Signing what goes out and verifying what comes in; neither knows a clock, a socket or a framework.

| header | what |
|---|---|
| `X-Key` | the sender's key id; all that an `open` seat sends |
| `X-Timestamp` | Unix time in milliseconds; at most five minutes from the receiver's clock, either way |
| `X-Nonce` | used once: not again by this key within ten minutes |
| `X-Body-Digest` | SHA-256, or SM3 with `hmac-sm3`, of the body's bytes as sent: 64 lower-case hex digits |
| `X-Signature` | of the canonical text, see `sim/faces/canonical.py`; lower-case hex for HMAC, base64 for RSA |

A message that is sent again is signed again: new timestamp, new nonce.
"""

from collections.abc import Iterable, Mapping
from hmac import compare_digest

from sim.calendar import MINUTE_MS
from sim.faces import signature_errors as wrong
from sim.faces.canonical import KEY_ID, WHOLE, canonical
from sim.faces.keys import Key, KeyRing, Scheme
from sim.faces.nonces import NonceMemory
from sim.faces.signature_errors import SignatureError

__all__ = ["SKEW_MS", "SignatureError", "sign", "signature_headers", "verify"]

SKEW_MS = 5 * MINUTE_MS
"""Provincial gateways allow five minutes either way."""

SIGNED = ("X-Timestamp", "X-Nonce", "X-Body-Digest", "X-Signature")
_HEARD = {name.lower().encode(): name.lower() for name in ("X-Key", *SIGNED)}


def sign(key: Key, method: str, target: str, body: bytes, now_ms: int, nonce: str) -> dict[str, str]:
    """The headers to send along; `target` is path and query as they will go out, `now_ms` Unix time.

    Raises SignatureError (`bad_header`) where the receiver would.
    """
    if not KEY_ID.fullmatch(key.id):
        raise SignatureError(
            "bad_header",
            f"密钥编号“{wrong.shown(key.id, 128)}”含有空格或非 ASCII 字符",
            "应为 1 至 128 个可见 ASCII 字符",
        )
    if key.scheme is Scheme.OPEN:
        return {"X-Key": key.id}
    timestamp, body_digest = str(now_ms), key.digest(body).hex()
    text = canonical(method, target, key.id, timestamp, nonce, body_digest)
    headers = {"X-Key": key.id, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Body-Digest": body_digest}
    if not WHOLE.fullmatch(text):
        raise wrong.bad_form(method, target, headers)
    return {**headers, "X-Signature": key.sign(text.encode())}


def verify(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    keys: KeyRing,
    now_ms: int,
    nonces: NonceMemory,
    *,
    debug: bool = False,
) -> str | None:
    """The seat that sent the request, or SignatureError; None is a caller without name in a run where all are open.

    `target` is the raw path and query, `headers` are looked up by lower-case names (see `signature_headers`), `now_ms`
    is this end's Unix time. A nonce is remembered only once everything else is right, so nobody spends another's.
    """
    key_id = headers.get("x-key")
    if not key_id:
        if keys.all_open:
            return None
        raise wrong.missing(["X-Key"])
    key = keys.by_id.get(key_id)
    if key is None:
        raise wrong.unknown_key(key_id)
    if key.scheme is not Scheme.OPEN:
        try:
            _check(key, method, target, headers, body, now_ms, nonces)
        except SignatureError as error:
            if debug:
                sent = {name: headers.get(name.lower()) or "" for name in SIGNED}
                error.steps = wrong.steps(key, method, target, sent, body)
            raise
    return key.seat


def _check(
    key: Key, method: str, target: str, headers: Mapping[str, str], body: bytes, now_ms: int, nonces: NonceMemory
) -> None:
    timestamp, nonce = headers.get("x-timestamp"), headers.get("x-nonce")
    body_digest, signature = headers.get("x-body-digest"), headers.get("x-signature")
    if not (timestamp and nonce and body_digest and signature):
        raise wrong.missing([name for name in SIGNED if not headers.get(name.lower())])
    text = canonical(method, target, key.id, timestamp, nonce, body_digest)
    if not WHOLE.fullmatch(text):
        raise wrong.bad_form(method, target, dict(zip(SIGNED, (timestamp, nonce, body_digest, signature), strict=True)))
    if not -SKEW_MS <= now_ms - int(timestamp) <= SKEW_MS:
        raise wrong.skew(int(timestamp), now_ms, SKEW_MS)
    computed = key.digest(body).hex()
    if not compare_digest(computed, body_digest):
        raise wrong.body_differs(key, body, computed, body_digest)
    if not key.matches(text.encode(), signature):
        sent = dict(zip(SIGNED, (timestamp, nonce, body_digest, signature), strict=True))
        raise wrong.signature_differs(key, method, target, sent)
    if not nonces.remember(key.id, nonce, now_ms):
        raise wrong.replayed(key.id, nonce)


def signature_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """What `verify` looks up, out of the headers of an ASGI scope (names in lower case, values Latin-1)."""
    return {_HEARD[name]: value.decode("latin-1") for name, value in raw if name in _HEARD}
