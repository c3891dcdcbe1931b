"""Values that standards describe: right ones pass, wrong ones are named, and nothing personal is shown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import data_exchange, gov_platform, people, tax, unionpay
from sim import identifiers as ids
from sim.faces.bodies import BodyError, FieldError, body_of
from sim.faces.field_rules import EARLIEST_MS, FIRST_MS, LAST_MS, day_ms
from sim.faces.shown_values import masked
from sim.faces.value_checks import identity_fault, is_identity
from sim.message import Message
from tests.sim.faces.every_kind import IDENTITIES, as_raw

IDENTITY, WITH_X = ids.identity_number("19900101", 1), "11010519491231002X"
COMPANY = "91350100M000100Y43"
VERIFY = gov_platform.VerifyIdentity


def errors(kind: type[Message], body: dict[str, Any]) -> tuple[FieldError, ...]:
    """What is wrong with a body, if anything."""
    try:
        body_of(kind).parse(as_raw(body))
    except BodyError as no:
        return no.fields
    return ()


def faults(kind: type[Message], **changes: Any) -> list[str]:
    """The codes with which the kind's example, changed, is refused."""
    return [each.code for each in errors(kind, {**body_of(kind).example(), **changes})]


def of_person(**changes: Any) -> tuple[FieldError, ...]:
    """What is wrong with a person."""
    person = {
        "name": "林晓",
        "id_type": "111",
        "id_no": IDENTITY,
        "phone": "15400012345",
        "is_company": False,
        **changes,
    }
    return errors(VERIFY, {"role": "buyer", "person": person})


# ---- numbers of persons -------------------------------------------------------------------------------------------------
GB_ID = "GB 11643-1999"
RIGHT = [
    ("111", IDENTITY), ("111", WITH_X), ("900", COMPANY), ("414", "E12345678"), ("511", "12345678"), ("516", "H12345678"),
    ("414", "350102850307281"), ("114", "N1234"), ("516", "H1234567(8)"),
]  # fmt: skip
WRONG = [
    ("111", WITH_X.lower(), "lower_case_x", GB_ID), ("111", ids.old_identity_number(IDENTITY), "old_identity_number", GB_ID),
    ("111", IDENTITY[:-1] + "8", "bad_check_digit", GB_ID), ("111", ids.identity_number("19900231", 1), "bad_birth_date", GB_ID),
    ("111", IDENTITY[:17], "bad_length", GB_ID), ("111", IDENTITY[:9] + "A" + IDENTITY[10:], "bad_characters", ""),
    ("111", IDENTITY[:6] + " " + IDENTITY[6:], "has_spaces", ""), ("111", IDENTITY.translate({ord("1"): "１"}), "full_width", ""),
    ("111", "", "bad_length", ""), ("111", COMPANY, "bad_characters", ""), ("900", IDENTITY, "bad_check_digit", ""),
    ("900", COMPANY[:-1] + "4", "bad_check_digit", ""), ("900", COMPANY.lower(), "lower_case", ""), ("900", COMPANY[:-1], "bad_length", ""),
    ("900", COMPANY.translate({ord("3"): "３"}), "full_width", ""), ("900", COMPANY.translate({ord("3"): "٣"}), "bad_characters", ""),
    ("414", "", "blank", ""), ("414", "E 1234", "has_spaces", ""), ("414", "护照", "bad_characters", ""),
]  # fmt: skip


@pytest.mark.parametrize(("id_type", "number"), RIGHT)
def test_a_number_is_judged_by_the_type_beside_it(id_type: str, number: str) -> None:
    assert not of_person(id_type=id_type, id_no=number)


@pytest.mark.parametrize(("id_type", "number", "code", "standard"), WRONG)
def test_a_wrong_number_is_named(id_type: str, number: str, code: str, standard: str) -> None:
    (only,) = of_person(id_type=id_type, id_no=number)
    assert (only.path, only.code) == ("person.id_no", code)
    assert standard in only.standard
    assert len(number) < 8 or number not in only.message


def test_the_order_of_type_and_number_does_not_matter() -> None:
    person = {"id_no": COMPANY, "phone": "0591-87654321", "name": "某公司", "is_company": True, "id_type": "900"}
    assert not errors(VERIFY, {"person": person, "role": "buyer"})


@pytest.mark.parametrize("number", ["", IDENTITY, WITH_X, COMPANY, "E12345678", "H1234567(8)"])
def test_without_a_type_any_kind_of_number_will_do(number: str) -> None:
    assert not faults(gov_platform.IdentityVerified, id_no=number)
    assert not faults(gov_platform.Backfill, id_nos=[number])


@pytest.mark.parametrize(
    ("number", "code"),
    [(WITH_X.lower(), "lower_case_x"), (IDENTITY[:-1] + "8", "bad_check_digit"), ("350102850307281", "old_identity_number"),
     (COMPANY[:-1] + "4", "bad_check_digit"), ("林晓", "bad_characters")],
)  # fmt: skip
def test_without_a_type_a_number_that_looks_like_one_must_be_right(number: str, code: str) -> None:
    assert faults(gov_platform.IdentityVerified, id_no=number) == [code]


def test_a_masked_number_is_for_people_only() -> None:
    charge = {**body_of(tax.TaxBill).example()["charge"], "payer_id_no": "359***********0017"}
    assert not faults(people.BillShown, charges=[charge])
    assert faults(tax.TaxBill, charge=charge) == ["bad_characters"]
    assert faults(people.BillShown, charges=[{**charge, "payer_id_no": WITH_X.lower()}]) == ["lower_case_x"]


@given(text=IDENTITIES | st.text("0123456789Xx", min_size=17, max_size=19) | st.text(max_size=20))
def test_the_quick_judgement_is_that_of_the_identifiers(text: str) -> None:
    assert is_identity(text) == ids.is_identity_number(text) == (not identity_fault(text))


# ---- other standards ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("unit", "code"),
    [("350102001001GB00001F0001000", "bad_length"), ("350102001001GB00001X00010001", "bad_shape"),
     ("350102001001gb00001f00010001", "lower_case"), ("350102 001001 GB00001 F00010001", "has_spaces"),
     ("３50102001001GB00001F00010001", "full_width")],
)  # fmt: skip
def test_unit_codes(unit: str, code: str) -> None:
    (only,) = errors(gov_platform.CertifyTitle, {"title_no": "x", "unit_code": unit, "holders": []})
    assert (only.path, only.code, only.standard) == ("unit_code", code, "GB/T 37346-2019")


def test_what_a_department_refuses_itself_passes() -> None:
    """Empty data, a price of zero, unknown numbers and words are business, not form."""
    nothing = {"title_no": "", "unit_code": "", "price_fen": 0, "buyers": [], "sellers": [], "recorded_ms": 0}
    assert not faults(data_exchange.Receive, **nothing)
    assert not faults(gov_platform.Rate, score=-7, reason="")
    assert not faults(unionpay.CreateOrder, order_no="a-b_c", payer="nobody")
    for number in ("", "1", "x" * 64, "查无此号", "１２"):
        assert not faults(tax.Void, voucher_no=number)


@pytest.mark.parametrize(
    "title", ["闽(2019)福州市不动产权第0000001号", "闽 （2019） 福州市不动产权第0000001号", "榕房权证R字第0812345号"]
)
def test_certificate_numbers_are_taken_as_people_write_them(title: str) -> None:
    assert not faults(gov_platform.CertifyTitle, title_no=title)


@pytest.mark.parametrize("phone", ["15400012345", "0591-87654321", "059187654321", "+85212345678", "4008001234"])
def test_phones(phone: str) -> None:
    assert not of_person(phone=phone)


@pytest.mark.parametrize("phone", ["", "12345", "1540001234", "154 0001 2345", "１５４00012345", "154****2345"])
def test_no_phones(phone: str) -> None:
    (only,) = of_person(phone=phone)
    assert only.path == "person.phone"
    assert only.code in ("bad_shape", "has_spaces", "full_width")


@pytest.mark.parametrize(
    ("name", "code"), [("", "blank"), (" \u3000", "blank"), ("名" * 101, "too_long"), ("a\tb", "control_character")]
)
def test_names(name: str, code: str) -> None:
    assert [each.code for each in of_person(name=name)] == [code]


@pytest.mark.parametrize("name", ["䶮", "㛃某", "阿卜杜拉·买买提", "𠮷某", "John Smith"])
def test_rare_and_foreign_names(name: str) -> None:
    assert not of_person(name=name)


def test_moments_and_terms() -> None:
    receive, report = data_exchange.Receive, gov_platform.ReportMain
    for moment in (FIRST_MS, LAST_MS, 0):
        assert not faults(report, at_ms=moment)
    assert faults(report, at_ms=1_709_258_172) == ["seconds_not_ms"]
    assert faults(report, at_ms=FIRST_MS - 1) == ["too_small"]
    assert faults(receive, recorded_ms=-1) == ["too_small"]
    assert faults(receive, recorded_ms=LAST_MS + 1) == ["too_large"]
    facts = body_of(tax.Declare).example()["facts"]
    for moment in (EARLIEST_MS, day_ms(1965, 5, 1), -1, 0, LAST_MS):
        assert not faults(tax.Declare, facts={**facts, "acquired_ms": moment})
    assert faults(tax.Declare, facts={**facts, "acquired_ms": EARLIEST_MS - 1}) == ["too_small"]


def test_days_licences_and_signed_money() -> None:
    assert not faults(unionpay.FetchReconciliation, settle_date="20240229")
    for text in ("20230229", "2024-2-2", "", "２0240229"):
        assert faults(unionpay.FetchReconciliation, settle_date=text) == ["bad_date"]
    mark = body_of(gov_platform.TitleCertified).example()["mark"]
    assert faults(gov_platform.TitleCertified, mark=mark[:-1] + ("0" if mark[-1] != "0" else "1")) == [
        "bad_check_digit"
    ]
    assert not faults(unionpay.ReconciliationEntry, amount_fen=-55_000)
    assert faults(unionpay.Refund, amount_fen=-55_000) == ["too_small"]


# ---- what is shown ---------------------------------------------------------------------------------------------------------
@given(number=IDENTITIES, field=st.sampled_from(["name", "id_type", "id_no", "phone"]))
def test_no_whole_identity_number_is_ever_shown(number: str, field: str) -> None:
    for value in (number + "0", "x" + number, number[:-1] + "\x00", number * 10):
        for each in of_person(**{field: value}):
            assert number[:17] not in each.message + each.standard + each.path


@pytest.mark.parametrize(
    "value", ["林晓明", "15400012345", IDENTITY, int(IDENTITY), 15_400_012_345, "350102001001GB00001F00010001 "]
)
@pytest.mark.parametrize(
    "field", ["name", "id_no", "phone", "account", "unit_code", "price_fen", "settle_date", "anything"]
)
def test_a_value_in_the_wrong_field_is_masked_too(field: str, value: str | int) -> None:
    shown = masked(field, value)
    assert str(value) not in shown
    assert "*" in shown


def test_an_error_says_rule_and_what_was_got() -> None:
    (only,) = of_person(id_no=WITH_X.lower())
    assert only.message == (
        "person.id_no：身份证号码末位的 x 须大写（证件号码，居民身份证号码为 18 位，末位为校验位，X 须大写；统一社会信用代码为 18 位，"
        "末位为校验位，收到 110***********002x）"
    )
    assert only.next_step == "改为大写 X"
