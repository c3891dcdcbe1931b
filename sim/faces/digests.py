"""SHA-256 (FIPS 180-4) and SM3 (GB/T 32905-2016): both read blocks of 64 bytes and give 32."""

import hashlib
from collections.abc import Callable
from functools import cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

Digest = Callable[[bytes], bytes]

BLOCK_BYTES = 64

_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


class DigestMissing(Exception):
    """The cryptographic library of this machine does not offer the digest; the message is for people."""


def sha256(data: bytes) -> bytes:
    """SHA-256 of the data, 32 bytes."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3 of the data, 32 bytes."""
    state = _sm3_start().copy()
    state.update(data)
    return state.finalize()


def hmac_pads(secret: bytes, digest: Digest) -> tuple[bytes, bytes]:
    """What RFC 2104 lays before the text and before the inner digest: the key's two pads, a block each.

    HMAC is then `digest(outer + digest(inner + text))`. With pads made once for a key this takes half the time of
    `hmac.digest`, and one line serves both digests.
    """
    block = (digest(secret) if len(secret) > BLOCK_BYTES else secret).ljust(BLOCK_BYTES, b"\0")
    return block.translate(_INNER), block.translate(_OUTER)


@cache
def _sm3_start() -> hashes.Hash:
    """A digest that has read nothing: copying it is cheaper than asking the library for a new one."""
    try:
        return hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm:
        raise DigestMissing(
            "本机密码库（OpenSSL）不提供 SM3；请改用 hmac-sha256，或安装自带 OpenSSL 的 cryptography。"
        ) from None
