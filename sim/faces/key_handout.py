"""Keys as they are handed to the partners of a run, by the control API alone, and taken by a system that joins one."""

from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sim.faces.keys import HmacKey, Key, KeyRing, OpenKey, RsaKey, Scheme
from sim.faces.rsa_pair import public_pem


def handed_out(keys: KeyRing) -> list[dict[str, str]]:
    """Every seat's key id and scheme, with the shared secret, or the public half of a pair."""
    return [_handed_out(key) for key in keys.by_id.values()]


def _handed_out(key: Key) -> dict[str, str]:
    told = {"seat": key.seat, "key_id": key.id, "scheme": str(key.scheme)}
    if isinstance(key, HmacKey):
        told["secret"] = key.secret
    if isinstance(key, RsaKey):
        told["public_key"] = public_pem(key.public).decode()
    return told


def taken(handed: Iterable[Mapping[str, Any]]) -> KeyRing:
    """The ring of keys that were handed out. Raises KeyError or ValueError for what was not handed out by `handed_out`."""
    return KeyRing(_taken(each) for each in handed)


def _taken(told: Mapping[str, Any]) -> Key:
    seat, key_id, scheme = told["seat"], told["key_id"], Scheme(told["scheme"])
    if scheme is Scheme.OPEN:
        return OpenKey(seat, key_id)
    if scheme is Scheme.RSA_SHA256:
        public = load_pem_public_key(told["public_key"].encode())
        if not isinstance(public, RSAPublicKey):
            raise ValueError(f"the public key of {seat} is no RSA key")
        return RsaKey(seat, key_id, public)
    return HmacKey(seat, key_id, scheme, told["secret"])
