"""Digests by their published vectors, keys that a restart does not change, RSA files that nobody else can read."""

import hashlib
import hmac
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given
from hypothesis import strategies as st

from sim.faces import digests
from sim.faces.digests import DigestMissing, sm3
from sim.faces.keys import HmacKey, KeyRing, RsaKey, Scheme
from sim.faces.nonces import KEEP_MS, NonceMemory
from sim.faces.rsa_pair import PRIVATE_FILE, PUBLIC_FILE, KeyFileError, private_key, public_key, public_pem, server_pair
from tests.sim.faces.rings import NOW, SEATS, Call, heard, pair, ring, signed

SECRET = b"a secret of the server"


@pytest.mark.parametrize(
    ("text", "digest"),
    [  # GB/T 32905-2016, appendix A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_by_the_vectors_of_its_standard(text: bytes, digest: str) -> None:
    assert sm3(text).hex() == digest


def test_hmac_sha256_by_the_vectors_of_rfc_4231() -> None:
    known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert HmacKey("s", "k", Scheme.HMAC_SHA256, "Jefe").sign(b"what do ya want for nothing?") == known


@pytest.mark.parametrize(
    ("secret", "text", "known"),
    [
        (  # GM/T 0042-2015, appendix D.3
            "".join(map(chr, range(1, 33))),
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
        ),
        (  # as `openssl dgst -sm3 -hmac Jefe` says
            "Jefe",
            b"what do ya want for nothing?",
            "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882",
        ),
    ],
)
def test_hmac_sm3_by_known_answers(secret: str, text: bytes, known: str) -> None:
    assert HmacKey("s", "k", Scheme.HMAC_SM3, secret).sign(text) == known


@given(st.text(st.characters(codec="utf-8"), max_size=150), st.binary(max_size=300))
def test_hmac_is_what_the_libraries_say(secret: str, text: bytes) -> None:
    assert (
        HmacKey("s", "k", Scheme.HMAC_SHA256, secret).sign(text)
        == hmac.new(secret.encode(), text, "sha256").hexdigest()
    )
    theirs = HMAC(secret.encode() or b"\0", hashes.SM3())
    theirs.update(text)
    assert HmacKey("s", "k", Scheme.HMAC_SM3, secret).sign(text) == theirs.finalize().hex()


def test_a_library_without_sm3_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise UnsupportedAlgorithm("sm3")

    digests._sm3_start.cache_clear()
    monkeypatch.setattr(digests.hashes, "Hash", missing)
    with pytest.raises(DigestMissing, match="hmac-sha256"):
        KeyRing.derive(SECRET, "run-1", {"tax": Scheme.HMAC_SM3})
    digests._sm3_start.cache_clear()


def secret_of(keys: KeyRing, seat: str) -> str:
    key = keys.of(seat)
    assert isinstance(key, HmacKey)
    return key.secret


def test_a_restart_gives_the_same_keys_and_nothing_else_does() -> None:
    seats = {"registry": Scheme.HMAC_SHA256, "tax": Scheme.HMAC_SHA256}
    first, again = (KeyRing.derive(SECRET, "run-1", seats) for _ in range(2))
    others = [KeyRing.derive(SECRET, "run-2", seats), KeyRing.derive(SECRET + b".", "run-1", seats)]
    assert secret_of(first, "registry") == secret_of(again, "registry")
    assert list(first.by_id) == list(again.by_id)
    secrets = {secret_of(keys, seat) for keys in (first, *others) for seat in seats}
    assert len(secrets) == 6
    assert all(len(secret) == 64 for secret in secrets)
    assert not set(first.by_id) & {key_id for other in others for key_id in other.by_id}
    assert all(secret not in key_id for secret in secrets for key_id in first.by_id)


def test_what_a_ring_refuses() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        KeyRing.derive(b"short", "run-1", SEATS, rsa=pair())
    with pytest.raises(ValueError, match="RSA pair"):
        KeyRing.derive(SECRET, "run-1", SEATS)
    with pytest.raises(ValueError, match="printable ASCII"):
        KeyRing.derive(SECRET, "run-1", {"税务": Scheme.HMAC_SHA256})
    with pytest.raises(KeyError):
        ring().of("court")


def test_a_partner_with_a_pair_of_its_own() -> None:
    theirs = generate_private_key(65537, 2048)
    keys = ring().trusting("unionpay", theirs.public_key())
    key = keys.of("unionpay")
    with pytest.raises(ValueError, match="its own"):
        key.sign(b"text")
    assert RsaKey("unionpay", key.id, theirs.public_key(), theirs).id != ring().of("unionpay").id
    call = signed("unionpay")
    text = "POST\n/a\n{}\n{}\n{}\n{}".format(key.id, NOW, "nonce-0001", hashlib.sha256(b"").hexdigest())
    signature = RsaKey("unionpay", key.id, theirs.public_key(), theirs).sign(text.encode())
    call = Call("POST", "/a", b"", call.headers | {"x-key": key.id, "x-signature": signature})
    call = call.but(x_body_digest=hashlib.sha256(b"").hexdigest())
    assert heard(call, keys=keys) == "unionpay"


def test_the_pair_of_the_server_is_made_once_and_is_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    first = server_pair(folder)
    private, public = folder / PRIVATE_FILE, folder / PUBLIC_FILE
    assert sorted(file.name for file in folder.iterdir()) == sorted([PRIVATE_FILE, PUBLIC_FILE])
    assert first.key_size == 2048
    assert private.stat().st_mode & 0o777 == 0o600
    assert public.read_bytes() == public_pem(first.public_key())
    assert public_key(public).public_numbers() == first.public_key().public_numbers()
    public.unlink()
    assert server_pair(folder).private_numbers() == first.private_numbers()
    assert public.exists()
    private.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        server_pair(folder)


def test_what_is_no_usable_key_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files = {
        "nothing": b"",
        "no_pem": b"\xff\x00 hello",
        "curve": curve.private_bytes(pem, pkcs8, serialization.NoEncryption()),
        "locked": pair().private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"word")),
        "public": public_pem(pair().public_key()),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(KeyFileError, match="口令" if name == "locked" else "RSA"):
            private_key(tmp_path / name)
        if name != "public":
            with pytest.raises(KeyFileError, match="RSA"):
                public_key(tmp_path / name)
    with pytest.raises(KeyFileError, match="上级位置不存在"):
        private_key(tmp_path / "absent")
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="不可用"):
        server_pair(tmp_path / "file")


def test_a_nonce_is_remembered_for_ten_minutes_to_the_millisecond() -> None:
    memory = NonceMemory()
    assert memory.remember("k", "n", NOW)
    assert not memory.remember("k", "n", NOW + KEEP_MS)
    assert memory.remember("other", "n", NOW + KEEP_MS)
    assert memory.remember("k", "n", NOW + KEEP_MS + 1)
    assert len(memory) == 2


def test_a_full_memory_forgets_the_oldest_and_counts_it() -> None:
    memory = NonceMemory(most=3)
    for number in range(5):
        assert memory.remember("k", str(number), NOW + number)
    assert (len(memory), memory.forgotten_early) == (3, 2)
    assert [memory.remember("k", str(number), NOW + 5) for number in (2, 3, 4)] == [False] * 3
    assert memory.remember("k", "0", NOW + 5)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, KEEP_MS)), max_size=60))
def test_the_memory_does_what_a_list_of_everything_would(heard_: list[tuple[int, int]]) -> None:
    memory, everything, now = NonceMemory(), [], NOW
    for number, later in heard_:
        now += later // 4
        fresh = not any(name == number and now - at <= KEEP_MS for name, at in everything)
        assert memory.remember("k", str(number), now) is fresh
        if fresh:
            everything.append((number, now))
