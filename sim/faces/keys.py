"""Who signs with what: the schemes, a key for each seat, and the ring of keys of one run.

| scheme | digest of the body | signature |
|---|---|---|
| `open` | none | none; the sender only says who it is |
| `hmac-sha256` | SHA-256 | HMAC (RFC 2104), 64 lower-case hex digits |
| `hmac-sm3` | SM3 | HMAC (RFC 2104) over SM3, 64 lower-case hex digits |
| `rsa-sha256` | SHA-256 | RSASSA-PKCS1-v1_5 (RFC 8017, 8.2) with SHA-256, base64 |

A shared secret is a text; its UTF-8 bytes are the HMAC key, also where the text happens to be hex digits.
"""

import hashlib
import hmac
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from sim.faces.canonical import KEY_ID
from sim.faces.digests import Digest, hmac_pads, sha256, sm3

SHORTEST_SERVER_SECRET = 16


class Scheme(StrEnum):
    """How a seat signs what it sends."""

    OPEN = "open"
    HMAC_SHA256 = "hmac-sha256"
    HMAC_SM3 = "hmac-sm3"
    RSA_SHA256 = "rsa-sha256"

    @property
    def digest_title(self) -> str:
        """The digest's name, as people write it."""
        return "SM3" if self is Scheme.HMAC_SM3 else "SHA-256"

    @property
    def signature_title(self) -> str:
        """How the signature comes about, for people."""
        return {
            Scheme.OPEN: "不签名",
            Scheme.HMAC_SHA256: "HMAC-SHA256，64 位小写十六进制",
            Scheme.HMAC_SM3: "HMAC-SM3，64 位小写十六进制",
            Scheme.RSA_SHA256: "RSA-SHA256（PKCS#1 v1.5），Base64",
        }[self]


class Key(ABC):
    """What one seat signs with, or is recognised by."""

    def __init__(self, seat: str, key_id: str, scheme: Scheme) -> None:
        self.seat, self.id, self.scheme = seat, key_id, scheme
        self.digest: Digest = sm3 if scheme is Scheme.HMAC_SM3 else sha256

    @abstractmethod
    def sign(self, text: bytes) -> str:
        """The signature of the text."""

    @abstractmethod
    def matches(self, text: bytes, signature: str) -> bool:
        """Whether the signature is this key's of the text; garbage is simply no signature."""


class OpenKey(Key):
    """A seat that signs nothing."""

    def __init__(self, seat: str, key_id: str) -> None:
        super().__init__(seat, key_id, Scheme.OPEN)

    def sign(self, text: bytes) -> str:
        """No signature."""
        return ""

    def matches(self, text: bytes, signature: str) -> bool:
        """Whatever is said will do."""
        return True


class HmacKey(Key):
    """A secret that both ends know."""

    def __init__(self, seat: str, key_id: str, scheme: Scheme, secret: str) -> None:
        super().__init__(seat, key_id, scheme)
        self.secret = secret
        self.digest(b"")  # a digest that is missing here is said now, not at the first request
        self._inner, self._outer = hmac_pads(secret.encode(), self.digest)

    def sign(self, text: bytes) -> str:
        """HMAC of the text (RFC 2104), 64 lower-case hex digits."""
        return self.digest(self._outer + self.digest(self._inner + text)).hex()

    def matches(self, text: bytes, signature: str) -> bool:
        """Compared in constant time."""
        return signature.isascii() and hmac.compare_digest(self.sign(text), signature)

    def decoded(self) -> "HmacKey | None":
        """The key of those who take a secret of hex digits for its bytes; None if it is no such text."""
        try:
            raw = bytes.fromhex(self.secret)
        except ValueError:
            return None
        key = HmacKey(self.seat, self.id, self.scheme, "")
        key._inner, key._outer = hmac_pads(raw, self.digest)
        return key


class RsaKey(Key):
    """A public key, and the private one where it is ours."""

    def __init__(self, seat: str, key_id: str, public: RSAPublicKey, private: RSAPrivateKey | None = None) -> None:
        super().__init__(seat, key_id, Scheme.RSA_SHA256)
        self.public, self._private = public, private

    def sign(self, text: bytes) -> str:
        """RSASSA-PKCS1-v1_5 with SHA-256 of the text (RFC 8017, 8.2.1), base64 without line breaks."""
        if self._private is None:
            raise ValueError(f"the private key of {self.seat} is its own; this ring can only verify it")
        return b64encode(self._private.sign(text, PKCS1v15(), hashes.SHA256())).decode()

    def matches(self, text: bytes, signature: str) -> bool:
        """Verified by the public key (RFC 8017, 8.2.2); only the one canonical base64 of a signature is taken."""
        try:
            raw = b64decode(signature, validate=True)
            self.public.verify(raw, text, PKCS1v15(), hashes.SHA256())
        except (ValueError, InvalidSignature):
            return False
        return b64encode(raw).decode() == signature


class KeyRing:
    """The keys of one run, by seat and by key id."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._by_seat = {key.seat: key for key in keys}
        self.by_id = {key.id: key for key in self._by_seat.values()}
        if odd := [key_id for key_id in self.by_id if not KEY_ID.fullmatch(key_id)]:
            raise ValueError(f"a key id is printable ASCII without spaces, unlike {odd}")
        self.all_open = bool(self._by_seat) and all(key.scheme is Scheme.OPEN for key in self._by_seat.values())

    @classmethod
    def derive(
        cls, server_secret: bytes, run: str, seats: Mapping[str, Scheme], *, rsa: RSAPrivateKey | None = None
    ) -> Self:
        """The ring of a run: the same secret, run and seat give the same key, so a restart changes none.

        A secret is HMAC-SHA256 of run and seat under the server's secret (one step of HKDF-Expand, RFC 5869, 2.3). RSA
        seats sign with the server's pair `rsa`; see `trusting` for a partner that has a pair of its own.
        """
        if len(server_secret) < SHORTEST_SERVER_SECRET:
            raise ValueError(f"a server secret has at least {SHORTEST_SERVER_SECRET} bytes, not {len(server_secret)}")
        keys: list[Key] = []
        for seat, scheme in seats.items():
            if scheme is Scheme.RSA_SHA256:
                if rsa is None:
                    raise ValueError(f"{seat} signs by {scheme}, but the server has no RSA pair")
                keys.append(RsaKey(seat, rsa_key_id(seat, rsa.public_key()), rsa.public_key(), rsa))
                continue
            info = f"liantiao signing key\n{len(run)}\n{run}\n{seat}"
            secret = hmac.digest(server_secret, info.encode(), "sha256").hex()
            key_id = f"{seat}-{hashlib.sha256(secret.encode()).hexdigest()[:8]}"
            keys.append(OpenKey(seat, key_id) if scheme is Scheme.OPEN else HmacKey(seat, key_id, scheme, secret))
        return cls(keys)

    def of(self, seat: str) -> Key:
        """The key of a seat; KeyError if the run has no such seat."""
        return self._by_seat[seat]

    def trusting(self, seat: str, public: RSAPublicKey) -> Self:
        """This ring with the seat known by a partner's own public key."""
        theirs = RsaKey(seat, rsa_key_id(seat, public), public)
        return type(self)({**self._by_seat, seat: theirs}.values())


def rsa_key_id(seat: str, public: RSAPublicKey) -> str:
    """Stands in for UnionPay's certId: the seat and the head of SHA-256 of the public key (DER, RFC 5280, 4.1.2.7)."""
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"{seat}-{hashlib.sha256(der).hexdigest()[:8]}"
