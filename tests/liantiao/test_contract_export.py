"""`liantiao contract export`: whole files, and every example request of the collection is one the server takes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.sim.faces.served import TOKEN, served


def exported(out: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "liantiao", "contract", "export", "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def requests_of(folder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in folder["item"]:
        yield each["request"]


def test_every_example_of_the_collection_is_taken_or_refused_as_documented(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--cases", "50", *remote("portal", "registry", "hub", "local_hub")) as server:
        assert exported(tmp_path / "out", "--base-url", server.address).returncode == 0
        collection = json.loads((tmp_path / "out" / "liantiao.postman_collection.json").read_text())
        names = {each["key"] for each in collection["variable"]}
        assert names == {"baseUrl", "run", "caseNo", "token"}
        values = {each["key"]: each["value"] for each in collection["variable"]} | {"token": TOKEN}
        sent = 0
        for folder in collection["item"]:
            for request in requests_of(folder):
                seat = request["url"]["path"][2] if "{{token}}" not in json.dumps(request) else ""
                if seat in ("portal", "registry", "hub", "local_hub"):
                    continue
                status, raw = send(server, request, values)
                sent += 1
                assert status < 500, raw
                assert status != 400, (request["url"]["raw"], raw)
                if seat:
                    document = json.loads((tmp_path / "out" / "openapi" / f"{seat}.json").read_text())
                    assert str(status) in responses(document, request, values), (request["url"]["raw"], raw)
                else:
                    assert status in (200, 201), raw
        assert sent > 150


def remote(*seats: str) -> list[str]:
    return [word for seat in seats for word in ("--real", f"{seat}=")]


def send(server: Any, request: dict[str, Any], values: dict[str, str]) -> tuple[int, str]:
    def filled(text: str) -> str:
        for key, value in values.items():
            text = text.replace("{{" + key + "}}", value)
        return text

    target = filled(request["url"]["raw"]).removeprefix(server.address)
    headers = {each["key"]: filled(each["value"]) for each in request["header"]}
    body = filled(request["body"]["raw"]).encode() if "body" in request else None
    status, _, raw = server.ask(request["method"], target, body, headers)
    return status, raw.decode()


def responses(document: dict[str, Any], request: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """What the document says of the operation that a request's description names."""
    name = request["description"].removeprefix("操作名 ")
    shown = [each for path in document["paths"].values() for each in path.values() if each["x-operation"] == name]
    assert len(shown) == 1
    found: dict[str, Any] = shown[0]["responses"]
    return found


def test_a_wrong_seat_or_address_is_one_sentence_and_writes_nothing(tmp_path: Path) -> None:
    for options, named in ((["--seat", "taxx"], "taxx"), (["--base-url", "localhost"], "http://")):
        done = exported(tmp_path / "out", *options)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert named in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_export_is_replaced_when_asked_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert exported(out).returncode == 0
    whole = sorted(each.name for each in (out / "openapi").iterdir())
    again = exported(out, "--seat", "tax")
    assert again.returncode == 2
    assert "--replace" in again.stderr
    assert sorted(each.name for each in (out / "openapi").iterdir()) == whole
    assert exported(out, "--seat", "tax", "--replace").returncode == 0
    assert [each.name for each in (out / "openapi").iterdir()] == ["tax.json"]
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "diary.txt").write_text("mine", encoding="utf-8")
    refused = exported(notes, "--replace")
    assert refused.returncode == 2
    assert "不会替换" in refused.stderr
    assert [each.name for each in notes.iterdir()] == ["diary.txt"]
