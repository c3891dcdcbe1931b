"""The OpenAPI documents: whole, true to the declarations, and saying every reply that a real run gives."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import jsonschema_rs

from liantiao.compose import POLLS
from liantiao.simulating.simulate import plan_of, simulate
from sim.calendar import parse_day
from sim.faces.bodies import body_of
from sim.faces.docs_page import docs_page
from sim.faces.openapi import Documents
from sim.package import load_package
from tests.sim.faces.served import DIRECTORY

DOCUMENTS = Documents(DIRECTORY)
WHOLE = DOCUMENTS.whole("http://127.0.0.1:8900")
METHODS = {"get", "post", "put", "delete"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, shown in methods.items():
            if method in METHODS:
                yield path, shown


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_operation_of_every_seat_is_there_once() -> None:
    doors = [(seat, door) for seat, doors in DIRECTORY.doors.items() for door in doors.doors]
    shown = dict(operations(WHOLE))
    assert len(list(operations(WHOLE))) == len(doors) == len({each["operationId"] for _, each in operations(WHOLE)})
    assert {f"/runs/{{run}}/{seat}{door.path}" for seat, door in doors} == set(shown)
    assert {door.kind.op.title for _, door in doors} == {each["summary"] for each in shown.values()}


def test_a_seats_document_names_its_operations_plainly() -> None:
    for seat, doors in DIRECTORY.doors.items():
        document = DOCUMENTS.seat(seat, "http://x", "demo")
        assert document["servers"][0]["url"] == f"http://x/runs/demo/{seat}"
        assert {each["operationId"] for _, each in operations(document)} == {door.kind.op.name for door in doors.doors}


def test_every_reference_leads_somewhere() -> None:
    for document in [WHOLE, *(DOCUMENTS.seat(seat, "http://x") for seat in DIRECTORY.doors)]:
        for reference in set(references(document)):
            found: Any = document
            for part in reference.removeprefix("#/").split("/"):
                found = found[part]


def test_every_example_is_valid_by_its_own_schema() -> None:
    components = {"components": WHOLE["components"]}
    for path, shown in operations(WHOLE):
        bodies = [shown.get("requestBody", {}), shown["responses"]["200"]]
        for content in [each["content"]["application/json"] for each in bodies if "content" in each]:
            validator = jsonschema_rs.validator_for({**content["schema"], **components})
            assert validator.is_valid(content["example"]), path


def test_every_reply_of_a_simulated_run_is_documented(tmp_path: Path) -> None:
    plan = plan_of(load_package("fujian-2024-55"), cases=60, seed=7, from_ms=parse_day("2024-03-04"),
                   to_ms=parse_day("2024-03-08"), script="storm")  # fmt: skip
    simulate(plan, tmp_path / "run", 1, lambda *_: None)
    rows = f"read_parquet('{tmp_path}/run/journal/*/journal.parquet')"
    seen = duckdb.sql(f"SELECT DISTINCT kind, reply FROM {rows} WHERE coalesce(reply, '') <> ''").fetchall()
    documented = {kind.op.name: reply.op.name for kind, reply in DIRECTORY.replies.items()}
    assert len(seen) > 20
    assert [pair for pair in seen if documented.get(pair[0]) != pair[1]] == []
    awaited = {kind for kind in DIRECTORY.kinds.values() if kind.op.answers.awaited and kind not in POLLS}
    assert awaited == set(DIRECTORY.replies)


def test_an_open_runs_document_asks_for_no_signature_but_for_who_speaks() -> None:
    signed, plain = DOCUMENTS.seat("tax", "http://x", "demo"), DOCUMENTS.seat("tax", "http://x", "demo", signed=False)
    assert "XSignature" in json.dumps(signed["paths"])
    assert "XSignature" not in json.dumps(plain["paths"])
    parameters = plain["paths"]["/declarations"]["post"]["parameters"]
    assert next(each for each in parameters if each.get("name") == "X-Sender")["required"]


def test_the_page_for_people_names_every_operation_and_needs_no_network() -> None:
    page = docs_page(DIRECTORY, "http://127.0.0.1:8900").decode()
    for doors in DIRECTORY.doors.values():
        assert all(door.kind.op.title in page for door in doors.doors)
    assert "<script" not in page
    assert "https://" not in page
    assert (
        json.dumps(body_of(DIRECTORY.kinds["tax.bill"]).example(), ensure_ascii=False)[:20].replace('"', "&quot;")
        in page
    )
