"""Detached signatures over reports: which files, with which hashes, signed with which key; checked without a network."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from features.kept import JOURNAL, PLAN
from liantiao.acceptance.files import REPORTS
from sim.disk import why
from sim.journal.content import content_sha256
from sim.journal.record import JournalError
from sim.journal.sqlite_reads import JournalReads

FORMAT, SUFFIX, OF_FOLDER = "liantiao-signature-1", ".sig", "acceptance.sig"
ED25519, RSA = "Ed25519", "RSA-PSS-SHA256"
SHORTEST_BITS: Final = 2_048
ROWS: Final = "rows:"
"""Before the hash of a journal's content, which does not depend on how its file is laid out."""
_PSS: Final = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
PrivateKey = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
PublicKey = ed25519.Ed25519PublicKey | rsa.RSAPublicKey
_READING: Final = (ValueError, TypeError, UnsupportedAlgorithm)


class SealError(Exception):
    """Nothing can be signed or checked; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: files that changed or are gone, whether the signature itself holds, and whose key it is."""

    signature: Path
    files: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    holds: bool
    fingerprint: str
    known_key: bool

    @property
    def good(self) -> bool:
        """Whether everything is as it was signed."""
        return self.holds and not self.changed and not self.gone


def seal(target: Path, key: Path) -> tuple[Path, str]:
    """Sign a file, or all files of an acceptance's folder; returns the signature's file and the key's fingerprint."""
    private, files = _private(key), _to_sign(target)
    found = {name: _hash(path) for name, path in files.items()}
    algorithm = ED25519 if isinstance(private, ed25519.Ed25519PrivateKey) else RSA
    text = _signed(algorithm, found)
    signature = (
        private.sign(text)
        if isinstance(private, ed25519.Ed25519PrivateKey)
        else private.sign(text, _PSS, hashes.SHA256())
    )
    pem = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    told = {
        "format": FORMAT, "algorithm": algorithm, "files": found, "public_key": pem.decode(),
        "signature": base64.b64encode(signature).decode(),
    }  # fmt: skip
    path = target / OF_FOLDER if target.is_dir() else target.with_name(target.name + SUFFIX)
    try:
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise SealError(f"签名文件 {path} 写不下（{why(error)}）；请核对该文件夹是否可写。") from None
    return path, fingerprint(private.public_key())


def check(target: Path, public: Path | None) -> Checked:
    """Check a file or a folder against the signature beside it. Raises SealError where there is none to check by."""
    path = _signature_of(target)
    told = _told(path)
    key, files = _public(told["public_key"].encode(), path), told["files"]
    known = public is not None
    if public is not None and fingerprint(_public(_read(public), public)) != fingerprint(key):
        raise SealError(f"{path} 不是用 {public} 对应的私钥签的（签名密钥指纹 {fingerprint(key)}）；请向签名单位核实。")
    present = {name: path.parent / name for name in files}
    gone = tuple(name for name, each in present.items() if not each.is_file())
    changed = tuple(name for name, each in present.items() if name not in gone and _hash(each) != files[name])
    return Checked(path, tuple(files), changed, gone, _holds(key, told), fingerprint(key), known)


def fingerprint(key: PublicKey) -> str:
    """The SHA-256 of a public key (DER), by which people tell keys apart."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


def _to_sign(target: Path) -> dict[str, Path]:
    if target.is_file():
        return {target.name: target}
    files = {name: target / name for name in (PLAN, JOURNAL, *REPORTS)}
    missing = [name for name, path in files.items() if not path.is_file()]
    if missing:
        what = "没有这个文件或文件夹" if not target.exists() else f"里没有 {missing[0]}"
        raise SealError(f"{target} {what}，签不了名；请写报告文件，或 liantiao accept 的输出文件夹。")
    return files


def _hash(path: Path) -> str:
    if path.name != JOURNAL:
        return sha256(_read(path)).hexdigest()
    try:
        reads = JournalReads(path)
    except JournalError:
        return sha256(_read(path)).hexdigest()
    try:
        return ROWS + content_sha256(reads)
    except JournalError:
        return sha256(_read(path)).hexdigest()
    finally:
        reads.close()


def _signed(algorithm: str, files: Mapping[str, str]) -> bytes:
    """The bytes that are signed: one line for the format and the algorithm, then one for every file."""
    lines = [f"{FORMAT} {algorithm}", *(f"{value}  {name}" for name, value in sorted(files.items()))]
    return "".join(f"{line}\n" for line in lines).encode()


def _holds(key: PublicKey, told: Mapping[str, Any]) -> bool:
    try:
        text, signature = _signed(told["algorithm"], told["files"]), base64.b64decode(told["signature"], validate=True)
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, text)
            return bool(told["algorithm"] == ED25519)
        key.verify(signature, text, _PSS, hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return bool(told["algorithm"] == RSA)


def _signature_of(target: Path) -> Path:
    """The signature itself, the one beside a file, or that of the folder it lies in."""
    if target.is_dir():
        places = [target / OF_FOLDER]
    elif target.suffix == SUFFIX:
        places = [target]
    else:
        places = [target.with_name(target.name + SUFFIX), target.parent / OF_FOLDER]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise SealError(
            f"找不到 {target} 的签名文件（{'、'.join(place.name for place in places)}）；请与报告放在一起。"
        )
    return found


def _told(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(_read(path))
        texts = [told[key] for key in ("format", "algorithm", "public_key", "signature")]
        files = told["files"]
        sound = all(isinstance(each, str) for each in (*texts, *files, *files.values())) and files
        if not sound or told["format"] != FORMAT or any(Path(name).name != name for name in files):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SealError(f"{path} 不是本程序的签名文件，或已残缺；请重新取得。") from None
    return told


def _private(path: Path) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except TypeError:
        raise SealError(f"私钥文件 {path} 设有口令；请先用 openssl pkey 去掉口令。") from None
    except _READING:
        raise SealError(
            f"文件 {path} 不是 PEM 格式的私钥；可用 openssl genpkey -algorithm ed25519 -out {path} 生成。"
        ) from None
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, rsa.RSAPrivateKey) and key.key_size >= SHORTEST_BITS
    ):
        return key
    raise SealError(f"私钥 {path} 应为 Ed25519，或 {SHORTEST_BITS} 位以上的 RSA。")


def _public(pem: bytes, path: Path) -> PublicKey:
    try:
        key = serialization.load_pem_public_key(pem)
    except _READING:
        raise SealError(f"{path} 里没有可用的 PEM 公钥；开头应为 -----BEGIN PUBLIC KEY-----。") from None
    if isinstance(key, ed25519.Ed25519PublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_BITS
    ):
        return key
    raise SealError(f"{path} 里的公钥应为 Ed25519，或 {SHORTEST_BITS} 位以上的 RSA。")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SealError(f"文件 {path} 读不出（{why(error)}）；请核对路径与权限。") from None
