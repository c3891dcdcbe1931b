"""Settings for people under test: the package's durations, and no share but those named; and a way to say anything at all."""

import tomllib
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from contract.records import Charge
from sim.durations import Duration
from sim.message import Message, Refused, Shape
from sim.package import SCENARIOS
from sim.table import Role

TAX_DUE = Charge("tax", "buyer", "350000199001010018", "13501020000", "10013523000000000001", "契税", 1_500_000)
FEE_DUE = Charge("fee", "buyer", "350000199001010018", "", "35010223300000000014", "不动产登记费", 8_000)


@cache
def package() -> tuple[dict[str, Duration], dict[str, float]]:
    """The durations of the package of Fujian, and its shares, every one nought."""
    entries = tomllib.loads((SCENARIOS / "fujian-2024-55" / "package.toml").read_text(encoding="utf-8"))
    durations = {name: Duration.from_table(table, name) for name, table in entries["durations"].items()}
    return durations, dict.fromkeys(entries["shares"], 0.0)


def habits(role: Role, **shares: float) -> Any:
    """A role's settings: durations of the package, every share nought unless named."""
    durations, noughts = package()
    known = {**durations, **noughts, **shares}
    return role.settings(**{each.name: known[each.name] for each in fields(role.settings) if each.name in known})


def anything_said_to(role: Role) -> st.SearchStrategy[Message]:
    """Any message but a timer that some rule of the role hears."""
    kinds = [kind for kind in role.where if kind.op.shape is not Shape.TIMER]
    return st.sampled_from(kinds).flatmap(_of_kind)


def _of_kind(kind: type[Message]) -> st.SearchStrategy[Message]:
    if issubclass(kind, Refused):
        codes = ("not_now", "duplicate_home", "seized", "home_busy", "face_mismatch", "not_yet_paid")
        return st.sampled_from(codes).map(lambda code: kind(code, "不行"))
    hints = get_type_hints(kind)
    return st.tuples(*[_value(each.name, hints[each.name]) for each in fields(kind)]).map(lambda v: kind(*v))


WORDS = {
    "role": ("buyer", "seller"),
    "stage": ("", "accepted", "awaiting_payment", "paid", "closed"),
    "outcome": ("done", "declined", "refused", "withdrawn", "lapsed"),
    "post": ("accept", "review", "record", "certify", "elsewhere"),
    "order_no": ("O1000001", "O1000002"),
    "channel": ("online_hall", "window"),
    "title_no": ("闽（2019）福州市不动产权第0000001号", "闽(2019)福州市 不动产权第0000001号"),
}


def _value(name: str, kind: Any) -> st.SearchStrategy[Any]:
    if name == "charges":
        return st.sampled_from([(), (TAX_DUE,), (TAX_DUE, FEE_DUE)])
    if name in ("paid", "numbers"):
        return st.sampled_from([(), (TAX_DUE.number,), (TAX_DUE.number, FEE_DUE.number)])
    if kind is str:
        return st.sampled_from(WORDS.get(name, ("甲", "乙")))
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(0, 9)
    if get_origin(kind) is tuple:
        inner = _value("", get_args(kind)[0])
        return st.lists(inner, min_size=1, max_size=2).map(tuple)
    assert is_dataclass(kind), kind
    hints = get_type_hints(kind)
    return st.tuples(*[_value(each.name, hints[each.name]) for each in fields(kind)]).map(lambda v: kind(*v))
