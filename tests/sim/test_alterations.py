"""Alterations: exactly the named field changes, and a path that is nowhere is said so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.portal import Apply
from contract.records import Charge
from contract.tax import Assessed
from contract.unionpay import PaymentNotice
from sim.alterations import altered, check_path
from sim.fault_json import fault_as_json, fault_from_json
from sim.faults import Effect, Fault


def charge(fen: int) -> Charge:
    return Charge("tax", "buyer", "35", "1", "3350", "契税", fen)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=4), st.integers(-999, 999), st.data())
def test_one_place_of_a_list_is_changed(amounts: list[int], wrong: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(amounts) - 1))
    body = Assessed(tuple(map(charge, amounts)), sum(amounts))
    told = altered(body, ((f"charges.{place}.amount_fen", wrong),))
    assert [each.amount_fen for each in told.charges] == [*amounts[:place], wrong, *amounts[place + 1 :]]
    assert [each.amount_fen for each in body.charges] == amounts
    assert told.total_fen == body.total_fen


def test_every_place_of_a_list_is_changed() -> None:
    told = altered(Assessed((charge(1), charge(2)), 3), (("charges.*.title", "别的税"),))
    assert [each.title for each in told.charges] == ["别的税", "别的税"]


@pytest.mark.parametrize(
    "path", ["charges.*.amount_fen", "order_no.more", "written_off.7", "written_off.first", "class"]
)
def test_a_message_without_the_field_is_left_alone(path: str) -> None:
    told = PaymentNotice("3", "buyer", ("1",), (), 5)
    assert repr(altered(told, ((path, 1),))) == repr(told)


@pytest.mark.parametrize(
    ("kind", "path", "said"),
    [
        (Assessed, "charge", "没有字段“charge”，只有：charges、total_fen"),
        (Assessed, "charges.first.title", "应当是列表中的序号"),
        (Assessed, "total_fen.more", "已经是一个值"),
        (Apply, "application.home.unit", "没有字段“unit”"),
    ],
)
def test_a_path_that_no_message_has_is_named(kind: type, path: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_path(kind, path)


def test_paths_that_there_are_pass() -> None:
    check_path(Apply, "application.buyers.0.id_no")
    check_path(PaymentNotice, "written_off.*")


def test_a_fault_that_changes_fields_is_kept_as_it_is() -> None:
    fault = Fault("x", Effect.STRAY, "tax.assessed", changes=(("total_fen", 5), ("charges.0.title", "甲")), cases=(3,))
    assert fault_from_json(fault_as_json(fault)) == fault
