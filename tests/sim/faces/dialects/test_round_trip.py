"""Whatever a dialect encodes it decodes to the same: every operation's messages, in every encoding."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liantiao.dialect_example import example_file
from sim.faces.bodies import body_of
from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.dialects import envelopes
from sim.faces.dialects.dialect import Dialect
from sim.faces.dialects.units import UNITS, sort_of
from sim.faces.examples import value_of
from tests.sim.faces.dialects.files import FORMATS, KNOWN, dialect, in_format

EXAMPLE = dialect(example_file(KNOWN, ["portal", "registry", "hub"]), "example.toml")
DIALECTS = {name: in_format(**more) for name, more in FORMATS.items()} | {"example": EXAMPLE}
WHOLE_SECONDS = st.integers(1_420_070_400, 2_000_000_000).map(lambda s: s * 1_000)
WHOLE_DAYS = st.integers(0, 12_000).map(lambda day: (day * 24 - 8) * 3_600_000)
WORDS = st.text("林晓abcXYZ019-—，& <>\"'%+=?", min_size=1, max_size=12)


def messages(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a kind: numbers and lists vary, and texts that mean nothing to a standard; the rest is the example's."""
    return st.fixed_dictionaries({name: values(hint, name) for name, hint in hints_of(kind).items()})


def values(hint: Any, name: str) -> st.SearchStrategy[Any]:
    plain, may_be_none = unwrapped(hint)
    entry = entry_of(plain)
    if entry is not None:
        found: st.SearchStrategy[Any] = st.lists(values(entry, name), max_size=3)
    elif plain is bool:
        found = st.booleans()
    elif plain is int:
        sort = sort_of(name)
        days = name == "acquired_ms"
        found = (
            WHOLE_DAYS
            if days
            else WHOLE_SECONDS
            if sort == "时刻"
            else st.integers(0, 10**12)
            if sort == "金额"
            else st.integers(0, 999)
        )
    elif plain is str:
        found = (
            WORDS if name in ("address", "reason", "text", "what", "authorisation") else st.just(value_of(hint, name))
        )
    else:
        found = messages(plain)
    return st.one_of(st.none(), found) if may_be_none else found


def there_and_back(spoken: Dialect, name: str, said: dict[str, Any]) -> dict[str, Any]:
    spelling = spoken.spellings[name]
    if not spelling.path:
        manner = spoken.manner("")
        raw = envelopes.seal_answer(
            spoken, manner, 0, "成功", spoken.fields(spelling.kind, manner.textual).encode(said)
        )
        whole = envelopes.wires.read(manner.format.body, manner.format.encoding, raw)
        data = envelopes.data_of_answer(manner, whole)
        return dict(spoken.fields(spelling.kind, manner.textual).decode(data))
    seat = next((seat for seat, each in spoken.heard_at.items() if spelling in each), "")
    manner = spoken.manner(seat)
    letter = envelopes.seal(spoken, spelling, manner, said, 7, "fuzhou-17")
    opened = envelopes.open_letter(spoken, spelling, manner, envelopes.as_it_comes(spelling, letter))
    assert (opened.case_no, opened.theirs) == ("7", "fuzhou-17")
    return opened.values


@pytest.mark.parametrize("name", DIALECTS)
@settings(max_examples=100)
@given(data=st.data())
def test_decode_undoes_encode(name: str, data: st.DataObject) -> None:
    spoken = DIALECTS[name]
    operation = data.draw(st.sampled_from(sorted(spoken.spellings)))
    said = data.draw(messages(spoken.spellings[operation].kind))
    assert there_and_back(spoken, operation, said) == said


@pytest.mark.parametrize("name", DIALECTS)
def test_every_example_is_read_back_as_a_body_of_ours(name: str) -> None:
    spoken = DIALECTS[name]
    for operation, spelling in spoken.spellings.items():
        said = body_of(spelling.kind).example()
        back = there_and_back(spoken, operation, said)
        assert back == said, operation
        body_of(spelling.kind).parse(json.dumps(back, ensure_ascii=False).encode())


@given(st.sampled_from(sorted(UNITS)), st.integers(0, 10**12), st.integers(0, 12_000), st.integers(1, 2_000_000_000))
def test_every_unit_goes_both_ways(name: str, number: int, day: int, second: int) -> None:
    unit = UNITS[name]
    if unit.of == "时刻":
        number = (day * 24 - 8) * 3_600_000 if unit.loses == "时分秒" else second * 1_000 if unit.loses else number
    written = unit.write(number)
    assert unit.read(json.loads(json.dumps(written), parse_float=envelopes.wires._decimal)) == number
