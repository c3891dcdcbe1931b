"""Every kind has an example that parses, a title for every field, and a schema that refers to what there is."""

import json
import re

import pytest

from sim.faces.bodies import body_of
from sim.faces.body_schema import REF
from sim.faces.compiled import hints_of
from sim.faces.field_names import RECORDS, TITLES
from sim.message import Message
from tests.sim.faces.every_kind import KINDS, as_raw

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.op.name)
def test_the_example_parses(kind: type[Message]) -> None:
    body = body_of(kind)
    compact = as_raw(body.example(), separators=(",", ":"))
    assert body.dump(body.parse(compact)) == compact


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.__module__.startswith("contract")], ids=lambda kind: kind.op.name
)
def test_every_field_of_the_contract_has_a_title(kind: type[Message]) -> None:
    records = [kind.__name__, *body_of(kind).components()]
    assert set(records[1:]) <= set(RECORDS)
    assert set(hints_of(kind)) <= set(TITLES)
    for record in body_of(kind).components().values():
        assert set(record["properties"]) <= set(TITLES)


def test_an_example_is_the_callers_own() -> None:
    kind = next(kind for kind in KINDS if kind.op.name == "tax.declare")
    body_of(kind).example()["facts"]["buyer"].clear()
    assert body_of(kind).example()["facts"]["buyer"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.op.name)
def test_the_schema_is_closed_and_refers_to_its_components(kind: type[Message]) -> None:
    body = body_of(kind)
    components = body.components()
    every = [body.schema(), *components.values()]
    referred = set(re.findall(f'"{REF}(\\w+)"', json.dumps(every)))
    assert referred == set(components)
    for schema in every:
        assert CHINESE.search(schema["title"])
        assert schema["additionalProperties"] is False
        assert schema.get("required", []) == list(schema["properties"])


def test_a_routed_field_is_not_required() -> None:
    kind = next(kind for kind in KINDS if kind.op.name == "tax.void")
    assert body_of(kind).schema(routed=["voucher_no"])["required"] == ["reason"]
    assert "required" not in body_of(kind).schema(routed=["voucher_no", "reason"])


def test_the_schema_tells_limits_titles_and_standards() -> None:
    kind = next(kind for kind in KINDS if kind.op.name == "tax.declare")
    body = body_of(kind)
    price = body.schema()["properties"]["price_fen"]
    assert (price["title"], price["minimum"], price["maximum"]) == ("成交价（分）", 0, 10**13 - 1)
    assert "GB/T 37346-2019" in body.components()["TaxFacts"]["properties"]["unit_code"]["description"]
    assert body.components()["Person"]["title"] == "当事人"
