"""Keys that are handed out verify and sign like those of the ring they came from."""

from pathlib import Path

import pytest

from sim.faces.key_handout import handed_out, taken
from sim.faces.keys import KeyRing, Scheme
from sim.faces.rsa_pair import server_pair

SECRET = b"s" * 32


@pytest.mark.parametrize("scheme", [Scheme.OPEN, Scheme.HMAC_SHA256, Scheme.HMAC_SM3])
def test_a_shared_key_signs_the_same(scheme: Scheme) -> None:
    ring = KeyRing.derive(SECRET, "demo", {"hub": scheme})
    again = taken(handed_out(ring))
    assert again.of("hub").id == ring.of("hub").id
    assert again.of("hub").sign(b"text") == ring.of("hub").sign(b"text")


def test_of_a_pair_only_the_public_half_is_handed_out(tmp_path: Path) -> None:
    ring = KeyRing.derive(SECRET, "demo", {"unionpay": Scheme.RSA_SHA256}, rsa=server_pair(tmp_path))
    handed = handed_out(ring)
    assert "PRIVATE" not in str(handed)
    theirs = taken(handed).of("unionpay")
    assert theirs.matches(b"text", ring.of("unionpay").sign(b"text"))
    with pytest.raises(ValueError, match="private key"):
        theirs.sign(b"text")
