"""Every kind of message there is, and Hypothesis strategies for their bodies, built from the declarations."""

import json
from collections.abc import Hashable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from liantiao.compose import POLLS, ROLES
from sim import identifiers as ids
from sim.check_digits import CREDIT_ALPHABET
from sim.dossier import CREDIT_CODE, IDENTITY_CARD, PASSPORT, Person
from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.field_rules import rule_of
from sim.message import Message

HEARD = {kind for role in ROLES.values() for kind in (*role.where, *role.queries)} | set(POLLS)
KINDS: list[type[Message]] = sorted(HEARD, key=lambda kind: kind.op.name)
"""Requests, replies, notices, timers and refusals: all that any role hears."""


def as_raw(value: Any, **how: Any) -> bytes:
    """JSON as a partner would write it."""
    return json.dumps(value, ensure_ascii=False, **how).encode()


# ---- strategies -------------------------------------------------------------------------------------------------------
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
BIRTHDAYS = st.dates().map(lambda day: f"{day:%Y%m%d}".zfill(8))
IDENTITIES = st.builds(ids.identity_number, BIRTHDAYS, st.integers(1, 999))
CREDIT_CODES = st.builds(
    lambda kind, eight: ids.credit_code(kind, eight), st.sampled_from(["91", "11", "93"]), st.text(CREDIT_ALPHABET, min_size=8, max_size=8)
)  # fmt: skip
NAMES = LINE.filter(lambda text: bool(text.strip()))
PHONES = st.integers(0, 99_999_999).map(ids.phone_number)
UNITS = st.builds(ids.unit_code, st.sampled_from(["350102", "350203"]), st.integers(0, 999), st.integers(0, 999),
                  st.integers(0, 99_999), st.integers(0, 9_999), st.integers(0, 9_999))  # fmt: skip
SPECIAL = {
    "id_no": IDENTITIES | CREDIT_CODES | st.just("H1234567(8)"), "id_nos": IDENTITIES,
    "payer_id_no": IDENTITIES | CREDIT_CODES | st.just(""),
    "id_type": st.sampled_from(["111", "414", "900"]), "unit_code": UNITS | st.just(""), "phone": PHONES, "name": NAMES,
    "settle_date": BIRTHDAYS, "mark": st.integers(0, 10**9).map(
        lambda n: ids.licence_number("11100000MB03271699022", "11350100003590122W", str(n))
    ),
}  # fmt: skip
PERSONS = st.one_of(
    st.builds(Person, NAMES, st.just(IDENTITY_CARD), IDENTITIES, PHONES, st.booleans()),
    st.builds(Person, NAMES, st.just(CREDIT_CODE), CREDIT_CODES, PHONES, st.booleans()),
    st.builds(Person, NAMES, st.just(PASSPORT), st.from_regex(r"[EG][0-9]{8}", fullmatch=True), PHONES, st.booleans()),
)


@cache
def _messages(kind: Hashable, operation: str) -> st.SearchStrategy[Any]:
    assert isinstance(kind, type)
    return st.builds(kind, **{name: _values(hint, operation, name) for name, hint in hints_of(kind).items()})


def messages(kind: type[Message]) -> st.SearchStrategy[Any]:
    """Lawful messages of a kind."""
    return _messages(kind, kind.op.name)


def _values(hint: Any, operation: str, field: str) -> st.SearchStrategy[Any]:
    plain, may_be_none = unwrapped(hint)
    if may_be_none:
        return st.none() | _values(plain, operation, field)
    if plain is Person:
        return PERSONS
    if (entry := entry_of(plain)) is not None:
        return st.lists(_values(entry, operation, field), max_size=4).map(tuple)
    rule = rule_of(operation, field)
    if plain is str:
        return SPECIAL.get(field, LINE)
    if plain is bool:
        return st.booleans()
    if plain is int:
        numbers = st.integers(rule.low, rule.high)
        return numbers | st.just(0) if rule.absent_zero else numbers
    return _messages(plain, operation)
