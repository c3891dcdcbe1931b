"""Signatures over sorted fields with a key, as many provincial gateways ask for them.

The text is `k1=v1&k2=v2&…&key=KEY`: all leaves of the body (or of the query, where there is no body), by their dotted
names in byte order, empty ones and the signature itself left out. The signature is the upper-case hex MD5 or SM3 of its
bytes in the body's encoding; it is compared without regard to case.
"""

import hashlib
import hmac
from typing import Any

from sim.faces.dialects.manners import MD5_SORTED
from sim.faces.dialects.wires import flat
from sim.faces.digests import sm3


def signed_text(tree: Any, left_out: str, key: str) -> str:
    """The text that is signed."""
    pairs = sorted((name, text) for name, text in flat(tree) if text and name != left_out)
    return "".join(f"{name}={text}&" for name, text in pairs) + f"key={key}"


def signature(kind: str, tree: Any, left_out: str, key: str, encoding: str) -> str:
    """The signature of a body."""
    text = signed_text(tree, left_out, key).encode(encoding, "replace")
    digest = hashlib.md5(text, usedforsecurity=False).digest() if kind == MD5_SORTED else sm3(text)
    return digest.hex().upper()


def agrees(kind: str, tree: Any, left_out: str, key: str, encoding: str, said: str) -> bool:
    """Whether a signature is that of this body; compared in constant time."""
    return hmac.compare_digest(
        signature(kind, tree, left_out, key, encoding), said.upper().encode("ascii", "replace").decode()
    )
