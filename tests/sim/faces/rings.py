"""A run with a seat for every scheme, and calls to it."""

from dataclasses import dataclass, field, replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from hypothesis import strategies as st

from sim.faces.keys import KeyRing, Scheme
from sim.faces.nonces import NonceMemory
from sim.faces.signatures import SignatureError, sign, verify

NOW = 1_732_586_400_000
SEATS = {
    "registry": Scheme.HMAC_SHA256,
    "tax": Scheme.HMAC_SM3,
    "unionpay": Scheme.RSA_SHA256,
    "portal": Scheme.OPEN,
}
SIGNING = ("registry", "tax", "unionpay")


@cache
def pair() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@cache
def ring() -> KeyRing:
    return KeyRing.derive(b"a secret of the server", "run-1", SEATS, rsa=pair())


@dataclass(frozen=True)
class Call:
    """A request on its way; `headers` by lower-case names."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str] = field(hash=False)

    def but(self, **changes: str) -> "Call":
        """The call with headers changed after signing; `x_key="…"` is X-Key."""
        return replace(self, headers=self.headers | {name.replace("_", "-"): to for name, to in changes.items()})

    def without(self, name: str) -> "Call":
        return replace(self, headers={key: value for key, value in self.headers.items() if key != name})


def signed(
    seat: str = "registry",
    method: str = "POST",
    target: str = "/orders?b=2&a=1",
    body: bytes = b'{"case": 1}',
    now_ms: int = NOW,
    nonce: str = "nonce-0001",
) -> Call:
    headers = sign(ring().of(seat), method, target, body, now_ms, nonce)
    return Call(method, target, body, {name.lower(): value for name, value in headers.items()})


def heard(
    call: Call,
    nonces: NonceMemory | None = None,
    now_ms: int = NOW,
    keys: KeyRing | None = None,
    *,
    debug: bool = False,
) -> str | None:
    memory = NonceMemory() if nonces is None else nonces
    return verify(call.method, call.target, call.headers, call.body, keys or ring(), now_ms, memory, debug=debug)


def refusal(call: Call, nonces: NonceMemory | None = None, now_ms: int = NOW, *, debug: bool = False) -> SignatureError:
    try:
        seat = heard(call, nonces, now_ms, debug=debug)
    except SignatureError as error:
        return error
    raise AssertionError(f"accepted as {seat}")


methods = st.sampled_from(["GET", "POST", "PUT", "DELETE"])
targets = st.from_regex(r"/[!-~]{0,60}", fullmatch=True)
bodies = st.binary(max_size=200)
nonces = st.from_regex(r"[A-Za-z0-9._-]{8,64}", fullmatch=True)
signing_seats = st.sampled_from(SIGNING)
