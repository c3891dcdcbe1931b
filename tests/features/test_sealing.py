"""Signatures over reports: what was changed is named, and nothing else than the files is needed to see it."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from liantiao.acceptance.sealing import OF_FOLDER, SealError, check, seal
from tests.features.accepted import Accepted


def key_file(path: Path, key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> Path:
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub").write_bytes(public)
    return path


@pytest.fixture(scope="module", params=["ed25519", "rsa"])
def key(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = ed25519.Ed25519PrivateKey.generate() if request.param == "ed25519" else rsa.generate_private_key(65537, 2048)
    return key_file(tmp_path_factory.mktemp("key") / "key.pem", made)


@pytest.fixture
def folder(accepted_wrong: Accepted, tmp_path: Path) -> Path:
    return Path(shutil.copytree(accepted_wrong.folder, tmp_path / "out"))


def test_what_was_not_changed_is_good(folder: Path, key: Path) -> None:
    _, fingerprint = seal(folder, key)
    found = check(folder, key.with_suffix(".pub"))
    assert found.good
    assert found.known_key
    assert found.fingerprint == fingerprint
    assert {"report.html", "journal.db", "plan.json", "联调测试报告.docx"} <= set(found.files)
    assert not check(folder / "report.html", None).known_key


def test_a_changed_file_is_named(folder: Path, key: Path) -> None:
    seal(folder, key)
    with (folder / "junit.xml").open("a", encoding="utf-8") as file:
        file.write(" ")
    with sqlite3.connect(folder / "journal.db") as database:
        database.execute("DELETE FROM journal WHERE seq = (SELECT min(seq) FROM journal)")
    (folder / "report.html").unlink()
    found = check(folder, None)
    assert not found.good
    assert found.holds
    assert found.changed == ("journal.db", "junit.xml")
    assert found.gone == ("report.html",)


def test_a_signature_made_to_fit_does_not_hold(folder: Path, key: Path) -> None:
    page = folder / "report.html"
    path, _ = seal(page, key)
    page.write_text("通过", encoding="utf-8")
    other, _ = seal(page, key_file(folder / "other.pem", ed25519.Ed25519PrivateKey.generate()))
    assert other == path
    with pytest.raises(SealError, match=r"不是用 .* 对应的私钥签的"):
        check(page, key.with_suffix(".pub"))
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | {"public_key": key.with_suffix(".pub").read_text()}), encoding="utf-8")
    assert not check(page, key.with_suffix(".pub")).good


def test_what_cannot_be_signed_or_checked_is_said(folder: Path, tmp_path: Path, key: Path) -> None:
    with pytest.raises(SealError, match="没有这个文件或文件夹"):
        seal(tmp_path / "none", key)
    with pytest.raises(SealError, match="不是 PEM 格式的私钥"):
        seal(folder, folder / "report.html")
    with pytest.raises(SealError, match="2048 位以上"):
        seal(folder, key_file(tmp_path / "short.pem", rsa.generate_private_key(65537, 1024)))
    with pytest.raises(SealError, match=r"找不到 .* 的签名文件"):
        check(folder, None)
    (folder / OF_FOLDER).write_text('{"format": "other"}', encoding="utf-8")
    with pytest.raises(SealError, match="不是本程序的签名文件"):
        check(folder, None)


def test_a_signature_names_no_file_outside_its_folder(folder: Path, key: Path) -> None:
    path, _ = seal(folder, key)
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | {"files": {"../key.pem": "0" * 64}}), encoding="utf-8")
    with pytest.raises(SealError, match="已残缺"):
        check(folder, None)
