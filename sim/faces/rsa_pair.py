"""The server's RSA pair: made once in the server's folder, never in the repository; and reading PEM files of others."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from sim.disk import why

PRIVATE_FILE, PUBLIC_FILE = "rsa_private.pem", "rsa_public.pem"
BITS, EXPONENT = 2048, 65537
SHORTEST_BITS = 1024

_READING = (ValueError, TypeError, UnsupportedAlgorithm)


class KeyFileError(Exception):
    """A key file that cannot be used; the message is for people."""


def server_pair(folder: Path) -> RSAPrivateKey:
    """The pair of the server that owns the folder, made at the first call (RFC 8017, 2048 bits).

    The private key (PKCS #8, file mode 0600) stays; the public one beside it is for handing out.
    """
    private = folder / PRIVATE_FILE
    try:
        if not private.exists():
            _make(folder, private)
        mode = private.stat().st_mode
        if os.name == "posix" and mode & 0o077:
            raise KeyFileError(f"私钥文件 {private} 的权限 {mode & 0o777:04o} 过宽；请先 chmod 600 {private}。")
        pair = private_key(private)
        public, pem = folder / PUBLIC_FILE, public_pem(pair.public_key())
        if not public.exists() or public.read_bytes() != pem:
            _write(public, pem, 0o644)
    except OSError as error:
        raise KeyFileError(f"密钥文件夹 {folder} 不可用（{why(error)}）；请换一个可写的文件夹。") from None
    return pair


def private_key(path: Path) -> RSAPrivateKey:
    """An RSA private key from a PEM file without password."""
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except TypeError:
        raise KeyFileError(f"私钥文件 {path} 设有口令；请先用 openssl pkey 去掉口令。") from None
    except _READING:
        raise KeyFileError(f"文件 {path} 不是 PEM 格式的 RSA 私钥；开头应为 -----BEGIN PRIVATE KEY-----。") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST_BITS:
        raise KeyFileError(f"文件 {path} 里不是 {SHORTEST_BITS} 位以上的 RSA 私钥。")
    return key


def public_key(path: Path) -> RSAPublicKey:
    """An RSA public key from a PEM file (SubjectPublicKeyInfo)."""
    try:
        key = serialization.load_pem_public_key(_read(path))
    except _READING:
        raise KeyFileError(f"文件 {path} 不是 PEM 格式的 RSA 公钥；开头应为 -----BEGIN PUBLIC KEY-----。") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_BITS:
        raise KeyFileError(f"文件 {path} 里不是 {SHORTEST_BITS} 位以上的 RSA 公钥。")
    return key


def public_pem(key: RSAPublicKey) -> bytes:
    """The public key as PEM (SubjectPublicKeyInfo, RFC 7468)."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _make(folder: Path, private: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pem = generate_private_key(EXPONENT, BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(private, pem, 0o600)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Complete or absent, and never readable by more than `mode` says, not even for a moment."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"密钥文件 {path} 读不出（{why(error)}）；请核对路径与权限。") from None
