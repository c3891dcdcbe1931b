"""Identifiers obey their standards, agree with published samples, and are the same one by one and by the column."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import identifiers as ids
from sim.check_digits import licence_check, luhn_check
from sim.population import identifier_columns as columns


def one(value: int) -> np.ndarray:
    return np.array([value], np.int64)


@pytest.mark.parametrize(
    "number", ["350102198503072810", "350203199002154320", "11010519491231002X", "359999199001010017"]
)
def test_known_identity_numbers_are_recognised(number):
    assert ids.is_identity_number(number)
    assert ids.identity_number(number[6:14], int(number[14:17]), number[:6]) == number


@pytest.mark.parametrize(
    "number",
    ["11010519491231002x", "350102198503072811", "350102198502302810", "350102850307281", "", "３50102198503072810"],
)
def test_wrong_identity_numbers_are_not(number):
    assert not ids.is_identity_number(number)


def test_the_fifteen_digits_of_before_1999():
    assert ids.old_identity_number("350102198503072810") == "350102850307281"


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91350100MA2XN4QR3E", "11350100003590122W"])
def test_known_credit_codes_are_recognised(code):
    assert ids.is_credit_code(code)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert not ids.is_credit_code(wrong)


def test_an_authoritys_credit_code_is_made_from_its_organisation_code():
    assert ids.organisation_code("00359012") == "003590122"
    assert ids.credit_code("11", "00359012", "350100") == "11350100003590122W"


@pytest.mark.parametrize(
    "code", ["350102001001GB00001F00010001", "370105012002GB00001F00010751", "320505400202GB00001F00010069"]
)
def test_known_unit_codes_are_recognised(code):
    assert ids.is_unit_code(code)
    assert not ids.is_unit_code(ids.spaced_unit_code(code))
    assert ids.spaced_unit_code(code).replace(" ", "") == code


def test_a_unit_code_is_made_of_its_parts():
    assert ids.unit_code("350102", 1, 1, 1, 1, 1) == "350102001001GB00001F00010001"


def test_title_numbers():
    assert ids.title_number(2024, "福州市", 1234) == "闽（2024）福州市不动产权第0001234号"
    assert ids.title_number(2024, "平潭县", 56) == "闽（2024）平潭县不动产权第0000056号"
    assert ids.title_number(2024, "晋江市", 9876, proof=True) == "闽（2024）晋江市不动产证明第0009876号"
    assert ids.is_title_number("闽（2024）晋江市不动产证明第0009876号")


@pytest.mark.parametrize("typed", ["苏(2022)淮安市不动产权第0000001号", "沪 (2022) 宝字不动产权第011468号"])
def test_titles_as_people_type_them_become_canonical(typed):
    assert not ids.is_title_number(typed)
    assert ids.is_title_number(ids.canonical_title(typed))


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("11100000000013338W011.11430000006122244L.20230000403.001", "U"),
        ("11100000MB03271699022.340100.000000016.001", "9"),
        ("11100000000013338W009.11330105002500287C.2025052201.002", "0"),
        ("11100000MB03271699001.11350100003590122W.20240001234.001", "6"),
    ],
)
def test_published_licence_numbers_have_our_check_character(body, check):
    assert licence_check(body) == check


def test_a_licence_number_is_made_and_recognised():
    number = ids.licence_number("11100000MB03271699001", "11350100003590122W", "20240001234")
    assert number == "1.2.156.3005.2.11100000MB03271699001.11350100003590122W.20240001234.001.6"
    assert ids.is_licence_number(number)
    assert not ids.is_licence_number(number[:-1] + "7")
    assert not ids.is_licence_number(number.removeprefix("1."))


def test_money_numbers():
    assert ids.pay_code("350102", 2024, 12345) == "35010224300000123457"
    assert ids.is_pay_code("35010224300000123457")
    assert not ids.is_pay_code("35010224300000123458")
    assert not ids.is_pay_code("32068222300000000007"), "the real sample follows a rule nobody published"
    assert (ids.bill_code(2024), ids.bill_number(1234567)) == ("35010124", "0001234567")
    assert ids.bill_check(0x9F3C1A) == "9f3c1a"
    assert ids.tax_voucher(2024, 12345) == "10013524000000012345"
    assert ids.tax_receipt(2024, 1200001234) == "335016241200001234"
    assert ids.tax_office("350102") == "13501020000"


def test_case_numbers():
    assert ids.acceptance_number("350102", "20241202", 123) == "350102-20241202-000123"
    assert ids.acceptance_number("350102", "20241202", 123, "{day}{district}{serial:06d}") == "20241202350102000123"
    number = ids.case_number("11350100003590122W4000715003000", "20241202", 8)
    assert len(number) == 43
    assert ids.is_case_number(number)
    assert ids.is_case_number("11440232MB2D06811W4000117051000202010200008"), "a real one of Guangdong"
    assert not ids.is_case_number(number[:-1])
    assert len(ids.receipt_code("350102", "20241202", 1)) <= 64


def test_order_ids_take_neither_hyphen_nor_underscore():
    order = ids.order_id("898391093990001", "20241202093000", 1)
    assert ids.is_order_id(order)
    assert not ids.is_order_id(order + "-1")
    assert not ids.is_order_id(order + "_1")
    assert not ids.is_order_id("A123456")


def test_nobody_answers_our_telephones():
    assert ids.phone_number(7) == "15400000007"
    assert not ids.is_callable(ids.phone_number(12345678))
    assert ids.is_callable("13800138000")
    assert ids.is_callable("110")


@pytest.mark.parametrize(
    ("item", "length"), [("power", 13), ("water", 8), ("gas", 10), ("cable_tv", 16), ("housing_fund", 12)]
)
def test_accounts_keep_their_leading_zeros(item, length):
    assert len(ids.account_number(item, 7)) == length


@given(st.dates(), st.integers(1, 999), st.integers(110000, 659999))
def test_identity_numbers_by_the_column(birth, sequence, district):
    day = birth.strftime("%Y%m%d").zfill(8)
    column = columns.identity_numbers(one(district), one(int(day)), one(sequence))
    assert column[0].decode() == ids.identity_number(day, sequence, str(district))


@given(st.integers(0, 99_999_999))
def test_eight_digit_numbers_by_the_column(serial):
    assert columns.phone_numbers(one(serial))[0].decode() == ids.phone_number(serial)
    assert columns.account_numbers("power", one(serial))[0].decode() == ids.account_number("power", serial)
    credit = columns.credit_codes("91", "359999", one(serial))[0].decode()
    assert credit == ids.credit_code("91", f"{serial:08d}")
    assert ids.is_credit_code(credit)


@given(*[st.integers(1, 999)] * 3, st.integers(1, 9999), st.integers(1, 9999))
def test_unit_codes_and_titles_by_the_column(zone, subzone, parcel, building, room):
    parts = [one(part) for part in (350102, zone, subzone, parcel, building, room)]
    assert columns.unit_codes(*parts)[0].decode() == ids.unit_code("350102", zone, subzone, parcel, building, room)
    title = columns.title_numbers(np.array(["闽"]), one(2000 + zone), np.array(["武夷山市"]), one(parcel))
    assert title[0] == ids.title_number(2000 + zone, "武夷山市", parcel)


@given(st.text("0123456789", min_size=1, max_size=25))
def test_luhn_sees_any_single_wrong_digit(digits):
    check = luhn_check(digits)
    for place, digit in enumerate(digits):
        other = str((int(digit) + 1) % 10)
        assert luhn_check(digits[:place] + other + digits[place + 1 :]) != check
