"""Bytes: what is malformed is said, what cannot be encoded is said, and nothing expands or runs away."""

from time import process_time

import pytest

from sim.faces.dialects import sorted_signature, wires
from sim.faces.dialects.errors import UnsayableError
from sim.faces.dialects.units import UNITS

BAD = [
    ("json", "utf-8", b'{"a": 1'), ("json", "utf-8", b"[1]"), ("json", "utf-8", b'{"a":1,"a":2}'), ("json", "utf-8", b'{"a":NaN}'),
    ("json", "utf-8", b"[" * 100_000), ("json", "utf-8", "{'a':'中'}".encode("gbk")), ("json", "utf-8", b'{"a":' + b"1" * 5_000 + b"}"),
    ("json", "utf-8", b'{"a":1.' + b"1" * 5_000 + b"}"), ("xml", "utf-8", b"<a><b></a>"), ("xml", "utf-8", b""),
    ("xml", "utf-8", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), ("xml", "utf-8", b"<a>" * 50 + b"</a>" * 50),
    ("form", "utf-8", b"a[1]=2"), ("form", "utf-8", b"a[[=2"), ("form", "utf-8", b"a=1&a.b=2"), ("form", "utf-8", b"a=%FF"),
    ("form", "utf-8", b".".join([b"a"] * 99) + b"=1"), ("json", "gbk", b'{"a":"\xff"}'),
]  # fmt: skip


@pytest.mark.parametrize(("body", "encoding", "raw"), BAD)
def test_what_cannot_be_read_is_malformed(body: str, encoding: str, raw: bytes) -> None:
    with pytest.raises(UnsayableError) as told:
        wires.read(body, encoding, raw)
    assert told.value.code == "malformed"


def test_a_character_that_the_encoding_has_not_is_named() -> None:
    with pytest.raises(UnsayableError) as told:
        wires.write("json", "gbk", {"xm": "𠮷"}, "r")
    assert told.value.code == "cannot_encode"
    assert "𠮷" in told.value.detail


def test_gbk_is_gbk_and_says_so() -> None:
    raw = wires.write("xml", "gbk", {"xm": "林晓", "hh": ["1", "2"]}, "qingqiu")
    assert (
        raw.decode("gbk") == '<?xml version="1.0" encoding="GBK"?><qingqiu><xm>林晓</xm><hh>1</hh><hh>2</hh></qingqiu>'
    )
    assert wires.read("xml", "gbk", raw) == {"xm": "林晓", "hh": ["1", "2"]}
    assert wires.content_type("xml", "gbk") == "application/xml; charset=gbk"


def test_forms_have_numbered_lists() -> None:
    raw = wires.write("form", "utf-8", {"a": {"b": [{"c": "1"}, {"c": "2 3"}]}, "d": True, "e": None}, "r")
    assert raw == b"a.b%5B0%5D.c=1&a.b%5B1%5D.c=2+3&d=true"
    assert wires.read("form", "utf-8", raw) == {"a": {"b": [{"c": "1"}, {"c": "2 3"}]}, "d": "true"}
    assert wires.read("form", "utf-8", b"a=1&a=2&a=3") == {"a": ["1", "2", "3"]}


def test_the_text_that_is_signed_is_sorted_and_leaves_out_what_is_empty() -> None:
    tree = {"b": "2", "a": {"y": 1, "x": ""}, "sign": "gone", "c": ["3", "4"]}
    assert sorted_signature.signed_text(tree, "sign", "K") == "a.y=1&b=2&c[0]=3&c[1]=4&key=K"
    # MD5 of "a=1&key=K", and SM3 of the same, worked out with another program
    said = sorted_signature.signature("md5-sorted", {"a": "1"}, "sign", "K", "utf-8")
    assert sorted_signature.agrees("md5-sorted", {"a": 1, "sign": "x"}, "sign", "K", "utf-8", said.lower())
    assert not sorted_signature.agrees("sm3-sorted", {"a": 1}, "sign", "K", "utf-8", said)
    assert not sorted_signature.agrees("md5-sorted", {"a": 1}, "sign", "K", "utf-8", "签名")


@pytest.mark.parametrize(
    ("unit", "said"),
    [("yuan", "1.005"), ("yuan", "1e999999"), ("yuan", True), ("yuan", None), ("yuan", "一元"), ("fen", 1.5), ("fen", "1.0"),
     ("ms", "now"), ("iso", "2024-13-01"), ("yyyyMMddHHmmss", "20240230000000"), ("yyyyMMdd", "2024-1-1"), ("m2", "NaN")],
)  # fmt: skip
def test_what_is_no_number_of_the_unit_is_refused(unit: str, said: object) -> None:
    with pytest.raises(ValueError, match=r"不是|多于"):
        UNITS[unit].read(said)


def test_yuan_is_exact() -> None:
    assert UNITS["yuan"].write(-5) == "-0.05"
    assert UNITS["yuan"].read("71533.3") == 7_153_330
    assert UNITS["yuan"].read(932_000) == 93_200_000
    assert UNITS["yuan_number"].write(9_999_999_999_999) == 99_999_999_999.99
    assert UNITS["yyyy-MM-dd HH:mm:ss"].write(1_709_254_861_999) == "2024-03-01 09:01:01"
    assert UNITS["iso"].read("2024-03-01T01:01:01Z") == UNITS["iso"].read("2024-03-01 09:01:01")


@pytest.mark.parametrize(
    ("body", "raw"), [("form", b"&".join([b"a=1"] * 40_000)), ("xml", b"<r>" + b"<a>1</a>" * 40_000 + b"</r>")]
)
def test_what_is_there_very_often_is_collected_in_one_go(body: str, raw: bytes) -> None:
    began = process_time()
    assert wires.read(body, "utf-8", raw) == {"a": ["1"] * 40_000}
    assert process_time() - began < 1.5


@pytest.mark.parametrize("unit", ["iso", "yyyyMMdd", "yyyy-MM-dd HH:mm:ss"])
def test_a_moment_beyond_the_calendar_cannot_be_written(unit: str) -> None:
    for ms in (10**15, -(10**15), 10**40):
        with pytest.raises(ValueError, match="公历"):
            UNITS[unit].write(ms)
