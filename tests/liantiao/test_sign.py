"""`liantiao sign` shows steps that the server accepts, hides the key, and says in one sentence what it cannot sign."""

import io
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from liantiao.cli import main
from sim.faces.keys import HmacKey, Key, KeyRing, RsaKey, Scheme
from sim.faces.nonces import NonceMemory
from sim.faces.rsa_pair import PRIVATE_FILE, server_pair
from sim.faces.signatures import verify

NOW = 1_732_586_400_000
SECRET = "a secret nobody shows"
FIXED = ["--key-id", "registry-1", "--timestamp", str(NOW), "--nonce", "nonce-0001"]
CALL = ["--path", "/orders?b=2&a=1", "--body", '{"件": 1}', *FIXED]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """`liantiao sign …` in this process, in a folder of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LIANTIAO_SECRET", raising=False)

    def signing(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["liantiao", "sign", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return signing


def accepted(key: Key, found: dict[str, object], body: bytes) -> bool:
    headers = found["headers"]
    assert isinstance(headers, dict)
    lower = {name.lower(): value for name, value in headers.items()}
    return (
        verify(str(found["method"]), str(found["path"]), lower, body, KeyRing([key]), NOW, NonceMemory()) == "registry"
    )


@pytest.mark.parametrize("scheme", [Scheme.HMAC_SHA256, Scheme.HMAC_SM3])
def test_what_it_signs_the_server_accepts(run: Run, scheme: Scheme) -> None:
    code, out, _ = run(*CALL, "--scheme", scheme, "--secret", SECRET, "--json")
    found = json.loads(out)
    assert code == 0
    assert accepted(HmacKey("registry", "registry-1", scheme, SECRET), found, '{"件": 1}'.encode())
    assert found["canonical"].split("\n") == [
        "POST",
        "/orders?a=1&b=2",
        "registry-1",
        str(NOW),
        "nonce-0001",
        found["body_digest"],
    ]
    assert SECRET not in out


def test_the_case_and_the_sender_go_along_unsigned(run: Run) -> None:
    signed = [*CALL, "--secret", SECRET]
    plain = json.loads(run(*signed, "--json")[1])
    found = json.loads(run(*signed, "--case-no", "7", "--sender", "registry", "--json")[1])
    assert found["headers"] == plain["headers"] | {"X-Case-No": "7", "X-Sender": "registry"}
    assert found["signature"] == plain["signature"]
    assert {"X-Case-No: 7", "X-Sender: registry"} <= set(shlex.split(found["curl"]))
    assert "  X-Case-No: 7" in run(*signed, "--case-no", "7")[1]


@pytest.mark.parametrize("wrong", ["七", "7\n8", "7" * 65])
def test_a_case_number_that_fits_no_header_is_said(run: Run, wrong: str) -> None:
    code, _, said = run(*CALL, "--secret", SECRET, "--case-no", wrong)
    assert code == 2
    assert "--case-no" in said


def test_nobody_needs_a_key_where_nothing_is_signed(run: Run) -> None:
    found = json.loads(run("--path", "/a", "--scheme", "open", "--case-no", "1", "--json")[1])
    assert found["headers"] == {"X-Case-No": "1"}
    assert "X-Sender: hub" in run("--path", "/a", "--scheme", "open", "--sender", "hub")[1]


def test_rsa_signs_with_a_private_key_file(run: Run, tmp_path: Path) -> None:
    pair = server_pair(tmp_path)
    code, out, _ = run(*CALL, "--scheme", "rsa-sha256", "--private-key", PRIVATE_FILE, "--json")
    assert code == 0
    assert accepted(RsaKey("registry", "registry-1", pair.public_key()), json.loads(out), '{"件": 1}'.encode())


def test_the_steps_are_numbered_and_the_key_stays_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANTIAO_SECRET", SECRET)
    code, out, err = run(*CALL)
    assert (code, err) == (0, "")
    order = [out.index(step) for step in ("1 正文摘要", "2 待签名串", "3 签名", "4 要带的请求头", "curl 命令")]
    assert order == sorted(order)
    assert "/orders?a=1&b=2⏎" in out
    assert SECRET not in out
    words = shlex.split(out.splitlines()[-1])
    assert words[0] == "curl"
    assert "http://127.0.0.1:8900/orders?b=2&a=1" in words
    assert words[-2:] == ["--data-binary", '{"件": 1}']


def test_the_body_comes_from_a_file_from_standard_input_or_as_it_stands(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_bytes(b"\xb0\xec\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xb0\xec\n")))
    digests, curls = [], []
    for body in ("a.json", "@a.json", "-"):
        found = json.loads(run("--path", "/a", *FIXED, "--secret", "s", "--json", "--body", body)[1])
        digests.append(found["body_digest"])
        curls.append(shlex.split(found["curl"])[-1])
    assert len(set(digests)) == 1
    assert curls == ["@a.json", "@a.json", "@-"]
    nothing = json.loads(run("--path", "/a", "--method", "get", *FIXED, "--secret", "s", "--json")[1])
    assert nothing["method"] == "GET"
    assert "--data-binary" not in nothing["curl"]


def test_without_timestamp_and_nonce_it_takes_the_clock_and_a_nonce_of_the_call(run: Run) -> None:
    call = ["--path", "/a", "--key-id", "k", "--secret", "s", "--json"]
    headers = json.loads(run(*call)[1])["headers"]
    assert len(headers["X-Timestamp"]) == 13
    again = [json.loads(run(*call, "--timestamp", time)[1])["headers"]["X-Nonce"] for time in ("1", "1", "2")]
    assert again[0] == again[1] != again[2]


def test_an_open_seat_gets_one_header(run: Run) -> None:
    assert json.loads(run("--path", "/a", "--key-id", "k", "--scheme", "open", "--json")[1])["headers"] == {
        "X-Key": "k"
    }
    assert "X-Key: k" in run("--path", "/a", "--key-id", "k", "--scheme", "open")[1]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--scheme", "md5"], ["--scheme", "md5", "hmac-sm3"]),
        (["--path", ""], ["--path"]),
        (["--path", "orders"], ["--path", "orders", "/"]),
        (["--path", "http://a/orders"], ["--path", "服务器地址"]),
        (["--path", "/办件?q=a b"], ["--path", "/%E5%8A%9E%E4%BB%B6?q=a%20b"]),
        (["--key-id", ""], ["--key-id"]),
        (["--key-id", "a b"], ["a b"]),
        (["--secret", ""], ["LIANTIAO_SECRET", "--secret"]),
        (["--secret", "word\n"], ["换行"]),
        (["--timestamp", "now"], ["--timestamp", "now"]),
        (["--timestamp", "-5"], ["--timestamp", "-5"]),
        (["--nonce", "short"], ["--nonce", "short"]),
        (["--method", "PO ST"], ["PO ST"]),
        (["--body", "absent.json"], ["--body", "absent.json"]),
        (["--body", "@absent"], ["--body", "absent"]),
        (["--scheme", "rsa-sha256"], ["--private-key"]),
        (["--scheme", "rsa-sha256", "--private-key", "absent.pem"], ["absent.pem"]),
        (["--scheme", "rsa-sha256", "--private-key", "."], ["."]),
        (["--secrte", "a"], ["--secrte", "--secret"]),
    ],
)
def test_what_cannot_be_signed_is_one_sentence(run: Run, arguments: list[str], names: list[str]) -> None:
    code, out, err = run(*CALL, "--secret", SECRET, *arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert all(name in err for name in names), err
    assert SECRET not in err


def test_it_is_a_command_of_the_program() -> None:
    page = subprocess.run(
        [sys.executable, "-m", "liantiao", "sign", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert page.startswith("用法：liantiao sign ")
    assert "None" not in page
