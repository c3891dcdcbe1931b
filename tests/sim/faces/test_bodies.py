"""Bodies go over the wire and come back the same; what is no body is refused by name."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract import cable_tv, gov_platform, notify, registry, tax, unionpay
from sim.faces.bodies import BodyError, body_of
from sim.faces.field_rules import MOST_CHARACTERS, MOST_ENTRIES
from sim.journal import as_json
from sim.message import Message
from tests.sim.faces.every_kind import KINDS, as_raw, messages

DECLARE = body_of(tax.Declare)
EXAMPLE = DECLARE.example()


def codes(kind: type[Message], raw: bytes, **routed: str) -> dict[str, str]:
    """What a body is refused with: path -> code."""
    with pytest.raises(BodyError) as no:
        body_of(kind).parse(raw, routed)
    assert all(each.message and each.next_step for each in no.value.fields)
    return {each.path: each.code for each in no.value.fields}


def declare(**changes: Any) -> bytes:
    """The example declaration with values put at dotted paths; ... takes a field away."""
    body = copy.deepcopy(EXAMPLE)
    for path, value in changes.items():
        *way, last = path.split("__")
        inner = body
        for part in way:
            inner = inner[part]
        if value is ...:
            del inner[last]
        else:
            inner[last] = value
    return as_raw(body)


# ---- there and back -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.op.name)
@settings(max_examples=5, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_every_kind_comes_back_the_same(kind: type[Message], data: st.DataObject) -> None:
    message = data.draw(messages(kind))
    body = body_of(kind)
    raw = body.dump(message)
    assert raw.decode() == as_json(message)
    for form in (
        raw,
        json.dumps(json.loads(raw)).encode(),
        json.dumps(json.loads(raw), indent=1, sort_keys=True).encode(),
    ):
        back = body.parse(form)
        assert type(back) is kind
        assert as_json(back) == as_json(message)


def test_parsing_makes_the_declared_values_themselves() -> None:
    heard = DECLARE.parse(as_raw(EXAMPLE))
    assert isinstance(heard, tax.Declare)
    assert type(heard.facts).__name__ == "TaxFacts"
    assert isinstance(body_of(unionpay.QueryBill).parse(as_raw(body_of(unionpay.QueryBill).example())).charges, tuple)


def test_a_kind_is_compiled_once() -> None:
    assert body_of(tax.Declare) is DECLARE


@pytest.mark.filterwarnings("error:Pydantic serializer warnings")
def test_a_value_of_another_type_is_not_sent() -> None:
    with pytest.raises(Exception, match="serializ"):
        body_of(tax.Void).dump(tax.Void("1", 2))  # type: ignore[arg-type]


# ---- routed fields ---------------------------------------------------------------------------------------------------
def test_a_routed_field_may_be_left_out_and_must_agree() -> None:
    body = body_of(cable_tv.Precheck)
    rest = {"owner_name": "陈明", "authorisation": "SQB1"}
    routed = {"account": "0012", "case": "17"}
    for raw in (as_raw(rest), as_raw({"account": "0012", **rest})):
        assert body.parse(raw, routed).account == "0012"
    assert codes(cable_tv.Precheck, as_raw({"account": "12", **rest}), account="0012") == {"account": "path_differs"}
    assert codes(cable_tv.Precheck, as_raw({"account": None, **rest}), account="0012") == {"account": "wrong_type"}
    assert codes(cable_tv.Precheck, as_raw(rest)) == {"account": "missing"}


def test_what_is_wrong_in_path_and_body_is_told_at_once() -> None:
    found = codes(cable_tv.Precheck, as_raw({"owner_name": 1}), account="9" * 65)
    assert found == {"account": "too_long", "owner_name": "wrong_type", "authorisation": "missing"}


def test_without_fields_of_its_own_a_body_may_be_empty() -> None:
    assert isinstance(body_of(registry.Approve).parse(b""), registry.Approve)
    assert isinstance(body_of(registry.Approve).parse(b"", {"case": "17"}), registry.Approve)
    assert isinstance(body_of(registry.Approve).parse(b"{}"), registry.Approve)
    assert body_of(tax.QueryBill).parse(b"", {"voucher_no": "1"}).voucher_no == "1"
    assert codes(tax.QueryBill, b"") == {"": "empty_body"}
    assert codes(gov_platform.MyCase, b"", case="1") == {"": "empty_body"}
    assert codes(cable_tv.Precheck, b" \n", account="1") == {"": "empty_body"}


def test_a_routed_name_that_is_no_field_is_our_own_mistake() -> None:
    with pytest.raises(KeyError, match="acount"):
        body_of(cable_tv.Precheck).parse(b"{}", {"acount": "1"})


def test_a_doubled_field_is_seen_beside_a_routed_one() -> None:
    rest = b'"owner_name":"a","authorisation":"b"'
    assert codes(cable_tv.Precheck, b"{%s,%s}" % (rest, rest), account="1") == {
        "owner_name": "duplicate_key", "authorisation": "duplicate_key",
    }  # fmt: skip
    assert codes(cable_tv.Precheck, b'{"account":"2","account":"1",%s}' % rest, account="1") == {
        "account": "duplicate_key"
    }
    lists = b'{"files":["a","b"],"files":["c"]}'
    assert codes(cable_tv.Attach, lists, accept_no="1") == {"files": "duplicate_key"}
    assert body_of(cable_tv.Attach).parse(b'{"files":["a","b"]}', {"accept_no": "1"}).files == ("a", "b")


# ---- no bodies at all --------------------------------------------------------------------------------------------------
GOOD = as_raw(EXAMPLE)
MALFORMED = [
    (b"", "empty_body"), (b" \r\n", "empty_body"), (b"{", "not_json"), (b"{}{}", "not_json"), (b"{'a':1}", "not_json"),
    (b'{"a":1,}', "not_json"), (b"price_fen=1", "not_json"), (b"<xml/>", "not_json"), (b"\0", "not_json"), (b"{\0}", "not_json"),
    (b"[]", "not_object"), (b'"text"', "not_object"), (b"17", "not_object"), (b"null", "not_object"), (b"NaN", "not_object"),
    (GOOD.decode().encode("gbk"), "gbk_encoding"), (GOOD.decode().encode("utf-16"), "not_utf8"), (GOOD + b"\xff", "not_utf8"),
    ("{}".encode("utf-16-le"), "not_json"), (b'{"a":"\xed\xa0\x80"}', "not_utf8"), (b"\xef\xbb\xbf" + GOOD, "byte_order_mark"),
    (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep"), (b"[" * 100_000, "too_deep"), (b'{"facts":' * 5_000, "too_deep"),
    (GOOD + b" " * (1 << 20), "body_too_large"), (b'{"a":' + b"[" * (1 << 20), "body_too_large"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "code"), MALFORMED, ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_no_body_is_refused_by_name(raw: bytes, code: str) -> None:
    assert codes(tax.Declare, raw) == {"": code}


def test_gbk_is_named_in_the_words_people_read() -> None:
    with pytest.raises(BodyError, match="报文是 GBK 编码，请改用 UTF-8"):
        DECLARE.parse(GOOD.decode().encode("gbk"))


@settings(max_examples=300)
@given(raw=st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_comes_only_body_errors_go_out(raw: bytes) -> None:
    with pytest.raises(BodyError) as no:
        DECLARE.parse(raw)
    assert no.value.fields


JSONS: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.sampled_from(list(EXAMPLE)), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(field=st.sampled_from(list(EXAMPLE["facts"]["buyer"])), value=JSONS)
def test_whatever_stands_in_a_field_only_body_errors_go_out(field: str, value: Any) -> None:
    raw = json.dumps(
        {**EXAMPLE, "facts": {**EXAMPLE["facts"], "buyer": {**EXAMPLE["facts"]["buyer"], field: value}}}
    ).encode()
    try:
        DECLARE.parse(raw)
    except BodyError as no:
        assert {each.path.split("[")[0].split(".")[0] for each in no.fields} <= {"facts"}  # noqa: PT017


# ---- wrong fields --------------------------------------------------------------------------------------------------------
FIELDS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"price_fen": ...}, {"price_fen": "missing"}),
    ({"facts__buyer__phone": ...}, {"facts.buyer.phone": "missing"}),
    ({"priceFen": 1}, {"priceFen": "unknown_field"}),
    ({"facts__seller__age": 1}, {"facts.seller.age": "unknown_field"}),
    ({"price_fen": "150000000"}, {"price_fen": "wrong_type"}),
    ({"price_fen": 1500000.0}, {"price_fen": "wrong_type"}),
    ({"price_fen": True}, {"price_fen": "wrong_type"}),
    ({"price_fen": None}, {"price_fen": "wrong_type"}),
    ({"facts__residential": 1}, {"facts.residential": "wrong_type"}),
    ({"facts__residential": "true"}, {"facts.residential": "wrong_type"}),
    ({"facts__buyer": []}, {"facts.buyer": "wrong_type"}),
    ({"facts": "x"}, {"facts": "wrong_type"}),
    ({"registry_code": 350102}, {"registry_code": "wrong_type"}),
    ({"price_fen": -1}, {"price_fen": "too_small"}),
    ({"price_fen": 10**13}, {"price_fen": "too_large"}),
    ({"price_fen": 2**63}, {"price_fen": "too_large"}),
    ({"price_fen": 10**4000}, {"price_fen": "too_large"}),
    ({"price_fen": float("nan")}, {"price_fen": "not_a_number"}),
    ({"facts__buyer__name": float("-inf")}, {"facts.buyer.name": "not_a_number"}),
    ({"more": float("inf")}, {"more": "not_a_number"}),
    ({"registry_code": "a\0b"}, {"registry_code": "control_character"}),
    ({"registry_code": "a\nb"}, {"registry_code": "control_character"}),
    ({"registry_code": "a\x7fb"}, {"registry_code": "control_character"}),
    ({"registry_code": "x" * 65}, {"registry_code": "too_long"}),
    ({"facts__unit_code": "350102 001001 GB00001 F00010001"}, {"facts.unit_code": "has_spaces"}),
    ({"facts__acquired_ms": 10**15}, {"facts.acquired_ms": "too_large"}),
    (
        {"price_fen": -1, "facts__buyer__id_no": "359999199001010018", "facts__seller": ..., "extra": 1, "facts__sole_home": 0},
        {"price_fen": "too_small", "facts.buyer.id_no": "bad_check_digit", "facts.seller": "missing", "extra": "unknown_field",
         "facts.sole_home": "wrong_type"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "found"), FIELDS, ids=lambda each: " ".join(each))
def test_wrong_fields_are_named_all_at_once(changes: dict[str, Any], found: dict[str, str]) -> None:
    assert codes(tax.Declare, declare(**changes)) == found


def test_an_integer_python_would_not_read_is_too_large() -> None:
    raw = GOOD.replace(b"150000000", b"9" * 5_000)
    assert set(codes(tax.Declare, raw).values()) == {"too_large"}
    assert set(codes(tax.Declare, raw.replace(b"999", b"-999", 1)).values()) == {"too_large", "too_small"}


def test_other_faults_are_told_beside_what_only_patience_can_read() -> None:
    raw = GOOD.replace(b'"registry_code": "350102"', b'"registry_code": "\\ud800", "x": 1').replace(b'"111"', b"111")
    assert codes(tax.Declare, raw) == {
        "registry_code": "lone_surrogate", "x": "unknown_field", "facts.buyer.id_type": "wrong_type",
        "facts.seller.id_type": "wrong_type",
    }  # fmt: skip
    assert codes(tax.Void, b'{"voucher_no":"\\udc00","reason":"a\x01b"}') == {
        "voucher_no": "lone_surrogate", "reason": "control_character",
    }  # fmt: skip
    assert body_of(tax.Void).parse(b'{"voucher_no":"1","reason":"\\ud83d\\ude00"}').reason == "😀"


def test_free_text_may_have_lines() -> None:
    assert body_of(tax.Void).parse(b'{"voucher_no":"1","reason":"a\\n\\tb"}').reason == "a\n\tb"
    assert codes(tax.Void, b'{"voucher_no":"1","reason":"a\\u0000b"}') == {"reason": "control_character"}


def test_texts_and_lists_have_limits() -> None:
    sms = {**body_of(notify.Sms).example(), "text": "文" * MOST_CHARACTERS}
    assert body_of(notify.Sms).parse(as_raw(sms))
    assert codes(notify.Sms, as_raw({**sms, "text": "文" * (MOST_CHARACTERS + 1)})) == {"text": "too_long"}
    files = {"accept_no": "1", "files": ["a"] * MOST_ENTRIES}
    assert body_of(cable_tv.Attach).parse(as_raw(files))
    assert codes(cable_tv.Attach, as_raw({**files, "files": ["a"] * (MOST_ENTRIES + 1)})) == {"files": "too_many"}


# ---- doubled fields -------------------------------------------------------------------------------------------------------
DOUBLED = [
    (b'{"voucher_no":"1","reason":"x","reason":"x"}', "reason"), (b'{"voucher_no":"1","reason":"x","reason" : "y"}', "reason"),
    (b'{"voucher_no":"1","reason":"\\"","reason":"\\""}', "reason"), (b'{"voucher_no":"1","reason":"x\\\\","reason":"\\\\"}', "reason"),
    (b'{"voucher_no":"1","reason":null,"reason":"x"}', "reason"), (b'{"voucher_no":"1","re\\u0061son":"y","reason":"x"}', "reason"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "path"), DOUBLED)
def test_a_field_may_stand_only_once(raw: bytes, path: str) -> None:
    assert codes(tax.Void, raw) == {path: "duplicate_key"}


def test_doubled_fields_deep_inside_are_found() -> None:
    raw = GOOD.replace(b'"id_type": "111"', b'"id_type": "414", "id_type": "111"', 1)
    assert codes(tax.Declare, raw) == {"facts.buyer.id_type": "duplicate_key"}


@pytest.mark.parametrize("reason", ['"', "\\", '\\"', '":', '"reason":', "\\\\", "a\\", "\\u0022", "\n"])
def test_marks_in_texts_are_no_doubled_fields(reason: str) -> None:
    for form in ({}, {"indent": 2}, {"separators": (" , ", " : ")}):
        assert body_of(tax.Void).parse(as_raw({"voucher_no": "1", "reason": reason}, **form)).reason == reason


@settings(max_examples=100)
@given(data=st.data())
def test_any_doubled_field_is_found(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in KINDS if body_of(kind).hints]))
    pairs = list(json.loads(body_of(kind).dump(data.draw(messages(kind)))).items())
    again = data.draw(st.sampled_from(pairs))
    at = data.draw(st.integers(0, len(pairs)))
    raw = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in [*pairs[:at], again, *pairs[at:]])
    assert codes(kind, b"{%s}" % raw.encode()) == {again[0]: "duplicate_key"}
