"""Errors help: the nearest field is named, much is listed, and too much is counted."""

import pytest

from contract import tax, unionpay
from sim.faces.bodies import BodyError, body_of
from sim.faces.body_errors import BODY_ERRORS, MOST_ERRORS, nearest, path_of
from sim.message import Message
from tests.sim.faces.every_kind import as_raw


def refused(kind: type[Message], body: object) -> BodyError:
    """What a body is refused with."""
    with pytest.raises(BodyError) as no:
        body_of(kind).parse(as_raw(body))
    return no.value


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("priceFen", "price_fen"), ("PRICE_FEN", "price_fen"), ("price-fen", "price_fen"), ("price", "price_fen"),
     ("registrycode", "registry_code"), ("fact", "facts"), ("zzz", ""), ("价格", "")],
)  # fmt: skip
def test_the_nearest_field_is_suggested(wrong: str, right: str) -> None:
    (only,) = refused(tax.Declare, {**body_of(tax.Declare).example(), wrong: 1}).fields
    assert (only.code, only.path, only.nearest) == ("unknown_field", wrong, right)
    assert only.next_step == (f"改用 {right}" if right else BODY_ERRORS["unknown_field"].next_step)


def test_suggestions_come_from_the_record_at_hand() -> None:
    body = body_of(unionpay.QueryBill).example()
    body["charges"][0]["amountFen"] = body["charges"][0].pop("amount_fen")
    found = {each.path: each for each in refused(unionpay.QueryBill, body).fields}
    assert found["charges[0].amountFen"].nearest == "amount_fen"
    assert found["charges[0].amount_fen"].code == "missing"
    assert nearest("amountFen", []) == ""


def test_values_of_unknown_fields_are_not_shown() -> None:
    no = refused(tax.Declare, {**body_of(tax.Declare).example(), "extra": "359999199001010017"})
    assert "359999199001010017" not in str(no)


def test_errors_beyond_a_hundred_are_counted() -> None:
    no = refused(tax.Declare, {**body_of(tax.Declare).example(), **{f"x{n}": 1 for n in range(250)}})
    assert len(no.fields) == MOST_ERRORS + 1
    assert no.fields[-1].code == "more_errors"
    assert "150" in no.fields[-1].message


def test_the_error_itself_reads_as_sentences() -> None:
    no = refused(tax.Void, {"voucher_no": 1})
    assert no.operation == "tax.void"
    assert str(no) == "voucher_no：类型不对（应征凭证序号，应为文本，收到整数）；reason：缺少必填字段（原因）"


def test_paths() -> None:
    assert path_of(("charges", 0, "amount_fen")) == "charges[0].amount_fen"
    assert path_of(()) == ""
    assert path_of(("a\nb" + "x" * 100,)) == "a?b" + "x" * 57


def test_every_code_has_words() -> None:
    assert all(each.code == code and each.title and each.next_step for code, each in BODY_ERRORS.items())
